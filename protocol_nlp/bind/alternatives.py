"""The same bound in another unit ("100,000/mm³ (100 × 10⁹/L)"), held beside the first."""

from __future__ import annotations

from dataclasses import replace

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
                value = (*(part.value if isinstance(part.value, tuple) else (a,)), again)
                marks = (*part.marks, inner[0].span, inner[2].span)
                out.append(
                    part.changed(kind="QUANTITIES", value=value, span=part.span.cover(inner[2].span), marks=marks)
                )
                i += 4
                continue
        out.append(part)
        i += 1
    return out


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
