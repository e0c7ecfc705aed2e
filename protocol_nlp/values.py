"""What the leaves of the tree hold: quantities and windows of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Literal

from protocol_nlp.concepts import CLOSED, Concept, Span

Role = Literal["inclusion", "exclusion"]
Reference = Literal["ULN", "LLN", "baseline", "normal"]
Side = Literal["before", "after", "during"]
Status = Literal["present", "history", "planned", "suspected", "family", "conditional", "absent", "optional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A bound or a range: numbers as written, unit in UCUM (or as written where there is no code).

    `reference` says that the numbers are multiples of a limit: 2.5 with "ULN" is 2.5 x ULN.
    `issues` names what is uncertain, in the words of docs/issues.md ("comparator:lost").
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    span: Span
    low: Decimal | None = None
    high: Decimal | None = None
    low_inclusive: bool = False
    high_inclusive: bool = False
    unit: str | None = None
    unit_text: str | None = None
    reference: Reference | None = None
    issues: tuple[str, ...] = ()

    def __str__(self) -> str:
        tail = f" {self.reference}" if self.reference else ""
        tail += f" {self.unit}" if self.unit else ""
        low, high = self.low, self.high
        if low is not None and high is not None:
            if low == high and self.low_inclusive and self.high_inclusive:
                return f"= {low}{tail}"
            left, right = "[("[not self.low_inclusive], "])"[not self.high_inclusive]
            return f"{left}{low}, {high}{right}{tail}"
        if low is not None:
            return f"{'>=' if self.low_inclusive else '>'} {low}{tail}"
        if high is not None:
            return f"{'<=' if self.high_inclusive else '<'} {high}{tail}"
        return f"?{tail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """A stretch of time: its length (null for "during the study"), its side, the event it is counted from.

    `alternatives` with `pick` hold "4 weeks or 5 half-lives, whichever is longer": lengths before one event.
    `others` are the times that "or" joins to this one, with events of their own ("within 4 weeks before enrollment or
    during the study"): what the window governs lies in one of them. They have no `others` themselves, and `span`, as
    all else here, is of the first alone; `each` is all of them.
    No `anchor` is a fact to audit, not an error.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    span: Span
    length: Quantity | None = None
    side: Side | None = None
    anchor: Concept | None = None
    alternatives: tuple[Quantity, ...] = ()
    pick: Literal["longer", "shorter", "either"] | None = None
    marks: tuple[Span, ...] = ()
    issues: tuple[str, ...] = ()
    others: tuple[TimeWindow, ...] = ()

    @property
    def each(self) -> tuple[TimeWindow, ...]:
        """The window and its others, each as a window of its own."""
        return (replace(self, others=()), *self.others) if self.others else (self,)

    def __str__(self) -> str:
        if self.others:
            return " or ".join(map(str, self.each))
        parts = [str(self.length) if self.length else "", *(f"| {a}" for a in self.alternatives)]
        parts += [self.pick or "", self.side or "", str(self.anchor) if self.anchor else ""]
        return " ".join(p for p in parts if p)


__all__ = ["Quantity", "Reference", "Role", "Side", "Status", "TimeWindow"]
