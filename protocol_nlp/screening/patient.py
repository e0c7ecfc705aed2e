"""A patient as facts: what was measured, found, given and done, each with its place in the file it came from."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

Section = Literal["conditions", "drugs", "procedures"]
State = Literal["active", "recorded", "resolved", "absent", "never", "suspected", "family", "planned", "ordered"]
"""`recorded`: there at some time, whether now is not said. `absent`: not there now. `never`: not now and not before.
`ordered`: asked for; whether it was given is not said."""
Complete = Literal["conditions", "drugs", "procedures", "plans", "family"]
Sex = Literal["male", "female"]
SECTIONS: Final[tuple[Section, ...]] = ("conditions", "drugs", "procedures")


class Day(NamedTuple):
    """A date that may be known to the month or the year alone: all days from `first` to `last` are possible."""

    first: date
    last: date

    def __str__(self) -> str:
        first, last = self
        if first == last:
            return first.isoformat()
        return f"{first:%Y-%m}" if first.month == last.month and first.year == last.year else f"{first.year:04d}"


def day(text: str) -> Day:
    """The date of "2027-01-15", "2027-01" or "2027". Raises ValueError for anything else."""
    pieces = text.split("-")
    if [len(piece) for piece in pieces] not in ([4], [4, 2], [4, 2, 2]) or not all(
        piece.isascii() and piece.isdigit() for piece in pieces
    ):
        raise ValueError(text)
    year, month, number = (*map(int, pieces), 0, 0)[:3]
    first = date(year, month if len(pieces) > 1 else 1, number if len(pieces) > 2 else 1)
    if len(pieces) > 2:
        return Day(first, first)
    last = month if len(pieces) > 1 else 12
    return Day(first, date(year, last, monthrange(year, last)[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One measured value. `unit` is a UCUM code, null for a plain number; `low` and `high` are the laboratory's limits
    of normal in the same unit. `sign`: "<" where only a limit of detection is known."""

    path: str
    name: str
    measure: str
    amount: Decimal
    sign: Literal["<", "<=", ">=", ">"] | None = None
    unit: str | None = None
    day: Day | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A condition, a drug or a procedure; `id` is null where the name was not resolved.

    `words` are the words it was named by, empty where a code named it. It lasted from some day of `start` to some day
    of `end`; null is not known. `point`: it has a single day, and that is `start`. `confirmed`: by histology.
    """

    path: str
    section: Section
    name: str
    id: str | None
    words: str = ""
    state: State = "active"
    start: Day | None = None
    end: Day | None = None
    point: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Something of the file that decides nothing, and why."""

    path: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """All that a file says of a patient.

    `day` is the day the file describes, `birth` the date of birth, `age` in completed years on `day`. `complete` names
    the lists that leave nothing out, so that what is not in them is not there. `events` are dates of the trial's events
    by the ids of the table of anchors.
    """

    id: str
    path: str
    day: date | None = None
    birth: Day | None = None
    age: Decimal | None = None
    sex: Sex | None = None
    values: tuple[Value, ...] = ()
    facts: tuple[Fact, ...] = ()
    complete: frozenset[Complete] = frozenset()
    events: Mapping[str, date] = field(default_factory=dict)
    unused: tuple[Unused, ...] = ()


__all__ = ["SECTIONS", "Complete", "Day", "Fact", "Patient", "Section", "Sex", "State", "Unused", "Value", "day"]
