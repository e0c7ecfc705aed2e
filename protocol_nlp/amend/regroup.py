"""Criteria cut into two, or put together: the same things are asked, under other numbers.

All inclusions have to hold, and one exclusion is enough: a criterion is therefore worth as much as its parts, the
members of an "and" among inclusions, of an "or" among exclusions. Parts that came from, or went to, another criterion
are neither added nor removed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from protocol_nlp.amend.match import Stated
from protocol_nlp.amend.meaning import differences, meant, parts
from protocol_nlp.amend.words import turning
from protocol_nlp.tree import Criterion, Expr

_JOINS: Final = {"inclusion": "and", "exclusion": "or"}


@dataclass(slots=True)
class Whole:
    """One criterion of either version that changed, with the other version's criterion that it was matched with.

    `left` are the parts that no other criterion holds; `partners` the criteria that hold the rest.
    """

    stated: Stated
    parts: tuple[Expr, ...]
    match: Whole | None = None
    left: list[Expr] = field(default_factory=list)
    partners: list[Criterion] = field(default_factory=list)

    @property
    def criterion(self) -> Criterion:
        return self.stated.criterion


def regroup(ours: Sequence[Whole], theirs: Sequence[Whole]) -> None:
    """Fill `left` and `partners` of criteria of one section; a criterion without partners was not regrouped."""
    alone: set[int] = set()
    while True:
        _meet([w for w in ours if id(w) not in alone], [w for w in theirs if id(w) not in alone])
        halves = [w for w in (*ours, *theirs) if id(w) not in alone and w.match is None and w.left]
        halves += [w for w in (*ours, *theirs) if id(w) not in alone and w.partners and not _sure(w, ours, theirs)]
        if not halves:
            return
        for whole in halves:
            alone.add(id(whole))
            whole.left, whole.partners = list(whole.parts), []


def _meet(ours: Sequence[Whole], theirs: Sequence[Whole]) -> None:
    """Each part meets one of the same meaning, first in the criterion's own match."""
    for whole in (*ours, *theirs):
        whole.left, whole.partners = list(whole.parts), []
    for whole in ours:
        if whole.match is not None:
            _take(whole, whole.match)
    for whole in ours:
        for other in theirs:
            if other is not whole.match and _take(whole, other):
                whole.partners.append(other.criterion)
                other.partners.append(whole.criterion)


def _take(one: Whole, other: Whole) -> bool:
    met = False
    for a in tuple(one.left):
        b = next((b for b in other.left if not differences(a, b)), None)
        if b is not None:
            one.left.remove(a)
            other.left.remove(b)
            met = True
    return met


def _sure(whole: Whole, ours: Sequence[Whole], theirs: Sequence[Whole]) -> bool:
    """Whether the numbers and denials that no node holds are the same in all criteria that share parts."""
    found, queue = {id(whole): whole}, [whole]
    while queue:
        at = queue.pop()
        next_to = [w for w in (*ours, *theirs) if w.criterion in at.partners or w is at.match]
        queue += [w for w in next_to if id(w) not in found]
        found |= {id(w): w for w in next_to}
    sides = [sum((_turning(w) for w in side if id(w) in found), Counter[str]()) for side in (ours, theirs)]
    return sides[0] == sides[1]


def _turning(whole: Whole) -> Counter[str]:
    criterion = whole.criterion
    return turning(criterion.text, criterion.lead.start, criterion.expr) if criterion.expr else Counter()


def wholes(stated: Sequence[Stated], indexes: Sequence[int], role: str) -> Iterator[tuple[int, Whole]]:
    """The criteria of a section whose parts count by themselves, with their position."""
    for i in indexes:
        criterion, above = stated[i]
        free = all(a.form == "heading" or _joins(a, role) for a in above)
        if criterion.role == role and criterion.expr is not None and free and not criterion.list_missing:
            if criterion.children and not _joins(criterion, role):
                continue
            yield i, Whole(stated[i], parts(meant(criterion.expr, role), conjunctive=role == "inclusion"))


def _joins(lead: Criterion, role: str) -> bool:
    """Whether a list asks of each item what its section asks of each criterion."""
    governs = lead.governs
    return governs is not None and governs.connective == _JOINS[role] and not governs.denied and not governs.windows


__all__ = ["Whole", "regroup", "wholes"]
