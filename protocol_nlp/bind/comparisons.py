"""Measures and their bounds as comparisons: shared bounds, pairs, levels with their scale, and what is uncertain."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from protocol_nlp.annotate.tokens import Term
from protocol_nlp.bind.directions import turned
from protocol_nlp.parts import Bound
from protocol_nlp.tree import And, Comparison, Concept, Expr, Or, Quantity, Span

# "A lesion of 4.5 cm": what is counted elsewhere is measured here.
SIZED = {"lesion_count": ("lesion_size", "Lesion size")}
EXTENTS = frozenset({"length", "area", "volume"})


def comparisons(
    span: Span,
    concepts: tuple[Concept, ...],
    terms: tuple[Term | None, ...],
    bounds: tuple[Bound, ...],
    qualifiers: tuple[Expr, ...],
    marks: tuple[Span, ...],
    op: str,
    issues: tuple[str, ...] = (),
    scale_word: str = "",
) -> Expr:
    """One comparison, or one for each of several measures that share the bounds, under their connective."""
    bounds = tuple(turned(b, concepts) for b in bounds)
    if bounds[0].dimension in EXTENTS:
        concepts = tuple(_sized(c) for c in concepts)
    quantity, *others = (_scaled(_stated(_unpaired(b, terms), terms), b, concepts, scale_word) for b in bounds)
    if bounds[0].pair and (split := _pressure(span, concepts, bounds[0], qualifiers, marks)):
        return split
    if not concepts:
        return Comparison(
            span=span, measure=None, quantity=quantity, alternatives=tuple(others), marks=marks, issues=issues
        )
    made = tuple(
        Comparison(
            span=span,
            measure=c,
            quantity=quantity,
            alternatives=tuple(others),
            qualifiers=qualifiers if n == 0 else (),
            marks=marks if n == 0 else (),
        )
        for n, c in enumerate(concepts)
    )
    if len(made) == 1:
        return made[0]
    return Or(span=span, operands=made) if op == "or" else And(span=span, operands=made)


def _stated(bound: Bound, terms: tuple[Term | None, ...]) -> Quantity:
    """The quantity with what is uncertain about it: no direction in the text, no unit where one is due."""
    q = bound.quantity
    issues = q.issues
    known = [t for t in terms if t is not None and t.dimensions]
    graded = any(t.plain for t in known)
    if not bound.stated and q.low == q.high and q.low is not None and known and not graded:
        issues += ("comparator:lost",)
    if bound.dimension is None and not bound.multiple and known and not graded:
        issues += ("unit:missing",)
    return replace(q, issues=issues) if issues != q.issues else q


def _sized(concept: Concept) -> Concept:
    if concept.id not in SIZED:
        return concept
    id, name = SIZED[concept.id]
    return replace(concept, id=id, name=name, codes=())


def _scaled(q: Quantity, bound: Bound, concepts: tuple[Concept, ...], beside: str) -> Quantity:
    """A level with the word of its scale as written ("class II", "score > 4"), where it has no unit."""
    if bound.dimension is not None or bound.multiple or q.unit_text:
        return q
    named = concepts[0].text if concepts else ""
    for said in (bound.scale.text if bound.scale is not None else "", beside, named):
        word = said.split()[-1] if said.split() else ""
        if word.lower() in _SCALE_WORDS:
            return replace(q, unit_text=word)
    return q


_SCALE_WORDS = frozenset("class classes grade grades score scores status classification stage level levels".split())


def _unpaired(bound: Bound, terms: tuple[Term | None, ...]) -> Bound:
    """ "Grade 3/4" runs from one level to the next; in "≥ 4/10" the second number is the scale's length."""
    q = bound.quantity
    if not bound.pair or q.low is None or q.high is None:
        return bound
    if q.high - q.low == 1 and bound.op is None:
        return bound
    return replace(bound, quantity=replace(q, **_one_sided(bound, q.low), issues=(*q.issues, "pair:second_number")))


def _pressure(
    span: Span, concepts: tuple[Concept, ...], bound: Bound, qualifiers: tuple[Expr, ...], marks: tuple[Span, ...]
) -> Expr | None:
    """ "Blood pressure ≥ 140/90": the first number is systolic, the second diastolic."""
    if not concepts or concepts[0].id != "blood_pressure":
        return None
    q = bound.quantity
    assert q.low is not None and q.high is not None
    made = []
    for n, (value, name) in enumerate(((q.low, "systolic"), (q.high, "diastolic"))):
        measure = replace(concepts[0], id=f"{name}_blood_pressure", name=f"{name} blood pressure", codes=())
        side = replace(q, **_one_sided(bound, value))
        made.append(
            Comparison(
                span=span,
                measure=measure,
                quantity=side,
                qualifiers=qualifiers if n == 0 else (),
                marks=marks if n == 0 else (),
                issues=("pair:and_or_unstated",),
            )
        )
    return And(span=span, operands=tuple(made), implied=True)


def _one_sided(bound: Bound, value: Decimal) -> dict[str, Any]:
    op = bound.op
    if op in ("ge", "gt"):
        return {"low": value, "high": None, "low_inclusive": op == "ge", "high_inclusive": False}
    if op in ("le", "lt"):
        return {"low": None, "high": value, "low_inclusive": False, "high_inclusive": op == "le"}
    return {"low": value, "high": value, "low_inclusive": True, "high_inclusive": True}
