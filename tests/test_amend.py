"""What an amendment changes: the class of each change, on amendments made by hand; laws; the reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_protocols import random_protocol
from typer.testing import CliRunner

import protocol_nlp
from protocol_nlp.amend import Amendment, compare
from protocol_nlp.amend.report import report
from protocol_nlp.cli import app
from protocol_nlp.draft.wording import wording
from protocol_nlp.tree import Trial

# section, before, after, what it is for the trial
AMENDMENTS = [
    ("in", "Platelets ≥ 75 × 10^9/L", "Platelets ≥ 100 × 10^9/L", "tightened"),
    ("in", "Platelets ≥ 100 × 10^9/L", "Platelet count ≥ 75,000/mm3", "loosened"),
    ("in", "Hemoglobin ≥ 9 g/dL", "Hemoglobin at least 90 g/L", "reworded"),
    ("in", "ECOG performance status 0-1", "ECOG performance status 0-2", "loosened"),
    ("in", "Age 18 to 70 years", "Age 16 to 65 years", "both"),
    ("in", "Age ≥ 18 years", "Age > 18 years", "tightened"),
    ("in", "Liposarcoma or leiomyosarcoma", "Liposarcoma, leiomyosarcoma or synovial sarcoma", "loosened"),
    ("in", "ALT ≤ 3 × ULN", "ALT ≤ 3 × ULN, or ≤ 5 × ULN in patients with liver metastases", "loosened"),
    ("in", "Creatinine ≤ 1.5 × ULN or creatinine clearance ≥ 60 mL/min", "Creatinine ≤ 1.5 × ULN", "tightened"),
    ("in", "No prior chemotherapy", "No prior chemotherapy or radiotherapy", "tightened"),
    ("in", "Hypertension and diabetes", "Hypertension or diabetes", "loosened"),
    ("in", "Negative pregnancy test within 7 days before enrollment",
     "Negative pregnancy test within 72 hours before enrollment", "tightened"),
    ("in", "Women must use contraception for 3 months after the last dose",
     "Women must use contraception for 6 months after the last dose", "tightened"),
    ("in", "At least 1 measurable lesion (RECIST 1.0)", "At least 1 measurable lesion (RECIST 1.1)", "changed"),
    ("ex", "Stroke within 6 months before enrollment", "Stroke within 3 months before enrollment", "loosened"),
    ("ex", "Stroke within 4 weeks before enrollment", "Stroke within 28 days before enrollment", "reworded"),
    ("ex", "Stroke within 30 days before enrollment", "Stroke within 1 month before enrollment", "changed"),
    ("ex", "Stroke within 6 months before enrollment", "Stroke within 6 months before randomization", "changed"),
    ("ex", "Stroke within 6 months before enrollment", "Stroke", "tightened"),
    ("ex", "Stroke or seizure within 6 months before enrollment",
     "Stroke, seizure or myocardial infarction within 6 months before enrollment", "tightened"),
    ("ex", "Myocardial infarction within 6 months before enrollment",
     "Heart attack within 6 months prior to enrollment", "reworded"),
    ("ex", "Other malignancy within 5 years before enrollment",
     "Other malignancy within 5 years before enrollment, except basal cell carcinoma", "loosened"),
    ("ex", "Other malignancy within 5 years before enrollment, except melanoma and basal cell carcinoma",
     "Other malignancy within 3 years before enrollment, except melanoma", "both"),
    ("ex", "HIV infection", "HIV infection with CD4 count < 350 cells/µL", "loosened"),
    ("ex", "Live vaccine within 30 days before enrollment", "Vaccine within 30 days before enrollment", "changed"),
    ("ex", "Chemotherapy within 28 days before the first dose",
     "Chemotherapy within 28 days or 5 half-lives, whichever is shorter, before the first dose", "loosened"),
    ("ex", "Chemotherapy within 28 days before the first dose",
     "Chemotherapy within 28 days or 5 half-lives, whichever is longer, before the first dose", "tightened"),
    ("ex", "Brain metastases", "Untreated brain metastases", "changed"),
    ("ex", "Systolic blood pressure > 140 mmHg or diastolic blood pressure > 90 mmHg",
     "Systolic blood pressure > 150 mmHg or diastolic blood pressure > 80 mmHg", "both"),
    ("ex", "Uncontrolled hypertension, defined as systolic blood pressure ≥ 160 mmHg",
     "Uncontrolled hypertension, defined as systolic blood pressure ≥ 150 mmHg", "tightened"),
    # a tier takes the place of the bound before it for some people
    ("in", "AST ≤ 2.5 × ULN", "AST ≤ 2.5 × ULN (≤ 5 × ULN if liver metastases)", "loosened"),
    ("in", "AST ≤ 5 × ULN", "AST ≤ 5 × ULN (≤ 2.5 × ULN if bilirubin > 1.5 × ULN)", "tightened"),
    ("in", "AST ≤ 2.5 × ULN", "AST ≤ 2 × ULN (≤ 5 × ULN if liver metastases)", "both"),
    ("in", "AST ≤ 2.5 × ULN (≤ 5 × ULN if liver metastases)",
     "AST ≤ 2.5 × ULN (≤ 5 × ULN if liver metastases or bone metastases)", "loosened"),
    ("in", "AST ≤ 2.5 × ULN (≤ 5 × ULN if liver metastases)",
     "AST ≤ 2.5 × ULN (≤ 5 × ULN if bone metastases)", "changed"),
    ("ex", "AST > 2.5 × ULN", "AST > 2.5 × ULN (> 5 × ULN if liver metastases)", "loosened"),
    # exceptions waive a bound or a denial, and narrow what is named
    ("in", "Total bilirubin ≤ 1.5 × ULN", "Total bilirubin ≤ 1.5 × ULN, unless Gilbert syndrome", "loosened"),
    ("in", "No other malignancy within 5 years before enrollment",
     "No other malignancy within 5 years before enrollment, except basal cell carcinoma", "loosened"),
    ("in", "Soft tissue sarcoma", "Soft tissue sarcoma, except gastrointestinal stromal tumor", "tightened"),
    ("ex", "Brain metastases", "Brain metastases unless treated with radiotherapy", "loosened"),
    ("ex", "HIV infection", "HIV infection, except when CD4 count ≥ 350 cells/µL", "loosened"),
    # units, scales, calendars
    ("in", "Hemoglobin ≥ 10 g/dL", "Hemoglobin ≥ 100 g/L", "reworded"),
    ("in", "Neutrophils ≥ 1,500/µL", "ANC ≥ 1.5 × 10^9/L", "reworded"),
    ("in", "Creatinine ≤ 1.5 mg/dL", "Creatinine ≤ 133 µmol/L", "changed"),
    ("in", "Creatinine ≤ 1.5 mg/dL", "Creatinine ≤ 1.5 × ULN", "changed"),
    ("in", "ECOG performance status 0-1", "ECOG performance status ≤ 1", "reworded"),
    ("ex", "Chemotherapy within 4 weeks before enrollment", "Chemotherapy within 1 month before enrollment", "changed"),
    ("ex", "Surgery within 21 days before enrollment", "Surgery within 1 month before enrollment", "tightened"),
    # words that a vocabulary entry covers, and that matter
    ("in", "Negative pregnancy test within 7 days before enrollment",
     "Positive pregnancy test within 7 days before enrollment", "changed"),
    ("ex", "Positive hepatitis C antibody", "Negative hepatitis C antibody", "changed"),
    ("ex", "Pregnancy or breastfeeding", "Pregnant or lactating women", "changed"),
    ("ex", "Hypersensitivity to doxorubicin", "Hypersensitivity to doxorubicin or epirubicin", "tightened"),
    ("ex", "Autoimmune disease", "Severe autoimmune disease", "changed"),
    ("in", "No autoimmune disease", "Autoimmune disease", "changed"),
    # found on registry entries of which one number was changed
    ("ex", "Hemoglobin ≥ 9 g/dL (≥ 90 g/L)", "Hemoglobin ≥ 10 g/dL (≥ 90 g/L)", "changed"),
    ("in", "Platelet count ≥ 100,000/mm3 (100 × 10^9/L)", "Platelet count ≥ 120,000/mm3 (100 × 10^9/L)", "changed"),
    ("in", "AST/ALT ≤ 3 × ULN except for patients with liver metastases, AST/ALT should be ≤ 5 × ULN",
     "AST/ALT ≤ 3 × ULN except for patients with liver metastases, AST/ALT should be ≤ 6 × ULN", "loosened"),
    ("in", "No systemic chemotherapy at least 2 weeks prior to treatment",
     "No systemic chemotherapy at least 3 weeks prior to treatment", "changed"),
    ("in", "Hemoglobin ≥ 9 g/dL without transfusion within 14 days",
     "Hemoglobin ≥ 9 g/dL without transfusion within 7 days", "changed"),
    ("in", "Platelets ≥ 100 × 10^9/L (no transfusion within 7 days of enrollment)",
     "Platelets ≥ 100 × 10^9/L (no transfusion within 14 days of enrollment)", "tightened"),
    ("in", "Total bilirubin ≤ 1.5 × ULN OR direct bilirubin ≤ ULN for participants with total bilirubin > 1.5 × ULN",
     "Total bilirubin ≤ 1.5 × ULN OR direct bilirubin ≤ ULN for participants with total bilirubin > 2 × ULN",
     "tightened"),
    ("ex", "Patients must not have required corticosteroids within 14 days of the start of treatment",
     "Patients must not have required corticosteroids within 28 days of the start of treatment", "changed"),
    ("ex", "Toxicity of grade > 1. Alopecia and neuropathy grade ≤ 2 are acceptable",
     "Toxicity of grade > 1. Alopecia and neuropathy grade ≤ 3 are acceptable", "loosened"),
    ("ex", "Received a live vaccine within 30 days of the first dose; Note: killed vaccines are allowed",
     "Received a live vaccine within 60 days of the first dose; Note: killed vaccines are allowed", "changed"),
    ("ex", "No use of systemic steroids within 21 days before infusion",
     "No use of systemic steroids within 28 days before infusion", "changed"),
    ("in", "Adults (age ≥ 18 years) with treatment-naive sarcoma",
     "Adults (age ≥ 21 years) with treatment-naive sarcoma", "tightened"),
    ("in", "Active hepatitis B without active disease (HBV DNA < 1000 copies/mL)",
     "Active hepatitis B without active disease (HBV DNA < 2000 copies/mL)", "changed"),
    ("ex", "Major surgery, other than for diagnosis, within 4 weeks before enrollment, or planned major surgery",
     "Major surgery, other than for diagnosis, within 6 weeks before enrollment, or planned major surgery", "changed"),
    ("in", "Men must refrain from sperm donation for at least 6 months after the last dose",
     "Men must refrain from sperm donation for at least 3 months after the last dose", "changed"),
    ("ex", "Brain metastases unless radiotherapy was completed at least 4 weeks before the first dose",
     "Brain metastases unless radiotherapy was completed at least 2 weeks before the first dose", "loosened"),
    ("ex", "Known brain metastases", "Brain metastases", "changed"),
    # two ends of one range
    ("in", "At least 1 prior line of therapy", "At least 1 and at most 1 prior line of therapy", "tightened"),
    ("in", "At most 2 prior lines of therapy", "At least 1 and at most 1 prior line of therapy", "tightened"),
    ("in", "At least 1 and at most 1 prior line of therapy", "At least 1 and at most 2 prior lines of therapy",
     "loosened"),
    # times that "or" joins
    ("ex", "Chemotherapy within 4 weeks before enrollment",
     "Chemotherapy within 4 weeks before enrollment or during the study", "tightened"),
    ("ex", "Chemotherapy within 4 weeks before enrollment or 10 days before the first dose",
     "Chemotherapy within 3 weeks before enrollment or 10 days before the first dose", "loosened"),
    ("ex", "Chemotherapy within 4 weeks before enrollment or during the study",
     "Chemotherapy within 4 weeks before enrollment and during the study", "reworded"),
    ("ex", "Two or more of the following: hypertension, diabetes, smoking",
     "Three or more of the following: hypertension, diabetes, smoking", "loosened"),
]  # fmt: skip
SECTION = {"in": "Inclusion Criteria:", "ex": "Exclusion Criteria:"}


IDS = [f"{before} > {after}"[:70] for _, before, after, _ in AMENDMENTS]


def trial(text: str, name: str = "t") -> Trial:
    return protocol_nlp.parse(protocol_nlp.read(text, name=name, format="text")[0])


def entry(*, inclusion: list[str], exclusion: list[str]) -> Trial:
    parts = (("in", inclusion), ("ex", exclusion))
    return trial(
        "\n".join(f"{SECTION[s]}\n\n" + "".join(f"* {line}\n" for line in lines) for s, lines in parts if lines)
    )


def kinds(amendment: Amendment) -> list[tuple[str, str, str]]:
    """Each change that is one, as (kind, id before, id after)."""
    return [
        (c.kind, c.before.id if c.before else "", c.after.id if c.after else "")
        for c in amendment.changes
        if c.kind != "unchanged" or c.moved
    ]


@pytest.mark.parametrize(("section", "before", "after", "kind"), AMENDMENTS, ids=IDS)
def test_an_amendment_has_its_class(section: str, before: str, after: str, kind: str) -> None:
    one, other = (trial(f"{SECTION[section]}\n\n* {line}\n") for line in (before, after))
    assert [c.kind for c in compare(one, other).changes] == [kind]


@pytest.mark.parametrize(("section", "before", "after", "kind"), AMENDMENTS, ids=IDS)
def test_the_way_back_is_the_opposite(section: str, before: str, after: str, kind: str) -> None:
    one, other = (trial(f"{SECTION[section]}\n\n* {line}\n") for line in (before, after))
    opposite = {"loosened": "tightened", "tightened": "loosened"}.get(kind, kind)
    assert [c.kind for c in compare(other, one).changes] == [opposite]


class TestCriteria:
    def test_added_removed_moved_and_renumbered(self) -> None:
        before = entry(inclusion=["Age ≥ 18 years", "Liposarcoma", "ECOG 0-1"], exclusion=["Stroke", "Pregnancy"])
        after = entry(inclusion=["ECOG 0-1", "Age ≥ 18 years", "Platelets ≥ 100 × 10^9/L"], exclusion=["Pregnancy"])
        amendment = compare(before, after)
        assert kinds(amendment) == [
            ("unchanged", "I01", "I02"),
            ("removed", "I02", ""),
            ("added", "", "I03"),
            ("removed", "E01", ""),
        ]
        assert [c.after.id for c in amendment.changes if c.moved and c.after] == ["I02"]
        assert amendment.counts["unchanged"] == 3

    def test_a_criterion_that_changes_its_section(self) -> None:
        before = entry(inclusion=["Age ≥ 18 years", "Prior treatment with doxorubicin"], exclusion=["Pregnancy"])
        after = entry(inclusion=["Age ≥ 18 years"], exclusion=["Prior treatment with doxorubicin", "Pregnancy"])
        (change,) = [c for c in compare(before, after).changes if c.kind != "unchanged"]
        assert (change.kind, change.note) == ("changed", "moved from inclusion to exclusion")

    def test_a_criterion_split_in_two_says_the_same(self) -> None:
        before = entry(inclusion=["Platelets ≥ 100 × 10^9/L and hemoglobin ≥ 9 g/dL"], exclusion=["Stroke or seizure"])
        after = entry(inclusion=["Platelets ≥ 100 × 10^9/L", "Hemoglobin ≥ 9 g/dL"], exclusion=["Stroke", "Seizure"])
        assert {c.kind for c in compare(before, after).changes} == {"reworded"}

    def test_criteria_put_together_or_cut_are_told_apart_from_new_ones(self) -> None:
        one = entry(inclusion=[], exclusion=["Stroke or myocardial infarction within 6 months before enrollment"])
        two = ["Stroke within 6 months before enrollment", "Myocardial infarction within {} months before enrollment"]
        same = entry(inclusion=[], exclusion=[two[0], two[1].format(6)])
        assert {c.kind for c in (*compare(one, same).changes, *compare(same, one).changes)} == {"reworded"}
        longer = compare(one, entry(inclusion=[], exclusion=[two[0], two[1].format(12)]))
        assert kinds(longer) == [("reworded", "", "E01"), ("tightened", "E01", "E02")]
        assert longer.changes[1].note == "a part of it is now E01"

    def test_an_inclusion_may_not_be_cut_at_its_or(self) -> None:
        before = entry(inclusion=["Liposarcoma or leiomyosarcoma"], exclusion=[])
        after = entry(inclusion=["Liposarcoma", "Leiomyosarcoma"], exclusion=[])
        assert "reworded" not in {c.kind for c in compare(before, after).changes}

    def test_items_of_a_list_on_one_line(self) -> None:
        lines = ["Platelets ≥ 100 × 10^9/L", "Hemoglobin ≥ 9 g/dL"]
        before = trial("Inclusion Criteria:\n\n* Adequate organ function:\n" + "".join(f"  * {x}\n" for x in lines))
        after = trial(f"Inclusion Criteria:\n\n* Adequate organ function: {', '.join(lines)}\n")
        assert {c.kind for c in compare(before, after).changes} == {"reworded"}

    def test_a_criterion_that_is_turned_round_in_the_other_section_says_the_same(self) -> None:
        cases = [
            ("Platelets ≥ 100 × 10^9/L", "Platelets < 100 × 10^9/L", "reworded"),
            ("Platelets ≥ 100 × 10^9/L", "Platelets < 75 × 10^9/L", "loosened"),
            ("Platelets ≥ 100 × 10^9/L", "Platelets ≤ 100 × 10^9/L", "tightened"),
            ("Not pregnant or breastfeeding", "Pregnancy or breastfeeding", "reworded"),
            ("Prior treatment with doxorubicin", "Prior treatment with doxorubicin", "changed"),
        ]
        for inside, outside, kind in cases:
            before = entry(inclusion=[inside, "ECOG 0-1"], exclusion=["Stroke"])
            after = entry(inclusion=["ECOG 0-1"], exclusion=["Stroke", outside])
            assert kinds(compare(before, after)) == [(kind, "I01", "E02")]

    def test_layout_is_no_change(self) -> None:
        bullets = entry(inclusion=["Age ≥ 18 years", "ECOG 0-1"], exclusion=["Stroke", "Pregnancy"])
        numbers = trial(
            "INCLUSION CRITERIA\n1) Age ≥ 18 years;\n2) ECOG 0-1.\n\nEXCLUSION\n1) Stroke;\n2) Pregnancy.\n"
        )
        assert kinds(compare(bullets, numbers)) == []

    def test_items_of_a_list(self) -> None:
        head = "Inclusion Criteria:\n\n* Organ function:\n  * Platelets ≥ {} × 10^9/L\n  * Hemoglobin ≥ 9 g/dL\n"
        assert kinds(compare(trial(head.format(100)), trial(head.format(75)))) == [("loosened", "I01.1", "I01.1")]

    def test_items_under_a_denial_are_not_decided(self) -> None:
        head = "Inclusion Criteria:\n\n* None of the following:\n  * Platelets < {} × 10^9/L\n  * Stroke\n"
        (change,) = [
            c for c in compare(trial(head.format(100)), trial(head.format(75))).changes if c.kind != "unchanged"
        ]
        assert change.kind == "changed"

    def test_a_denial_that_was_not_read_is_never_called_the_same(self) -> None:
        for before, after in (("Able to walk", "Not able to walk"), ("Stroke", "Stroke only once")):
            one, other = (trial(f"Inclusion Criteria:\n\n* {line}\n") for line in (before, after))
            assert [c.kind for c in compare(one, other).changes if c.kind in ("reworded", "unchanged")] == []

    def test_steps_say_what_changed(self) -> None:
        before = entry(inclusion=["Age ≥ 18 years"], exclusion=["Stroke within 6 months before enrollment"])
        after = entry(inclusion=["Age ≥ 16 years"], exclusion=["Stroke within 12 months before enrollment"])
        found = [(s.relation, s.before, s.after) for c in compare(before, after).changes for s in c.steps]
        assert found == [
            ("wider", "Age at least 18 years", "Age at least 16 years"),
            ("narrower", "within 6 months before enrollment", "within 12 months before enrollment"),
        ]


class TestLaws:
    @settings(deadline=None, max_examples=25)
    @given(st.integers(0, 5000))
    def test_nothing_changes_between_a_protocol_and_itself(self, seed: int) -> None:
        made = trial(wording(random_protocol(seed)))
        amendment = compare(made, made)
        assert {c.kind for c in amendment.changes} == {"unchanged"}
        assert not any(c.moved for c in amendment.changes)

    @settings(deadline=None, max_examples=25)
    @given(st.integers(0, 5000), st.integers(0, 5000))
    def test_every_criterion_of_both_stands_in_it_once(self, one: int, other: int) -> None:
        before, after = trial(wording(random_protocol(one))), trial(wording(random_protocol(other)))
        changes = compare(before, after).changes
        assert sorted(c.before.id for c in changes if c.before) == sorted(c.id for c in before.criteria)
        assert [c.after.id for c in changes if c.after] == [c.id for c in after.criteria]


class TestReports:
    @pytest.fixture
    def amendment(self) -> Amendment:
        before = entry(inclusion=["Age ≥ 18 years", "ECOG <1"], exclusion=["Stroke"])
        return compare(before, entry(inclusion=["Age ≥ 16 years", "ECOG <1"], exclusion=["Seizure"]))

    def test_text(self, amendment: Amendment) -> None:
        assert report(amendment, "text") == (
            "LOOSENED I01\n  - Age ≥ 18 years\n  + Age ≥ 16 years\n"
            "    Age at least 18 years → Age at least 16 years (lets in more)\n\n"
            "REMOVED E01\n  - Stroke\n\nADDED E01\n  + Seizure\n\n"
            "t → t: 1 added, 1 removed, 1 loosened, 1 unchanged\n"
        )

    def test_json(self, amendment: Amendment) -> None:
        told = json.loads(report(amendment, "json"))
        assert told["counts"]["loosened"] == 1
        assert [c["kind"] for c in told["changes"]] == ["loosened", "unchanged", "removed", "added"]
        first = told["changes"][0]
        assert first["after"] == {"id": "I01", "role": "inclusion", "span": [23, 37], "text": "Age ≥ 16 years"}
        assert first["steps"] == [
            {"relation": "wider", "before": "Age at least 18 years", "after": "Age at least 16 years"}
        ]

    def test_html(self, amendment: Amendment) -> None:
        page = report(amendment, "html")
        assert "<del>18 </del>" in page
        assert "<ins>16 </ins>" in page
        assert "ECOG &lt;1" not in page  # unchanged ones are only counted
        assert not re.search(r"https?:|<script|src=", page)

    def test_nothing_of_an_entry_is_code_in_the_page(self) -> None:
        evil = "<script>alert(1)</script> <img src=x onerror=alert(2)> ECOG <2 \"' javascript:alert(3)"
        page = report(
            compare(entry(inclusion=["Age ≥ 18 years"], exclusion=[]), entry(inclusion=[evil], exclusion=[])), "html"
        )
        assert not re.search(r"<script|<img", page)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


class TestCommand:
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("a.txt").write_text("Inclusion Criteria:\n\n* Age ≥ 18 years\n", encoding="utf-8")
        Path("b.txt").write_text("Inclusion Criteria:\n\n* Age ≥ 16 years\n", encoding="utf-8")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["diff", *arguments])
        return result.exit_code, result.stdout, result.stderr

    def test_two_files(self) -> None:
        code, told, said = self.run("a.txt", "b.txt")
        assert (code, said) == (0, "")
        assert told.endswith("a → b: 1 loosened\n")
        assert self.run("a.txt", "b.txt", "--format", "html", "-o", "d.html") == (
            0,
            "",
            "1 loosened, written to d.html\n",
        )

    def test_different_formats(self) -> None:
        Path("a.yml").write_text(
            "format: protocol-nlp/1\ninclusion:\n- use: age_minimum\n  with: {minimum: 21}\n", encoding="utf-8"
        )
        record = {
            "protocolSection": {
                "identificationModule": {"nctId": "NCT00000001"},
                "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* Aged 18 years or older"},
            }
        }
        Path("r.json").write_text(json.dumps(record), encoding="utf-8")
        code, told, said = self.run("a.yml", "r.json")
        assert (code, said) == (0, "")
        assert told.endswith("a → NCT00000001: 1 loosened\n")

    def test_bad_calls_are_one_line(self) -> None:
        several = {
            "studies": [{"protocolSection": {"identificationModule": {"nctId": f"NCT0000000{n}"}}} for n in (1, 2)]
        }
        Path("two.json").write_text(json.dumps(several), encoding="utf-8")
        assert self.run("a.txt", "b.txt", "--format", "pdf")[2].startswith("error: --format: unknown format 'pdf'")
        assert self.run("a.txt", "none.txt") == (
            2,
            "",
            "error: none.txt: cannot be opened: No such file or directory\n",
        )
        assert self.run("a.txt", "two.json") == (
            2,
            "",
            "error: two.json: 2 trials; diff compares files of one trial each\n",
        )
        assert self.run("a.txt", "b.txt", "-o", "b.txt")[:2] == (2, "")
        assert Path("b.txt").read_text(encoding="utf-8").endswith("16 years\n")
