"""The words of a checklist's rows: what is told anew, what stays, and of whom it is asked."""

from __future__ import annotations

import pytest
from test_checklist import read, rows

from protocol_nlp.checklist.sheet import YES_NO


def test_a_bound_within_a_sentence_is_told_in_words_and_all_else_stays() -> None:
    made = read(
        "Inclusion Criteria:\n* Hemoglobin ≥ 90 g/L (no transfusion within 14 days)\n"
        "* Prior systemic steroids (> 10 mg/day prednisone) stopped\n"
    )
    found = rows(made)
    assert found["I01"].question == "Hemoglobin at least 90 g/L (no transfusion within 14 days)?"
    assert (found["I01"].bound, found["I01"].other_unit) == ("≥ 90 g/L", "≥ 9 g/dL")
    assert found["I02"].question == "Prior systemic steroids (more than 10 mg/day prednisone) stopped?"
    assert found["I02"].original == "Prior systemic steroids (> 10 mg/day prednisone) stopped"


@pytest.mark.parametrize(
    "text", ["Grade > 1 neuropathy of any etiology", "Bleeding event ≥ CTCAE Grade 3", "Hemoglobin 9 g/dL by day 1"]
)
def test_a_number_that_belongs_to_other_words_stays_among_them(text: str) -> None:
    (row,) = rows(read(f"Exclusion Criteria:\n* {text}\n")).values()
    for word in text.split():
        assert word.lower() in ("≥", ">") or word.lower() in row.question.lower()


def test_no_number_is_left_out_of_a_question() -> None:
    (row,) = rows(read("Inclusion Criteria:\n* >40%; or shortening fraction ≥25%\n")).values()
    assert "40%" in row.question
    assert "25%" in row.question


def test_words_that_ask_nothing_are_no_row() -> None:
    (row,) = rows(read("Inclusion Criteria:\n* Age ≤21 years old\n")).values()
    assert row.question == "Age at most 21 years?"


def test_several_bounds_stand_in_one_cell() -> None:
    made = read("Inclusion Criteria:\n* Creatinine ≤ 1.5 x ULN or creatinine clearance ≥ 50 mL/min\n")
    (row,) = rows(made).values()
    assert row.question == (
        "Serum creatinine at most 1.5 × the upper limit of normal, or creatinine clearance at least 50 mL/min?"
    )
    assert row.bound == "Serum creatinine ≤ 1.5 × ULN or Creatinine clearance ≥ 50 mL/min"


def test_an_exception_with_a_bound_of_its_own_is_a_tier() -> None:
    text = "ALP ≤ 2.5 x ULN with the exception of patients with documented bone metastases who may have ALP ≤ 5 x ULN"
    found = rows(read(f"Inclusion Criteria:\n* {text}\n"))
    assert found["I01 tier"].question.startswith("For patients with documented bone metastases, instead: Alk")
    assert (found["I01"].bound, found["I01 tier"].bound) == ("≤ 2.5 × ULN", "≤ 5 × ULN")


def test_sentences_that_each_demand_are_asked_one_by_one() -> None:
    text = "Patients must not be pregnant. Women of childbearing potential must use effective contraception."
    made = read(f"Inclusion Criteria:\n* {text}\n")
    assert [(row.question, row.keeps) for row in rows(made).values()] == [
        ("Patients must not be pregnant?", "Yes"),
        ("Women of childbearing potential must use effective contraception?", "Yes, or not applicable"),
    ]
    whole = read("Inclusion Criteria:\n* Measurable disease. Patients with bone disease alone are eligible.\n")
    assert [row.keeps for row in rows(whole).values()] == ["Yes"]


@pytest.mark.parametrize(
    ("text", "keeps"),
    [
        ("HIV-infected participants must have well controlled HIV", "Yes, or not applicable"),
        (
            "Participants with a history of hepatitis C are eligible if HCV RNA is undetectable",
            "Yes, or not applicable",
        ),
        ("Newly diagnosed patients must be receiving chemotherapy", "Yes, or not applicable"),
        ("If HIV positive, must have well controlled HIV", "Yes, or not applicable"),
        ("Prior radiotherapy is allowed", "Yes, or not applicable"),
        ("All patients must have measurable disease", "Yes"),
        ("Patients of both sexes must use contraception", "Yes"),
        ("Adequate organ function as defined by acceptable laboratory testing", "Yes"),
        ("Women must use contraception and all patients must give consent", "Yes"),
    ],
)
def test_what_is_asked_of_some_patients_may_not_apply(text: str, keeps: str) -> None:
    (row,) = rows(read(f"Inclusion Criteria:\n* {text}\n")).values()
    assert row.keeps == keeps


def test_an_exception_that_is_worded_as_a_permission_takes_back_the_exclusion() -> None:
    made = read(
        "Exclusion Criteria:\n* Radiotherapy within 4 weeks prior to start of treatment except as follows\n"
        "  * Palliative radiotherapy is allowed up to 2 weeks prior to start of treatment\n"
    )
    assert "E01 exception" not in rows(made)
    assert made.judged[0].logic == ("but_not", ("row", "E01"), ("row", "E01.1"))
    assert rows(made)["E01.1"].answers == YES_NO


def test_a_line_that_points_elsewhere_asks_nothing() -> None:
    made = read("Exclusion Criteria:\n* Pregnancy\n* Note: Other protocol defined criteria may apply.\n")
    assert [row.asked for row in rows(made).values()] == [True, False]


def test_a_line_for_an_arm_holds_for_it_alone() -> None:
    made = read("Inclusion Criteria:\n* Phase 2 Arm E - Lung cancer that is recurrent\n* Age ≥ 18 years\n")
    assert [rows(made)[id].keeps for id in ("I01", "I02")] == ["Yes (in this group alone)", "Yes"]


def test_two_of_the_following_are_judged_together() -> None:
    made = read("Inclusion Criteria:\n* At least two of the following:\n  * Anemia\n  * Fever\n  * Pain\n")
    assert made.judged[0].logic == ("row", "I01")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Heart disease within 6 months from first dose",
            ["within 6 months of first dose (before or after it: not stated)"],
        ),
        ("Transfusion during the 4-week period prior to screening", ["within 4 weeks before screening"]),
        ("Imaging performed at the\n  earliest two weeks after the biopsy", []),
    ],
)
def test_windows_say_no_more_than_the_entry(text: str, told: list[str]) -> None:
    (row,) = rows(read(f"Exclusion Criteria:\n* {text}\n")).values()
    assert [window.text.partition(" (event")[0] for window in row.windows] == told
