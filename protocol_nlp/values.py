"""What the leaves of the tree are made of: places in the text, concepts, quantities, windows of time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple

Role = Literal["inclusion", "exclusion"]
Label = Literal["Condition", "Drug", "Procedure", "Device", "Measurement", "Observation", "Person", "Visit"]
Reference = Literal["ULN", "LLN", "baseline", "normal"]
Side = Literal["before", "after", "during"]
Status = Literal["present", "history", "planned", "suspected", "family", "conditional", "absent"]


class Span(NamedTuple):
    """`[start, end)` in Unicode code points of the source text as given."""

    start: int
    end: int

    def cover(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


def hull(spans: list[Span] | tuple[Span, ...]) -> Span:
    """The smallest span that holds all of a non-empty list."""
    return Span(min(s.start for s in spans), max(s.end for s in spans))


# The configuration is read by pydantic, which derives the JSON Schema from these classes.
CLOSED: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An identifier in a public terminology, e.g. system "LOINC", value "751-8"."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    system: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A thing named in the text; `id` and `name` are null where no table or model knows it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    span: Span
    text: str
    id: str | None = None
    name: str | None = None
    label: Label | None = None
    codes: tuple[Code, ...] = ()

    def __str__(self) -> str:
        return self.id or f'"{" ".join(self.text.split())}"'


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

    `alternatives` with `pick` hold "4 weeks or 5 half-lives, whichever is longer".
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

    def __str__(self) -> str:
        parts = [str(self.length) if self.length else "", *(f"| {a}" for a in self.alternatives)]
        parts += [self.pick or "", self.side or "", str(self.anchor) if self.anchor else ""]
        return " ".join(p for p in parts if p)


__all__ = [
    "CLOSED",
    "Code",
    "Concept",
    "Label",
    "Quantity",
    "Reference",
    "Role",
    "Side",
    "Span",
    "Status",
    "TimeWindow",
    "hull",
]
