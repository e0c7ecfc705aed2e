"""Criteria and lists of criteria over a patient: which of them decide, and how they come to an outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from protocol_nlp.amend.words import turning
from protocol_nlp.checklist.asking import permits, worded_against
from protocol_nlp.checklist.diagnoses import is_tumour
from protocol_nlp.checklist.outline import ruleless
from protocol_nlp.checklist.places import Under, heads, sections, siblings
from protocol_nlp.display import wording
from protocol_nlp.screening.evaluate import Evaluation
from protocol_nlp.screening.patient import Patient
from protocol_nlp.screening.registered import fields
from protocol_nlp.screening.result import TRUTHS, Effect, Judgement, Screening
from protocol_nlp.screening.setting import Setting
from protocol_nlp.screening.trust import flaw
from protocol_nlp.screening.verdict import Verdict, agreed, counted, every, merged, negated, some, unknown
from protocol_nlp.screening.windows import placed
from protocol_nlp.screening.words import listed, strange, words
from protocol_nlp.tree import (
    And,
    AtLeast,
    Comparison,
    Condition,
    Criterion,
    Expr,
    Or,
    Role,
    TimeWindow,
    Trial,
    Within,
    walk,
)


def screen(trial: Trial, patient: Patient, anchors: Mapping[str, date] | None = None) -> Screening:
    """Each criterion of a trial, and the registry's fields of sex and age, over a patient.

    `anchors` are dates of events by the ids of the table of anchors; they win over those of the patient file.
    """
    bench = bench_of(trial, patient, {**patient.events, **(anchors or {})})
    entry = trial.registration
    setting = Setting(patient=patient, anchors=bench.anchors, role="inclusion", text=entry.text)
    return Screening(
        trial=trial,
        patient=patient,
        anchors=bench.anchors,
        judgements=tuple(bench.judgements),
        fields=tuple(fields(entry, setting, bench.judgements)),
    )


def bench_of(trial: Trial, patient: Patient, anchors: Mapping[str, date]) -> Bench:
    """All criteria judged."""
    bench = Bench(trial, patient, anchors)
    for heading, items in sections(trial):
        bench.siblings(items, Place(Under(group=bool(heading))))
    return bench


class Place(NamedTuple):
    """Where a criterion stands: the outline's place, and the windows of the leads above it."""

    under: Under = Under()
    windows: tuple[TimeWindow, ...] = ()


@dataclass(slots=True)
class Bench:
    """Judges the criteria of a trial one after another, in the order of the entry."""

    trial: Trial
    patient: Patient
    anchors: Mapping[str, date]
    judgements: list[Judgement] = field(default_factory=list)
    places: dict[str, tuple[Criterion, Place]] = field(default_factory=dict)

    def siblings(self, items: Sequence[Criterion], place: Place, *, part: bool = False) -> list[Verdict]:
        """The verdicts of items that stand beside each other; `part`: the item above them decides with them."""
        found: list[Verdict] = []
        rule: int | None = None
        for item, under in siblings(items, place.under, self.trial.registration.text):
            if ruleless(item.expr) and item.role != "inclusion" and rule is not None:
                self._take_back(rule)
                if found:
                    found[-1] = unknown("an exception stands below it")
            rule = len(self.judgements)
            made = self.item(item, place._replace(under=under), part=part)
            if not part and _named_alone(item) and made.truth is False and any(map(_tumor, _others(items, item))):
                # "Osteosarcoma" on a line of its own, beside lines with other tumors: a list that lost its lead.
                made = unknown("it may be one of several tumors that are listed", evidence=made.evidence)
                self.judgements[rule] = _judgement(item, made, part=part)
            found.append(made)
        return found

    def item(self, criterion: Criterion, place: Place, *, part: bool) -> Verdict:
        self.places[criterion.id] = criterion, place
        under = place.under.below(criterion)
        if criterion.form == "heading" and not listed("group").isdisjoint(words(wording(criterion.text))):
            under = replace(under, group=True)
        below = Place(under, (*place.windows, *self._windows(criterion)))
        if heads(criterion) and not criterion.list_missing:
            return _merged(self.siblings(criterion.children, below, part=part), criterion.role)
        at = len(self.judgements)
        self.judgements.append(_judgement(criterion, unknown(), part=part))
        children = self.siblings(criterion.children, below, part=True)
        made = self._verdict(criterion, place, children)
        self.judgements[at] = _judgement(criterion, made, part=part)
        return made

    def _verdict(self, criterion: Criterion, place: Place, children: Sequence[Verdict]) -> Verdict:
        if criterion.list_missing:
            return unknown("NOT CHECKABLE: the list that it promises is not in the entry")
        if criterion.role is None:
            return unknown("the entry does not say whether it includes or excludes")
        if criterion.form == "list":
            return self._list(criterion, children)
        own = self.stated(criterion, criterion.expr, place)
        if not children:
            return own
        return agreed([own, *children], "how it goes together with the lines below it, the entry does not say")

    def _list(self, criterion: Criterion, children: Sequence[Verdict]) -> Verdict:
        lead = self._lead(criterion)
        if lead:
            made = unknown(f"what else the words above the list say was not decided: “{lead}”")
            return replace(merged(children, None), missing=(*made.missing, *merged(children, None).missing))
        if any(ruleless(child.expr) for child in criterion.children):
            return unknown("an exception stands in the list")
        governs = criterion.governs
        match governs.connective if governs else None:
            case "and":
                made = every(children)
            case "or" if criterion.role == "exclusion" or not listed("some").isdisjoint(words(criterion.text)):
                made = some(children)
            case "at_least" if governs and governs.count:
                made = counted(governs.count, children)
            case _:
                made = agreed(children, "whether all or any of the lines below are needed, the entry does not say")
        return negated(made) if governs and governs.denied else made

    def _lead(self, criterion: Criterion) -> str:
        """The words of a lead that do more than announce its list; empty where none do."""
        text = self.trial.registration.text
        start, end = criterion.lead
        held = [m for w in self._windows(criterion) for t in w.each for m in (t.span, *t.marks)]
        left = "".join(" " if any(s.start <= i < s.end for s in held) else text[i] for i in range(start, end))
        denied = ("not",) if criterion.governs and criterion.governs.denied else ()
        return " ".join(strange(left, ("neutral", "lead", *denied)))

    def _windows(self, criterion: Criterion) -> tuple[TimeWindow, ...]:
        return criterion.governs.windows if criterion.governs else ()

    def stated(self, criterion: Criterion, expr: Expr | None, place: Place) -> Verdict:
        """What a criterion's own words, or a part of them, say of the patient."""
        role, text = criterion.role, self.trial.registration.text
        if expr is None or criterion.expr is None:
            return unknown("nothing in it was read")
        if reason := self._doubt(criterion, place):
            return unknown(reason)
        around = [n for n in walk(criterion.expr or expr) if n is not expr and n.span.holds(expr.span)]
        if reason := next((told for n in around if (told := flaw(n, text))), ""):
            return unknown(reason)
        evaluation = Evaluation(
            patient=self.patient, anchors=self.anchors, role=role, text=text, persons=_of_persons(criterion.expr)
        )
        timed = any(isinstance(n, Within) for n in walk(expr))
        places = () if timed else tuple(placed(window, self.anchors) for window in place.windows)
        made = evaluation.verdict(expr, places)
        if place.under.group and made.applies and made.truth is not _good(role):
            return unknown("the heading above limits it to some patients", evidence=made.evidence)
        return made

    def _doubt(self, criterion: Criterion, place: Place) -> str:
        expr = criterion.expr
        assert expr
        text = self.trial.registration.text
        said = wording(text[criterion.lead.start : criterion.lead.end] or criterion.text)
        if others := [word for word in words(said) if word in listed("others")]:
            return f"it is about somebody else, or somebody's judgement: “{' '.join(dict.fromkeys(others))}”"
        if ruleless(expr):
            return "an exception to what stands above it"
        if place.under.exception_of:
            return (
                f"it may belong to the list of {place.under.exception_of}, which is missing and turns the sense round"
            )
        if worded_against(criterion.role, said):
            return "worded against its heading: which answer excludes, the entry does not say"
        if criterion.role == "inclusion" and permits(said, expr):
            return "it permits something, and asks for nothing that was read"
        left = turning(text[criterion.lead.start : criterion.lead.end], criterion.lead.start, expr)
        for node in walk(expr):
            if isinstance(node, AtLeast):
                left -= Counter(word for mark in node.marks for word in words(text[mark.start : mark.end]))
        if left:
            return f"words that may turn the meaning were not read: “{' '.join(left)}”"
        return ""

    def _take_back(self, at: int) -> None:
        """The item before an exception: what the exception may undo is open."""
        if at >= len(self.judgements):
            return  # a heading above nothing
        held = self.judgements[at]
        if held.effect == "against":
            said = "an exception stands below it"
            self.judgements[at] = replace(held, truth="unknown", effect="open", missing=(*held.missing, said))


def _others(items: Sequence[Criterion], item: Criterion) -> list[Criterion]:
    return [other for other in items if other is not item and other.role == item.role]


def _named_alone(criterion: Criterion) -> bool:
    return criterion.role == "inclusion" and isinstance(criterion.expr, Condition) and _tumor(criterion)


def _tumor(criterion: Criterion) -> bool:
    """Whether a criterion names a tumor."""
    nodes = walk(criterion.expr) if criterion.expr else ()
    return any(isinstance(n, Condition) and is_tumour(n.concept) for n in nodes)


def _of_persons(expr: Expr) -> bool:
    """Whether a criterion says of persons and bounds alone: "men or women of at least 18 years"."""
    return all(
        isinstance(n, And | Or | Within | Comparison)
        or (isinstance(n, Condition) and (n.concept.id or "").startswith("person:") and not n.qualifiers)
        for n in walk(expr)
    )


def _good(role: Role | None) -> bool | None:
    return {"inclusion": True, "exclusion": False}.get(role or "")


def _merged(verdicts: Sequence[Verdict], role: Role | None) -> Verdict:
    if role == "exclusion":
        return some(verdicts)
    return every(verdicts)


def _judgement(criterion: Criterion, verdict: Verdict, *, part: bool) -> Judgement:
    if not verdict.applies and not verdict.evidence:
        verdict = unknown("nothing in it was read")  # no words, not: of other patients
    good = _good(criterion.role)
    truth = verdict.truth if verdict.applies else good
    effect: Effect = "part" if part else "open" if truth is None else "for" if truth is good else "against"
    return Judgement(
        criterion=criterion,
        truth=TRUTHS[truth],
        effect=effect,
        applies=verdict.applies,
        evidence=verdict.evidence,
        notes=verdict.notes,
        missing=verdict.missing,
    )
