"""Where a line of the entry stands, and what that means for its row: whom it asks, what it may belong to."""

from __future__ import annotations

import pytest
from test_checklist import read, rows

from protocol_nlp.checklist.groups import names_group
from protocol_nlp.checklist.outline import GATHERED
from protocol_nlp.checklist.sheet import OUTCOME, YES_NO
from protocol_nlp.display import wording

NA = "Yes, or not applicable"
GROUP = "Yes (in this group alone)"


def keeps(text: str) -> dict[str, str]:
    return {row.id: row.keeps for row in rows(read(text)).values() if row.asked}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Expansion cohort 1 (ccRCC): Subjects with clear cell RCC", True),
        ("For cohorts 2 (ccRCC), 3 and 4: Receipt of sorafenib", True),
        ("For maintenance only (prior to randomization): no progression", True),
        ("In Phase 1b, patients must meet the following", True),
        ("Genetic diagnosis (Part 2 only)", True),
        ("Participants without a diagnosis of cancer: Age at least 40", True),
        ("Age < 16 years: Lansky 70%", True),
        ("Adult patients - need not be MRD-negative", True),
        ("Age: at least 18 years", False),
        ("Age group: 18 to 75 years", False),
        ("Patients with any of the following:", False),
        ("For all patients: signed consent", False),
        ("Surgery within 8 weeks (part 2 only) or a Whipple procedure", False),
        ("Performance status: ECOG 0 to 1", False),
    ],
)
def test_a_label_names_a_part_of_the_patients(line: str, named: bool) -> None:
    assert names_group(line) is named


def test_a_heading_with_a_part_of_its_own_stands_above_its_criteria() -> None:
    text = (
        "Procurement Inclusion Criteria:\n* Known tumour\n\nProcurement Exclusion Criteria:\n* HIV infection\n\n"
        "Treatment Inclusion Criteria:\n* Hemoglobin ≥ 7 g/dL\n\nTreatment Exclusion Criteria:\n* Pregnancy\n"
    )
    made = read(text)
    heads = [row.question for s in made.sections for row in s.rows if row.kind == "group"]
    assert heads == ["Procurement Inclusion Criteria:", "Procurement Exclusion Criteria:"]
    assert keeps(text)["I01"] == "Yes (in this part alone)"
    assert keeps(text)["E02"] == "No"


def test_words_that_open_a_part_hold_until_the_next_part_opens() -> None:
    text = "".join(
        f"Subprotocol {name}\n\nInclusion:\n\n* Age ≥ 18 years\n\nExclusion:\n\n* Prior surgery\n\n" for name in "BC"
    )
    heads = [row.question for s in read(text).sections for row in s.rows if row.kind == "group"]
    assert [h.split(" – ")[0] for h in sorted(heads)] == ["Subprotocol B"] * 2 + ["Subprotocol C"] * 2


def test_headings_that_say_the_same_are_no_parts() -> None:
    text = "Key Inclusion Criteria:\n* Age ≥ 18 years\n\nInclusion Criteria for all patients:\n* Signed consent\n"
    assert set(keeps(text).values()) == {"Yes"}


def test_a_line_between_lines_of_groups_may_belong_to_one() -> None:
    text = (
        "Inclusion Criteria:~Solid tumor.~Cohort 1: Subjects with RCC.~Must have progressed.~"
        "Cohort 2: Men with prostate cancer.~Adequate organ function.~Exclusion Criteria:~Prior surgery."
    )
    found = keeps(text)
    assert found["I03"] == "Yes (perhaps in the group of I02 alone)"
    assert (found["I01"], found["I04"], found["I05"]) == ("Yes", GROUP, "Yes")


def test_lines_joined_by_or_are_enough_one_by_one() -> None:
    made = read("Inclusion Criteria:\n\n* Renal cell carcinoma\n\nOR\n\n* Multiple myeloma\n\n* Age ≥ 18 years\n")
    assert made.judged[0].logic == ("any", ("row", "I01"), ("row", "I02"))
    assert rows(made)["I01"].keeps == "Yes (one of I01 and I02 is enough)"


def test_or_beside_and_is_left_to_a_person() -> None:
    text = "Inclusion Criteria:\n* Biopsy proven LCH -AND\n* Failure of therapy -OR\n* Progression\n* Signed consent\n"
    assert [rows(read(text))[id].answers for id in ("I01", "I02", "I03", "I04")] == [OUTCOME] * 3 + [YES_NO]


def test_diagnoses_on_lines_of_their_own_are_not_all_demanded() -> None:
    text = "Inclusion Criteria:\n* Osteosarcoma\n* Ewing sarcoma\n* ECOG 0-1\n"
    found = rows(read(text))
    assert found["I01"].answers == found["I02"].answers == OUTCOME
    assert found["I03"].answers == YES_NO


def test_a_lead_that_only_includes_makes_its_lost_lines_doubtful_and_no_more() -> None:
    text = (
        "Inclusion Criteria:\n\nIndications can include:\n\nAcute myeloid leukemia\nPlasma cell myeloma\n"
        "Patients must have recovered from toxicity.\n"
    )
    found = rows(read(text))
    assert [found[id].answers == OUTCOME for id in ("I02", "I03", "I04")] == [True, True, False]


def test_of_a_flattened_list_of_diagnoses_one_is_enough() -> None:
    text = (
        "Inclusion Criteria:\n\nMalignancies can include:\n\nAcute myeloid leukemia\nPlasma cell myeloma\n"
        "Patients must have recovered from toxicity.\n"
    )
    made = read(text)
    found = rows(made)
    assert GATHERED in next(row for block in made.sections for row in block.rows if row.id == "I01").remarks
    assert found["I01.1"].keeps == found["I01.2"].keeps == "Yes (one line of the list is enough)"
    assert found["I02"].answers == YES_NO


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Negative pregnancy test in female patients of childbearing potential", NA),
        ("Negative pregnancy test, for persons of childbearing potential only", NA),
        (
            "Participants are eligible regardless of HER2 status. Participants who are HER2+ must have had trastuzumab",
            NA,
        ),
        ("Treatment with bone resorptive therapy must have been on stable doses", NA),
        ("Stage III is defined as the presence of at least one lymph node metastasis", NA),
        ("Patients who had 1 cycle will be still eligible to be enrolled in the lead in phase", NA),
        ("In this case, revenue and cost aspects are ignored", NA),
        ("Pre-treatment biopsies are optional for part A", NA),
        ("Prior hormonal therapy up to 6 weeks is permitted", NA),
        ("Sexually active, fertile participants must agree to use contraception", NA),
        ("In addition to the criteria above, a patient must be able to swallow", "Yes"),
        ("Have a negative pregnancy test (applies to women of childbearing potential)", NA),
        ("Post-menopausal status defined as at least 2 years without menstrual period", NA),
        ("No prior systemic therapy is allowed", "Yes"),
        ("Measurable disease and be eligible for standard therapy", "Yes"),
        ("Only patients with measurable disease are eligible", "Yes"),
        ("Participant or legal representative must sign informed consent", "Yes"),
        ("Absence of blood in stool; red blood on paper only is acceptable", "Yes"),
        ("Informed consent from patient or guardian and, for patients treated in the U.S., authorization", "Yes"),
    ],
)
def test_whom_a_line_asks(text: str, said: str) -> None:
    assert next(iter(keeps(f"Inclusion Criteria:\n* {text}\n").values())) == said


@pytest.mark.parametrize(
    "text",
    [
        "Note: may have received chemotherapy in the adjuvant setting",
        "This exclusion is necessary because the drug is teratogenic",
        "However, this would not exclude those who received one line",
        "Exceptions: surgery for melanoma",
    ],
)
def test_a_note_under_exclusion_excludes_nobody_by_yes(text: str) -> None:
    assert rows(read(f"Exclusion Criteria:\n* Prior chemotherapy\n* {text}\n"))["E02"].answers == OUTCOME


def test_a_permission_in_brackets_turns_no_exclusion_round() -> None:
    assert keeps("Exclusion Criteria:\n* Immune therapy (endocrine therapy is allowed)\n") == {"E01": "No"}


def test_a_permission_of_a_thing_is_no_exception_for_the_patient() -> None:
    text = "Exclusion Criteria:\n* Immunosuppressive drugs within 14 days. NOTE: inhaled steroid use is permitted.\n"
    found = rows(read(text))
    assert list(found) == ["E01"]
    assert found["E01"].answers == OUTCOME


def test_an_exception_has_no_window_of_the_rule() -> None:
    text = (
        "Exclusion Criteria:\n* Malignancies within 24 months. The only exceptions are:\n"
        "  * Skin cancer that is cured\n  * Cervical cancer that is cured\n"
    )
    exceptions = [row for row in rows(read(text)).values() if row.kind == "exception"]
    assert exceptions
    assert not any(row.windows for row in exceptions)


def test_a_last_dose_of_no_drug_is_not_the_one_of_the_study_drug() -> None:
    def event(line: str) -> str:
        (row,) = rows(read(f"Inclusion Criteria:\n* {line}\n")).values()
        return row.windows[0].event

    assert event("Prior adjuvant therapy with recurrence at least 6 months after the last dose") != "last_dose"
    assert event("Must use contraception for at least 6 months after the last dose") == "last_dose"


@pytest.mark.parametrize(
    "text",
    [
        "Positive pregnancy test within 24/72 hours prior to the first dose",
        "Enrollment no earlier than 3 months after the transplantation",
        "On the same regimen for at least the 6 months before screening",
    ],
)
def test_a_length_that_is_said_otherwise_is_left_to_the_question(text: str) -> None:
    assert not next(iter(rows(read(f"Inclusion Criteria:\n* {text}\n")).values())).windows


def test_words_behind_a_number_that_may_belong_to_what_follows_stay() -> None:
    text = "HIV RNA level < 50 or lower limit of detection by the local assay"
    (row,) = rows(read(f"Inclusion Criteria:\n* {text}\n")).values()
    assert "or lower limit of detection" in row.question


def test_a_note_does_not_count_in_a_list_of_which_any_is_enough() -> None:
    text = (
        "Inclusion Criteria:\n* At least one of the following criteria:\n  * Lymph node metastasis\n"
        "  * Lymphadenopathy on CT\n  * The 2018 AJCC staging system will be followed\n"
    )
    assert read(text).judged[0].logic == ("any", ("row", "I01.1"), ("row", "I01.2"))


def test_an_entity_that_was_escaped_twice_is_one_sign() -> None:
    assert wording(r"Bilirubin \&amp;amp;lt;1.5 x ULN") == "Bilirubin <1.5 x ULN"
    (row,) = rows(read("Inclusion Criteria:\n* Total bilirubin \\&amp;amp;lt;1.5 x ULN\n")).values()
    assert row.question == "Total bilirubin less than 1.5 × the upper limit of normal?"


def test_a_number_keeps_the_words_that_make_it_a_multiple() -> None:
    (row,) = rows(read("Inclusion Criteria:\n* Creatinine < 1.5 times institutional normal\n")).values()
    assert "times" in row.question


def test_an_exclusion_with_an_exception_of_its_own_is_no_exception() -> None:
    text = (
        "Exclusion Criteria:\n* Have received the following therapy:\n"
        "  * Previous therapy with CDK2i, except in Part 1A where up to 10 patients will be permitted\n"
    )
    assert "exception" not in {row.kind for row in rows(read(text)).values()}


def test_what_only_gives_the_reason_is_not_asked() -> None:
    text = "Patients with AIDS; patients with AIDS require complex regimens; the interactions are unknown"
    assert len(rows(read(f"Exclusion Criteria:\n* {text}\n"))) == 1


def test_no_question_holds_a_group_within_a_group() -> None:
    text = "AST and/or ALT < 3 x ULN - or < 5 x ULN if related to leukemic involvement"
    assert not any("of:" in row.question for row in rows(read(f"Inclusion Criteria:\n* {text}\n")).values())


def test_a_line_of_an_any_list_says_that_one_is_enough() -> None:
    found = keeps("Inclusion Criteria:\n* Any of the following:\n  * Prior surgery\n  * Prior radiotherapy\n")
    assert set(found.values()) == {"Yes (one line of the list is enough)"}


def test_an_age_stands_among_the_demographics() -> None:
    made = read("Inclusion Criteria:\n* Age ≥ 18 years on the day of signing the informed consent form\n")
    assert [section.id for section in made.sections] == ["demographics"]


def test_a_lead_that_demands_wants_all_of_its_lines() -> None:
    text = "Inclusion Criteria:\n* To be eligible, participants must:\n  * Have a sarcoma\n  * Be able to swallow\n"
    assert set(keeps(text).values()) == {"Yes"}
    assert len(keeps(text)) == 2


def test_lines_of_a_definition_that_stand_below_it_as_criteria_are_doubtful() -> None:
    text = "Inclusion Criteria:\n* Premenopausal status is defined as either:\n* Last period within 12 months\n"
    assert rows(read(text))["I02"].answers == OUTCOME
