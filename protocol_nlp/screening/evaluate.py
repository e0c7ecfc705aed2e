"""The tree over a patient: what each node says, in three values, with the reasons.

Nothing is guessed: what was not read, is ambiguous or not linked, and what the file leaves open, is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from protocol_nlp.plain import plain
from protocol_nlp.screening import measured, things
from protocol_nlp.screening.setting import Setting
from protocol_nlp.screening.trust import bare, flaw
from protocol_nlp.screening.verdict import Verdict, agreed, counted, every, merged, negated, some, unknown
from protocol_nlp.screening.windows import Placed, placed
from protocol_nlp.screening.words import strange
from protocol_nlp.tree import (
    Ambiguous,
    And,
    AtLeast,
    Comparison,
    Concept,
    Condition,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Unless,
    Within,
    walk,
)

Places = tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Instead:
    """A bound, and the tier that takes its place where the guard holds."""

    usual: Expr
    guard: Expr
    tier: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Setting):
    """One criterion's expression over one patient."""

    def verdict(self, node: Expr, places: Places = (), *, top: bool = True) -> Verdict:
        """What a node says of the patient, in the time windows around it.

        `top`: its truth is that of the criterion, or one that decides it alone.
        """
        if isinstance(node, And):
            node = replace(node, operands=tuple(_plain(node)))
        if reason := flaw(node, self.text):
            return unknown(reason)
        match node:
            case And():
                return self._every(node, places, top=top and self.role == "inclusion")
            case Or():
                return some(self._parts(node, places, top=top and self.role == "exclusion"))
            case AtLeast():
                return counted(node.count, [self.verdict(o, places, top=False) for o in node.operands])
            case Not():
                return negated(self.verdict(node.operand, places, top=False))
            case If():
                return self._guarded(node, places, top=top)
            case Unless():
                return self._excepted(node, places)
            case Within():
                return self._timed(node, places, top=top)
            case Comparison():
                return measured.verdict(node, self, places)
            case Condition(status="optional"):
                return Verdict(truth=None, applies=False)
            case Condition():
                return things.verdict(node, self, places)
            case Ambiguous():
                told = " or: ".join(plain(reading) for reading in node.readings)
                return agreed(
                    [self.verdict(r, places, top=False) for r in node.readings], f"can be read in two ways: {told}"
                )
            case Opaque():
                return Verdict(truth=None, applies=False)  # no words at all: the others were told above
            case _:
                assert_never(node)

    def _every(self, node: And, places: Places, *, top: bool) -> Verdict:
        """All of a group. Where no word joins them, a part of a sentence may qualify its neighbour rather than stand
        for itself, so that one part alone does not deny the whole: only things that are all denied do."""
        made = every(self._parts(node, places, top=top))
        left = [part for part in _tiered(node.operands) if not isinstance(part, Instead)]
        things = [part for part in left if not _plainly(part)]
        bounds = [part for part in left if _plainly(part) and _bounds(part)]
        if made.truth is not False or not node.implied or not things or len(node.operands) == 1:
            return made
        if self.role == "exclusion" and len(things) == len(bounds) == 1:
            return made  # "heart failure of NYHA class 3 or worse": either of them denies it
        denied = [self.verdict(thing, places, top=False) for thing in things]
        if all(verdict.truth is False for verdict in denied) and not bounds:
            return merged(denied, False)
        return unknown("how its parts hang together, no word says; one of them alone denies it", evidence=made.evidence)

    def _parts(self, node: And | Or, places: Places, *, top: bool) -> list[Verdict]:
        found = []
        open_to_more = {id(node.operands[at]) for at in bare(node, self.text)}
        for part in _tiered(node.operands):
            if isinstance(part, Instead):
                found.append(self._instead(part, places))
            else:
                made = self.verdict(part, places, top=top)
                if id(part) in open_to_more and (made.truth or (made.truth is False and isinstance(node, And))):
                    said = f"whether what stands at its neighbours is said of it, too: {plain(part)}"
                    made = unknown(said, evidence=made.evidence)
                found.append(made)
        return found

    def _instead(self, part: Instead, places: Places) -> Verdict:
        guard = replace(self, persons=True).verdict(part.guard, places, top=False)
        usual, tier = (self.verdict(bound, places, top=False) for bound in (part.usual, part.tier))
        match guard.truth:
            case True:
                return merged([guard, tier], tier.truth)
            case False:
                return merged([guard, usual], usual.truth)
            case None:
                if usual.truth is not None and usual.truth == tier.truth:
                    return merged([usual, tier], usual.truth)
                return merged([guard, usual, tier], None)

    def _guarded(self, node: If, places: Places, *, top: bool) -> Verdict:
        guard = replace(self, persons=True).verdict(node.guard, places, top=False)
        if not guard.applies:
            return unknown("who this is asked of was not read")
        then = self.verdict(node.then, places, top=top)
        match guard.truth:
            case True:
                return merged([guard, then], then.truth, applies=then.applies)
            case False if node.guard.span.start > node.then.span.start and isinstance(node.then, And | Or | AtLeast):
                return unknown("whether the condition at the end is of all before it, the words do not say")
            case False:
                return replace(guard, truth=None, applies=False)
            case None:
                either = {"inclusion": True, "exclusion": False}.get(self.role or "")
                if top and then.truth is not None and then.truth is either:
                    return replace(then, notes=(*then.notes, "decided alike whether or not its condition holds"))
                return merged([guard, *([then] if then.truth is None else [])], None)

    def _excepted(self, node: Unless, places: Places) -> Verdict:
        match node:
            case Unless(operand=usual, exception=And(operands=(Condition() as guard, tier))) if _bounds(
                usual
            ) and _bounds(usual) == _bounds(tier):
                return self._instead(Instead(usual, guard, tier), places)
            case _:
                pass
        rule = self.verdict(node.operand, places, top=False)
        # Whenever it was: what matters is whether the rule holds of something else.
        exempt = replace(self, ever=True).verdict(node.exception, places, top=False)
        if not exempt.applies or not rule.applies:
            return unknown("an exception without a rule that was read")
        if self.role != "exclusion":
            # "Sarcoma except GIST" takes away, "no chemotherapy except …" gives back: which of both is left open.
            if rule.truth is not None and exempt.truth is False:
                return merged([rule, exempt], rule.truth)
            return (
                merged([rule, exempt], None)
                if None in (rule.truth, exempt.truth)
                else unknown("the exception holds: read what it changes", evidence=(*rule.evidence, *exempt.evidence))
            )
        if rule.truth is False or exempt.truth is False:
            return merged([rule, exempt] if rule.truth else [rule], rule.truth)
        if exempt.truth:
            # What the exception speaks of, taken away: does the rule still hold of something else?
            spoken = {e.path for e in exempt.evidence}
            facts = tuple(f for f in self.patient.facts if f.path not in spoken)
            rest = replace(self, patient=replace(self.patient, facts=facts))
            if spoken and rest.verdict(node.operand, places, top=False).truth is False:
                return replace(merged([exempt], False), notes=("an exception takes it back",))
            return unknown(
                "the exception holds, and something beside it may still exclude",
                evidence=(*rule.evidence, *exempt.evidence),
            )
        return merged([rule, exempt], None)

    def _timed(self, node: Within, places: Places, *, top: bool) -> Verdict:
        place = placed(node.window, self.anchors)
        timed = self.verdict(node.operand, (*places, place), top=top)
        if not node.implied or _one_sort(node.operand):
            return timed
        free = replace(self, ever=True).verdict(node.operand, places, top=top)
        return agreed([timed, free], f"what the time is said of, a rule decided and not the text: {plain(node)}")


def _one_sort(node: Expr) -> bool:
    """Whether a window behind this is of all of it: one thing, or a list of things of one sort."""
    match node:
        case Condition() | Comparison():
            return not node.qualifiers
        case And() | Or():
            return all(isinstance(o, Condition) and not o.qualifiers for o in node.operands) and (
                len({o.concept.label for o in node.operands if isinstance(o, Condition)}) == 1
            )
        case _:
            return False


def _plain(node: And | Or) -> Sequence[Expr]:
    """The operands without words that say nothing of their own: "treatment" beside the drug, "old" beside the age."""
    operands = node.operands
    if not (isinstance(node, And) and node.implied):
        return operands
    if any(isinstance(o, Comparison) and o.measure and o.measure.id == "age" for o in operands):
        operands = tuple(o for o in operands if not _old(o))
    if len(operands) != 2:
        return operands
    match operands:
        case Condition(concept=bare, qualifiers=(), status="present"), Condition() as drug if _treatment(bare, drug):
            return (_given(drug, bare),)
        case Condition(concept=bare, qualifiers=(), status="present"), Or() as drugs if all(
            isinstance(o, Condition) and _treatment(bare, o) for o in drugs.operands
        ):
            given = tuple(_given(o, bare) for o in drugs.operands if isinstance(o, Condition))
            return (replace(drugs, operands=given),)
        case _:
            return operands


def _old(node: Expr) -> bool:
    """ "21 years old": the word says the age once more."""
    return isinstance(node, Condition) and node.concept.id == "age" and not strange(node.concept.text, ("age",))


def _treatment(bare: Concept, drug: Condition) -> bool:
    named = (drug.concept.id or "").startswith(("drug:", "class:"))
    return bare.id == "procedure:medical_treatment" and named and drug.status == "present"


def _given(drug: Condition, bare: Concept) -> Condition:
    """ "Prior treatment with …" is of the past; the drug alone does not say so."""
    return replace(drug, marks=(*drug.marks, bare.span))


def _plainly(node: Expr) -> bool:
    """Whether a part is a bound, bounds alone, or a kind of person: such parts stand for themselves."""
    match node:
        case Comparison():
            return True
        case Condition():
            return (node.concept.id or "").startswith("person:") and not node.qualifiers
        case And() | Or():
            return all(map(_plainly, node.operands))
        case Within():
            return _plainly(node.operand)
        case _:
            return False


def _tiered(operands: Sequence[Expr]) -> Iterator[Expr | Instead]:
    """The operands; a bound for some patients stands in place of the usual bound of the same measures."""
    rest = list(operands)
    for tier in [o for o in operands if isinstance(o, If) and _bounds(o.then)]:
        assert isinstance(tier, If)
        mates = [o for o in rest if not isinstance(o, If) and _bounds(o) == _bounds(tier.then)]
        if len(mates) == 1:
            yield Instead(mates[0], tier.guard, tier.then)
            rest = [o for o in rest if o is not tier and o is not mates[0]]
    yield from rest


def _bounds(node: Expr) -> frozenset[tuple[str, bool]]:
    """The measures bounded in a node of bounds alone, each with whether it is from above; empty for any other node."""
    found = set()
    for part in walk(node):
        match part:
            case Comparison() if part.measure is not None:
                found.add((part.measure.id or "", part.quantity.high is not None))
            case And() | Or() | Within():
                pass
            case _:
                return frozenset()
    return frozenset(found)
