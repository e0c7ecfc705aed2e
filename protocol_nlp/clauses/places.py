"""Where in an item a list stands, which decides what its commas and its "and" mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from protocol_nlp.tree import Role

Op = Literal["AND", "OR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`kind`: a rule says what it says; a list illustrates or counts what stands before it, so its things are
    alternatives; what is denied or exempt is so each for itself. `op` is a connective that a count states."""

    role: Role | None = None
    kind: Literal["rule", "list", "denied", "exempt"] = "rule"
    op: Op | None = None
    top: bool = True

    def inside(self, kind: Literal["rule", "list", "denied", "exempt"], op: Op | None = None) -> Place:
        """The place of a part within this one."""
        return replace(self, kind=kind, op=op, top=False)


__all__ = ["Op", "Place"]
