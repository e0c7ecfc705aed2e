"""Linking: exact names, names with words around them, misspelt names, suggestions; and what must never be linked."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from protocol_nlp import convert, parse, read
from protocol_nlp.link import candidates, guards, knowledge, linked, names, store
from protocol_nlp.tree import Concept, Label, Span


def concept(text: str, label: Label | None = "Condition", **known: str) -> Concept:
    return linked(Concept(span=Span(0, len(text)), text=text, label=label, **known))


@pytest.mark.parametrize(
    ("text", "label", "id", "how"),
    [
        ("leiomyosarcoma", "Condition", "histology:leiomyosarcoma", "exact"),
        ("Haemangiopericytomas", "Condition", "histology:solitary_fibrous_tumor", "exact"),
        ("soft-tissue-sarcoma", "Condition", "histology:soft_tissue_sarcoma", "exact"),
        ("Flu-Mist®", "Drug", "class:influenza_vaccine", "exact"),
        ("antibody-drug conjugate (ADC)", "Drug", "class:adc", "exact"),
        ("prior insulin regimen", "Drug", "drug:insulin", "part"),
        ("Prior chemotherapy", None, "class:chemotherapy", "part"),
        ("serum potassium level", "Measurement", "potassium", "exact"),
        ("leiomyosarcma", "Condition", "histology:leiomyosarcoma", "similar"),
        ("soft tissue sacroma", "Condition", "histology:soft_tissue_sarcoma", "similar"),
        ("angio sarcoma", "Condition", "histology:angiosarcoma", "exact"),
        ("pembrolizmab", "Drug", "drug:pembrolizumab", "similar"),
        ("immunosupressants", "Drug", "class:immunosuppressant", "similar"),
        ("atipical lipomatous tumour", "Condition", "histology:atypical_lipomatous_tumor", "similar"),
    ],
)
def test_names_are_linked(text: str, label: Label | None, id: str, how: str) -> None:
    found = concept(text, label)
    assert (found.id, found.linked) == (id, how)
    assert found.name == names.by_id()[id].name
    assert (found.score is not None) == (how == "similar")
    assert found.suggestion is None


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("alveolar soft tissue sarcoma", "histology:alveolar_soft_part_sarcoma"),
        ("malignant solitary fibroids", "histology:solitary_fibrous_tumor"),
        ("highly differentiated liposarcoma", "histology:well_differentiated_liposarcoma"),
        ("polymorphic liposarcoma", "histology:pleomorphic_liposarcoma"),
        ("proliferative small round cell tumor", "histology:desmoplastic_small_round_cell_tumor"),
    ],
)
def test_translations_are_suggested_and_not_linked(text: str, suggested: str) -> None:
    found = concept(text)
    assert found.id is None
    assert found.linked is None
    assert found.suggestion is not None
    assert found.suggestion.id == suggested
    assert 0 < found.suggestion.score < 1


def test_a_wider_concept_keeps_its_link_and_the_closer_name_is_suggested() -> None:
    found = concept("alveolar soft tissue sarcoma", id="histology:soft_tissue_sarcoma", name="soft tissue sarcoma")
    assert (found.id, found.linked) == ("histology:soft_tissue_sarcoma", "part")
    assert found.suggestion is not None
    assert found.suggestion.id == "histology:alveolar_soft_part_sarcoma"


@pytest.mark.parametrize(
    ("text", "label", "never"),
    [
        ("non-melanoma", "Condition", "condition:melanoma"),
        ("inability to swallow pill", "Observation", "observation:ability_to_swallow"),
        ("hyperkalemic", "Condition", "condition:hypokalemia"),
        ("type 3 diabetes", "Condition", "condition:type_2_diabetes"),
        ("tislelizumib", "Condition", "drug:tislelizumab"),
        ("afitinib", "Drug", "drug:afatinib"),
        ("telisotuzumab vedotin", "Drug", "drug:tisotumab_vedotin"),
        ("osteoclastoma", "Condition", "histology:osteoblastoma"),
        ("undifferentiated liposarcoma", "Condition", "histology:well_differentiated_liposarcoma"),
        ("cervix", "Condition", "condition:cervical_cancer"),
    ],
)
def test_false_friends_are_neither_linked_nor_suggested(text: str, label: Label, never: str) -> None:
    found = concept(text, label)
    assert found.id != never
    assert found.suggestion is None or found.suggestion.id != never


@pytest.mark.parametrize("label", ["Person", "Visit", None])
def test_likeness_is_asked_only_of_things_a_model_named(label: Label | None) -> None:
    found = concept("leiomyosarcma", label)
    assert (found.id, found.linked, found.suggestion) == (None, None, None)


def test_a_measure_without_a_bound_is_the_drug_it_names() -> None:
    assert concept("dexamethasone", "Drug", id="prednisone_equivalent_dose").id == "drug:dexamethasone"
    bounded = Concept(span=Span(0, 10), text="prednisone", label="Drug", id="prednisone_equivalent_dose")
    assert linked(bounded, kept=True).id == "prednisone_equivalent_dose"


def test_an_entity_inside_a_longer_name_is_what_that_name_says() -> None:
    trial = parse(read("Inclusion Criteria:\n* Relapsed alveolar soft part sarcoma\n")[0])
    assert {e.id for e in trial.criteria[0].entities if "sarcoma" in e.text} == {"histology:alveolar_soft_part_sarcoma"}


def test_linking_can_be_left_out() -> None:
    entry = read("Inclusion Criteria:\n* History of leiomyosarcma\n")[0]
    plain = parse(entry, link=False)
    assert [c.linked for c in plain.criteria[0].entities] == [None]
    assert plain.criteria[0].entities[0].id is None
    assert parse(entry).criteria[0].entities[0].id == "histology:leiomyosarcoma"


# The guards, as laws.

WORD = st.text("abcdefghiklmnoprstuvxyz", min_size=10, max_size=16)


@settings(deadline=None)
@given(WORD, st.integers(0, 15))
def test_a_letter_too_many_or_too_few_is_a_slip(word: str, place: int) -> None:
    assume(place < len(word))
    shorter = word[:place] + word[place + 1 :]
    assume(not guards.opposite(shorter, word))
    # A letter too few may make a plural, whose ending is taken off besides: two changes, and in a short word too many.
    assume(guards.words(shorter) == [shorter] and guards.words(word) == [word])
    assert guards.misspelt(shorter, word)
    assert guards.misspelt(word, shorter)


@settings(deadline=None)
@given(WORD, WORD)
@example("hypercalcemia", "hypocalcemia")
def test_being_misspelt_goes_both_ways_and_opposites_do_not(one: str, other: str) -> None:
    assert guards.misspelt(one, other) == guards.misspelt(other, one)
    if guards.opposite(guards.words(one)[0], guards.words(other)[0]):
        assert not guards.misspelt(one, other)


@settings(deadline=None)
@given(WORD, st.integers(0, 99), st.integers(0, 99))
def test_other_numbers_are_never_slips(word: str, one: int, other: int) -> None:
    assert guards.misspelt(f"{word} {one}", f"{word} {other}") == (one == other)
    assert guards.contradicts(f"{word} {one}", f"{word} {other}") == (one != other)


@settings(deadline=None)
@given(st.text(max_size=90), st.sampled_from(["Condition", "Drug", "Measurement", None]))
@example("(", "Drug")
@example("®", "Drug")
@example("\u00ad\u200b sarcoma", "Condition")
def test_no_text_is_too_odd(text: str, label: Label | None) -> None:
    found = concept(text, label)
    assert (found.id is None) == (found.linked is None)


@pytest.mark.parametrize("name", ["leiomyosarcoma", "pembrolizumab", "neutrophil count"])
def test_a_name_leads_to_itself(name: str) -> None:
    row = names.chosen(names.exact(name), None)
    assert row is not None
    assert candidates.generator()([name])[0][0].id == row.id


# The knowledge base and its cache.


def test_the_knowledge_base_holds_every_concept_with_its_spellings() -> None:
    kb = candidates.generator().kb
    assert len(kb.cui_to_entity) >= 1_200
    assert len(kb.alias_to_cuis) >= 5_000
    assert kb.alias_to_cuis["leiomyosarcoma"] == {"histology:leiomyosarcoma"}
    assert all(entity.types for entity in kb.cui_to_entity.values())


def test_another_table_is_another_fingerprint() -> None:
    lines = knowledge.lines(knowledge.entities())
    assert knowledge.fingerprint(lines) == knowledge.fingerprint(knowledge.lines(knowledge.entities()))
    assert knowledge.fingerprint(lines) != knowledge.fingerprint(lines + "\n")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_index_is_written_once_and_read_again(cache: Path) -> None:
    first = candidates.Generator()
    (folder,) = cache.iterdir()
    files = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert {name.rpartition(".")[2] for name in files} == {"jsonl", "json", "npy", "npz"}, "no file runs code when read"
    again = candidates.Generator()
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == files
    assert first(["leiomyosarcma"]) == again(["leiomyosarcma"])


def test_a_damaged_index_is_built_anew(cache: Path) -> None:
    expected = candidates.Generator()(["leiomyosarcma"])
    (folder,) = cache.iterdir()
    (folder / "rows.npz").write_bytes(b"nothing of the kind")
    assert candidates.Generator()(["leiomyosarcma"]) == expected
    assert (folder / "rows.npz").stat().st_size > 1_000
    assert [path.name for path in cache.iterdir()] == [folder.name], "nothing half-made is left behind"


def test_where_nothing_can_be_written_the_index_lives_in_memory(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert candidates.Generator()(["leiomyosarcma"])[0][0].id == "histology:leiomyosarcoma"


def _best(_: int) -> str:
    return candidates.Generator()(["leiomyosarcma"])[0][0].id


def test_processes_may_build_at_once(cache: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert set(pool.map(_best, range(2))) == {"histology:leiomyosarcoma"}
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({store.VARIABLE: "/own"}, Path("/own")),
        ({"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/protocol-nlp")),
        ({}, Path("~/.cache/protocol-nlp").expanduser()),
    ],
)
def test_the_cache_is_where_the_system_keeps_such_files(
    environment: dict[str, str], expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert store.folder(environment) == expected


def test_the_same_text_gives_the_same_document_with_and_without_a_cache(cache: Path) -> None:
    text = "Inclusion Criteria:\n* Leiomyosarcma or alveolar soft tissue sarcoma\n* Prior pembrolizmab\n"
    assert convert(text) == convert(text)
