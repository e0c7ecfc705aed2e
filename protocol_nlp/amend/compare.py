"""Two trials -> what changed between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from protocol_nlp.amend.match import Stated, moved, pairs, stated
from protocol_nlp.amend.meaning import differences
from protocol_nlp.amend.step import Relation, Step, flipped, relation
from protocol_nlp.amend.words import folded, turning
from protocol_nlp.tree import And, Criterion, Expr, Or, Registration, Trial

Kind = Literal["added", "removed", "loosened", "tightened", "both", "changed", "reworded", "unchanged"]
"""loosened: more people may take part; tightened: fewer; both: some more and some fewer; changed: nobody can say
without reading it; reworded: other words, the same meaning."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_DENIAL: Final = re.compile(r"\b(?:no|not|none|never|neither|without|except|unless)\b", re.IGNORECASE)
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
    _split(became, added)
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
        return replace(change, moved=True, note=f"moved from {one.role} to {other.role}")
    if one.list_missing != other.list_missing:
        return replace(change, note="the list that it promises is missing in one version")
    if same_words:
        return replace(change, kind="unchanged")
    if one.expr is None or other.expr is None:
        return change
    steps = differences(one.expr, other.expr)
    if not steps:
        # Words that no node holds may still turn the meaning round.
        same = turning(one.text, one.lead.start, one.expr) == turning(other.text, other.lead.start, other.expr)
        return replace(change, kind="reworded" if same else "changed", note="" if same else "other numbers or denials")
    if one.role == "exclusion":
        steps = flipped(steps)
    kind = _OF_A_RULE[relation(steps)]
    if one.role is None or any(map(_denying, (*a.above, *b.above))):
        return replace(change, steps=tuple(steps), note="its section or list does not say which way it counts")
    return replace(change, kind=kind, steps=tuple(steps))


def _denying(above: Criterion) -> bool:
    """Whether a list's lead may turn round what its items say ("none of the following"), whatever was read of it."""
    return _DENIAL.search(above.text) is not None


def _split(became: dict[int, Change], added: dict[int, Change]) -> None:
    """A member that left a criterion and now stands as one of its own has not been dropped: both are only reworded.

    Among inclusions that goes for members of an "and", among exclusions for those of an "or".
    """
    for j, change in became.items():
        role = change.after.role if change.after else None
        kind = {"inclusion": And, "exclusion": Or}.get(role or "")
        if kind is None or change.kind not in ("loosened", "tightened", "both") or not change.steps:
            continue
        members = _members(change.before, kind)
        taken = {n: new for n, new in added.items() if _is_one_of(new.after, members, role)}
        if taken and len(taken) == sum(bool(s.before and not s.after) for s in change.steps) == len(change.steps):
            ids = ", ".join(new.after.id for new in taken.values() if new.after)
            became[j] = replace(change, kind="reworded", steps=(), note=f"a part of it is now {ids}")
            for n, new in taken.items():
                own = change.before.id if change.before else ""
                added[n] = replace(new, kind="reworded", note=f"was a part of {own}")


def _members(criterion: Criterion | None, kind: type[And | Or]) -> Sequence[Expr]:
    expr = criterion.expr if criterion else None
    return expr.operands if isinstance(expr, kind) else ()


def _is_one_of(criterion: Criterion | None, members: Sequence[Expr], role: str | None) -> bool:
    expr = criterion.expr if criterion and criterion.role == role else None
    return expr is not None and any(not differences(member, expr) for member in members)


__all__ = ["KINDS", "Amendment", "Change", "Kind", "compare"]
