"""Leads that ask for one, two or all of their list: they are criteria where their section asks otherwise."""

from __future__ import annotations

from textwrap import dedent

import pytest
from test_segment import expected, sketch

from protocol_nlp.segment.headings import counts_otherwise

LAYOUTS: dict[str, tuple[str, str]] = {
    "a lead that asks for one of its list is a criterion, numbered or not": (
        """
        Inclusion Criteria:

        1. Patients must meet one of the following:
           * Melanoma
           * Sarcoma
        2. Age over 18

        Exclusion Criteria:

        Patients who meet two or more of the following criteria:
        * Diabetes
        * Hypertension
        * Obesity
        """,
        """
        I01 [1.] Patients must meet one of the following: <list>
          I01.1 [*] Melanoma
          I01.2 [*] Sarcoma
        I02 [2.] Age over 18
        E01 Patients who meet two or more of the following criteria: <list>
          E01.1 [*] Diabetes
          E01.2 [*] Hypertension
          E01.3 [*] Obesity
        """,
    ),
    "such a lead can be the heading of its section": (
        """
        Patients are eligible if they meet at least one of the following criteria:
        1. Melanoma
        2. Sarcoma

        Exclusion Criteria (all of the following):
        1. HIV
        2. Sepsis
        """,
        """
        I01 Patients are eligible if they meet at least one of the following criteria: <list>
          I01.1 [1.] Melanoma
          I01.2 [2.] Sarcoma
        E01 Exclusion Criteria (all of the following): <list>
          E01.1 [1.] HIV
          E01.2 [2.] Sepsis
        """,
    ),
    "such a lead inside the line, and one whose list has no layout": (
        """
        Inclusion Criteria: Subjects must meet either of the following: 1) melanoma; 2) sarcoma.
        Patients must meet one of the following criteria:
        Stage IV
        Exclusion Criteria: HIV
        """,
        """
        I01 Subjects must meet either of the following: <list>
          I01.1 [1)] melanoma;
          I01.2 [2)] sarcoma.
        I02 Patients must meet one of the following criteria: !
        I03 Stage IV
        E01 HIV
        """,
    ),
    "a lead that asks for no more than its section is none": (
        """
        Inclusion Criteria:

        1. Patients must meet all of the following criteria:
           * Melanoma
           * Age over 18

        Part 1 exclusion criteria:
        Patients with any of the following will be excluded:
        * HIV
        """,
        """
        I01 [*] Melanoma
        I02 [*] Age over 18
        E01 [*] HIV
        """,
    ),
    "a line of an inner list goes on with the list around it": (
        """
        Inclusion Criteria:

        6. Serum bilirubin ≤ 1.5 mg/dl
        7. Adequate renal function defined as follows:
        1)Creatinine < 1.5 mg/dl or 2)Clearance ≥ 50 ml/min by (140 - age) 8. Informed consent 9. Negative test

        Exclusion Criteria:

        1. HIV
        """,
        """
        I01 [6.] Serum bilirubin ≤ 1.5 mg/dl
        I02 [7.] Adequate renal function defined as follows: <list>
          I02.1 [1)] Creatinine < 1.5 mg/dl or
          I02.2 [2)] Clearance ≥ 50 ml/min by (140 - age)
        I03 [8.] Informed consent
        I04 [9.] Negative test
        E01 [1.] HIV
        """,
    ),
    "letters inside a line go on with numbers that stood for letters": (
        """
        Inclusion Criteria:

        10. Adequate function, as follows:

            3. Platelets ≥ 75,000/mm3
            4. Clearance > 30 mL/min by the formula:

            i. For males = 140 - age ii. For females = 0.85 x value e. Bilirubin ≤ 1.5 x ULN f. AST ≤ 3 x ULN
        11. ECOG 0-1
        """,
        """
        I01 [10.] Adequate function, as follows: <list>
          I01.1 [3.] Platelets ≥ 75,000/mm3
          I01.2 [4.] Clearance > 30 mL/min by the formula: <list>
            I01.2.1 [i.] For males = 140 - age
            I01.2.2 [ii.] For females = 0.85 x value
          I01.3 [e.] Bilirubin ≤ 1.5 x ULN
          I01.4 [f.] AST ≤ 3 x ULN
        I02 [11.] ECOG 0-1
        """,
    ),
    "one number alone does not go on with it": (
        """
        Inclusion Criteria:

        7. Adequate renal function defined as follows:
        1) Creatinine < 1.5 mg/dl
        2) Clearance ≥ 50 ml/min as in table 8. Formula

        Exclusion Criteria:

        1. HIV
        """,
        """
        I01 [7.] Adequate renal function defined as follows: <list>
          I01.1 [1)] Creatinine < 1.5 mg/dl
          I01.2 [2)] Clearance ≥ 50 ml/min as in table 8. Formula
        E01 [1.] HIV
        """,
    ),
    "a heading may explain itself in brackets": (
        """
        Exclusion Criteria:

        1. HIV
           Drug A Specific Exclusion Criteria (Subjects meeting any of the following criteria are ineligible)
        2. Pregnancy
        """,
        """
        E01 [1.] HIV
        E02 [2.] Pregnancy
        """,
    ),
    "a numbered title above a role heading belongs to it": (
        """
        1. Procurement Eligibility
        Inclusion Criteria:
        * Sarcoma
        Exclusion Criteria:
        * HIV
        2. Treatment eligibility
        Inclusion Criteria:
        * Sarcoma
        """,
        """
        I01 [*] Sarcoma
        E01 [*] HIV
        I02 [*] Sarcoma
        """,
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    text, wanted = LAYOUTS[name]
    assert sketch(dedent(text).strip("\n")) == expected(wanted)


@pytest.mark.parametrize(
    ("words", "inclusion", "exclusion"),
    [
        ("Patients must meet at least one of the following criteria:", True, False),
        ("Patient must have 1 of the following:", True, False),
        ("Subjects meeting two or more of these criteria:", True, True),
        ("Patients who meet all of the following:", False, True),
        ("Patients with any of the following:", True, False),
        ("Any subject meeting all of the following:", False, True),
        ("Part 2 inclusion criteria", False, False),
        ("1.2 Exclusion criteria", False, False),
    ],
)
def test_what_a_lead_counts(words: str, inclusion: bool, exclusion: bool) -> None:
    assert counts_otherwise(words, "inclusion") is inclusion
    assert counts_otherwise(words, "exclusion") is exclusion
    assert not counts_otherwise(words, None)
