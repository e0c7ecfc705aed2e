"""The registry's fields of sex and age over a patient."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

import protocol_nlp
from protocol_nlp.screening import Screening, read_patient, screen
from protocol_nlp.screening.answers import sheet
from protocol_nlp.screening.report import report

CRITERIA = "Inclusion Criteria:\n\n* Liposarcoma\n\nExclusion Criteria:\n\n* Stroke\n"


def screened(fields: dict[str, str], criteria: str = CRITERIA, **patient: Any) -> Screening:
    entry = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001"},
            "eligibilityModule": {"eligibilityCriteria": criteria, **fields},
        }
    }
    file = {
        "format": "protocol-nlp-patient/1",
        "date": "2027-01-10",
        "conditions": [{"name": "liposarcoma", "start": "2026"}, {"name": "stroke", "status": "never"}],
        **patient,
    }
    trial = protocol_nlp.parse(protocol_nlp.read(json.dumps(entry), name="entry.json")[0])
    return screen(trial, read_patient(json.dumps(file)), {"enrollment": date(2027, 1, 15)})


def effects(done: Screening) -> dict[str, str]:
    return {field.name: field.effect for field in done.fields}


ADULTS = {"sex": "ALL", "minimumAge": "18 Years", "maximumAge": "70 Years"}


@pytest.mark.parametrize(
    ("born", "low", "high"),
    [
        ("1980-05-01", "for", "for"),
        ("2009-01-10", "for", "for"),  # 18 on the day of the file
        ("2009-01-16", "against", "for"),  # 18 a day after enrolment
        ("2009-01-12", "open", "for"),  # 18 between the two days
        ("1956-01-16", "for", "for"),  # 70 still
        ("1956-01-09", "for", "against"),  # 71
        ("1956", "for", "open"),  # the day is not known
    ],
)
def test_ages_count_in_completed_years_and_the_limits_are_included(born: str, low: str, high: str) -> None:
    assert effects(screened(ADULTS, birth_date=born)) == {"minimum_age": low, "maximum_age": high}


def test_an_age_in_months_is_counted_in_months() -> None:
    fields = {"minimumAge": "6 Months"}
    assert effects(screened(fields, birth_date="2026-07-10")) == {"minimum_age": "for"}
    assert effects(screened(fields, birth_date="2026-08-10")) == {"minimum_age": "against"}
    assert effects(screened(fields, age=1)) == {"minimum_age": "open"}  # no age in months is known


@pytest.mark.parametrize(("sex", "effect"), [("female", "for"), ("male", "against"), (None, "open")])
def test_a_trial_of_one_sex(sex: str | None, effect: str) -> None:
    done = screened({"sex": "FEMALE"}, **({"sex": sex} if sex else {}))
    assert effects(done) == {"sex": effect}
    assert done.outcome == {"for": "eligible", "against": "not eligible", "open": "undecided"}[effect]


def test_a_field_that_is_not_understood_is_open() -> None:
    done = screened({"sex": "female at birth", "minimumAge": "adult"}, sex="female", birth_date="1980-01-01")
    assert effects(done) == {"sex": "open", "minimum_age": "open"}
    assert "not read" in done.fields[0].missing[0]


def test_fields_without_limits_say_nothing() -> None:
    assert screened({"sex": "ALL", "maximumAge": "N/A"}).fields == ()


def test_where_the_text_states_another_age_the_field_alone_turns_nobody_away() -> None:
    other = CRITERIA.replace("* Liposarcoma", "* Liposarcoma\n* Age ≥ 16 years")
    done = screened(ADULTS, other, birth_date="2010-01-01")
    assert effects(done)["minimum_age"] == "open"
    assert "another age" in done.fields[0].missing[0]
    same = CRITERIA.replace("* Liposarcoma", "* Liposarcoma\n* Age ≥ 18 years")
    assert effects(screened(ADULTS, same, birth_date="2010-01-01"))["minimum_age"] == "against"


def test_the_reports_tell_the_fields() -> None:
    done = screened({"sex": "FEMALE"}, sex="male")
    assert json.loads(report(done, "json"))["fields"] == [
        {
            "name": "sex",
            "stated": "FEMALE",
            "state": "not met",
            "effect": "against",
            "evidence": [{"path": "sex", "what": "sex", "value": "male", "date": ""}],
            "missing": [],
        }
    ]
    told = report(done, "text")
    assert "sex FEMALE" in told
    assert "not eligible (2 for, 1 against, 0 open)" in told


def test_the_page_comes_with_the_fields_answered() -> None:
    _, saved = sheet(screened({"sex": "FEMALE", "minimumAge": "18 Years"}, sex="male", birth_date="1980-01-01"))
    assert saved["answers"]["registry sex"] == "false"
    assert saved["answers"]["registry minimum age"] == "true"
