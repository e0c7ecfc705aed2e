"""Lists that the entry has flattened go below the leads that promise them."""

from __future__ import annotations

import pytest

import protocol_nlp
from protocol_nlp.audit import audit
from protocol_nlp.tree import Criterion, Trial, Unless, criteria


def parsed(section: str, *lines: str) -> Trial:
    text = f"{section} Criteria:\n\n" + "".join(f"* {line}\n" for line in lines)
    return protocol_nlp.parse(protocol_nlp.read(text, name="flat", format="text")[0], link=False)


def outline(trial: Trial) -> list[str]:
    return [f"{c.id} {c.text}" for c in criteria(trial)]


def the_list(trial: Trial) -> Criterion:
    return next(c for c in criteria(trial) if c.gathered)


def test_limits_go_below_the_function_that_they_define() -> None:
    trial = parsed(
        "Inclusion",
        "Adequate organ function within 14 days of enrolment, defined as:",
        "Hemoglobin ≥ 9 g/dL",
        "Platelets 100 x 10^9/L",
        "Life expectancy of at least 3 months",
        "Creatinine ≤ 1.5 x ULN",
    )
    assert outline(trial) == [
        "I01 Adequate organ function within 14 days of enrolment, defined as:",
        "I01.1 Hemoglobin ≥ 9 g/dL",
        "I01.2 Platelets 100 x 10^9/L",
        "I02 Life expectancy of at least 3 months",
        "I03 Creatinine ≤ 1.5 x ULN",
    ]
    made = the_list(trial)
    assert made.form == "list"
    assert not made.list_missing
    assert made.governs is not None
    assert made.governs.connective == "and"
    assert len(made.governs.windows) == 1
    assert made.span.end == made.children[-1].span.end


def test_one_of_the_diagnoses_of_a_flattened_list_is_enough() -> None:
    trial = parsed(
        "Inclusion",
        "One of the following histologically confirmed tumors:",
        "Leiomyosarcoma",
        "Liposarcoma, dedifferentiated",
        "Measurable disease by RECIST 1.1",
        "Osteosarcoma",
    )
    made = the_list(trial)
    assert [c.text for c in made.children] == ["Leiomyosarcoma", "Liposarcoma, dedifferentiated"]
    assert made.governs is not None
    assert made.governs.connective == "or"


@pytest.mark.parametrize(
    "lead",
    [
        "History of other malignancy within 3 years, with the following exceptions:",
        "Other malignancies, except:",
        "Active malignancy. Exceptions will include the following malignancies:",
        "Second primary tumor. The following exceptions are permitted:",
    ],
)
def test_treated_tumours_are_exempt_where_their_lead_announces_exceptions(lead: str) -> None:
    items = "Adequately treated basal cell carcinoma", "Carcinoma in situ of the cervix", "Leptomeningeal disease"
    trial = parsed("Exclusion", lead, *items)
    made = the_list(trial)
    assert [c.text for c in made.children] == list(items[:2])
    assert all(isinstance(c.expr, Unless) for c in made.children)
    assert [c.id for c in trial.criteria] == ["E01", "E02"]


@pytest.mark.parametrize(
    ("section", "lines"),
    [
        ("Inclusion", ("Adequate organ function, defined as:", "Hemoglobin ≥ 9 g/dL", "Signed consent")),
        ("Inclusion", ("Willing to do the following:", "Leiomyosarcoma", "Liposarcoma")),
        ("Exclusion", ("Autoimmune disease, except:", "Vitiligo", "Alopecia", "Hepatitis B")),
        ("Exclusion", ("Other malignancy except for:", "Leptomeningeal disease", "Brain metastases")),
        ("Inclusion", ("Adequate function if:", "Hemoglobin ≥ 9 g/dL", "Platelets ≥ 100 x 10^9/L")),
    ],
)
def test_what_may_be_a_criterion_of_its_own_stays_where_it_is(section: str, lines: tuple[str, ...]) -> None:
    trial = parsed(section, *lines)
    assert [c.text for c in trial.criteria] == list(lines)
    assert trial.criteria[0].list_missing
    assert not any(c.gathered for c in criteria(trial))


def test_the_audit_names_the_list_once() -> None:
    trial = parsed("Inclusion", "Adequate organ function as defined below:", "Hemoglobin ≥ 9 g/dL", "ALT ≤ 3 x ULN")
    codes = [f.code for f in audit(trial).findings]
    assert codes.count("STR002") == 1
    assert "STR001" not in codes


def test_a_list_below_its_lead_is_not_gathered() -> None:
    text = "Inclusion Criteria:\n\n* Adequate organ function:\n    * Hemoglobin ≥ 9 g/dL\n    * ALT ≤ 3 x ULN\n"
    trial = protocol_nlp.parse(protocol_nlp.read(text, name="set in", format="text")[0], link=False)
    assert outline(trial)[0].startswith("I01 ")
    assert not any(c.gathered for c in criteria(trial))
