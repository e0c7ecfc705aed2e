"""The rows of a checklist: questions, order, and what the answers decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import trials
from trees import Page, criterion, example, trial

import protocol_nlp
from protocol_nlp.checklist import Checklist, Note, checklist
from protocol_nlp.checklist.conversion import other_unit
from protocol_nlp.checklist.notes import notes
from protocol_nlp.checklist.reading import windows
from protocol_nlp.checklist.sheet import CLARIFIED, NOT_CHECKABLE, NOT_READ, OUTCOME, YES_NO, Logic, Row
from protocol_nlp.checklist.topics import TITLES
from protocol_nlp.lexicon import LexiconError, checklist_words, customary_units, topic_cues
from protocol_nlp.tree import Ambiguous, And, Comparison, Expr, If, Or, TimeWindow, Trial, Within, criteria


def rows(made: Checklist) -> dict[str, Row]:
    return {row.id: row for section in made.sections for row in section.rows}


def read(text: str, **known: Any) -> Checklist:
    return checklist(protocol_nlp.parse(protocol_nlp.read(text, name="entry", format="text")[0]), **known)


def keys(logic: Logic) -> Iterator[str]:
    if logic[0] == "row":
        yield str(logic[1])
    for part in logic[1:]:
        if isinstance(part, tuple):
            yield from keys(part)


class TestExample:
    made = checklist(example())

    def test_rows_stand_in_the_order_of_the_topics(self) -> None:
        titles = [section.title for section in self.made.sections]
        assert titles == [title for title in TITLES.values() if title in titles]
        held = {section.id: [row.id for row in section.rows] for section in self.made.sections}
        assert held["demographics"] == ["I01 (1)"]
        assert held["performance"] == ["I01 (2)"]
        assert held["organ"] == ["I02", "I02.1", "I02.2", "I03"]

    def test_as_written_keeps_the_order_of_the_entry(self) -> None:
        made = checklist(example(), order="as-written")
        assert [section.title for section in made.sections] == ["Inclusion criteria", "Exclusion criteria"]
        ids = [row.id for section in made.sections for row in section.rows]
        assert ids == [
            *("I01 (1)", "I01 (2)", "I02", "I02.1", "I02.2", "I03"),
            *("E01", "E02", "E02 exception", "E03", "E04"),
        ]
        assert {r.key for r in rows(made).values()} == {r.key for r in rows(self.made).values()}
        assert made.judged == self.made.judged

    def test_bounds_are_asked_in_plain_words_and_the_rest_in_the_words_of_the_entry(self) -> None:
        found = rows(self.made)
        assert found["I01 (1)"].question == "Age 18 to 70 years (both included)?"
        assert found["I01 (1)"].original == "Age 18-70 years; ECOG PS < 2"
        assert found["I01 (2)"].original == "ECOG PS < 2"
        assert found["E01"].question == "Surgery or biopsy within 28 days prior to enrollment?"
        assert found["E01"].original == ""

    def test_an_exception_stands_under_its_rule(self) -> None:
        found = rows(self.made)
        assert found["E02"].question == "Other malignancy within 5 years?"
        exempt = found["E02 exception"]
        assert (exempt.kind, exempt.depth) == ("exception", found["E02"].depth + 1)
        assert exempt.question == "Exception: Carcinoma in situ and skin cancer?"
        logic = {judged.id: judged.logic for judged in self.made.judged}
        assert logic["E02"] == ("but_not", ("row", "E02"), ("row", "E02 exception"))

    def test_the_answer_that_keeps_the_patient_eligible(self) -> None:
        found = rows(self.made)
        assert (found["I01 (1)"].keeps, found["E01"].keeps) == ("Yes", "No")
        assert found["E02 exception"].keeps.startswith("Yes")
        assert found["I01 (1)"].answers == YES_NO

    def test_a_missing_list_cannot_be_checked(self) -> None:
        row = rows(self.made)["I03"]
        assert (row.kind, row.answers, row.remarks) == ("missing", CLARIFIED, (NOT_CHECKABLE,))

    def test_what_was_not_read_is_said(self) -> None:
        assert rows(self.made)["E04"].remarks == ("Not read by the program: “whatever else applies”.",)

    def test_units_and_dates(self) -> None:
        made = checklist(example(), dates={"enrollment": date(2027, 1, 29)})
        found = rows(made)
        assert (found["I02.1"].bound, found["I02.1"].other_unit) == ("≥ 1.50 × 10⁹/L", "≥ 1500/mm³ (in the entry)")
        (window,) = found["E01"].windows
        assert window.dates == "on or after 2027-01-01 and on or before 2027-01-29"
        assert next((e.key, e.date) for e in made.events) == ("enrollment", "2027-01-29")

    def test_notes_stand_beside_the_first_row_of_their_criterion(self) -> None:
        noted = Note(criterion="I01", code="X1", slug="x", severity="error", message="m", question="q?")
        whole = replace(noted, criterion=None)
        made = checklist(example(), notes=[noted, whole, replace(noted, criterion="I02")])
        found = rows(made)
        assert [i for i, row in found.items() if row.notes] == ["I01 (1)", "I02"]
        assert made.notes == (whole,)


@settings(max_examples=80, deadline=None)
@given(trials())
def test_every_criterion_is_asked_and_decides(entry: Trial) -> None:
    made, written = checklist(entry), checklist(entry, order="as-written")
    asked = [row for section in made.sections for row in section.rows if row.asked]
    again = [row for section in written.sections for row in section.rows if row.asked]
    assert Counter(row.key for row in asked) == Counter(row.key for row in again)
    assert all(count == 1 for count in Counter(row.key for row in asked).values())
    # Each box counts in just one criterion's logic.
    counted = Counter(key for judged in made.judged for key in keys(judged.logic))
    assert counted == Counter(row.key for row in asked)
    shown = {row.criterion for section in made.sections for row in section.rows}
    fields = {key for key in shown if key.startswith("registry ")}
    assert shown - fields == {c.id for c in criteria(entry)}


class TestRows:
    def test_a_long_bound_list_is_one_row_each(self) -> None:
        made = read("Inclusion Criteria:\n* ANC ≥ 1,500/mm3, platelets ≥ 100 x 10^9/L and hemoglobin ≥ 9 g/dL\n")
        (section,) = made.sections
        assert section.id == "organ"
        assert [(row.bound, row.other_unit) for row in section.rows] == [
            ("≥ 1500/mm³", "≥ 1.5 × 10⁹/L"),
            ("≥ 100 × 10⁹/L", "≥ 100,000/µL"),
            ("≥ 9 g/dL", "≥ 90 g/L"),
        ]

    def test_an_exclusion_of_several_bounds_is_met_by_any(self) -> None:
        made = read("Exclusion Criteria:\n* LVEF < 50% or QTc > 480 ms\n")
        assert made.judged[0].logic == ("any", ("row", "E01 (1)"), ("row", "E01 (2)"))
        kept = read("Exclusion Criteria:\n* LVEF < 50% and QTc > 480 ms\n")
        assert kept.judged[0].logic == ("row", "E01")

    def test_an_alternative_that_includes_is_one_question(self) -> None:
        made = read("Inclusion Criteria:\n* Karnofsky or Lansky score of ≥ 60%\n")
        (row,) = rows(made).values()
        assert row.question == "Karnofsky performance status or Lansky performance status at least 60%?"

    def test_the_subject_is_left_out_of_a_question(self) -> None:
        made = read(
            "Inclusion Criteria:\n* Patients must have measurable disease\n* Patients must not have bleeding\n"
            "* Participants with HIV are eligible if the viral load is undetectable\n"
        )
        asked = [row.question for row in rows(made).values()]
        assert "Measurable disease?" in asked
        assert "Patients must not have bleeding?" in asked
        assert "Participants with HIV are eligible if the viral load is undetectable?" in asked

    def test_pieces_between_semicolons_are_asked_one_by_one(self) -> None:
        made = read("Exclusion Criteria:\n* Pregnancy; active infection; known allergy to doxorubicin\n")
        assert {r.question for r in rows(made).values()} == {
            "Pregnancy?",
            "Active infection?",
            "Known allergy to doxorubicin?",
        }

    def test_a_list_is_any_or_all_as_its_words_say(self) -> None:
        lead = "Inclusion Criteria:\n\n* {}:\n\n  * Prior chemotherapy\n  * Prior surgery\n\n* Age over 18 years\n"
        either = read(lead.format("Sarcoma with one of the following"))
        assert either.judged[0].logic == ("any", ("row", "I01.1"), ("row", "I01.2"))
        every = read(lead.format("Sarcoma with all of the following"))
        assert [judged.logic for judged in every.judged][:2] == [("row", "I01.1"), ("row", "I01.2")]
        unsaid = read(lead.format("Sarcoma that was treated"))
        assert unsaid.judged[0].logic == ("row", "I01")
        assert [row.asked for row in rows(unsaid).values() if row.criterion.startswith("I01")] == [True, False, False]

    def test_a_window_in_the_lead_of_a_list_holds_below_it(self) -> None:
        made = read(
            "Inclusion Criteria:\n* Adequate organ function within 7 days before the first dose:\n"
            "  * ANC ≥ 1500/mm3\n  * Platelets ≥ 100,000/mm3\n",
            dates={"first_dose": date(2027, 1, 15)},
        )
        found = rows(made)
        assert [w.dates for w in found["I01.1"].windows] == ["on or after 2027-01-08 and on or before 2027-01-15"]
        assert found["I01.1"].windows == found["I01.2"].windows

    def test_exceptions_below_an_exclusion(self) -> None:
        made = read(
            "Exclusion Criteria:\n* Other malignancy with the following exceptions:\n"
            "  * Basal cell carcinoma\n  * Carcinoma in situ of the cervix\n"
        )
        assert made.judged[0].logic == (
            "but_not",
            ("but_not", ("row", "E01"), ("row", "E01.1")),
            ("row", "E01.2"),
        )

    @pytest.mark.parametrize(
        ("heading", "text", "answers"),
        [
            ("Exclusion", "Patients with brain metastases must be clinically stable", OUTCOME),
            ("Exclusion", "Patients who must take warfarin", YES_NO),
            ("Exclusion", "No active cancer", OUTCOME),
            ("Exclusion", "Patients may not have received chemotherapy within 6 months", OUTCOME),
            ("Inclusion", "Patients ineligible for surgery", YES_NO),
            ("Inclusion", "Patients with active hepatitis are excluded", OUTCOME),
            ("Inclusion", "Patients with active hepatitis", YES_NO),
        ],
    )
    def test_what_is_worded_against_its_heading_asks_for_the_outcome(
        self, heading: str, text: str, answers: object
    ) -> None:
        (row,) = rows(read(f"{heading} Criteria:\n* {text}\n")).values()
        assert row.answers == answers
        assert (row.keeps == "not clear") == (answers == OUTCOME)

    def test_a_tier_stands_under_its_rule(self) -> None:
        made = read("Inclusion Criteria:\n* AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)\n* Age ≥ 18 years\n")
        found = rows(made)
        tier = found["I01 tier"]
        assert (tier.kind, tier.depth) == ("tier", found["I01"].depth + 1)
        assert tier.question.startswith("If liver metastases, instead: Aspartate aminotransferase at most 5 × ")
        assert (found["I01"].bound, tier.bound) == ("≤ 2.5 × ULN", "≤ 5 × ULN")
        assert made.judged[0].logic == ("instead", ("row", "I01"), ("row", "I01 tier"))

    def test_each_of_two_measures_has_its_tier(self) -> None:
        both = "AST and ALT ≤ 2.5 x ULN or ≤ 5 x ULN (for patients with liver metastases)"
        made = read(f"Inclusion Criteria:\n* {both}\n* Age ≥ 18\n")
        assert made.judged[0].logic == (
            "all",
            ("instead", ("row", "I01 (1)"), ("row", "I01 (1) tier")),
            ("instead", ("row", "I01 (2)"), ("row", "I01 (2) tier")),
        )
        assert rows(made)["I01 (2) tier"].question.startswith("If liver metastases, instead: Alanine ")

    def test_a_condition_before_a_semicolon_keeps_the_sentence_whole(self) -> None:
        made = read("Inclusion Criteria:\n* If apheresis is needed, PT < 1.5 x ULN; creatinine < 2 x ULN\n")
        assert len(rows(made)) == 1

    def test_a_window_in_the_exception_alone_keeps_the_sentence_whole(self) -> None:
        text = "Exclusion Criteria:\n* Other malignant tumor {} carcinoma in situ within 5 years\n"
        assert list(rows(read(text.format("except")))) == ["E01"]
        assert list(rows(read(text.format("unless")))) in (["E01", "E01 exception"], ["E01"])

    def test_two_nodes_of_one_window_are_one(self) -> None:
        p = Page("surgery within 24 hours (minor) prior to randomization")
        inner = Within(
            span=p.span("surgery within 24 hours"),
            operand=p.condition("surgery"),
            window=TimeWindow(span=p.span("within 24 hours"), length=p.quantity("24 hours", None, "24", unit="h")),
        )
        outer = Within(
            span=p.span(p.text),
            operand=inner,
            window=TimeWindow(span=p.span("prior to randomization"), side="before", anchor=p.concept("randomization")),
        )
        assert [str(window) for window in windows(outer, p.text)] == ['<= 24 h before "randomization"']

    def test_a_cohort_is_no_question_and_its_lines_hold_for_it_alone(self) -> None:
        made = read(
            "Inclusion Criteria:\n\n* Cohort A:\n\n  * Prior surgery\n\n* Cohort B:\n\n  * Prior chemotherapy\n"
            "\nExclusion Criteria:\n\n* None\n"
        )
        found = rows(made)
        assert {row.keeps for row in found.values() if row.asked} == {"Yes (in this group alone)"}
        assert [row.asked for row in found.values() if row.id.startswith("E")] == [False]

    def test_an_exclusion_that_admits_by_a_list_is_judged_as_a_whole(self) -> None:
        made = read(
            "Exclusion Criteria:\n\n* Brain metastases. Patients with treated metastases are eligible if they meet all"
            " of the following:\n\n  * No residual symptoms\n  * Stable dose of dexamethasone\n"
        )
        assert [(row.asked, row.answers) for row in rows(made).values()] == [(True, OUTCOME), (False, ()), (False, ())]

    @pytest.mark.parametrize(
        ("role", "lead"),
        [("E", "Other malignancy, with the following exceptions:"), ("I", "No active malignancy, which may include:")],
    )
    def test_what_may_belong_to_a_lost_list_that_turns_the_sense_is_not_asked_as_a_criterion(
        self, role: str, lead: str
    ) -> None:
        p = Page(f"Prior surgery. {lead} Basal cell carcinoma. Prior stroke")
        before = criterion(p, f"{role}01", "Prior surgery", p.condition("surgery"))
        missing = criterion(p, f"{role}02", lead, None, form="list", list_missing=True)
        item = criterion(p, f"{role}03", "Basal cell carcinoma", p.condition("Basal cell carcinoma"))
        after = criterion(p, f"{role}04", "Prior stroke", p.condition("stroke"))
        found = rows(checklist(trial(p.text, [before, missing, item, after])))
        assert found[f"{role}03"].answers == OUTCOME
        assert found[f"{role}03"].remarks == (
            f"May belong to the list of {role}02, which is missing and changes what it means.",
        )
        # "Prior …" began an item before the list: the list has ended.
        assert (found[f"{role}01"].answers, found[f"{role}04"].answers) == (YES_NO, YES_NO)

    @pytest.mark.parametrize(
        ("text", "keeps"),
        [
            ("Prior surgery is allowed", "Yes, or not applicable"),
            ("Patients may have received prior surgery", "Yes, or not applicable"),
            ("Measurable disease must be present; radiotherapy is allowed", "Yes"),
            ("ECOG performance status 0-1 (or 2, if allowed)", "Yes"),
            ("Prior surgery", "Yes"),
        ],
    )
    def test_what_only_permits_is_not_demanded(self, text: str, keeps: str) -> None:
        found = rows(read(f"Inclusion Criteria:\n* {text}\n"))
        assert next(iter(found.values())).keeps == keeps

    def test_tiers_joined_by_and_replace_their_rule(self) -> None:
        p = Page("AST 3 ULN ALT 4 ULN liver metastases 5 ULN")
        ast, alt = p.concept("AST", id="ast", name="AST"), p.concept("ALT", id="alt", name="ALT")
        first = p.comparison(ast, p.quantity("3 ULN", None, "3", reference="ULN"))
        second = p.comparison(alt, p.quantity("4 ULN", None, "4", reference="ULN"))
        tier = If(
            span=p.span("liver metastases 5 ULN"),
            guard=p.condition("liver metastases"),
            then=p.comparison(ast, p.quantity("5 ULN", None, "5", reference="ULN")),
        )
        expr = And(span=p.span(p.text), operands=(first, second, tier), implied=True)
        made = checklist(trial(p.text, [criterion(p, "I01", p.text, expr)]))
        assert made.judged[0].logic == (
            "all",
            ("instead", ("row", "I01 (1)"), ("row", "I01 (1) tier")),
            ("row", "I01 (2)"),
        )

    @pytest.mark.parametrize("issue", ["comparator:lost", "measure:unit_mismatch", "unit:ambiguous"])
    def test_a_doubtful_bound_keeps_the_words_of_the_entry(self, issue: str) -> None:
        p = Page("ANC 1500/mm3")
        bound = p.comparison(
            p.concept("ANC", id="neutrophils", name="Absolute neutrophil count"),
            p.quantity("1500/mm3", "1500", unit="/mm3", issues=(issue,)),
        )
        (row,) = rows(checklist(trial(p.text, [criterion(p, "I01", p.text, bound)]))).values()
        assert row.question == "ANC 1500/mm3?"
        assert (row.bound, row.other_unit) == ("", "")
        assert row.remarks[0].startswith("Doubtful in the entry: ")

    def test_both_readings_of_an_ambiguous_sentence_are_shown(self) -> None:
        p = Page("stroke or seizure and fever")
        a, b, c = map(p.condition, ("stroke", "seizure", "fever"))
        whole = p.span(p.text)

        def group(kind: type[And | Or], *operands: Expr) -> Expr:
            return kind(span=whole, operands=operands)

        either = Ambiguous(
            span=whole, readings=(group(And, group(Or, a, b), c), group(Or, a, group(And, b, c))), reason="and_or:mixed"
        )
        (row,) = rows(checklist(trial(p.text, [criterion(p, "E01", p.text, either)]))).values()
        assert row.remarks == (
            "This can be read in more than one way: (1) all of: (any of: stroke; seizure); fever;"
            " (2) any of: stroke; (all of: seizure; fever). Ask the author which is meant.",
        )

    def test_a_criterion_that_was_not_read(self) -> None:
        p = Page("Ωmega")
        (row,) = rows(checklist(trial(p.text, [criterion(p, "I01", "Ωmega", p.opaque("Ωmega"))]))).values()
        assert (row.question, row.remarks) == ("Ωmega?", (NOT_READ,))


def test_unknown_roles_ask_for_the_outcome() -> None:
    p = Page("pH and eGFR")
    made = checklist(trial(p.text, [criterion(p, "C01", "pH", p.condition("pH")), criterion(p, "C02", "eGFR", None)]))
    assert [(row.question, row.answers) for row in rows(made).values()] == [("pH?", OUTCOME), ("eGFR?", OUTCOME)]
    assert ("Criteria", "2 (2 of unknown role)") in made.facts


def test_the_title_block() -> None:
    facts: Mapping[str, str] = dict(checklist(example()).facts)
    assert facts["Registry"] == "ClinicalTrials.gov"
    assert facts["Source"] == "NCT00000001.txt (SHA-256 ab12ab12ab12…)"
    assert facts["Criteria"] == "8 (4 inclusion, 4 exclusion)"
    assert facts["Not checkable"] == "1"


@pytest.mark.parametrize(("share", "read_"), [("0", "100 %"), ("0.0004", "99.9 %"), ("1", "0 %"), ("0.125", "87.5 %")])
def test_the_share_read_is_never_flattered(share: str, read_: str) -> None:
    assert ("Share of the text read", read_) in checklist(trial("a", opaque_share=Decimal(share))).facts


@pytest.mark.parametrize(
    ("measure", "low", "high", "unit", "other"),
    [
        ("creatinine", None, "1.5", "mg/dL", "≈ ≤ 132.6 µmol/L"),
        ("creatinine", None, "133", "umol/L", "≈ ≤ 1.504 mg/dL"),
        ("bilirubin", None, "2", "mg/dL", "≈ ≤ 34.21 µmol/L"),
        ("neutrophils", "1.5", None, "10*9/L", "≥ 1500/µL"),
        ("platelets", "100000", None, "/mm3", "≥ 100 × 10⁹/L"),
        ("hemoglobin", "9", None, "g/dL", "≥ 90 g/L"),
        ("albumin", "28", None, "g/L", "≥ 2.8 g/dL"),
        ("glucose", "3.9", "10", "mmol/L", "≈ ≥ 70.26 mg/dL and ≤ 180.2 mg/dL"),
        ("alt", None, "40", "U/L", ""),
        ("hemoglobin", "5.6", None, "mmol/L", ""),
        ("urea_nitrogen", None, "20", "mg/dL", ""),
    ],
)
def test_the_other_unit(measure: str, low: str | None, high: str | None, unit: str, other: str) -> None:
    p = Page("x 1")
    node = p.comparison(p.concept("x", id=measure), p.quantity("1", low, high, unit=unit))
    assert other_unit(node) == other
    times = Comparison(span=node.span, measure=node.measure, quantity=replace(node.quantity, reference="ULN"))
    assert other_unit(times) == ""


def test_findings_become_notes_that_name_their_other_places() -> None:
    lines = (
        "Surgery within 4 weeks before enrollment",
        "Fever within 2 days of the first dose",
        "Stroke within 5 years",
        "Pregnancy",
    )
    text = "Exclusion Criteria:\n" + "".join(f"* {line}\n" for line in lines)
    found = notes(protocol_nlp.parse(protocol_nlp.read(text, name="entry", format="text")[0]))
    assert found
    assert {note.severity for note in found if note.code != "verdict"} <= {"error", "warning"}
    assert len({(note.code, note.span, note.criterion) for note in found}) == len(found)
    told = {note.criterion: note.message for note in found if note.code == "verdict"}
    assert set(told) == {None, "E01", "E02", "E03"}, "the entry, and what cannot be decided without a guess"
    assert told[None] == ("of 4 criteria 1 decidable now, 3 decidable with a stated guess, 0 not decidable")
    assert told["E03"].startswith("decidable with a stated guess")
    for note in found:
        assert note.message
        assert note.criterion is None or f"also {note.criterion}" not in note.message


def test_the_tables_are_whole() -> None:
    assert {cue.topic for cue in topic_cues()} == set(TITLES)
    assert len({(cue.topic, cue.rank) for cue in topic_cues()}) == len(TITLES)
    kinds = "opener filler all any admits bars leads joins excepts groups nothing permits some subject demands refers"
    kinds += " eligible common tails tiers people everyone everyone_too provides below label no_label within"
    kinds += " defines goes_on goes_on_about note"
    assert set(checklist_words()) == set(kinds.split())
    assert len({row.measure for row in customary_units()}) == len(customary_units())
    assert issubclass(LexiconError, Exception)
