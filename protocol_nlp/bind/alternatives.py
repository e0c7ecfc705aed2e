"""The same bound in another unit ("100,000/mm³ (100 × 10⁹/L)"), held beside the first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from protocol_nlp import lexicon
from protocol_nlp.parts import Bound, Part
from protocol_nlp.tree import Quantity


def alternatives(parts: list[Part]) -> list[Part]:
    """A bracket that holds a quantity in another unit, and nothing else, is an alternative of the bound before it."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        inner = parts[i + 1 : i + 4]
        if part.kind == "QUANTITY" and [p.kind for p in inner] == ["LPAR", "QUANTITY", "RPAR"]:
            a: Bound = part.value
            b: Bound = inner[1].value
            if a.dimension and b.dimension and a.quantity.unit != b.quantity.unit:
                again = replace(b, quantity=_same_direction(a, b))
                if _disagree(a, b):
                    a = replace(a, quantity=replace(a.quantity, issues=(*a.quantity.issues, "alternatives:disagree")))
                value = (a, again)
                marks = (*part.marks, inner[0].span, inner[2].span)
                out.append(
                    part.changed(kind="QUANTITIES", value=value, span=part.span.cover(inner[2].span), marks=marks)
                )
                i += 4
                continue
        if part.kind == "QUANTITY" and [p.kind for p in parts[i + 1 : i + 3]] == ["OR", "QUANTITY"]:
            joint, other = parts[i + 1], parts[i + 2]
            if _same_amount(part.value, other.value):
                again = replace(other.value, quantity=_same_direction(part.value, other.value))
                span, marks = part.span.cover(other.span), (*part.marks, joint.span)
                out.append(part.changed(kind="QUANTITIES", value=(part.value, again), span=span, marks=marks))
                i += 3
                continue
        out.append(part)
        i += 1
    return out


def _same_amount(a: Bound, b: Bound) -> bool:
    """ "400 pounds or 181.4 kilograms": two units of one dimension, and the same amount to the rounding of the text."""
    if b.stated or a.dimension is None or a.dimension != b.dimension or a.quantity.unit == b.quantity.unit:
        return False
    first, second = (_canonical(x) for x in (a, b))
    return (
        first is not None
        and second is not None
        and abs(first - second) <= Decimal("0.05") * max(abs(first), abs(second))
    )


def _disagree(a: Bound, b: Bound) -> bool:
    """Two statements of one bound that are not the same amount."""
    if a.dimension != b.dimension:
        return False
    first, second = _canonical(a), _canonical(b)
    return (
        first is not None
        and second is not None
        and abs(first - second) > Decimal("0.05") * max(abs(first), abs(second))
    )


def _canonical(bound: Bound) -> Decimal | None:
    q = bound.quantity
    value = q.low if q.low is not None else q.high
    factor = next((u.factor for u in lexicon.units() if u.ucum == q.unit), None)
    return value * factor if value is not None and factor is not None else None


def _same_direction(a: Bound, b: Bound) -> Quantity:
    q = b.quantity
    if b.stated or q.low is None or q.low != q.high:
        return q
    first = a.quantity
    if first.low is not None and first.high is None:
        return replace(q, high=None, high_inclusive=False, low_inclusive=first.low_inclusive)
    if first.high is not None and first.low is None:
        return replace(q, low=None, low_inclusive=False, high_inclusive=first.high_inclusive)
    return q
