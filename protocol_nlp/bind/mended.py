"""Bounds that the name of their measure makes whole: a direction in the name, a slash that the text has lost."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.annotate.tokens import Term
from protocol_nlp.parts import Bound, Part

# A volume behind a count of cells: "ANC ≥ 1500 mm3" has lost its slash.
_PER = {"mm3": "/mm3", "uL": "/uL", "L": "/L", "mL": "/mL"}
# The extreme of these is a limit of the trial; a "maximum diameter" is the diameter.
_LIMITED = frozenset({"age", "weight", "bmi", "height", "life_expectancy", "creatinine", "gestational_age"})
_ENDS = {"minimum": "low", "min": "low", "min.": "low", "maximum": "high", "max": "high", "max.": "high"}


def counts_cells(term: Term, bound: Bound) -> bool:
    """Whether a volume stands where a number of cells in it is meant."""
    cells = "number_concentration" in term.dimensions and "volume" not in term.dimensions
    return cells and bound.dimension == "volume" and bound.quantity.unit in _PER


def per_volume(bound: Bound) -> Bound:
    """The bound with the unit that is meant, marked."""
    q = bound.quantity
    if q.unit not in _PER or bound.dimension != "volume":
        return bound
    mended = replace(q, unit=_PER[q.unit], issues=(*q.issues, "unit:lost_slash"))
    return replace(bound, quantity=mended, dimension="number_concentration")


def stated_by_name(bound: Bound, parts: list[Part], indices: tuple[int, ...]) -> Bound:
    """ "Minimum age: 18 years": the measure's name says the direction."""
    q = bound.quantity
    if bound.stated or not indices or q.low is None or q.low != q.high:
        return bound
    part = parts[indices[0]]
    term = part.term()
    end = _ENDS.get(part.text.lower().partition(" ")[0])
    if end is None or term is None or term.id not in _LIMITED:
        return bound
    if end == "low":
        return replace(bound, quantity=replace(q, high=None, high_inclusive=False), stated=True, op="ge")
    return replace(bound, quantity=replace(q, low=None, low_inclusive=False), stated=True, op="le")
