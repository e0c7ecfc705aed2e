"""Lists of levels ("ECOG 0, 1 or 2") as one range, and trailing words that stand apart from their number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from protocol_nlp.annotate.tokens import Token
from protocol_nlp.parts import Bound, Part
from protocol_nlp.quantity import directed

_JOINTS = frozenset({"COMMA", "OR", "AND", "AND_OR", "PAIR", "SLASH"})


def trailing(parts: list[Part]) -> list[Part]:
    """ "18 years of age | or older": the words turn the bound of the quantity they follow."""
    out: list[Part] = []
    for part in parts:
        if part.kind == "LATE":
            for k in range(len(out) - 1, max(-1, len(out) - 6), -1):
                if out[k].kind == "QUANTITY":
                    bound: Bound = out[k].value
                    if not bound.stated:
                        token = Token(kind="TRAILING", span=part.span, text=part.text, value=part.value)
                        out[k] = out[k].changed(value=directed(bound, str(part.value), token))
                        part = part.changed(kind="TRAILED")
                    break
        out.append(part)
    return out


def levels(parts: list[Part]) -> list[Part]:
    """Bare whole numbers in a row, each one more than the last, are a range."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        run = [i]
        while (nxt := _next(parts, run[-1])) is not None and _follows(parts[run[-1]], parts[nxt]):
            run.append(nxt)
        if len(run) > 1:
            out.append(_joined(parts, run))
            i = run[-1] + 1
        else:
            out.append(parts[i])
            i += 1
    return out


def _next(parts: list[Part], i: int) -> int | None:
    k = i + 1
    while k < len(parts) and parts[k].kind in _JOINTS and k - i <= 2:
        k += 1
    return k if k > i + 1 and k < len(parts) else None


def _bare(part: Part) -> Bound | None:
    bound = part.value
    if part.kind != "QUANTITY" or not isinstance(bound, Bound) or bound.stated or bound.multiple:
        return None
    return bound if bound.quantity.low == bound.quantity.high and bound.quantity.low is not None else None


def _follows(first: Part, second: Part) -> bool:
    a, b = _bare(first), _bare(second)
    if a is None or b is None or a.dimension is not None:
        return False
    assert a.quantity.low is not None and b.quantity.low is not None
    step = b.quantity.low - a.quantity.low
    return step in (1, Decimal("0.5")) or (step in (10, 20) and b.quantity.low % 10 == 0)


def _joined(parts: list[Part], run: list[int]) -> Part:
    first, last = parts[run[0]], parts[run[-1]]
    a, b = first.value, last.value
    span = first.span.cover(last.span)
    quantity = replace(b.quantity, span=span, low=a.quantity.low, issues=(*a.quantity.issues, *b.quantity.issues))
    text = " ".join(p.text for p in parts[run[0] : run[-1] + 1])
    bound = replace(b, quantity=quantity, stated=True, scale=a.scale or b.scale)
    return Part(kind="QUANTITY", span=span, text=text, value=bound)
