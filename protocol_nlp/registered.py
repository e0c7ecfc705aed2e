"""The registry's own fields that limit who may take part: sex and the limits of age.

Many entries state them nowhere else, so that whoever asks or decides all criteria has to ask and decide these as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from protocol_nlp.tree import Comparison, Condition, Criterion, Registration, Trial, criteria, walk

FieldName = Literal["sex", "minimum_age", "maximum_age"]
UNITS: Final = {"year": "a", "month": "mo", "week": "wk", "day": "d"}
"""The registry's words for units of age, and their UCUM codes."""
_AGE = re.compile(rf"\s*(\d+)\s*({'|'.join(UNITS)})s?\s*", re.IGNORECASE)
_PERSONS: Final = {"FEMALE": "person:women", "MALE": "person:men"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A field as `stated`, read: `sex` is "female" or "male"; `age` is a number and its UCUM unit, both included.

    Both are null where the field says something else.
    """

    name: FieldName
    stated: str
    sex: str | None = None
    age: tuple[Decimal, str] | None = None

    @property
    def key(self) -> str:
        """Names the field among rows and answers."""
        return field_key(self.name)


def field_key(name: FieldName) -> str:
    """ "registry minimum age"."""
    return f"registry {name.replace('_', ' ')}"


def limits(entry: Registration) -> Iterator[Limit]:
    """The fields that turn somebody away; none for what is open to all."""
    if entry.sex and entry.sex.upper() != "ALL":
        known = entry.sex.upper() in _PERSONS
        yield Limit(name="sex", stated=entry.sex, sex=entry.sex.lower() if known else None)
    if entry.minimum_age:
        yield Limit(name="minimum_age", stated=entry.minimum_age, age=age(entry.minimum_age))
    if entry.maximum_age:
        yield Limit(name="maximum_age", stated=entry.maximum_age, age=age(entry.maximum_age))


def age(field: str | None) -> tuple[Decimal, str] | None:
    """The number and the UCUM unit of an age limit; None for a field that is empty or says anything else."""
    found = _AGE.fullmatch(field or "")
    return (Decimal(found[1]), UNITS[found[2].lower()]) if found else None


def in_criteria(limit: Limit, trial: Trial) -> bool:
    """Whether an inclusion asks for the same as the field does."""
    if limit.name == "sex":
        wanted = _PERSONS.get(limit.stated.upper())
        inclusions = (c.expr for c in criteria(trial) if c.role == "inclusion" and c.expr)
        return any(isinstance(n, Condition) and n.concept.id == wanted for expr in inclusions for n in walk(expr))
    return any(value == limit.age for _, value in ages(limit.name, criteria(trial)))


def stated_otherwise(limit: Limit, among: Iterable[Criterion]) -> Criterion | None:
    """The first inclusion that states another limit of age than the field does."""
    return next((criterion for criterion, value in ages(limit.name, among) if value != limit.age), None)


def ages(name: FieldName, among: Iterable[Criterion]) -> Iterator[tuple[Criterion, tuple[Decimal, str]]]:
    """The lower, or the upper, bounds of age in inclusions."""
    for criterion in among:
        if criterion.role != "inclusion" or criterion.expr is None:
            continue
        for node in walk(criterion.expr):
            if isinstance(node, Comparison) and node.measure and node.measure.id == "age":
                side = {"minimum_age": node.quantity.low, "maximum_age": node.quantity.high}.get(name)
                if side is not None:
                    yield criterion, (side, node.quantity.unit or "a")


__all__ = ["UNITS", "FieldName", "Limit", "age", "ages", "field_key", "in_criteria", "limits", "stated_otherwise"]
