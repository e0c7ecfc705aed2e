"""Expressions in plain English."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TEXTS, expressions
from trees import Page, example

from protocol_nlp.display import wording
from protocol_nlp.phrases import bound, window
from protocol_nlp.plain import plain
from protocol_nlp.tree import (
    And,
    Comparison,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Quantity,
    Span,
    TimeWindow,
    Unless,
    Within,
)
from protocol_nlp.tree import criteria as all_criteria

NOWHERE = Span(0, 0)
P = Page("no history of stroke or active infection \\> 5 times, ANC 3 x  platelets\n count Cycle 1 enrollment")


def quantity(low: str | None = None, high: str | None = None, **known: Any) -> Quantity:
    return Page("").quantity("", low, high, **known)


def test_the_readings_of_the_example() -> None:
    readings = {c.id: plain(c.expr) for c in all_criteria(example()) if c.expr}
    assert readings == {
        "I01": "all of: age 18 to 70 years (both included); ECOG performance status less than 2",
        "I02.1": "absolute neutrophil count at least 1.50 × 10⁹/L (also stated as: at least 1500/mm³)",
        "I02.2": "any of: aspartate aminotransferase at most 2.5 × the upper limit of normal"
        " (comparator not in the text);"
        " (if liver metastases: aspartate aminotransferase at most 6 × the upper limit of normal)",
        "I03": "(not read: “The main organ function meets the following criteria:”)",
        "E01": "(any of: Surgery; biopsy), within 28 days before enrollment",
        "E02": "Other malignancy, within 5 years before … (no event to count from was found)"
        " — except: (all of: carcinoma in situ; history of skin cancer)",
        "E03": "not: washout, at least 4 weeks or at least 5 half-lives, whichever is longer, after chemotherapy",
        "E04": "all of: (at least 2 of: diabetes; smoking; obesity); (not read: “whatever else applies”)",
    }


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (quantity("1.5", unit="10*9/L"), "at least 1.5 × 10⁹/L"),
        (quantity("100000", unit="/uL", low_inclusive=False), "more than 100,000/µL"),
        (quantity(None, "38.5", unit="Cel"), "at most 38.5 °C"),
        (quantity(None, "20", unit="%", high_inclusive=False), "less than 20%"),
        (quantity("18", "70", unit="a"), "18 to 70 years (both included)"),
        (quantity("18", "70", unit="a", high_inclusive=False), "at least 18 and less than 70 years"),
        (quantity("1", "3", low_inclusive=False, high_inclusive=False), "more than 1 and less than 3"),
        (quantity("1", "1", unit="a"), "1 year"),
        (quantity("1", unit="mo"), "at least 1 month"),
        (quantity(None, "2.5", reference="ULN"), "at most 2.5 × the upper limit of normal"),
        (quantity(None, "1", reference="ULN"), "at most the upper limit of normal"),
        (quantity("1", reference="LLN"), "at least the lower limit of normal"),
        (quantity("80", unit="%", reference="LLN"), "at least 80% of the lower limit of normal"),
        (quantity(None, "2", reference="baseline"), "at most 2 × the baseline value"),
        (quantity(reference="normal", unit_text="within normal limits"), "within normal limits"),
        (quantity(), "no number read"),
        (quantity(unit="mg/dL", reference="ULN"), "no number read (mg/dL, the upper limit of normal)"),
        (quantity("60", unit_text="furlongs"), "at least 60 furlongs"),
        (quantity("60", unit="mL/min/{1.73_m2}"), "at least 60 mL/min/1.73 m²"),
        (
            quantity("3", issues=("comparator:lost", "unit:missing")),
            "at least 3 (comparator not in the text; unit not in the text)",
        ),
        (quantity("3", issues=("odd:new_name",)), "at least 3 (odd: new name)"),
    ],
)
def test_bounds(made: Quantity, text: str) -> None:
    assert bound(made) == text


DAYS, MONTH = quantity(None, "7", unit="d"), quantity(None, "1", unit="mo")
WEEKS = quantity("4", unit="wk")


@pytest.mark.parametrize(
    ("length", "side", "anchor", "text"),
    [
        (DAYS, "before", "enrollment", "within 7 days before enrollment"),
        (WEEKS, "after", "Cycle 1", "at least 4 weeks after Cycle 1"),
        (
            quantity(None, "4", unit="wk", high_inclusive=False),
            "before",
            "Cycle 1",
            "less than 4 weeks before Cycle 1",
        ),
        (quantity("8", "8", unit="wk"), "after", "Cycle 1", "8 weeks after Cycle 1"),
        (DAYS, None, "enrollment", "within 7 days of enrollment (before or after it: not stated)"),
        (MONTH, "before", None, "within 1 month before … (no event to count from was found)"),
        (MONTH, None, None, "within 1 month (no event to count from was found)"),
        (None, "during", "Cycle 1", "during Cycle 1"),
        (None, None, "Cycle 1", "timed by Cycle 1"),
        (None, None, None, "in a time window with neither length nor anchor"),
    ],
)
def test_windows(length: Quantity | None, side: Any, anchor: str | None, text: str) -> None:
    event = P.concept(anchor) if anchor else None
    made = TimeWindow(span=NOWHERE, length=length, side=side, anchor=event)
    assert window(made) == text
    assert window(replace(made, issues=("anchor:unclear",))) == f"{text} (event not clear)"


def test_concepts_are_named_as_the_tables_do_or_in_their_own_words() -> None:
    assert plain(P.condition("platelets\n count")) == "platelets count"
    assert plain(P.condition("platelets", name="platelet count")) == "platelet count"
    assert plain(P.condition("\\> 5 times")) == "> 5 times"
    assert plain(P.opaque("platelets\n count")) == "(not read: “platelets count”)"
    assert plain(Comparison(span=NOWHERE, measure=None, quantity=quantity("3"))) == "(measure not stated) at least 3"


@pytest.mark.parametrize(
    ("status", "words", "text"),
    [
        ("present", "stroke", "stroke"),
        ("history", "stroke", "history of stroke"),
        ("history", "history of stroke", "history of stroke"),
        ("family", "stroke", "family history of stroke"),
        ("planned", "stroke", "planned stroke"),
        ("suspected", "stroke", "suspected stroke"),
        ("conditional", "stroke", "stroke under some conditions"),
        ("absent", "stroke", "no stroke"),
    ],
)
def test_status(status: Any, words: str, text: str) -> None:
    assert plain(P.condition(words, status=status)) == text


def test_qualifiers_stand_in_square_brackets() -> None:
    parts = (P.opaque("active"), P.condition("stroke"))
    assert plain(P.condition("infection", qualifiers=parts)) == "infection [(not read: “active”); stroke]"
    compared = P.comparison(P.concept("ANC"), P.quantity("3 x", "3"), qualifiers=parts[:1])
    assert plain(compared) == "ANC [not read: “active”] at least 3"


def test_scope_can_be_seen() -> None:
    a, b = P.condition("stroke"), P.condition("infection")
    month = TimeWindow(span=NOWHERE, side="during", anchor=P.concept("Cycle 1"))
    either = Or(span=NOWHERE, operands=(a, b))

    def within(expr: Expr) -> Within:
        return Within(span=NOWHERE, operand=expr, window=month)

    def negated(expr: Expr) -> Not:
        return Not(span=NOWHERE, operand=expr)

    assert plain(negated(either)) == "not: (any of: stroke; infection)"
    assert plain(negated(within(a))) == "not: stroke, during Cycle 1"
    assert plain(within(negated(a))) == "(not: stroke), during Cycle 1"
    assert plain(within(either)) == "(any of: stroke; infection), during Cycle 1"
    assert plain(And(span=NOWHERE, operands=(either, a))) == "all of: (any of: stroke; infection); stroke"
    assert plain(If(span=NOWHERE, guard=a, then=b)) == "if stroke: infection"
    assert plain(Unless(span=NOWHERE, operand=a, exception=b)) == "stroke — except: infection"
    assert plain(And(span=NOWHERE, operands=())) == "all of: (nothing)"


def test_groups_are_shown_no_deeper_than_they_are() -> None:
    def every(*operands: Expr) -> And:
        return And(span=NOWHERE, operands=operands)

    a, b = P.condition("stroke"), P.condition("infection")
    x, y = P.opaque("active"), P.opaque("count")
    either = Or(span=NOWHERE, operands=(a, b))
    assert plain(every(every(a, every(b)), every(a))) == "all of: stroke; infection; stroke"
    assert plain(every(every(either))) == "any of: stroke; infection"
    assert plain(Not(span=NOWHERE, operand=every(a))) == "not: stroke"
    assert plain(every(either, every(either))) == "all of: " + "; ".join(["(any of: stroke; infection)"] * 2)
    assert plain(every(x, y, a, x)) == "all of: (not read: “active”; “count”); stroke; (not read: “active”)"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_expression_has_a_reading_on_one_line(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    expr = data.draw(expressions(text, Span(0, len(text))))
    reading = plain(expr)
    assert reading.strip()
    assert reading.splitlines() == [reading]


def test_the_words_of_the_text_are_never_lost() -> None:
    for item in all_criteria(example()):
        if isinstance(item.expr, Opaque):
            assert wording(item.expr.text) in plain(item.expr)
