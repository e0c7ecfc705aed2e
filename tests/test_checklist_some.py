"""Lines that hold for some patients, permit, or define: bounds by age, other values beside, what is not counted."""

from __future__ import annotations

from textwrap import dedent

import pytest
from test_checklist import read, rows
from test_checklist_places import GROUP, NA, keeps

from protocol_nlp.checklist.groups import names_group
from protocol_nlp.checklist.sheet import OUTCOME, YES_NO


def inclusion(*lines: str) -> str:
    return "Inclusion Criteria:\n\n" + "".join(f"* {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "question"),
    [
        (
            "ECOG 0-2 (over 10 years of age)",
            "If age more than 10 years: ECOG performance status 0 to 2 (both included)?",
        ),
        (
            "Lansky 60-100% (10 years of age and under)",
            "If age at most 10 years: Lansky performance status 60 to 100% (both included)?",
        ),
        ("Lansky ≥ 50% for age < 16 years", "If age less than 16 years: Lansky performance status at least 50%?"),
    ],
)
def test_an_age_behind_a_bound_says_of_whom_it_is_asked(line: str, question: str) -> None:
    (row,) = rows(read(inclusion(line))).values()
    assert (row.question, row.keeps) == (question, NA)


def test_an_age_in_a_list_is_asked_of_all() -> None:
    found = rows(read(inclusion("ECOG 0-2, age over 18 years.")))
    assert {row.keeps for row in found.values()} == {"Yes"}


def test_a_bound_by_age_is_a_tier_of_the_bound_before_it_where_both_are_of_one_measure() -> None:
    found = rows(read(inclusion("Platelets ≥ 100 x 10^9/L (≥ 75 x 10^9/L if age < 5 years)")))
    assert [row.kind for row in found.values()] == ["ask", "tier"]
    text = "Creatinine clearance ≥ 70 mL/min or serum creatinine ≤ 1.0 mg/dL (age 6 to < 10 years)"
    assert [row.kind for row in rows(read(inclusion(text))).values()] == ["ask"]


@pytest.mark.parametrize(
    ("lines", "flagged"),
    [
        (("≥ 22 years of age in the USA", "≥ 18 years of age outside of the USA"), True),
        (("Age ≥ 60 years, after one line of therapy", "Age 18-59 years, after two lines of therapy"), True),
        (("Bilirubin ≤ 1.5 x ULN", "Bilirubin ≤ 3 x ULN for patients with Gilbert syndrome"), True),
        (("ECOG 0-2", "If treated in phase 1: ECOG 0-1"), False),
        (("Age ≥ 18 years", "Age ≤ 75 years"), False),
        (("Hemoglobin ≥ 9 g/dL", "Platelets ≥ 100 x 10^9/L"), False),
        (("ALT ≤ 2.5 x ULN", "ALT ≥ 0.5 x ULN"), False),
        (("Platelets ≥ 75,000/mm3 (phase 1)", "Platelets ≥ 100,000/mm3 (phase 2)"), False),
    ],
)
def test_other_values_of_one_thing_beside_each_other_are_not_both_demanded(
    lines: tuple[str, ...], flagged: bool
) -> None:
    found = [row for row in rows(read(inclusion(*lines))).values() if row.kind == "ask"]
    assert {row.answers for row in found} == {OUTCOME if flagged else YES_NO}
    assert any("other values of one thing" in " ".join(row.remarks) for row in found) is flagged


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Platelets ≥ 75,000/mm3 (cohort A)", True),
        ("Measurable disease (cohorts A and B)", True),
        ("ECOG 0-1 (cohort A) or 0-2 (cohort B)", False),
        ("Prior surgery (part of the intestine)", False),
    ],
)
def test_a_bracket_at_the_end_may_name_a_part_of_the_patients(line: str, named: bool) -> None:
    assert (keeps(inclusion(line))["I01"] == GROUP) is named
    assert names_group("Platelets ≥ 75,000/mm3 (phase 1)")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Participants who are > 70 years of age may be allowed to enroll after discussion", NA),
        ("Patients with AML with ≥ 20% blasts are eligible", NA),
        ("Prednisone ≤ 10 mg/day is permitted", NA),
        ("Patients aged 18 to 70 years are eligible", "Yes"),
        ("INR < 1.5 unless on anticoagulants, in which case a therapeutic INR is acceptable", "Yes"),
        ("ALT ≤ 2.5 x ULN, ≤ 5 x ULN is allowed with liver metastases", "Yes"),
    ],
)
def test_a_permission_may_hold_a_bound(line: str, expected: str) -> None:
    assert keeps(inclusion(line))["I01"] == expected


def test_what_is_not_counted_is_a_definition() -> None:
    found = keeps(inclusion("Previously irradiated lesions are not considered measurable disease"))
    assert found == {"I01": NA}
    text = "Measurable disease. Irradiated lesions are not considered measurable disease."
    assert keeps(inclusion(text)) == {"I01": "Yes"}
    text = "Exclusion Criteria:\n\n* Major surgery\n* Biopsies are not considered major surgery\n"
    assert [row.answers for row in rows(read(text)).values()] == [YES_NO, OUTCOME]


def test_lines_of_which_one_is_enough_may_hold_for_a_part_alone() -> None:
    text = "1. Phase 1a: patients with one of the following:\n   * Sarcoma\n   * Melanoma\n2. Age ≥ 18 years\n"
    found = keeps(f"Inclusion Criteria:\n\n{text}")
    assert found["I01.1"] == "Yes (in this group alone; one line of the list is enough)"
    text = "1. Phase 1a: patients with:\n   1. Sarcoma; OR\n   2. Melanoma\n2. Age ≥ 18 years\n"
    found = keeps(f"Inclusion Criteria:\n\n{text}")
    assert found["I01.1"] == "Yes (in this group alone; one of I01.1 and I01.2 is enough)"


def test_a_title_with_a_number_above_a_role_heading_names_a_part() -> None:
    text = dedent("""\
        1. Procurement Eligibility
        Inclusion Criteria:
        * Solid tumour
        Exclusion Criteria:
        * HIV infection
        * Pregnancy
        2. Treatment eligibility
        Inclusion Criteria:
        * Adequate organ function
        """)
    made = read(text)
    heads = [row.question for s in made.sections for row in s.rows if row.kind == "group"]
    assert heads[0] == "1. Procurement Eligibility – Inclusion Criteria:"
    assert "2. Treatment eligibility – Inclusion Criteria:" in heads
    assert keeps(text) == {
        **dict.fromkeys(("I01", "I02"), "Yes (in this part alone)"),
        **dict.fromkeys(("E01", "E02"), "No (in this part alone)"),
    }


def test_the_start_of_menopause_is_not_that_of_the_study() -> None:
    text = "Women with ≤ 2 years amenorrhea after start of menopause must have a negative pregnancy test"
    (row,) = rows(read(inclusion(text))).values()
    assert [w.event_name for w in row.windows] == ["start of menopause"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Patients ≥ 16 years of age must have an ECOG of 0-2", [NA]),
        ("Patients > 16 years of age: Karnofsky ≥ 60", [GROUP]),
        ("Age ≥ 18 years, ECOG 0-1", ["Yes", "Yes"]),
        ("Age 18-75 years and ECOG 0-1", ["Yes", "Yes"]),
    ],
)
def test_an_age_that_says_of_whom_a_bound_is_asked_is_not_demanded(line: str, expected: list[str]) -> None:
    assert [row.keeps for row in rows(read(inclusion(line))).values()] == expected


def test_criteria_for_a_cohort_stand_below_their_line() -> None:
    text = (
        "1. ECOG 0-1\n2. Additional inclusion criteria for endometrial cancer cohort\n   1. Endometrial cancer\n"
        "   2. Progression after one line of therapy\n3. Inclusion criteria for the study\n   1. Signed consent\n"
    )
    found = keeps(f"Inclusion Criteria:\n\n{text}")
    assert found["I02.1"] == found["I02.2"] == GROUP
    assert "I02" not in found
    assert found["I03.1"] == "Yes"
    assert not names_group("PSA met criteria for PSA progression")


def test_methods_below_a_title_are_judged_together() -> None:
    text = (
        "* Fertile patients must use contraception\n\n  Acceptable contraception:\n\n  * Intrauterine device\n"
        "  * Vasectomy\n* Age ≥ 18 years\n"
    )
    found = keeps(f"Inclusion Criteria:\n\n{text}")
    assert [id for id in found if id.count(".") == 2] == []


def test_two_tumours_in_lines_of_their_own_are_not_both_demanded() -> None:
    found = rows(
        read(flattened("MDS, or overlap disorders (CMML included)", "AML, other than APL, in remission", "Consent"))
    )
    assert [found[id].answers == OUTCOME for id in ("I01", "I02", "I03")] == [True, True, False]


def test_who_may_be_enrolled_may_be_told_by_bounds() -> None:
    text = "Patients with active HBV (HBV DNA < 1000 copies/mL or 200 IU/mL) may be enrolled at discretion"
    assert keeps(inclusion(text)) == {"I01": NA}


def test_years_of_a_condition_in_brackets_are_no_window() -> None:
    (row,) = rows(read(inclusion("Able to give consent (if > 18 years), or with a guardian (if < 18 years)"))).values()
    assert row.windows == ()


def test_after_study_participation_does_not_say_its_start() -> None:
    (row,) = rows(read(inclusion("Must use contraception for 12 weeks after study participation"))).values()
    assert [w.event_name for w in row.windows] == ["study participation (its start or its end?)"]


def flattened(*lines: str) -> str:
    return "Inclusion Criteria:\n\n" + "\n\n".join(lines) + "\n"


def test_names_behind_a_lead_that_lists_names_may_be_its_list() -> None:
    text = flattened(
        "Age at least 18 years.",
        "Able to have immunosuppression discontinued, including:",
        "Mycophenolate (MMF)",
        "JAK inhibitors (ruxolitinib)",
        "Creatinine ≤ 2 mg/dL",
        "Signed consent",
    )
    found = rows(read(text))
    assert [found[id].answers == OUTCOME for id in ("I03", "I04", "I05", "I06")] == [True, True, False, False]


def test_a_lead_of_a_part_without_its_list_may_hold_for_the_lines_behind_it() -> None:
    found = keeps(
        flattened(
            "NHL and MM patients only: must have the following:",
            "Prior transplant",
            "Disease that can be biopsied",
            "Signed consent",
        )
    )
    doubtful = "Yes (perhaps in the group of I01 alone)"
    assert (found["I02"], found["I03"], found["I04"]) == (doubtful, doubtful, "Yes")


def test_a_tumour_with_a_colon_and_nothing_below_may_hold_for_the_lines_behind_it() -> None:
    found = keeps(
        flattened(
            "Acute myeloid leukemia, including biphenotypic leukemia:",
            "All patients must be in complete remission.",
            "ECOG 0-2",
            "Recovered from prior therapy",
        )
    )
    assert found["I02"] == "Yes (perhaps in the group of I01 alone)"
    assert (found["I03"], found["I04"]) == ("Yes", "Yes")


def test_tumours_with_abbreviations_beside_each_other_are_not_all_demanded() -> None:
    text = inclusion("Acute myelogenous leukemia (AML)", "Myelodysplastic syndrome (MDS)", "Age ≥ 18 years")
    found = rows(read(text))
    assert [found[id].answers == OUTCOME for id in ("I01", "I02", "I03")] == [True, True, False]


def test_a_title_between_criteria_is_no_question() -> None:
    made = read("Exclusion Criteria:\n\n* HIV infection\n* Other Excluded Conditions\n* Pregnancy\n")
    assert {row.id for row in rows(made).values() if row.asked} == {"E01", "E03"}


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("Pregnant or lactating women are ineligible", "Pregnant or lactating women?"),
        ("Patients with known HIV infection will be excluded from the study", "Known HIV infection?"),
        ("Women who are pregnant are not eligible.", "Women who are pregnant?"),
    ],
)
def test_an_exclusion_does_not_ask_whether_it_excludes(line: str, question: str) -> None:
    (row,) = rows(read(f"Exclusion Criteria:\n\n* {line}\n")).values()
    assert (row.question, row.keeps) == (question, "No")
    assert row.original == line


def test_what_an_exclusion_does_not_count_takes_a_part_of_it_back() -> None:
    text = "Exclusion Criteria:\n\n* Autoimmune disease. The following are non-exclusionary: vitiligo\n"
    (row,) = rows(read(text)).values()
    assert row.answers == OUTCOME


@pytest.mark.parametrize(
    ("line", "windows"),
    [
        ("Treated with anti-PD-1 for less than 90 days", 0),
        ("Treated for at least 90 days, with at least 6 months of follow-up", 0),
        ("Stable for 4 weeks before enrollment", 1),
        ("Surgery within 4 weeks", 1),
    ],
)
def test_how_long_a_thing_lasted_is_no_window(line: str, windows: int) -> None:
    (row,) = rows(read(f"Exclusion Criteria:\n\n* {line}\n")).values()
    assert len(row.windows) == windows


def test_headings_of_bounds_below_a_lead_are_all_needed() -> None:
    text = (
        "* Adequate renal and hepatic function, as defined below:\n  * Renal function:\n    * GFR ≥ 50 mL/min OR\n"
        "    * creatinine ≤ 1.5 x ULN\n  * Hepatic function:\n    * ALT ≤ 5 x ULN\n    * Bilirubin ≤ 2 x ULN\n"
    )
    found = keeps(f"Inclusion Criteria:\n\n{text}")
    assert found["I01.1.1"] == "Yes (one of I01.1.1 and I01.1.2 is enough)"
    assert found["I01.2.1"] == found["I01.2.2"] == "Yes"
    assert "I01" not in found


def test_what_is_accepted_is_permitted() -> None:
    assert keeps(inclusion("Targeted therapy is accepted before the start of treatment")) == {"I01": NA}


@pytest.mark.parametrize("whom", ["WOCBP", "WOCP", "FCBP", "All WOCBP", "Women"])
def test_women_of_childbearing_potential_are_some_patients_in_any_abbreviation(whom: str) -> None:
    assert keeps(inclusion(f"{whom} must have a negative pregnancy test")) == {"I01": NA}


def test_titles_of_steps_hold_for_the_lines_behind_them_where_there_are_several() -> None:
    lines = ("Screening:", "ECOG 0-2", "Prior to cell collection:", "In complete remission", "Adequate blood counts")
    found = keeps(flattened(*lines))
    assert found["I02"] == "Yes (perhaps in the group of I01 alone)"
    assert found["I04"] == found["I05"] == "Yes (perhaps in the group of I03 alone)"
    assert keeps(flattened(*lines[:2]))["I02"] == "Yes"
    text = "* Screening:\n  * ECOG 0-2\n* Prior to cell collection:\n  * In complete remission\n"
    assert keeps(f"Inclusion Criteria:\n\n{text}")["I01.1"] == GROUP


def test_a_piece_without_a_subject_stays_with_the_one_that_names_it() -> None:
    text = "Female patients must use contraception; the pregnancy test is negative within 7 days before the study"
    assert keeps(inclusion(text)) == {"I01": NA}


def test_the_end_of_the_study_is_not_the_last_dose() -> None:
    (row,) = rows(read(inclusion("Must use contraception until 6 months after the end of the study"))).values()
    assert [w.event for w in row.windows] != ["last_dose"]


def test_titles_of_one_sex_hold_for_the_lines_below_them() -> None:
    text = "Female patients:\n* Negative pregnancy test\n\nMale patients:\n* Agreement not to donate sperm\n"
    found = keeps(f"Inclusion Criteria:\n\n* Age ≥ 18 years\n\n{text}")
    assert list(found.values()) == ["Yes", GROUP, GROUP]


def test_an_or_before_the_last_of_many_bounds_joins_the_last_two() -> None:
    text = (
        "* Adequate organ function as defined below:\n  * ANC ≥ 1.0 x 10^9/L\n  * Platelets ≥ 75 x 10^9/L\n"
        "  * Bilirubin ≤ 1.5 x ULN\n  * Creatinine ≤ 1.5 mg/dL OR\n  * Creatinine clearance ≥ 60 mL/min\n"
    )
    found = keeps(f"Inclusion Criteria:\n\n{text}")
    assert found["I01.1"] == found["I01.2"] == found["I01.3"] == "Yes"
    assert found["I01.4"] == "Yes (one of I01.4 and I01.5 is enough)"


def test_three_lines_of_ages_are_one_run() -> None:
    lines = ("Age ≥ 60 years, after one line", "Age 18-59 years, after two lines", "Age ≥ 18 years, after a transplant")
    found = rows(read(inclusion(*lines)))
    assert {row.answers for row in found.values()} == {OUTCOME}


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("Relapse within 12 months of initiation of anti-PD-1 therapy", ""),
        ("Contraception until 6 months after the last dose of chemotherapy", ""),
        ("Vaccine within 28 days prior to the beginning of the lymphodepletion", ""),
        ("Surgery within 28 days prior to the initiation of study treatment", "first_dose"),
    ],
)
def test_an_event_of_another_treatment_keeps_its_own_date(line: str, event: str) -> None:
    (row,) = rows(read(inclusion(line))).values()
    assert [w.event if w.event == "first_dose" else "" for w in row.windows] == [event]


def test_off_a_treatment_for_weeks_counts_from_no_event_before_it() -> None:
    text = "Relapse after transplantation, and off all immunosuppressive therapy for at least 2 weeks"
    (row,) = rows(read(inclusion(text))).values()
    assert row.windows == ()


def test_eligibility_behind_the_exclusions_states_who_may_enter() -> None:
    text = (
        "Inclusion Criteria:\n* Melanoma\n\nExclusion Criteria:\n* HIV infection\n\n"
        "Eligibility Criteria for Haploidentical Donors (For Arm 2 only)\n* Donor must be at least 18 years of age\n\n"
        "Eligibility Criteria for Autologous Patients (For Arm 1 only)\n* Able to tolerate leukapheresis\n"
    )
    assert keeps(text) == {
        "I01": "Yes",
        "I02": "Yes (in this part alone)",
        "I03": "Yes (in this part alone)",
        "E01": "No",
    }
