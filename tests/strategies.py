"""Arbitrary valid trees for property tests: spans nest and lie in the text, all words are arbitrary."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from hypothesis import strategies as st

from protocol_nlp.tree import (
    Abbreviation,
    Ambiguous,
    And,
    AtLeast,
    Code,
    Comparison,
    Concept,
    Condition,
    Criterion,
    Expr,
    Governs,
    If,
    Label,
    Membership,
    Not,
    Opaque,
    Or,
    Provenance,
    Quantity,
    Reference,
    Registration,
    Role,
    Side,
    Span,
    Status,
    Suggestion,
    TimeWindow,
    Trial,
    Unless,
    Within,
)

# All of Unicode but half surrogates, which no UTF-8 file can hold; markup and odd signs more often.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("<>&\"'`*_|[](){}%#\\\r\n\t\u202e\u2066 1.5"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)
DECIMALS = st.one_of(
    st.integers(0, 10**7).map(Decimal),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.sampled_from([Decimal("1.50"), Decimal("1E+3"), Decimal("0E-9"), Decimal("-0"), Decimal("1E+400")]),
)
UNITS = st.sampled_from(["a", "mo", "wk", "d", "h", "%", "10*9/L", "/uL", "Cel", "{half_life}", "mL/min/{1.73_m2}"])
ISSUES = st.lists(st.one_of(st.just("comparator:lost"), TEXTS), max_size=2).map(tuple)


def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), values)


@st.composite
def spans(draw: st.DrawFn, within: Span) -> Span:
    start = draw(st.integers(within.start, within.end))
    return Span(start, draw(st.integers(start, within.end)))


@st.composite
def concepts(draw: st.DrawFn, text: str, within: Span) -> Concept:
    span = draw(spans(within))
    return Concept(
        span=span,
        text=text[span.start : span.end],
        id=draw(maybe(TEXTS)),
        name=draw(maybe(TEXTS)),
        label=draw(maybe(st.sampled_from(get_args(Label)))),
        codes=draw(st.lists(st.builds(Code, system=TEXTS, value=TEXTS), max_size=1).map(tuple)),
        linked=draw(maybe(st.sampled_from(["exact", "part", "similar"]))),
        score=draw(maybe(DECIMALS)),
        suggestion=draw(maybe(st.builds(Suggestion, id=TEXTS, name=TEXTS, score=DECIMALS))),
    )


def quantities(within: Span) -> st.SearchStrategy[Quantity]:
    return st.builds(
        Quantity,
        span=spans(within),
        low=maybe(DECIMALS),
        high=maybe(DECIMALS),
        low_inclusive=st.booleans(),
        high_inclusive=st.booleans(),
        unit=maybe(st.one_of(UNITS, TEXTS)),
        unit_text=maybe(TEXTS),
        reference=maybe(st.sampled_from(get_args(Reference))),
        issues=ISSUES,
    )


def windows(text: str, within: Span, *, alone: bool = False) -> st.SearchStrategy[TimeWindow]:
    return st.builds(
        TimeWindow,
        span=spans(within),
        length=maybe(quantities(within)),
        side=maybe(st.sampled_from(get_args(Side))),
        anchor=maybe(concepts(text, within)),
        alternatives=st.lists(quantities(within), max_size=2).map(tuple),
        pick=maybe(st.sampled_from(["longer", "shorter", "either"])),
        marks=marks(within),
        issues=ISSUES,
        others=st.just(()) if alone else st.lists(windows(text, within, alone=True), max_size=1).map(tuple),
    )


def marks(within: Span) -> st.SearchStrategy[tuple[Span, ...]]:
    return st.lists(spans(within), max_size=2).map(tuple)


@st.composite
def expressions(draw: st.DrawFn, text: str, within: Span, depth: int = 3) -> Expr:
    """Any expression over `text[within]`, at most `depth` levels above its leaves."""
    span = draw(spans(within))
    inner = expressions(text, span, depth - 1)
    leaves = [Comparison, Condition, Opaque]
    kind = draw(st.sampled_from(leaves if depth == 0 else [*get_args(Expr), *leaves]))
    if kind is Opaque:
        return Opaque(span=span, text=text[span.start : span.end], reason=draw(TEXTS))
    fields: dict[str, st.SearchStrategy[object]] = {"span": st.just(span), "marks": marks(span)}
    parts = st.lists(inner, max_size=3).map(tuple)
    if kind in (And, Or):
        fields |= {"operands": parts, "implied": st.booleans()}
    elif kind is AtLeast:
        fields |= {"operands": parts, "count": st.integers(0, 9)}
    elif kind is Not:
        fields |= {"operand": inner}
    elif kind is If:
        fields |= {"guard": inner, "then": inner}
    elif kind is Unless:
        fields |= {"operand": inner, "exception": inner}
    elif kind is Ambiguous:
        fields |= {"readings": st.lists(inner, min_size=2, max_size=3).map(tuple), "reason": TEXTS}
    elif kind is Within:
        fields |= {"operand": inner, "window": windows(text, span), "implied": st.booleans()}
    else:
        fields["qualifiers"] = st.just(()) if depth == 0 else st.lists(inner, max_size=1).map(tuple)
        if kind is Comparison:
            fields |= {"measure": maybe(concepts(text, span)), "quantity": quantities(span), "issues": ISSUES}
            fields |= {"alternatives": st.lists(quantities(span), max_size=1).map(tuple)}
        else:
            fields |= {"concept": concepts(text, span), "status": st.sampled_from(get_args(Status))}
    made: Expr = draw(st.builds(kind, **fields))
    return made


@st.composite
def governs(draw: st.DrawFn, text: str, within: Span) -> Governs:
    return Governs(
        connective=draw(maybe(st.sampled_from(["and", "or", "at_least"]))),
        count=draw(maybe(st.integers(2, 3))),
        implied=draw(st.booleans()),
        denied=draw(st.booleans()),
        windows=draw(st.lists(windows(text, within), max_size=1).map(tuple)),
    )


@st.composite
def criteria(draw: st.DrawFn, text: str, within: Span, depth: int = 1) -> Criterion:
    span = draw(spans(within))
    lead = draw(spans(span))
    below = st.lists(criteria(text, span, depth - 1), max_size=2).map(tuple) if depth else st.just(())
    return Criterion(
        id=draw(TEXTS),
        role=draw(maybe(st.sampled_from(get_args(Role)))),
        form=draw(st.sampled_from(["criterion", "list", "heading"])),
        span=span,
        lead=lead,
        marker=draw(maybe(spans(span))),
        text=text[lead.start : lead.end],
        expr=draw(maybe(expressions(text, lead))),
        entities=draw(st.lists(concepts(text, lead), max_size=2).map(tuple)),
        list_missing=draw(st.booleans()),
        governs=draw(maybe(governs(text, lead))),
        opaque_share=draw(SHARES),
        children=draw(below),
    )


SHARES = st.decimals(min_value=0, max_value=1, places=4)


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    """Any trial: arbitrary texts in every field."""
    text = draw(TEXTS)
    registration = Registration(
        id=draw(TEXTS),
        registry=draw(maybe(TEXTS)),
        title=draw(maybe(TEXTS)),
        conditions=draw(st.lists(TEXTS, max_size=2).map(tuple)),
        interventions=draw(st.lists(TEXTS, max_size=2).map(tuple)),
        phase=draw(maybe(TEXTS)),
        sex=draw(maybe(TEXTS)),
        minimum_age=draw(maybe(TEXTS)),
        maximum_age=draw(maybe(TEXTS)),
        healthy_volunteers=draw(maybe(st.booleans())),
        text=text,
        provenance=draw(st.builds(Provenance, path=TEXTS, format=TEXTS, sha256=TEXTS)),
    )
    items = draw(st.lists(criteria(text, Span(0, len(text))), max_size=3).map(tuple))
    places = spans(Span(0, len(text)))
    words = st.lists(TEXTS, max_size=2).map(tuple)
    short = st.builds(
        Abbreviation, short=TEXTS, long=TEXTS, span=places, long_span=places, id=maybe(TEXTS), issues=words
    )
    return Trial(
        registration=registration,
        criteria=items,
        abbreviations=draw(st.lists(short, max_size=2).map(tuple)),
        memberships=draw(
            st.lists(st.builds(Membership, relation=TEXTS, general=places, special=places), max_size=1).map(tuple)
        ),
        opaque_share=draw(SHARES),
    )
