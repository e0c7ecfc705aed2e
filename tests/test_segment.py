"""Eligibility text -> Items: layouts, headings, web copies, ids, and the laws that hold for any text."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from protocol_nlp.segment import headings, outline, outside, walk
from protocol_nlp.segment.words import KINDS, words

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SEED = ROOT / "protocols" / "NCT04172805.txt"


def source(path: Path) -> str:
    """The text as given: line ends untouched."""
    return path.read_bytes().decode("utf-8")


def sketch(text: str) -> list[str]:
    """One line for each item: indentation, id, marker, words, and what it is where it is no plain criterion."""
    lines = []
    for item in walk(outline(text)):
        marker = f"[{text[slice(*item.marker)]}] " if item.marker else ""
        kind = "" if item.form == "criterion" else f" <{item.form}>"
        missing = " !" if item.list_missing else ""
        words_of = " ".join(text[slice(*item.lead)].split())
        lines.append(f"{'  ' * item.id.count('.')}{item.id} {marker}{words_of}{kind}{missing}")
    return lines


def expected(block: str) -> list[str]:
    return dedent(block).strip("\n").splitlines()


LAYOUTS: dict[str, tuple[str, str]] = {
    "bullets, nested by indentation": (
        """
        Inclusion Criteria:

        * Age ≥ 18 years
        * Adequate marrow function, defined as:

          * ANC ≥ 1.5 x 10^9/L
          * Platelets ≥ 100 x 10^9/L
        * ECOG 0-1

        Exclusion Criteria:

        * Pregnancy
        """,
        """
        I01 [*] Age ≥ 18 years
        I02 [*] Adequate marrow function, defined as: <list>
          I02.1 [*] ANC ≥ 1.5 x 10^9/L
          I02.2 [*] Platelets ≥ 100 x 10^9/L
        I03 [*] ECOG 0-1
        E01 [*] Pregnancy
        """,
    ),
    "other bullets, and bullets glued to the words": (
        """
        Key Inclusion Criteria
        • Melanoma
        · Stage IV
        Main exclusion criteria include:
        -Karnofsky below 60
        -18 or more metastases
        o Prior ipilimumab
        """,
        """
        I01 [•] Melanoma
        I02 [·] Stage IV
        E01 [-] Karnofsky below 60
        E02 [-] 18 or more metastases
        E03 [o] Prior ipilimumab
        """,
    ),
    "numbers, letters and roman numbers without indentation": (
        """
        INCLUSION CRITERIA:
        1. Sarcoma of one of these kinds
        a. liposarcoma
        b. leiomyosarcoma
        i. uterine
        ii. of soft tissue
        c. synovial sarcoma
        2. Age 18 to 75
        """,
        """
        I01 [1.] Sarcoma of one of these kinds
          I01.1 [a.] liposarcoma
          I01.2 [b.] leiomyosarcoma
            I01.2.1 [i.] uterine
            I01.2.2 [ii.] of soft tissue
          I01.3 [c.] synovial sarcoma
        I02 [2.] Age 18 to 75
        """,
    ),
    "escaped numbers and other signs": (
        r"""
        Inclusion Criteria:
        1\) Melanoma
        2\) Age over 18
        Exclusion Criteria:
        (i) Pregnancy
        (ii) HIV
        Exclusion Criteria for Part B:
        #1 Epilepsy
        #2 Stroke
        Exclusion Criteria for Part C:
        ① Gout
        ② Asthma
        """,
        r"""
        I01 [1\)] Melanoma
        I02 [2\)] Age over 18
        E01 [(i)] Pregnancy
        E02 [(ii)] HIV
        E03 [#1] Epilepsy
        E04 [#2] Stroke
        E05 [①] Gout
        E06 [②] Asthma
        """,
    ),
    "the letter i is no roman number behind h": (
        "Inclusion:\n" + "\n".join(f"{c}) item {c}" for c in "abcdefghij"),
        "\n".join(f"I{n:02} [{c})] item {c}" for n, c in enumerate("abcdefghij", 1)),
    ),
    "one criterion a line: no sign of any list": (
        """
        Inclusion criteria
        written consent
        The liver function meets the following criteria:
        ALT below 2 x ULN
        Exclusion criteria
        Uncontrolled diseases, including:
        Epilepsy
        """,
        """
        I01 written consent
        I02 The liver function meets the following criteria: !
        I03 ALT below 2 x ULN
        E01 Uncontrolled diseases, including: !
        E02 Epilepsy
        """,
    ),
    "tildes for line breaks, not for 'about'": (
        "Inclusion Criteria:~Age 18~75 years~Tumour of (~ 5 cm) in diameter~ECOG 0~1; fit"
        "~Exclusion Criteria:~1. HIV~2. Gout",
        """
        I01 Age 18~75 years
        I02 Tumour of (~ 5 cm) in diameter
        I03 ECOG 0~1; fit
        E01 [1.] HIV
        E02 [2.] Gout
        """,
    ),
    "headings inside a section": (
        """
        DISEASE CHARACTERISTICS:

        * Ewing sarcoma

        PATIENT CHARACTERISTICS:

        Age

        * 18 and over

        Hematopoietic

        * Platelets at least 75,000/mm^3

        Exclusion Criteria:

        * HIV

        Cohort B:

        * Asthma
        """,
        """
        I01 DISEASE CHARACTERISTICS: <heading>
          I01.1 [*] Ewing sarcoma
        I02 PATIENT CHARACTERISTICS: <heading>
          I02.1 Age <heading>
            I02.1.1 [*] 18 and over
          I02.2 Hematopoietic <heading>
            I02.2.1 [*] Platelets at least 75,000/mm^3
        E01 [*] HIV
        E02 Cohort B: <heading>
          E02.1 [*] Asthma
        """,
    ),
    "a paragraph ends the list above it": (
        """
        * INCLUSION CRITERIA:

        Patients with one or more of the following:

        * Melanoma
        * Sarcoma

        Diagnoses will be confirmed by the centre.

        * Age over 18
        """,
        """
        I01 Patients with one or more of the following: <list>
          I01.1 [*] Melanoma
          I01.2 [*] Sarcoma
        I02 Diagnoses will be confirmed by the centre.
        I03 [*] Age over 18
        """,
    ),
    "paragraphs that belong to a numbered item": (
        """
        Inclusion:

        1. Measurable disease

           Lesions in irradiated fields do not count.
        2. Tumour types:

        Melanoma of stage IV that has progressed

        Sarcoma of any stage that has progressed

        3. Age over 18
        """,
        """
        I01 [1.] Measurable disease
          I01.1 Lesions in irradiated fields do not count.
        I02 [2.] Tumour types: <list>
          I02.1 Melanoma of stage IV that has progressed
          I02.2 Sarcoma of any stage that has progressed
        I03 [3.] Age over 18
        """,
    ),
    "a list inside a line, below its lead": (
        """
        Exclusion Criteria:
        * Cardiac disease, defined as: 1) infarction; 2) stroke, or 3) angina
        * Toxicity of grade 1. Patients with RECIST 1.1 progression (see 2) are eligible
        * Prior treatment with either 1) imatinib or 2) sunitinib
        """,
        """
        E01 [*] Cardiac disease, defined as: <list>
          E01.1 [1)] infarction;
          E01.2 [2)] stroke, or
          E01.3 [3)] angina
        E02 [*] Toxicity of grade 1. Patients with RECIST 1.1 progression (see 2) are eligible
        E03 [*] Prior treatment with either 1) imatinib or 2) sunitinib
        """,
    ),
    "a list inside a line that goes on below": (
        """
        Inclusion Criteria: 1. Age over 18. 2. Heart: i. LVEF ≥ 50%

        ii. QTc < 470 ms
        3. Consent Exclusion Criteria: 1. HIV
        """,
        """
        I01 [1.] Age over 18.
        I02 [2.] Heart: <list>
          I02.1 [i.] LVEF ≥ 50%
          I02.2 [ii.] QTc < 470 ms
        I03 [3.] Consent
        E01 [1.] HIV
        """,
    ),
    "markers behind markers": (
        """
        Inclusion Criteria:

        1. Adult
        2. a) melanoma

           b) sarcoma
        3. Adequate organ function:

           -  3.1 ANC over 1
           -  3.2 platelets over 100
        """,
        """
        I01 [1.] Adult
        I02 [2. a)] melanoma
        I03 [b)] sarcoma
        I04 [3.] Adequate organ function: <list>
          I04.1 [-  3.1] ANC over 1
          I04.2 [-  3.2] platelets over 100
        """,
    ),
    "a lone OR belongs to the item above": (
        """
        Inclusion Criteria:

        * Melanoma of stage IV

        OR

        * Sarcoma
        """,
        """
        I01 [*] Melanoma of stage IV OR
        I02 [*] Sarcoma
        """,
    ),
    "species and numbers are no markers": (
        """
        Exclusion Criteria:
        C. difficile infection
        1.5 x ULN of bilirubin or more
        - E. coli sepsis
        """,
        """
        E01 C. difficile infection
        E02 1.5 x ULN of bilirubin or more
        E03 [-] E. coli sepsis
        """,
    ),
    "no heading at all": (
        "Age over 18\r\n* Melanoma\r\n\tStage IV\r\n",
        """
        C01 Age over 18
        C02 [*] Melanoma Stage IV
        """,
    ),
    "text on the line of a heading": (
        """
        Inclusion Criteria: Age 18 to 65 years
        Exclusion criteria are pregnancy and breast feeding
        """,
        """
        I01 Age 18 to 65 years
        E01 pregnancy and breast feeding
        """,
    ),
}


@pytest.mark.parametrize(("text", "items"), LAYOUTS.values(), ids=list(LAYOUTS))
def test_layouts(text: str, items: str) -> None:
    assert sketch(dedent(text).lstrip("\n")) == expected(items)


def test_hard_wrapped_text() -> None:
    text = """
        Inclusion Criteria:

          -  Histologically confirmed sarcoma that was treated with at least one line of
             chemotherapy before enrolment

          -  Patients must not have had an infarction within the last six months or be older than
             75. Patients over 75 need a cardiologist's consent to take part.

        The treating physician decides which of the two arms of the study is the better one for a
        given patient.

        Exclusion Criteria:

          9. Stroke

         10. Known allergy to any of the drugs of this study or to any of their excipients, as
             far as known
    """
    assert sketch(text) == [
        "I01 [-] Histologically confirmed sarcoma that was treated with at least one line of chemotherapy "
        "before enrolment",
        "I02 [-] Patients must not have had an infarction within the last six months or be older than 75. "
        "Patients over 75 need a cardiologist's consent to take part.",
        "I03 The treating physician decides which of the two arms of the study is the better one for a given patient.",
        "E01 [9.] Stroke",
        "E02 [10.] Known allergy to any of the drugs of this study or to any of their excipients, as far as known",
    ]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Inclusion Criteria for Part A", "inclusion"),
        ("Inclusion Criteria (Aims 1, 2, and 3) for Group 1 (50 through 80 years of age):", "inclusion"),
        ("* INCLUSION CRITERIA:", "inclusion"),
        ("**Inclusion**", "inclusion"),
        ("Inclusion Criteria: Cohort 1a and 1b", "inclusion"),
        ("Inclution Criteria:", "inclusion"),
        ("Eligibility Criteria:", "inclusion"),
        ("Subjects must meet all of the following:", "inclusion"),
        ("Only patients who meet all of the following criteria can be enrolled:", "inclusion"),
        ("Melanoma-specific exclusion criteria:", "exclusion"),
        ("Other Exclusions", "exclusion"),
        ("Non-inclusion criteria:", "exclusion"),
        ("2.0 EXCLUSION CRITERIA", "exclusion"),
        ("Patients are excluded if:", "exclusion"),
        ("An individual who meets any of the following will not be eligible for this study:", "exclusion"),
        ("Patients must not meet any of the following exclusion criteria to be eligible:", "exclusion"),
        ("The main inclusion and exclusion criteria include the following:", None),
        ("Inclusion and Exclusion Criteria", None),
    ],
)
def test_headings(heading: str, role: str | None) -> None:
    text = f"{heading}\n\n- Melanoma\n- Age over 18\n"
    assert [text[slice(*s)] for s in headings(text)] == [heading]
    assert {item.role for item in outline(text)} == {role}


@pytest.mark.parametrize(
    "line",
    [
        "Inclusion in another trial within 30 days",
        "Exclusion of pregnancy by a negative test",
        "Lack of compliance with any inclusion criterion",
        "Other protocol-defined inclusion/exclusion criteria may apply.",
        "Further inclusion criteria apply.",
        "Patients with any of the following cancers will be excluded:",
        "Ineligible for cisplatin",
        "None",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    text = f"Exclusion Criteria:\n- HIV\n{line}\n"
    assert [item.role for item in outline(text)] == ["exclusion", "exclusion"]
    assert text[slice(*outline(text)[-1].lead)] == line


def test_a_lead_below_its_heading_is_no_item() -> None:
    text = "Exclusion Criteria:\n\nSubjects who meet any of these criteria will be excluded:\n\n1. HIV\n2. Gout\n"
    assert sketch(text) == ["E01 [1.] HIV", "E02 [2.] Gout"]


def test_sections_of_each_kind_of_people() -> None:
    text = "Clinicians\n\nInclusion:\n- a\nExclusion:\n- b\n\nPatients\n\nInclusion:\n- c\nExclusion:\n- d\n"
    assert sketch(text) == ["I01 [-] a", "E01 [-] b", "I02 [-] c", "E02 [-] d"]
    assert "Patients" in [text[slice(*s)] for s in headings(text)]


def test_ids_have_three_digits_where_a_role_has_a_hundred_items() -> None:
    text = "Inclusion:\n" + "- a\n" * 100 + "Exclusion:\n- b\n"
    ids = [item.id for item in outline(text)]
    assert (ids[0], ids[99], ids[100]) == ("I001", "I100", "E01")


def test_web_copy() -> None:
    text = source(SEED)
    items = outline(text)
    assert [i.id for i in items] == [f"I{n:02}" for n in range(1, 7)] + [f"E{n:02}" for n in range(1, 18)]
    assert [i.id for i in items if i.list_missing] == ["I05", "E09"]
    assert all(not i.children and i.marker is None and i.form == "criterion" for i in items)
    lines = text.splitlines()
    assert [text[slice(*i.span)] for i in items] == [*lines[17:23], *lines[24:41]]
    assert [text[slice(*s)] for s in headings(text)] == ["Inclusion criteria", "Exclusion criteria"]
    assert "Primary purpose" in {text[slice(*s)] for s in outside(text)}


def test_page_words_stay_where_the_text_is_no_web_copy() -> None:
    text = "Inclusion Criteria:\nSex\nAge over 18\nExclusion Criteria:\nMasking\nHIV\n"
    assert len(outline(text)) == 4


def test_the_seed_has_the_spans_of_the_expert() -> None:
    gold = SHARED / "seed" / "gold.json"
    if not gold.exists():
        pytest.skip("../shared/seed is absent")
    criteria = json.loads(gold.read_text(encoding="utf-8"))["criteria"]
    found = [(i.id, *i.span) for i in outline(source(SEED))]
    assert found == [(c["id"], c["start"], c["end"]) for c in criteria]


def test_the_table_of_headings() -> None:
    for kind in KINDS:
        assert words(kind), kind
        assert all(word == word.strip().lower() for word in words(kind)), kind
    assert set(words("role").values()) == {"inclusion", "exclusion"}
