"""Plain text made from a tree reads back as the same tree: every measure with every kind of bound that fits it,
every window with every event, and no issue on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_nlp import lexicon
from protocol_nlp.annotate import annotator
from protocol_nlp.annotate.select import TIME_DIMENSIONS
from protocol_nlp.assemble import read
from protocol_nlp.tree import (
    And,
    Comparison,
    Concept,
    Condition,
    Expr,
    Quantity,
    Reference,
    Side,
    Span,
    TimeWindow,
    Within,
    walk,
)

PLACE = Span(0, 0)
SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
WORDS = {"ge": "at least", "gt": "more than", "le": "no more than", "lt": "less than"}
numbers = st.decimals(Decimal("0.1"), Decimal(900), places=1) | st.integers(1, 900).map(Decimal)
operators = st.sampled_from(sorted(SIGNS))
UNITS = {u.ucum: u for u in lexicon.units() if not u.issue}
MEASURES = [m for m in lexicon.measures() if m.unit in UNITS and not {"time", "none"} >= set(m.dimensions)]


def reading(text: str) -> Expr | None:
    return read(annotator().tokens(text, [Span(0, len(text))])[0])


def bound(op: str, value: Decimal, unit: str | None, reference: str | None = None) -> Quantity:
    side = (
        {"low": value, "low_inclusive": op == "ge"} if op[0] == "g" else {"high": value, "high_inclusive": op == "le"}
    )
    return Quantity(span=PLACE, unit=unit, reference=reference, **side)  # type: ignore[arg-type]


def concept(id: str) -> Concept:
    return Concept(span=PLACE, text=id, id=id)


@settings(deadline=None)
@given(st.sampled_from(MEASURES), operators, numbers, st.booleans())
def test_a_bound_reads_back(measure: lexicon.Measure, op: str, value: Decimal, in_words: bool) -> None:
    assert measure.unit is not None
    wanted = Comparison(span=PLACE, measure=concept(measure.id), quantity=bound(op, value, measure.unit))
    surface = UNITS[measure.unit].surfaces[0]
    text = f"{measure.aliases[0]} {(WORDS if in_words else SIGNS)[op]} {value} {surface}"
    assert str(reading(text)) == str(wanted), text


@settings(deadline=None)
@given(st.sampled_from([m for m in MEASURES if "multiple" in m.dimensions]), operators, numbers)
def test_a_multiple_reads_back(measure: lexicon.Measure, op: str, value: Decimal) -> None:
    wanted = Comparison(span=PLACE, measure=concept(measure.id), quantity=bound(op, value, None, "ULN"))
    text = f"{measure.aliases[0]} {SIGNS[op]} {value} × ULN"
    assert str(reading(text)) == str(wanted), text


RANGED = [m for m in MEASURES if not m.id.startswith("blood_pressure")]


@settings(deadline=None)
@given(st.sampled_from(RANGED), st.integers(1, 400), st.integers(1, 400), st.booleans(), st.booleans(), st.booleans())
def test_a_range_reads_back(
    measure: lexicon.Measure, low: int, width: int, in_words: bool, from_closed: bool, to_closed: bool
) -> None:
    assert measure.unit is not None
    a, b = Decimal(low), Decimal(low + width)
    surface = UNITS[measure.unit].surfaces[0]
    name = measure.aliases[0]
    if in_words:
        wanted = Quantity(span=PLACE, low=a, high=b, low_inclusive=True, high_inclusive=True, unit=measure.unit)
        text = f"{name} between {a} and {b} {surface}"
        assert str(reading(text)) == str(Comparison(span=PLACE, measure=concept(measure.id), quantity=wanted)), text
        return
    ends = ("≥" if from_closed else ">", "≤" if to_closed else "<")
    sides = (bound("ge" if from_closed else "gt", a, None), bound("le" if to_closed else "lt", b, measure.unit))
    made = [Comparison(span=PLACE, measure=concept(measure.id), quantity=side) for side in sides]
    text = f"{name} {ends[0]} {a} and {ends[1]} {b} {surface}"
    assert str(reading(text)) == str(And(span=PLACE, operands=tuple(made))), text


ALTERNATIVES = [("neutrophils", "/mm3", "10*9/L"), ("platelets", "/mm3", "10*9/L"), ("hemoglobin", "g/dL", "g/L")]


@settings(deadline=None)
@given(st.sampled_from(ALTERNATIVES), operators, st.integers(1, 400))
def test_two_units_of_one_bound_read_back(case: tuple[str, str, str], op: str, value: int) -> None:
    id, unit, other = case
    first, second = Decimal(value), Decimal(value) * UNITS[unit].factor / UNITS[other].factor
    measure = next(m for m in MEASURES if m.id == id)
    wanted = Comparison(
        span=PLACE,
        measure=concept(id),
        quantity=bound(op, first, unit),
        alternatives=(bound(op, Decimal(f"{second:f}"), other),),
    )
    text = f"{measure.aliases[0]} {SIGNS[op]} {value} {UNITS[unit].surfaces[0]} ({second:f} {UNITS[other].surfaces[0]})"
    assert str(reading(text)) == str(wanted), text


@settings(deadline=None)
@given(
    st.sampled_from([m for m in MEASURES if {"ULN", "LLN"} <= set(m.references)]),
    st.sampled_from(["ULN", "LLN"]),
    st.integers(1, 20),
    st.integers(1, 20),
)
def test_a_range_of_multiples_reads_back(measure: lexicon.Measure, limit: Reference, low: int, width: int) -> None:
    wanted = Quantity(
        span=PLACE,
        low=Decimal(low),
        high=Decimal(low + width),
        low_inclusive=True,
        high_inclusive=True,
        reference=limit,
    )
    text = f"{measure.aliases[0]} {low} to {low + width} x {limit}"
    assert str(reading(text)) == str(Comparison(span=PLACE, measure=concept(measure.id), quantity=wanted)), text


TRIAL_EVENTS = (
    "informed_consent",
    "screening",
    "enrollment",
    "registration",
    "randomization",
    "first_dose",
    "leukapheresis",
)
EVENTS = [a for a in lexicon.anchors() if a.id in TRIAL_EVENTS]
LENGTHS = {"days": "d", "weeks": "wk", "months": "mo"}


@settings(deadline=None)
@given(st.sampled_from(EVENTS), st.integers(1, 60), st.sampled_from(sorted(LENGTHS)), st.booleans())
def test_a_window_reads_back(event: lexicon.Anchor, length: int, unit: str, least: bool) -> None:
    op = "ge" if least else "le"
    window = TimeWindow(
        span=PLACE, length=bound(op, Decimal(length), LENGTHS[unit]), side="before", anchor=concept(event.id)
    )
    surface = event.surfaces[0]
    text = f"hypertension {'at least' if least else 'within'} {length} {unit} before {surface}"
    found = reading(text)
    assert isinstance(found, Within), text
    assert str(found.window) == str(window), text
    assert isinstance(found.operand, Condition)


@settings(deadline=None)
@given(
    st.sampled_from(EVENTS),
    st.integers(1, 30),
    st.integers(1, 30),
    st.sampled_from(sorted(LENGTHS)),
    st.sampled_from(["before", "after"]),
)
def test_a_window_with_both_ends_reads_back(event: lexicon.Anchor, low: int, width: int, unit: str, side: Side) -> None:
    length = Quantity(
        span=PLACE,
        low=Decimal(low),
        high=Decimal(low + width),
        low_inclusive=True,
        high_inclusive=True,
        unit=LENGTHS[unit],
    )
    window = TimeWindow(span=PLACE, length=length, side=side, anchor=concept(event.id))
    text = f"hypertension {low} to {low + width} {unit} {side} {event.surfaces[0]}"
    found = reading(text)
    assert isinstance(found, Within), text
    assert str(found.window) == str(window), text


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.id)
def test_a_unit_of_another_dimension_is_never_attached(measure: lexicon.Measure) -> None:
    fitting = set(measure.dimensions)
    for unit in UNITS.values():
        if unit.dimension in fitting or unit.dimension in TIME_DIMENSIONS or unit.ucum.startswith("{"):
            continue
        found = reading(f"{measure.aliases[0]} ≥ 5 {unit.surfaces[0]}")
        attached = [n for n in walk(found) if isinstance(n, Comparison)] if found else []
        for node in attached:
            assume_known = node.measure is not None and node.measure.id == measure.id
            assert not assume_known or node.quantity.unit != unit.ucum, unit.ucum
        break
    else:
        pytest.skip("every dimension fits this measure")
