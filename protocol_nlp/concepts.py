"""What is named in an entry: the place, the thing, short forms and members of classes.

Spans are half-open and count Unicode code points of `Registration.text`, the text as given.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple

Label = Literal["Condition", "Drug", "Procedure", "Device", "Measurement", "Observation", "Person", "Visit"]


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
class Suggestion:
    """A concept that is spelled like a mention, and is not linked: for a person to decide."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    id: str
    name: str
    score: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A thing named in the text; `id` and `name` are null where no table or model knows it.

    `linked` says how the words led to the `id`: they are a name of it, a part of them is, or they are similar to one
    with the `score` (0 to 1; null else). `suggestion` is the best candidate of what was not linked, or not wholly.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    span: Span
    text: str
    id: str | None = None
    name: str | None = None
    label: Label | None = None
    codes: tuple[Code, ...] = ()
    linked: Literal["exact", "part", "similar"] | None = None
    score: Decimal | None = None
    suggestion: Suggestion | None = None

    def __str__(self) -> str:
        return self.id or f'"{" ".join(self.text.split())}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Abbreviation:
    """A short form that the entry explains, where it does so first; `id` of what the long form names, if known.

    `issues`: in the words of docs/issues.md, where the short form usually stands for something else, or is explained
    twice.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    short: str
    long: str
    span: Span
    long_span: Span
    id: str | None = None
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """ "Sarcomas such as liposarcoma": the class, a member of it, and the word that says so ("such_as")."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    relation: str
    general: Span
    special: Span
