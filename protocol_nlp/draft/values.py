"""Parameters of a template: what a value may be, how it stands in the wording, and how on the canonical line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from protocol_nlp import lexicon
from protocol_nlp.draft.document import Items, Node, fault
from protocol_nlp.draft.fields import items, nearest, text
from protocol_nlp.nomenclature import ancestors

UCUM: Final[dict[str, str]] = {"hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a"}
DAYS: Final[dict[str, Decimal]] = {
    "hour": Decimal(1) / 24,
    "day": Decimal(1),
    "week": Decimal(7),
    "month": Decimal("30.4375"),
    "year": Decimal("365.25"),
}
"""Days in a unit of time, for ranges alone; no value is ever converted."""
_NUMBER: Final = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?")
_LENGTH: Final = re.compile(r"(\d{1,5}) (hour|day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as written: a whole number of one unit."""

    number: int
    unit: str

    @property
    def days(self) -> Decimal:
        return self.number * DAYS[self.unit]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


Value = Decimal | Length | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberKind:
    """A bound from `low` to `high`, both included, with at most so many `decimals`; its unit stands in the wording."""

    low: Decimal
    high: Decimal
    decimals: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthKind:
    """A length of time from `low` to `high`, both included."""

    low: Length
    high: Length
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One of these events of the trial; the words for each, by its id in the table of anchors."""

    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptsKind:
    """A list of ids of one table of the lexicon ("histology"), in any order, each once; at most `most` of them.

    `among` holds the range: all of the table, or of one class of its drugs, save those whose name is not read back.
    """

    table: str
    among: tuple[str, ...]
    most: int


Kind = NumberKind | LengthKind | EventKind | ConceptsKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a template: its kind with the range, its default, and what it may not exceed.

    `at_most` names another parameter of the template whose value is an upper bound for this one.
    """

    name: str
    kind: Kind
    default: Value
    at_most: str | None = None

    def read(self, node: Node, path: str) -> Value:
        """The value at a place of a file. Raises SourceError with the line where it is none, or out of range."""
        value = read(self.kind, node, path, self.name)
        if reason := outside(self.kind, value):
            fault(path, node.line, f"{self.name}: {reason}")
        return value

    @property
    def range(self) -> str:
        """The range in words, for comments and messages."""
        match self.kind:
            case NumberKind(low=low, high=high, unit=unit):
                return f"{low:f} to {high:f}{' ' + unit if unit else ''}"
            case LengthKind(low=low_length, high=high_length):
                return f"{low_length} to {high_length}"
            case EventKind(words=words):
                return ", ".join(words)
            case ConceptsKind(table=table, most=most):
                return f"1 to {most} of the table of {table}"


def read(kind: Kind, node: Node, path: str, what: str) -> Value:
    """The value that a node states, whether in range or not. Raises SourceError where it states none."""
    match kind:
        case ConceptsKind():
            nodes = items(node, path, what) if isinstance(node, Items) else (node,)
            return tuple(text(n, path, what) for n in nodes)
        case EventKind():
            return text(node, path, what)
        case LengthKind(units=units):
            said = text(node, path, what)
            found = _LENGTH.fullmatch(said)
            if not found or found[2] not in units or str(length := Length(int(found[1]), found[2])) != said:
                fault(path, node.line, f"{what}: {said!r} is no length of time such as '14 days' ({', '.join(units)})")
            return length
        case NumberKind():
            said = text(node, path, what)
            if not _NUMBER.fullmatch(said.lstrip("-")):
                fault(path, node.line, f"{what}: {said!r} is no number")
            return Decimal(said)


def outside(kind: Kind, value: Value) -> str | None:
    """Why a value is none that the kind allows, or null."""
    match kind, value:
        case NumberKind(low=low, high=high, decimals=decimals), Decimal():
            if not low <= value <= high:
                return f"{value:f} is outside {low:f} to {high:f}"
            exponent = value.as_tuple().exponent
            if isinstance(exponent, int) and -exponent > decimals:
                return f"{value:f} has more than {decimals} digits behind the point"
        case LengthKind(low=least, high=most), Length():
            if not least.days <= value.days <= most.days or not value.number:
                return f"{value} is outside {least} to {most}"
        case EventKind(words=words), str():
            if value not in words:
                return f"{value!r} is no event to count from here{nearest(value, words)}"
        case ConceptsKind(), tuple():
            return _concepts(kind, value)
        case _:
            return f"{value!r} is a value of another kind"
    return None


def _concepts(kind: ConceptsKind, value: tuple[str, ...]) -> str | None:
    if not 1 <= len(value) <= kind.most:
        return f"{len(value)} names; 1 to {kind.most} are possible"
    names = names_of(kind.table)
    for id in value:
        if id not in names:
            return f"unknown {kind.table} {id!r}{nearest(id, names)}"
        if id not in kind.among:
            return f"{id!r} is not for this criterion"
    doubles = [id for id in value if value.count(id) > 1]
    return f"{doubles[0]!r} stands twice" if doubles else None


@cache
def names_of(table: str) -> Mapping[str, str]:
    """The names of a table's things by the id without its prefix ("synovial_sarcoma": "synovial sarcoma")."""
    prefix = f"{table}:"
    return {e.id.removeprefix(prefix): e.name for e in lexicon.entries() if e.id.startswith(prefix)}


@cache
def members(table: str, drug_class: str) -> tuple[str, ...]:
    """The ids of a table's things that are of a class or of one below it, as the lexicon has it."""
    prefix = f"{table}:"
    found = (id for id, above in ancestors().items() if id.startswith(prefix) and f"class:{drug_class}" in above)
    return tuple(id.removeprefix(prefix) for id in found)


def words(kind: Kind, value: Value) -> str:
    """The value as it stands in the wording."""
    match kind, value:
        case NumberKind(), Decimal():
            return f"{value:f}"
        case EventKind(words=events), str():
            return events[value]
        case ConceptsKind(table=table), tuple():
            names = [names_of(table)[id] for id in value]
            return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        case _:
            return str(value)


def canonical(kind: Kind, value: Value) -> str:
    """The value as it stands on the canonical line of an expression."""
    match kind, value:
        case NumberKind(), Decimal():
            return f"{value:f}"
        case LengthKind(), Length():
            return f"{value.number} {UCUM[value.unit]}"
        case ConceptsKind(table=table), tuple():
            ids = [f"{table}:{id}" for id in value]
            return ids[0] if len(ids) == 1 else f"any({'; '.join(ids)})"
        case _:
            return str(value)


__all__ = [
    "ConceptsKind",
    "EventKind",
    "Kind",
    "Length",
    "LengthKind",
    "NumberKind",
    "Parameter",
    "Value",
    "canonical",
    "members",
    "names_of",
    "outside",
    "read",
    "words",
]
