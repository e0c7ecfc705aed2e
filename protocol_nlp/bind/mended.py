"""What the words at a measure make of its bound: a direction, a lost slash, a change; and fractions of sight."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.annotate.tokens import Term
from protocol_nlp.parts import Bound, Part
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import Concept

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


# The second numbers of Snellen's chart, at 20 feet and at 6 metres.
_CHART: dict[int, frozenset[int]] = {
    20: frozenset(
        (10, 12, 15, 16, 20, 25, 30, 32, 40, 50, 60, 63, 70, 80, 100, 125, 160, 200, 250, 320, 400, 500, 800)
    ),
    6: frozenset((5, 6, 9, 12, 15, 18, 24, 30, 36, 48, 60)),
}


def snellen(bound: Bound) -> bool:
    """Whether a pair of numbers is a line of the eye chart: "20/40", "6/12"."""
    q = bound.quantity
    if not bound.pair or q.low is None or q.high is None or bound.dimension is not None:
        return False
    return int(q.high) in _CHART.get(int(q.low), ()) and q.low == int(q.low) and q.high == int(q.high)


def changed(parts: list[Part], first: int, last: int, i: int) -> Concept | None:
    """ "Creatinine increase ≥ 0.3 mg/dL", "decrease in eGFR > 25 %": a change of the measure is no value of it."""
    for k in range(last + 1, i):
        if parts[k].kind == "WORD" and is_a("change", parts[k].text):
            return _named(parts, first, k)
    for k in range(first - 1, max(-1, first - 3), -1):
        if parts[k].kind == "WORD" and is_a("change", parts[k].text) and first - k == 2:
            return _named(parts, k, last)
    return None


def _named(parts: list[Part], start: int, end: int) -> Concept:
    text = " ".join(p.text for p in parts[start : end + 1])
    return Concept(span=parts[start].span.cover(parts[end].span), text=text)
