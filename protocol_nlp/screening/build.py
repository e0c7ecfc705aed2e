"""Parts of a patient, made of what a file says: what cannot be used is kept with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from protocol_nlp.screening.patient import Complete, Day, Fact, Patient, Section, Sex, State, Unused, Value
from protocol_nlp.screening.resolve import Named, Unresolved, measure, thing, unit

LARGEST: Final = 12
"""Numbers of so many digits before the point, or zeros behind it, are no values of a patient."""


@dataclass(slots=True)
class Builder:
    """Collects a patient; `path` is that of the file."""

    path: str
    values: list[Value] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)

    def leave(self, path: str, what: object, reason: str) -> None:
        self.unused.append(Unused(path=path, what=str(what), reason=reason))

    def value(
        self,
        path: str,
        named: Named,
        amount: Decimal | None,
        *,
        sign: Literal["<", "<=", ">=", ">"] | None = None,
        written: tuple[str | None, str | None] = (None, None),
        day: Day | None = None,
        limits: tuple[Decimal | None, Decimal | None] = (None, None),
    ) -> None:
        """An observation; `written` is the unit's text and its UCUM code."""
        try:
            row = measure(named)
            known = unit(*written)
        except Unresolved as error:
            return self.leave(path, named, str(error))
        if amount is None:
            return self.leave(path, named, "no value")
        if not _sized(amount) or not all(limit is None or _sized(limit) for limit in limits):
            return self.leave(path, named, "a number of no measurable size")
        if amount < 0 and (row.low is None or row.low >= 0):
            return self.leave(path, named, f"{amount} is negative, and {row.name} is never")
        plain = known is None or known.ucum in ("1", "{score}", "{points}", "{ratio}")
        if plain and "none" not in row.dimensions:
            return self.leave(path, named, f"no unit, and {row.name} needs one")
        if plain and row.unit is not None:
            # "Neutrophils 1.5" fits as a bare number in a criterion, where the reader sees which; here nobody does.
            return self.leave(path, named, f"no unit, and {row.name} is measured in {row.unit}")
        if known is not None and not plain and known.dimension not in row.dimensions:
            return self.leave(path, named, f"the unit {known.ucum} is none of {row.name}")
        low, high = limits
        self.values.append(
            Value(
                path=path,
                name=str(named) if named.words else f"{row.name} ({named})",
                measure=row.id,
                amount=amount,
                sign=sign,
                unit=None if plain or known is None else known.ucum,
                day=day,
                low=low,
                high=high,
            )
        )

    def fact(
        self,
        path: str,
        section: Section,
        named: Named,
        state: State,
        *,
        start: Day | None = None,
        end: Day | None = None,
        point: bool = False,
        confirmed: bool = False,
    ) -> None:
        """A condition, drug or procedure. One whose name is not resolved stays as a fact that may be anything."""
        id: str | None = None
        words = ""
        try:
            id, words = thing(named, section)
        except Unresolved as error:
            self.leave(path, named, str(error))
            words = str(named)
        if start and end and end.last < start.first:
            self.leave(path, named, f"it ends ({end}) before it starts ({start})")
            start = end = None
        self.facts.append(
            Fact(
                path=path,
                section=section,
                name=str(named),
                id=id,
                words=words,
                state=state,
                start=start,
                end=end,
                point=point,
                confirmed=confirmed,
            )
        )

    def patient(
        self,
        id: str,
        *,
        day: date | None = None,
        birth: Day | None = None,
        age: Decimal | None = None,
        sex: Sex | None = None,
        complete: frozenset[Complete] = frozenset(),
        events: Mapping[str, date] | None = None,
    ) -> Patient:
        return Patient(
            id=id,
            path=self.path,
            day=day,
            birth=birth,
            age=age,
            sex=sex,
            values=tuple(self.values),
            facts=tuple(self.facts),
            complete=complete,
            events=dict(events or {}),
            unused=tuple(self.unused),
        )


def _sized(value: Decimal) -> bool:
    if not value.is_finite() or len(value.as_tuple().digits) > 28:
        return False
    return not value or -LARGEST < value.adjusted() < LARGEST
