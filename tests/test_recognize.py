"""The shipped model and an installed one: how their finds and the tables' become one reading."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_nlp.annotate import Annotator, annotator
from protocol_nlp.annotate.mentions import mentions
from protocol_nlp.annotate.recognize import entities, installed, shipped
from protocol_nlp.annotate.reconcile import Entity, leading, reconcile
from protocol_nlp.annotate.scan import scan
from protocol_nlp.annotate.select import Found
from protocol_nlp.annotate.tables import Reading
from protocol_nlp.annotate.tokens import Term, Token
from protocol_nlp.annotate.view import view
from protocol_nlp.errors import ModelError
from protocol_nlp.tree import Span

DRUG = Term(id="drug:x", name="x", label="Drug")
CREATININE = Term(id="creatinine", name="Creatinine", label="Measurement", dimensions=frozenset({"mass_concentration"}))


def tokens(text: str, using: Annotator | None = None) -> list[Token]:
    return (using or annotator()).tokens(text, [Span(0, len(text))])[0]


def pipeline(folder: Path, label: str, pattern: str) -> str:
    """A small pipeline made on the spot, as a user's own model would lie on disk."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": pattern}])  # type: ignore[attr-defined]
    nlp.to_disk(folder)
    return str(folder)


def test_the_shipped_model_finds_what_no_table_knows() -> None:
    text = "severe dermatopolymyositis"
    assert [(text[e.start : e.end], e.label) for e in entities(shipped(), [text])[0]] == [
        ("dermatopolymyositis", "Condition")
    ]


@pytest.mark.parametrize(("label", "wanted"), [("DISEASE", "Condition"), ("Device", "Device"), ("ENTITY", None)])
def test_an_installed_model_is_used_beside_the_tables(tmp_path: Path, label: str, wanted: str | None) -> None:
    with_model = Annotator(pipeline(tmp_path / "own", label, "zorblax"))
    found = [t for t in tokens("treated with zorblax", with_model) if t.text == "zorblax"]
    assert [t.kind for t in found] == ["CONCEPT"]
    assert isinstance(found[0].value, Term)
    # the shipped model may know better what it is than a model without a label for it
    assert found[0].value.label == wanted or wanted is None


def test_a_missing_model_is_one_line_that_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="'no_such_model' is not installed: install the package, or leave --model out"):
        installed("no_such_model")


def test_a_damaged_model_is_one_line_that_names_it(tmp_path: Path) -> None:
    where = pipeline(tmp_path / "own", "DISEASE", "x")
    (tmp_path / "own" / "config.cfg").write_text("[nlp]\nlang = en\n", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        installed(where)
    assert "\n" not in str(caught.value)


def reconciled(text: str, found: list[Found], *things: Entity) -> set[tuple[int, int, str | None, str | None]]:
    out = reconcile(found, list(things), list(scan(text)), text)
    terms = [(f, f.reading.value) for f in out if isinstance(f.reading.value, Term)]
    return {(f.start, f.end, t.id, t.label) for f, t in terms}


def test_the_same_span_keeps_the_code_and_takes_the_label() -> None:
    table = [Found(0, 1, Reading("CONCEPT", Term(id="condition:x", name="x", label="Condition")))]
    assert reconciled("anaemia now", table, Entity(0, 7, "Observation")) == {(0, 1, "condition:x", "Observation")}


def test_a_head_lends_its_code_to_the_longer_span() -> None:
    table = [Found(1, 2, Reading("CONCEPT", DRUG))]
    found = reconciled("oral aspirin", table, Entity(0, 12, "Drug"))
    assert (0, 2, "drug:x", "Drug") in found


def test_a_longer_exact_name_stands_against_a_shorter_find() -> None:
    table = [Found(0, 2, Reading("CONCEPT", DRUG))]
    assert reconciled("oral aspirin", table, Entity(5, 12, "Drug")) == {(0, 2, "drug:x", "Drug")}


def test_a_measure_stays_one_so_that_numbers_bind() -> None:
    table = [Found(1, 2, Reading("MEASURE", CREATININE))]
    out = reconcile(table, [Entity(0, 16, "Measurement")], list(scan("serum creatinine")), "serum creatinine")
    assert {f.reading.kind for f in out} == {"MEASURE"}


def test_a_find_that_holds_a_bound_is_no_name() -> None:
    assert reconciled("ALT > 3 g", [], Entity(0, 9, "Measurement")) == set()


def test_no_overlap_of_things_reaches_the_tokens() -> None:
    spans = [t.span for t in tokens("Known history of severe dilated cardiomyopathy or aspirin use within 4 weeks")]
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


def entities_of(text: str) -> list[tuple[str, str | None, str | None]]:
    annotation = annotator().annotate(text, [Span(0, len(text))])[0]
    for entity in annotation.entities:
        assert text[entity.span.start : entity.span.end] == entity.text
    return [(e.text, e.label, e.id) for e in annotation.entities]


def test_an_entity_has_the_bounds_of_the_model_and_the_identifier_of_the_table() -> None:
    assert ("pazopanib", "Drug", "drug:pazopanib") in entities_of("prior treatment with pazopanib")
    assert ("hypertension", "Condition") in [e[:2] for e in entities_of("uncontrolled hypertension")]


@pytest.mark.parametrize("text", ["symptomatic", "infected with a virus", "life-threatening", "has been admitted"])
def test_a_word_that_says_how_something_is_names_no_entity(text: str) -> None:
    assert not {e[0] for e in entities_of(text)} & {"symptomatic", "infected", "life-threatening", "admitted"}


def test_a_drug_by_its_name_is_a_drug_whatever_the_model_says() -> None:
    term = Term(id="drug:letrozole", name="letrozole", label="Drug")
    found = [Found(0, 1, Reading("CONCEPT", term))]
    text = "Letrozole"
    done = reconcile(found, [Entity(0, len(text), "Condition")], list(scan(text)), text)
    assert [f.reading.value for f in done] == [term]


@pytest.mark.parametrize("verb", ["treated", "infected", "diagnosed"])
def test_a_participle_before_its_object_is_no_thing_beside_it(verb: str) -> None:
    text = f"{verb} with pazopanib"
    found = [Entity(0, len(verb), "Procedure"), Entity(len(verb) + 6, len(text), "Drug")]
    assert leading(found, text) == found[:1]
    assert leading([Entity(0, len(verb), "Procedure")], f"{verb} patients") == []


def test_a_prefix_never_lends_the_code_of_its_opposite() -> None:
    disease = Term(id="condition:x", name="x", label="Condition")
    (one,) = reconciled(
        "non-chronic illness", [Found(2, 4, Reading("CONCEPT", disease))], Entity(0, 19, "Condition")
    ) - {(2, 4, "condition:x", "Condition")}
    assert one == (0, 4, None, "Condition")
    assert (2, 3, "condition:x", "Condition") in reconciled(
        "non-diabetic", [Found(2, 3, Reading("CONCEPT", disease))], Entity(0, 12, "Condition")
    )


def test_an_optional_plural_is_no_part_of_an_entity() -> None:
    made = mentions([Entity(0, 7, "Condition")], [], view("seizure(s) now", Span(0, 14)))
    assert [(c.text, c.span) for c in made] == [("seizure", Span(0, 7))]


def test_an_event_that_time_is_counted_from_is_no_visit() -> None:
    term = Term(id="discharge", name="Discharge", label=None, event="discharge")
    event = Token(kind="ANCHOR", span=Span(0, 9), text="discharge", value=term)
    seen = view("discharge", Span(0, 9))
    assert mentions([Entity(0, 9, "Visit")], [event], seen) == ()
    assert [c.label for c in mentions([Entity(0, 9, "Visit")], [], seen)] == ["Visit"]


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="ab () -,;:/≥5%\n", max_size=40))
def test_entities_stand_in_order_without_overlap_and_slice_true(text: str) -> None:
    seen = view(text, Span(0, len(text)))
    words = [m.span() for m in re.finditer(r"[^ ]+", seen.text)]
    made = mentions([Entity(a, b, "Drug") for a, b in words], [], seen)
    assert all(c.text and c.text[-1] not in " (-,;:/" for c in made)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(made))
