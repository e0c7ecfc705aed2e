"""One difference between two readings, and whom it lets in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

Relation = Literal["same", "wider", "narrower", "both", "unclear"]
"""Whom the new reading holds for: the same people; more; fewer; some more and some fewer; nobody can say."""

_FLIPPED: Final[dict[Relation, Relation]] = {"wider": "narrower", "narrower": "wider"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One difference: its relation for the whole criterion, and the piece before and after in plain words.

    `before` is empty for what was added, `after` for what was removed.
    """

    relation: Relation
    before: str = ""
    after: str = ""


def relation(steps: Iterable[Step]) -> Relation:
    """What all differences come to."""
    found = {step.relation for step in steps} - {"same"}
    if not found:
        return "same"
    if "unclear" in found:
        return "unclear"
    return found.pop() if len(found) == 1 else "both"


def flipped(steps: Iterable[Step]) -> list[Step]:
    """The same differences seen from behind a denial, a guard or an exception."""
    return [replace(step, relation=_FLIPPED.get(step.relation, step.relation)) for step in steps]


__all__ = ["Relation", "Step", "flipped", "relation"]
