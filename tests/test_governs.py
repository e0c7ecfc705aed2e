"""What a list's lead says of the items below it."""

from __future__ import annotations

import json

import pytest

import protocol_nlp
from protocol_nlp.tree import Criterion, Governs, criteria


def lead(words: str, *items: str, section: str = "Inclusion") -> Criterion:
    """The criterion of a lead with items below it."""
    text = f"{section} Criteria:\n\n1. Sarcoma\n2. {words}\n" + "".join(f"    * {item}\n" for item in items)
    registration = protocol_nlp.read(text, name="lead", format="text")[0]
    return next(c for c in criteria(protocol_nlp.parse(registration)) if c.form == "list")


def governed(words: str, *items: str, section: str = "Inclusion") -> Governs:
    made = lead(words, *items, section=section)
    assert made.governs is not None
    assert len(made.children) == len(items)
    return made.governs


@pytest.mark.parametrize(
    ("words", "connective", "count"),
    [
        ("Patients must meet any of the following:", "or", None),
        ("At least one of the following:", "or", None),
        ("All of the following:", "and", None),
        ("Two of the following:", "at_least", 2),
        ("At least three of the following:", "at_least", 3),
        ("None of the following:", "or", None),
    ],
)
def test_what_the_lead_counts_joins_the_items(words: str, connective: str, count: int | None) -> None:
    for section in ("Inclusion", "Exclusion"):
        found = governed(words, "Hypertension", "Diabetes", "Asthma", "Stroke", section=section)
        assert (found.connective, found.count, found.implied) == (connective, count, False)


def test_words_at_the_ends_of_lines_join_the_items() -> None:
    assert governed("Patients with:", "Hypertension; or", "Diabetes; or", "Asthma").connective == "or"
    assert governed("Patients with:", "Hypertension, and", "Diabetes").connective == "and"
    mixed = governed("Patients with:", "Hypertension; or", "Diabetes; and", "Asthma")
    assert mixed.connective is None


def test_a_word_between_two_lines_in_the_middle_joins_those_two_alone() -> None:
    items = ("Hypertension", "Diabetes or", "Asthma", "Stroke", "Angina")
    assert governed("Patients with:", *items).connective is None
    excluded = governed("Patients with:", *items, section="Exclusion")
    assert (excluded.connective, excluded.implied) == ("or", True)
    bounds = ("Platelets ≥ 100 x 10^9/L or", "Hemoglobin ≥ 9 g/dL", "ALT ≤ 3 x ULN", "AST ≤ 3 x ULN")
    assert governed("Adequate organ function, defined as:", *bounds).connective is None
    assert governed("Patients with:", "Hypertension", "Diabetes", "Asthma or", "Stroke").connective == "or"


def test_without_a_word_the_section_and_the_items_decide_or_nothing_does() -> None:
    excluded = governed("Cardiac conditions:", "Hypertension", "Stroke", section="Exclusion")
    assert (excluded.connective, excluded.implied) == ("or", True)
    bounds = governed("Adequate organ function, defined as:", "Platelets ≥ 100 x 10^9/L", "Hemoglobin ≥ 9 g/dL")
    assert (bounds.connective, bounds.implied) == ("and", True)
    assert governed("Tumor types:", "Osteosarcoma", "Ewing sarcoma").connective == "or"
    assert governed("Heart disease, such as:", "Angina", "Arrhythmia").connective == "or"
    assert governed("Patients with:", "Hypertension", "Diabetes").connective is None


def test_a_denial_that_ends_the_lead_denies_the_items() -> None:
    assert governed("No history of:", "Stroke", "Seizure").denied
    assert governed("Must not have any of the following conditions:", "Stroke", "Seizure").denied
    assert governed("None of the following:", "Stroke", "Seizure").denied
    assert not governed("No diabetes, with the following tests:", "MRI", "CT").denied


def test_the_windows_of_the_lead_hold_below_it_and_stand_in_the_facts() -> None:
    words = "Any of the following within 6 months before enrollment:"
    items = ("Stroke", "Seizure within 4 weeks", "Asthma")
    found = lead(words, *items, section="Exclusion")
    assert found.governs is not None
    assert [str(w) for w in found.governs.windows] == ["<= 6 mo before enrollment"]
    text = "Exclusion Criteria:\n\n1. " + words + "\n" + "".join(f"    * {item}\n" for item in items)
    facts = [json.loads(line) for line in protocol_nlp.convert(text, to="facts").splitlines()]
    targets = next(f["targets"] for f in facts if f["kind"] == "window" and "6 months" in f["text"])
    assert [text[start:end] for start, end in targets if end > start] == ["Stroke", "Asthma"]
    group = next(f for f in facts if f["kind"] == "logic")
    assert (group["op"], len(group["members"])) == ("or", 3)


def test_what_the_lead_denies_is_denied_in_the_facts() -> None:
    text = "Inclusion Criteria:\n\n1. No history of:\n    * Stroke\n    * Seizure\n2. Diabetes\n"
    facts = [json.loads(line) for line in protocol_nlp.convert(text, to="facts").splitlines()]
    assert {f["text"]: f["negated"] for f in facts if f["kind"] == "entity"} == {
        "Stroke": True,
        "Seizure": True,
        "Diabetes": False,
    }


def test_a_lead_without_items_or_with_exceptions_governs_nothing() -> None:
    assert lead("Malignancy, except:", "Skin cancer", "Cervical carcinoma in situ", section="Exclusion").governs is None
    single = protocol_nlp.parse(protocol_nlp.read("Inclusion Criteria:\n\n1. Diabetes\n", name="x", format="text")[0])
    assert all(c.governs is None for c in criteria(single))
