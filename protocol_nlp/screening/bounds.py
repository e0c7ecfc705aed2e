"""Measured values against a bound, in whichever units the tables can convert exactly or by a known molar mass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import repeat
from typing import Final, Literal

from protocol_nlp.checklist.bounds import trusted
from protocol_nlp.checklist.conversion import in_canonical
from protocol_nlp.display import amount, issue, number
from protocol_nlp.lexicon import Measure, measures, units
from protocol_nlp.screening.patient import Day, Patient, Value
from protocol_nlp.tree import Comparison, Quantity

HARMLESS: Final = frozenset({"comparator:spaced", "comparator:doubled", "unit:misspelt"})
NEAR: Final = Decimal("0.005")
"""A molar mass is a rounded number: so near to a bound, as a share of it, a converted value decides nothing."""
SMALLEST: Final = Decimal("0.001")
"""Of the largest plausible value: what is smaller is a bound in the wrong unit."""
PLAIN: Final = frozenset({None, "1", "{score}", "{points}", "{ratio}"})


def flaw(node: Comparison) -> str:
    """Why a bound cannot be held against a value; empty where it can."""
    if node.measure is None or node.measure.id is None:
        return "the measure is not known"
    issues = (*node.issues, *(i for q in (node.quantity, *node.alternatives) for i in q.issues))
    doubts = [i for i in issues if i not in HARMLESS]
    if doubts:
        return f"doubtful in the entry: {', '.join(map(issue, dict.fromkeys(doubts)))}"
    if node.qualifiers:
        return "the entry qualifies the measure, and a value does not say whether it is so"
    if not trusted(node):
        return "the bound was not read for sure"
    if any(map(_odd, (node.quantity, *node.alternatives), repeat(node.measure.id))):
        return "the bound is of no size that this measure has: its unit may be misprinted"
    return ""


def _odd(bound: Quantity, measure: str) -> bool:
    """Whether a bound is far from all that the measure can be: "haemoglobin > 8 mg/dL"."""
    row = _measures()[measure]
    if bound.reference or row.high is None or bound.unit is None or row.unit is None:
        return False
    dimension = _dimensions().get(row.unit, "")
    one = in_canonical(Decimal(1), row.unit, dimension, measure)
    for end in (bound.low, bound.high):
        here = in_canonical(end, bound.unit, dimension, measure) if end else None
        if here and one and not abs(row.high * one[0]) * SMALLEST <= abs(here[0]) <= abs(row.high * one[0]):
            return True
    return False


def decides(value: Value, node: Comparison) -> bool | str:
    """Whether a value is within the bound, or why that cannot be said."""
    found = [_one(value, quantity) for quantity in (node.quantity, *node.alternatives)]
    known = {result for result in found if isinstance(result, bool)}
    if len(known) > 1:
        return "the units in which the entry states the bound do not agree on this value"
    return known.pop() if known else str(found[0])


def _one(value: Value, bound: Quantity) -> bool | str:
    if bound.reference is None:
        return _held(value, bound, Decimal(1))
    match bound.reference:
        case "ULN" | "LLN":
            limit = value.high if bound.reference == "ULN" else value.low
            if limit is None:
                return f"the file gives no {'upper' if bound.reference == 'ULN' else 'lower'} limit of normal with it"
            if bound.unit is not None or limit <= 0:
                return "the bound is a share of a limit in a way that is not computed"
            return _within(value, value.amount, bound, limit)
        case "normal":
            if bound.low is not None or bound.high is not None:
                return "a multiple of a normal value that is not known"
            if value.low is None or value.high is None or value.sign:
                return "the file does not give both limits of normal with it"
            return value.low <= value.amount <= value.high
        case _:
            return "the baseline value is not known"


def _held(value: Value, bound: Quantity, scale: Decimal) -> bool | str:
    if value.unit in PLAIN and bound.unit in PLAIN:
        return _within(value, value.amount, bound, scale)
    dimension = _dimensions().get(bound.unit or "")
    if value.unit is None or dimension is None:
        return f"a value in {value.unit or 'no unit'} against a bound in {bound.unit or bound.unit_text or 'no unit'}"
    here = in_canonical(value.amount, value.unit, dimension, value.measure)
    factor = in_canonical(Decimal(1), bound.unit or "", dimension, value.measure)
    if here is None or factor is None:
        return f"a value in {value.unit} cannot be converted to {bound.unit}"
    size, exact = here
    if not exact and any(
        abs(size - end * factor[0]) <= NEAR * abs(end * factor[0]) for end in (bound.low, bound.high) if end is not None
    ):
        return f"converted to {bound.unit}, the value is too near to the bound to be sure"
    return _within(value, size, bound, factor[0])


def _within(value: Value, size: Decimal, bound: Quantity, scale: Decimal) -> bool | str:
    """Whether a number, or all numbers that a sign leaves possible, are in the bound times `scale`."""
    low = None if bound.low is None else bound.low * scale
    high = None if bound.high is None else bound.high * scale
    over = low is None or size > low or (size == low and bound.low_inclusive)
    under = high is None or size < high or (size == high and bound.high_inclusive)
    match value.sign:
        case None:
            return over and under
        case "<" | "<=":
            below = low is not None and (size < low or (size == low and (value.sign == "<" or not bound.low_inclusive)))
            sure = low is None and (under or (size == high and value.sign == "<"))
        case _:
            below = high is not None and (
                size > high or (size == high and (value.sign == ">" or not bound.high_inclusive))
            )
            sure = high is None and (over or (size == low and value.sign == ">"))
    return True if sure else False if below else f"{value.sign} {value.amount} leaves both open"


def told(value: Value) -> str:
    """A value in words: "9.5 g/dL (normal 12 to 16)"."""
    text = amount(number(value.amount), value.unit, one=value.amount == 1)
    if value.low is not None or value.high is not None:
        ends = [number(end) if end is not None else "…" for end in (value.low, value.high)]
        text += f" (normal {ends[0]} to {ends[1]})"
    return f"{value.sign} {text}" if value.sign else text


def age(patient: Patient, unit: str, days: Sequence[date]) -> tuple[Decimal, Decimal] | None:
    """The least and the greatest age in completed units that the patient can have on these days."""
    if unit not in ("a", "mo", "wk", "d"):
        return None
    if patient.birth and days:
        found = [_completed(born, day, unit) for born in patient.birth for day in (min(days), max(days))]
        return min(found), max(found)
    if patient.age is None or unit != "a":
        return None
    if patient.day is None or not days:
        return patient.age, patient.age
    # Born between `age + 1` years (less a day) and `age` years before the day that the file describes.
    before, after = (patient.day - min(days)).days, (max(days) - patient.day).days
    years = [Decimal(-(-gap // 365)) if gap > 0 else Decimal(0) for gap in (before, after)]
    return patient.age - years[0], patient.age + years[1]


def _completed(born: date, day: date, unit: str) -> Decimal:
    if unit in ("d", "wk"):
        return Decimal((day - born).days // (7 if unit == "wk" else 1))
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    return Decimal(months // 12 if unit == "a" else months)


def ages(bound: Quantity, least: Decimal, greatest: Decimal) -> bool | Literal["both"]:
    """Whether completed ages from `least` to `greatest` are in a bound; "both" where these, or ways to count, differ.

    "Over 18 years" said of somebody of 18 years and 6 months is read in two ways, and left open.
    """
    found = set()
    for value in {least, greatest}:
        over = bound.low is None or value > bound.low or (value == bound.low and bound.low_inclusive)
        under = bound.high is None or value < bound.high or (value == bound.high and bound.high_inclusive)
        if value == bound.low and not bound.low_inclusive and under:
            return "both"
        found.add(over and under)
    return found.pop() if len(found) == 1 else "both"


def latest(values: Sequence[Value]) -> tuple[Value, ...]:
    """The values of the latest day; those whose day is not known exactly, or at all, stand with it where they may be as
    late."""
    dated = [v.day for v in values if v.day]
    if not dated:
        return tuple(values)
    last = max(day.first for day in dated)
    return tuple(v for v in values if v.day is None or v.day.last >= last)


@cache
def _dimensions() -> dict[str, str]:
    return {row.ucum: row.dimension for row in units()}


@cache
def _measures() -> dict[str, Measure]:
    return {row.id: row for row in measures()}


def when(day: Day | None) -> str:
    return str(day) if day else "no date"
