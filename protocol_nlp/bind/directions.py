""" "Or better", "worse than": which way they turn a bound depends on what is measured."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from protocol_nlp.annotate.tables import rows
from protocol_nlp.parts import Bound
from protocol_nlp.tree import Concept

_TURNED = frozenset({"worse", "better", "worse_or", "better_or"})


@cache
def _worse() -> dict[str, str]:
    """Measure -> its worse end, high or low."""
    return {id: row["worse"] for row in rows("directions") for id in row["measures"].split("|")}


def turned(bound: Bound, concepts: tuple[Concept, ...]) -> Bound:
    """The bound with its side, where the measure tells it; else open to neither side, and marked."""
    q = bound.quantity
    if bound.op not in _TURNED or q.low is None or q.low != q.high:
        return bound
    end = _end(bound, concepts[0] if concepts else None)
    if end is None:
        return replace(bound, quantity=replace(q, issues=(*q.issues, "comparator:side_unclear")))
    up = (end == "high") == bound.op.startswith("worse")
    inclusive = bound.op.endswith("_or")
    sides: dict[str, Any] = (
        {"low_inclusive": inclusive, "high": None, "high_inclusive": False}
        if up
        else {"high_inclusive": inclusive, "low": None, "low_inclusive": False}
    )
    op = ("g" if up else "l") + ("e" if inclusive else "t")
    return replace(bound, quantity=replace(q, **sides), op=op)


def _end(bound: Bound, concept: Concept | None) -> str | None:
    known = _worse().get(concept.id or "") if concept is not None else None
    if known is not None:
        return known
    # "grade 2 or worse neuropathy": a thing that is graded
    graded = bound.scale is not None or (concept is not None and concept.label == "Condition")
    return "high" if graded and bound.dimension is None else None
