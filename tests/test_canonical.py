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
from protocol_nlp.tree import Comparison, Concept, Condition, Expr, Quantity, Span, TimeWindow, Within, walk

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
