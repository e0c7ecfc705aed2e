"""Two trials -> what changed between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from protocol_nlp.amend.match import Stated, moved, pairs, stated
from protocol_nlp.amend.meaning import between, differences, meant, permits
from protocol_nlp.amend.regroup import Whole, regroup, wholes
from protocol_nlp.amend.step import Relation, Step, flipped, relation
from protocol_nlp.amend.words import folded, turning
from protocol_nlp.tree import Criterion, Expr, Not, Registration, Trial

Kind = Literal["added", "removed", "loosened", "tightened", "both", "changed", "reworded", "unchanged"]
"""loosened: more people may take part; tightened: fewer; both: some more and some fewer; changed: nobody can say
without reading it; reworded: other words, the same meaning."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_DENIAL: Final = re.compile(r"\b(?:no|not|none|never|neither|without|except|unless)\b", re.IGNORECASE)
_FORBIDS: Final = re.compile(r"^\W*no\b|\b(?:must|should|shall|may|can) ?not\b", re.IGNORECASE)
_SENTENCES: Final = re.compile(r"[;:(]|\.\s|\bnote\b", re.IGNORECASE)
_OF_A_RULE: Final[dict[Relation, Kind]] = {
    "wider": "loosened",
    "narrower": "tightened",
    "both": "both",
    "unclear": "changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one criterion. `before` is null for an added one, `after` for a removed one.

    `steps` are the differences, their relation seen from the trial: "wider" lets more people in. `moved`: it left its
    place among the others, or its section.
    """

    kind: Kind
    before: Criterion | None = None
    after: Criterion | None = None
    steps: tuple[Step, ...] = ()
    moved: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """All changes in the order of the new version, each removed criterion where it stood; unchanged ones among them."""

    before: Registration
    after: Registration
    changes: tuple[Change, ...]

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many criteria of each kind, all kinds named."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS}


def compare(before: Trial, after: Trial) -> Amendment:
    """What the second version changes in the first, criterion by criterion."""
    ours, theirs = stated(before), stated(after)
    found = pairs(ours, theirs)
    out_of_order = moved(found)
    became = {j: _change(ours[i], theirs[j], moved=(i, j) in out_of_order) for i, j in found}
    added = {j: Change(kind="added", after=s.criterion) for j, s in enumerate(theirs) if j not in became}
    gone = {i: Change(kind="removed", before=s.criterion) for i, s in enumerate(ours) if i not in dict(found)}
    _regrouped(ours, theirs, became, gone, added, dict(found))
    made = [became.get(j) or added[j] for j in range(len(theirs))]
    places = dict(found)
    for i in sorted(gone, reverse=True):
        made.insert(_where(i, ours, theirs, places), gone[i])
    return Amendment(before=before.registration, after=after.registration, changes=tuple(made))


def _where(i: int, ours: Sequence[Stated], theirs: Sequence[Stated], places: Mapping[int, int]) -> int:
    """Where a removed criterion is shown: behind the one it stood behind, else at the head of its section."""
    role = ours[i].criterion.role
    nearest = next((places[k] for k in range(i - 1, -1, -1) if k in places and ours[k].criterion.role == role), None)
    if nearest is not None:
        return nearest + 1
    return next((j for j, s in enumerate(theirs) if s.criterion.role == role), len(theirs))


def _change(a: Stated, b: Stated, *, moved: bool) -> Change:
    one, other = a.criterion, b.criterion
    same_words = folded(one.text) == folded(other.text)
    change = Change(kind="changed", before=one, after=other, moved=moved)
    if one.role != other.role:
        return _crossed(replace(change, moved=True, note=f"moved from {one.role} to {other.role}"), a, b)
    if one.list_missing != other.list_missing:
        return replace(change, note="the list that it promises is missing in one version")
    if same_words:
        return replace(change, kind="unchanged")
    if one.expr is None or other.expr is None:
        return change
    steps = differences(meant(one.expr, one.role), meant(other.expr, other.role))
    if not steps:
        # Words that no node holds may still turn the meaning round.
        same = _same_turns(a, b)
        return replace(
            change, kind="reworded" if same else "changed", note="" if same else "other numbers or words of denial"
        )
    if one.role == "exclusion":
        steps = flipped(steps)
    kind = _OF_A_RULE[relation(steps)]
    if one.role == "exclusion" and (_doubtful(one) or _doubtful(other)):
        return replace(
            change, steps=tuple(steps), note="an exclusion that forbids or permits: which way it counts is unsure"
        )
    if one.role is None or any(map(_denying, (*a.above, *b.above))):
        return replace(change, steps=tuple(steps), note="its section or list does not say which way it counts")
    return replace(change, kind=kind, steps=tuple(steps))


def _doubtful(criterion: Criterion) -> bool:
    """Whether an exclusion says what must not be, or consists of a rule and what is allowed, read as one permission."""
    permission = criterion.expr is not None and permits(criterion.expr)
    return bool(_FORBIDS.search(criterion.text) or (permission and _SENTENCES.search(criterion.text)))


def _crossed(change: Change, a: Stated, b: Stated) -> Change:
    """A criterion that changed its section: to exclude what is there is to include only where it is not."""
    one, other = _asked(a), _asked(b)
    if (
        one is None
        or other is None
        or any(map(_denying, (*a.above, *b.above)))
        or a.criterion.children
        or b.criterion.children
    ):
        return change
    steps = differences(one, other)
    if steps:
        kind = _OF_A_RULE[relation(steps)]
        return replace(change, kind=kind, steps=tuple(steps) if kind != "changed" else ())
    return replace(change, kind="reworded" if _same_turns(a, b) else "changed")


def _asked(stated: Stated) -> Expr | None:
    """What has to hold for the criterion to let somebody in; null where its section does not say."""
    criterion = stated.criterion
    if criterion.expr is None or criterion.role is None:
        return None
    rule = meant(criterion.expr, criterion.role)
    return Not(span=rule.span, operand=rule) if criterion.role == "exclusion" else rule


def _same_turns(a: Stated, b: Stated) -> bool:
    """Whether the numbers and denials that no node holds are the same."""
    one, other = a.criterion, b.criterion
    assert one.expr
    assert other.expr
    return turning(one.text, one.lead.start, one.expr) == turning(other.text, other.lead.start, other.expr)


def _denying(above: Criterion) -> bool:
    """Whether a list's lead may turn round what its items say ("none of the following"), whatever was read of it."""
    return _DENIAL.search(above.text) is not None


def _regrouped(
    ours: Sequence[Stated],
    theirs: Sequence[Stated],
    became: dict[int, Change],
    gone: dict[int, Change],
    added: dict[int, Change],
    places: Mapping[int, int],
) -> None:
    """What was only cut in two or put together is told as reworded, with where the parts are."""
    for role in ("inclusion", "exclusion"):
        come_from = {j: i for i, j in places.items()}
        firm = [j for j, change in became.items() if change.kind not in ("unchanged", "reworded")]
        before = dict(wholes(ours, [*gone, *(come_from[j] for j in firm)], role))
        after = dict(wholes(theirs, [*added, *firm], role))
        for j in firm:
            one, other = before.get(come_from[j]), after.get(j)
            if one is None or other is None:
                before.pop(come_from[j], None)
                after.pop(j, None)
            else:
                one.match, other.match = other, one
        regroup([before[i] for i in sorted(before)], [after[j] for j in sorted(after)])
        for i, whole in before.items():
            if whole.partners and whole.match is None:
                gone[i] = replace(gone[i], kind="reworded", note=f"is now a part of {_ids(whole.partners)}")
        for j, whole in after.items():
            if whole.partners and whole.match is None:
                added[j] = replace(added[j], kind="reworded", note=f"was a part of {_ids(whole.partners)}")
        for j in firm:
            kept = after.get(j)
            if kept is not None and kept.match is not None and (kept.partners or kept.match.partners):
                became[j] = _partly(became[j], kept.match, kept, role)


def _partly(change: Change, one: Whole, other: Whole, role: str) -> Change:
    """A matched criterion of which parts went elsewhere, or came from there."""
    steps = between(one.left, other.left, conjunctive=role == "inclusion")
    steps = flipped(steps) if role == "exclusion" else steps
    notes = [f"a part of it is now {_ids(one.partners)}"] if one.partners else []
    notes += [f"a part of it was {_ids(other.partners)}"] if other.partners else []
    kind = _OF_A_RULE[relation(steps)] if steps else "reworded"
    return replace(change, kind=kind, steps=tuple(steps), note="; ".join(notes))


def _ids(criteria: Sequence[Criterion]) -> str:
    return ", ".join(c.id for c in criteria)


__all__ = ["KINDS", "Amendment", "Change", "Kind", "compare"]
