"""Bounds and time windows of two versions: which holds for more people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from protocol_nlp import lexicon
from protocol_nlp.amend.step import Relation, Step, relation
from protocol_nlp.amend.words import same_thing
from protocol_nlp.phrases import window
from protocol_nlp.tree import Comparison, Expr, Quantity, TimeWindow

# With one of these the number or its direction is not sure, and a change of it has no sure direction.
_HARMLESS: Final = frozenset({"number:implied", "measure:implied", "unit:misspelt", "comparator:spaced"})
_CALENDAR: Final = frozenset({"mo", "a"})
# Months and years differ by days: bounds nearer to each other than three days may be the same or not.
_NEAR: Final = Decimal(3 * 86_400)


class _Range(NamedTuple):
    """Bounds in one unit; null is open."""

    low: Decimal | None
    high: Decimal | None


def bounds(a: Quantity, b: Quantity) -> Relation:
    """How the values that `b` allows stand to those that `a` allows; units are converted where one table row knows."""
    if a.reference != b.reference or (a.low, a.high) == (None, None) or (b.low, b.high) == (None, None):
        return "same" if _plain(a) == _plain(b) else "unclear"
    ranges = _in_one_unit(a, b)
    if ranges is None:
        return "unclear"
    one, other = ranges
    found = {
        _end(one.low, other.low, a.low_inclusive, b.low_inclusive, up="narrower"),
        _end(one.high, other.high, a.high_inclusive, b.high_inclusive, up="wider"),
    }
    told = relation(Step(relation=r) for r in found)
    doubts = {*a.issues, *b.issues} - _HARMLESS
    if doubts and (told != "same" or a.issues != b.issues):
        return "unclear"
    return told


def on_scale(node: Comparison) -> Quantity:
    """The node's bound without an end that is that of the scale itself: "ECOG 0 to 1" is at most 1."""
    quantity, measure = node.quantity, _scales().get(node.measure.id if node.measure else None)
    if measure is None or quantity.reference or None in (quantity.low, quantity.high):
        return quantity
    if quantity.low == measure[0] == 0 and quantity.low_inclusive:
        return replace(quantity, low=None)
    if measure[1] is not None and quantity.high == measure[1] and quantity.high_inclusive:
        return replace(quantity, high=None)
    return quantity


@cache
def _scales() -> dict[str | None, tuple[Decimal | None, Decimal | None]]:
    """The ends of each measure: the lower of any, the upper of scores alone, whose plausible end is their last."""
    return {m.id: (m.low, m.high if "score" in m.dimensions else None) for m in lexicon.measures()}


def complement(quantity: Quantity) -> Quantity | None:
    """What a denied bound leaves ("not < 100" is ≥ 100); null for a range, or a bound that is not sure."""
    if doubtful(quantity) or (quantity.low is None) == (quantity.high is None):
        return None
    return replace(
        quantity,
        low=quantity.high,
        high=quantity.low,
        low_inclusive=quantity.high is not None and not quantity.high_inclusive,
        high_inclusive=quantity.low is not None and not quantity.low_inclusive,
    )


def doubtful(quantity: Quantity) -> bool:
    """Whether the text leaves open what a bound is, or which way it points."""
    return bool({*quantity.issues} - _HARMLESS)


def _plain(q: Quantity) -> tuple[object, ...]:
    return (q.low, q.high, q.low_inclusive, q.high_inclusive, q.unit, q.reference)


def _end(a: Decimal | None, b: Decimal | None, a_in: bool, b_in: bool, *, up: Relation) -> Relation:
    """One end of a range: `up` is what a larger number means."""
    down: Relation = "wider" if up == "narrower" else "narrower"
    if a is None or b is None:
        if a is b:
            return "same"
        return "wider" if b is None else "narrower"
    if a != b:
        return up if b > a else down
    if a_in == b_in:
        return "same"
    return "wider" if b_in else "narrower"


def _in_one_unit(a: Quantity, b: Quantity) -> tuple[_Range, _Range] | None:
    one, other = _Range(a.low, a.high), _Range(b.low, b.high)
    if a.unit == b.unit:
        return one, other
    known = _units()
    if a.unit not in known or b.unit not in known:
        return None
    (here, a_factor), (there, b_factor) = known[a.unit], known[b.unit]
    if here != there or not a_factor or not b_factor:
        return None
    one = _Range(*(None if n is None else n * a_factor for n in one))
    other = _Range(*(None if n is None else n * b_factor for n in other))
    if (a.unit in _CALENDAR) != (b.unit in _CALENDAR) and any(
        m is not None and n is not None and abs(m - n) <= _NEAR and max(m, n) for m, n in zip(one, other, strict=True)
    ):
        return None
    return one, other


@cache
def _units() -> dict[str | None, tuple[str, Decimal | None]]:
    return {unit.ucum: (unit.dimension, unit.factor) for unit in lexicon.units()}


def ranged(operands: Sequence[Expr]) -> list[Expr]:
    """The members of an "and", with "at least 1" and "at most 2" of one measure as one range."""
    out: list[Expr] = []
    for operand in operands:
        before = out[-1] if out else None
        if isinstance(before, Comparison) and isinstance(operand, Comparison) and _ends(before, operand):
            low, high = sorted((before.quantity, operand.quantity), key=lambda q: q.low is None)
            quantity = replace(low, high=high.high, high_inclusive=high.high_inclusive)
            out[-1] = replace(before, quantity=quantity, span=before.span.cover(operand.span))
        else:
            out.append(operand)
    return out


def _ends(a: Comparison, b: Comparison) -> bool:
    """Whether two bounds are the two ends of one range."""
    p, q = a.quantity, b.quantity
    plain = not any((*c.qualifiers, *c.alternatives, *c.issues, *c.quantity.issues) for c in (a, b))
    alike = a.measure is not None and b.measure is not None and a.measure.id == b.measure.id is not None
    if not (plain and alike) or (p.unit, p.reference) != (q.unit, q.reference):
        return False
    low, high = (p, q) if p.low is not None else (q, p)
    if None in (low.low, high.high) or low.high is not None or high.low is not None:
        return False
    return low.low is not None and high.high is not None and low.low <= high.high


def windows(a: TimeWindow, b: TimeWindow) -> list[Step]:
    """How the window of `b` stands to that of `a`, for what happened in it."""
    told = _window(a, b)
    return [] if told == "same" else [Step(relation=told, before=window(a), after=window(b))]


def _window(a: TimeWindow, b: TimeWindow) -> Relation:
    """Of times that "or" joins, one more lets more in."""
    ours, theirs = a.each, b.each
    if len(ours) == len(theirs):
        return relation(Step(relation=_one_window(x, y)) for x, y in zip(ours, theirs, strict=True))
    fewer, more = sorted((ours, theirs), key=len)
    if not all(any(_one_window(x, y) == "same" for y in more) for x in fewer):
        return "unclear"
    return "wider" if len(theirs) > len(ours) else "narrower"


def _one_window(a: TimeWindow, b: TimeWindow) -> Relation:
    if a.side != b.side or (a.anchor is None) != (b.anchor is None) or {*a.issues} != {*b.issues}:
        return "unclear"
    if a.anchor and b.anchor and not same_thing(a.anchor, b.anchor, loosely=True):
        return "unclear"
    if a.length is None or b.length is None:
        return "same" if a.length is b.length else "unclear"
    if a.pick == b.pick and len(a.alternatives) == len(b.alternatives):
        pairs = zip((a.length, *a.alternatives), (b.length, *b.alternatives), strict=True)
        return relation(Step(relation=_length(x, y, a.side)) for x, y in pairs)
    return _picked(a, b)


def _length(a: Quantity, b: Quantity, side: str | None) -> Relation:
    told = bounds(a, b)
    if told != "both" or not (_fixed(a) and _fixed(b)):
        return told
    # "for 6 months after": a longer stretch asks for more; "6 months before" alone has no direction
    ranges = _in_one_unit(a, b) if side == "after" else None
    if ranges is None or ranges[0].low is None or ranges[1].low is None:
        return "unclear"
    return "narrower" if ranges[1].low > ranges[0].low else "wider"


def _fixed(q: Quantity) -> bool:
    return q.low is not None and q.low == q.high


def _picked(a: TimeWindow, b: TimeWindow) -> Relation:
    """Windows of which one has more lengths to pick from, or picks the other way: "whichever is longer"."""
    assert a.length
    assert b.length
    ours, theirs = (a.length, *a.alternatives), (b.length, *b.alternatives)
    if any(q.low is not None for q in (*ours, *theirs)) or None in (a.pick or b.pick, b.pick or a.pick):
        return "unclear"
    if len(ours) == len(theirs):
        if _window_lengths(ours, theirs) != "same":
            return "unclear"
        return {("longer", "shorter"): "narrower", ("shorter", "longer"): "wider"}.get((a.pick, b.pick), "unclear")  # type: ignore[return-value, arg-type]
    fewer, more = sorted((ours, theirs), key=len)
    if len(fewer) != 1 or bounds(fewer[0], more[0]) != "same":
        return "unclear"
    added = len(theirs) > len(ours)
    match b.pick if added else a.pick:
        case "longer":
            return "wider" if added else "narrower"
        case "shorter":
            return "narrower" if added else "wider"
        case _:
            return "unclear"


def _window_lengths(ours: Sequence[Quantity], theirs: Sequence[Quantity]) -> Relation:
    return relation(Step(relation=bounds(x, y)) for x, y in zip(ours, theirs, strict=True))


__all__ = ["bounds", "complement", "doubtful", "on_scale", "ranged", "windows"]
