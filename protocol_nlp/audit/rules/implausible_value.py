from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.lexicon import Measure, Unit, units
from protocol_nlp.tree import Comparison, Quantity


@rule(code="SAF001", severity="error")
def implausible_value(document: Document) -> Iterator[Draft]:
    """A limit lies outside what a living person can have in this unit: a slip of the number, or of the unit.

    Why it matters
        A haemoglobin of 90 g/dL does not exist. Whoever repairs the limit in the head may repair it wrongly.
    Example
        Inclusion: Hemoglobin ≥ 90 g/dL
    Use instead
        Inclusion: Hemoglobin ≥ 90 g/L
    """
    for node, _, item in document.nodes(Comparison):
        known = measure(node.measure)
        if node.measure is None or known is None or known.unit is None:
            continue
        for quantity in (node.quantity, *node.alternatives):
            if not _outside(quantity, known):
                continue
            place = node.measure.span.cover(quantity.span)
            yield Draft(
                span=place,
                message=f"{known.name} lies between {known.low} and {known.high} {known.unit}",
                readings=Readings("the number is right, the unit wrong", "the unit is right, the number wrong"),
                question=f"“{item.quote(place)}”: is it the number or the unit that is wrong?",
            )


def _outside(quantity: Quantity, known: Measure) -> bool:
    """Whether a number of the quantity is beyond the bounds of the plausible, both in one unit."""
    if quantity.unit is None or quantity.reference:
        return False
    here, there = _units().get(quantity.unit), _units().get(known.unit or "")
    if here is None or there is None or here.canonical != there.canonical or not (here.factor and there.factor):
        return False
    values = [v * here.factor / there.factor for v in (quantity.low, quantity.high) if v is not None and v != 0]
    low, high = known.low or Decimal(0), known.high
    return any(v < low or (high is not None and v > high) for v in values)


@cache
def _units() -> dict[str, Unit]:
    return {unit.ucum: unit for unit in units()}
