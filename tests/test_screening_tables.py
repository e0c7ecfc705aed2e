"""The tables of screening, and what stands to what by them."""

from __future__ import annotations

import pytest

from protocol_nlp import lexicon
from protocol_nlp.nomenclature import wider_tumors
from protocol_nlp.screening.kinship import kin, tells_apart
from protocol_nlp.screening.patient import Fact
from protocol_nlp.screening.resolve import Named, Unresolved, measure, thing, unit
from protocol_nlp.screening.words import listed
from protocol_nlp.tree import Concept, Span

ENTRIES = {entry.id for entry in lexicon.entries()}
FAMILIES = lexicon.cells("screening_families", "family", "ids")


def test_every_family_is_of_known_things_and_no_thing_is_in_two() -> None:
    seen: dict[str, str] = {}
    for row in FAMILIES:
        ids = row["ids"].split("|")
        assert set(ids) <= ENTRIES, row["family"]
        for id in ids:
            assert seen.setdefault(id, row["family"]) == row["family"], id


def test_words_name_known_measures_and_events() -> None:
    measures = {row.id for row in lexicon.measures()}
    assert listed("attribute") | listed("counted") <= measures
    assert listed("entry") <= {row.id for row in lexicon.anchors()}


def test_no_tumor_is_a_kind_of_itself() -> None:
    assert all(id not in wider for id, wider in wider_tumors().items())


def test_a_faulty_parent_is_named_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = lexicon._rows

    def rows(table: str, *columns: str) -> object:
        for row in real(table, *columns):
            row.cells["parents"] = "histology:no_such_thing"
            yield row

    monkeypatch.setattr("protocol_nlp.nomenclature._rows", rows)
    wider_tumors.cache_clear()
    with pytest.raises(lexicon.LexiconError, match=r"histology_parents\.tsv:\d+: histology:no_such_thing is no entry"):
        wider_tumors()
    wider_tumors.cache_clear()


@pytest.mark.parametrize(
    ("asked", "said", "section", "answer"),
    [
        ("anthracycline", "doxorubicin", "drugs", "is"),
        ("anthracyclines", "Adriamycin", "drugs", "is"),
        ("doxorubicin", "anthracycline", "drugs", "maybe"),
        ("doxorubicin", "pegylated liposomal doxorubicin", "drugs", "maybe"),
        ("doxorubicin", "AIM regimen", "drugs", "vague"),
        ("checkpoint inhibitor", "doxorubicin", "drugs", "no"),
        ("chemotherapy", "trastuzumab deruxtecan", "drugs", "vague"),
        ("CYP3A4 inhibitor", "doxorubicin", "drugs", "vague"),
        ("liposarcoma", "dedifferentiated liposarcoma", "conditions", "is"),
        ("soft tissue sarcoma", "myxoid liposarcoma", "conditions", "is"),
        ("dedifferentiated liposarcoma", "liposarcoma", "conditions", "maybe"),
        ("liposarcoma", "leiomyosarcoma", "conditions", "no"),
        ("soft tissue sarcoma", "GIST", "conditions", "vague"),
        ("leiomyosarcoma", "GIST", "conditions", "no"),
        ("active tuberculosis", "tuberculosis", "conditions", "maybe"),
        ("tuberculosis", "active tuberculosis", "conditions", "is"),
        ("HIV infection", "human immunodeficiency virus infection", "conditions", "is"),
        ("hepatitis B", "hepatitis C", "conditions", "no"),
        ("myocardial infarction", "unstable angina", "conditions", "vague"),
        ("pregnancy", "hypertension", "conditions", "no"),
        ("autoimmune disease", "rheumatoid arthritis", "conditions", "vague"),
        ("platelet transfusion", "red blood cell transfusion", "procedures", "maybe"),
        ("platelet transfusion", "transfusion", "procedures", "maybe"),
        ("radiotherapy", "palliative radiotherapy", "procedures", "maybe"),
    ],
)
def test_how_a_fact_stands_to_what_is_asked(asked: str, said: str, section: str, answer: str) -> None:
    wanted, _ = thing(Named((asked,)), section)  # type: ignore[arg-type]
    held, words = thing(Named((said,)), section)  # type: ignore[arg-type]
    fact = Fact(path="x", section=section, name=said, id=held, words=words)  # type: ignore[arg-type]
    assert kin(Concept(span=Span(0, 1), text=asked, id=wanted), fact) == answer


def test_what_a_complete_list_can_say() -> None:
    def apart(name: str, section: str = "conditions") -> bool:
        return tells_apart(Concept(span=Span(0, 1), text=name, id=thing(Named((name,)), section)[0]))  # type: ignore[arg-type]

    assert apart("pregnancy")
    assert apart("liposarcoma")
    assert apart("doxorubicin", "drugs")
    assert not apart("autoimmune disease")
    assert not apart("second malignancy")
    assert not apart("CYP3A4 inhibitor", "drugs")


def test_names_and_units_count_by_exact_spelling() -> None:
    assert measure(Named(("haemoglobin",))).id == "hemoglobin"
    assert measure(Named(codes=(("LOINC", "718-7"),))).id == "hemoglobin"
    found = unit("x10^9/L")
    assert found
    assert found.ucum == "10*9/L"
    assert unit(None) is None
    for named in (Named(("hemoglobine",)), Named(("",)), Named(codes=(("LOINC", "0-0"),))):
        with pytest.raises(Unresolved):
            measure(named)
    with pytest.raises(Unresolved, match="unknown unit"):
        unit("g/dl of blood")
    with pytest.raises(Unresolved, match="more than one"):
        thing(Named(("doxorubicin", "gemcitabine")), "drugs")
