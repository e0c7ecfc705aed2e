"""The registry's fields of sex and age in the checklist."""

from __future__ import annotations

import json

import protocol_nlp
from protocol_nlp.checklist import Checklist, checklist
from protocol_nlp.checklist.sheet import Row


def read(inclusion: str, **fields: str) -> Checklist:
    entry = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001"},
            "eligibilityModule": {"eligibilityCriteria": f"Inclusion Criteria:\n\n* {inclusion}\n", **fields},
        }
    }
    return checklist(protocol_nlp.parse(protocol_nlp.read(json.dumps(entry), name="entry.json")[0]))


def asked(made: Checklist) -> list[Row]:
    return [row for section in made.sections for row in section.rows if row.key.startswith("registry ")]


def test_a_limit_that_no_criterion_states_is_asked_first_and_decides() -> None:
    made = read("Liposarcoma", sex="FEMALE", minimumAge="18 Years", maximumAge="6 Months")
    assert made.sections[0].id == "demographics"
    assert [row.question for row in asked(made)] == ["Sex female?", "Age at least 18 years?", "Age at most 6 months?"]
    assert [judged.id for judged in made.judged][:3] == [row.key for row in asked(made)]
    assert all(judged.role == "inclusion" for judged in made.judged)
    assert "a field of the registry" in asked(made)[0].original


def test_what_the_criteria_ask_for_is_not_asked_twice() -> None:
    assert asked(read("Women with liposarcoma, age ≥ 18 years", sex="FEMALE", minimumAge="18 Years")) == []
    assert asked(read("Liposarcoma", sex="ALL", maximumAge="N/A")) == []


def test_another_age_in_the_criteria_is_told() -> None:
    (row,) = asked(read("Age ≥ 16 years", minimumAge="18 Years"))
    assert row.remarks == ("I01 states another age. Ask the author which holds.",)


def test_a_field_that_is_not_understood_is_asked_in_its_own_words() -> None:
    (row,) = asked(read("Liposarcoma", minimumAge="adult"))
    assert (row.question, row.unread) == ("Minimum age: adult", True)
