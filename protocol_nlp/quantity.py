"""What the grammar found of a quantity -> numbers, direction, unit and reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from protocol_nlp.annotate.tokens import Token
from protocol_nlp.lexicon import Unit
from protocol_nlp.parts import Bound, Part
from protocol_nlp.tree import Quantity, Reference, Span, hull

Tree = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a range, or a whole bound."""

    tokens: tuple[Token, ...]
    value: Decimal
    op: str | None
    comparator: Token | None
    trailing: Token | None
    scale: Token | None
    unit: Token | None
    limit: Token | None
    issues: tuple[str, ...]

    @property
    def span(self) -> Span:
        return hull([t.span for t in self.tokens])


def quantities(name: str, children: list[Any]) -> list[Part]:
    """The QUANTITY parts of one grammar node: one, or two where a range runs over two units."""
    match name:
        case "normal":
            token: Token = children[0]
            q = Quantity(span=token.span, reference="normal", unit_text=token.text)
            return [_part([token], Bound(quantity=q, stated=True, multiple=True))]
        case "interval":
            first, joint, second = children
            return _interval(_side(first), joint, _side(second))
        case _:
            return [_single(_side((name, children)))]


def _flat(children: list[Any]) -> list[Token]:
    out: list[Token] = []
    for child in children:
        out += _flat(child[1]) if isinstance(child, tuple) else [child]
    return out


def _side(node: Tree) -> _Side:
    tokens = tuple(_flat(node[1]))

    def first(*kinds: str) -> Token | None:
        return next((t for t in tokens if t.kind in kinds), None)

    number, comparator, trailing = first("NUMBER"), first("COMPARATOR"), first("TRAILING", "PLUS")
    value = number.value if number and isinstance(number.value, Decimal) else Decimal(1)
    op = comparator.value if comparator else trailing.value if trailing else None
    return _Side(
        tokens=tokens,
        value=value,
        op=str(op) if op else None,
        comparator=comparator,
        trailing=trailing,
        scale=first("SCALE"),
        unit=first("UNIT", "TIME_UNIT"),
        limit=first("LIMIT"),
        issues=tuple(i for t in tokens for i in t.issues),
    )


def _bounds(op: str | None, value: Decimal) -> dict[str, Any]:
    match op:
        case "ge" | "gt":
            return {"low": value, "low_inclusive": op == "ge"}
        case "le" | "lt":
            return {"high": value, "high_inclusive": op == "le"}
        case "pm":
            return {"high": value, "high_inclusive": True}
        case _:
            return {"low": value, "high": value, "low_inclusive": True, "high_inclusive": True}


def _unit(side: _Side) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if side.unit is not None:
        known = side.unit.value
        out = {"unit": known.ucum if isinstance(known, Unit) else None, "unit_text": side.unit.text}
    if side.limit is not None:
        out["reference"] = _reference(side.limit)
        if side.unit is None:
            out["unit_text"] = side.limit.text
    return out


def _reference(limit: Token) -> Reference:
    return limit.value  # type: ignore[return-value]


def _dimension(side: _Side) -> str | None:
    return side.unit.value.dimension if side.unit is not None and isinstance(side.unit.value, Unit) else None


def _issues(side: _Side) -> tuple[str, ...]:
    extra = {"approx": ("comparator:approximate",), "pm": ("comparator:plus_minus",)}.get(side.op or "", ())
    return (*side.issues, *extra)


def _single(side: _Side) -> Part:
    quantity = Quantity(span=side.span, issues=_issues(side), **_bounds(side.op, side.value), **_unit(side))
    bound = Bound(
        quantity=quantity,
        dimension=_dimension(side),
        multiple=side.limit is not None,
        scale=side.scale,
        trailing=side.trailing,
        stated=side.op is not None,
        op=side.op,
        comparator=side.comparator,
        unit_span=side.unit.span if side.unit else None,
    )
    return _part(list(side.tokens), bound)


def _interval(first: _Side, joint: Token, second: _Side) -> list[Part]:
    if first.unit and second.unit and first.unit.value != second.unit.value:
        low = _single(_with_op(first, "ge"))
        high = _single(_with_op(second, "le"))
        return [low, high.changed(marks=(*high.marks, joint.span), span=high.span)]
    tail = second if second.unit or second.limit else first
    low_op, high_op = first.op, second.op
    issues = (*_issues(first), *_issues(second))
    low_value, high_value = first.value, second.value
    if joint.value == "pm":
        low_value, high_value = first.value - second.value, first.value + second.value
        issues += ("comparator:plus_minus",)
    elif first.value > second.value and joint.kind != "PAIR":
        issues += ("range:reversed",)
    quantity = Quantity(
        span=first.span.cover(second.span),
        low=low_value,
        high=high_value,
        low_inclusive=low_op != "gt",
        high_inclusive=high_op != "lt",
        issues=issues,
        **_unit(tail),
    )
    bound = Bound(
        quantity=quantity,
        dimension=_dimension(tail),
        multiple=tail.limit is not None,
        scale=first.scale or second.scale,
        trailing=second.trailing,
        pair=joint.kind == "PAIR",
        stated=joint.kind != "PAIR" or first.op is not None or second.op is not None,
        op=first.op or second.op,
        unit_span=tail.unit.span if tail.unit else None,
    )
    return [_part([*first.tokens, joint, *second.tokens], bound)]


def _with_op(side: _Side, op: str) -> _Side:
    return side if side.op else _Side(**{**_fields(side), "op": op})


def _fields(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _part(tokens: list[Token], bound: Bound) -> Part:
    text = " ".join(t.text for t in tokens)
    return Part(
        kind="QUANTITY", span=hull([t.span for t in tokens]), text=text, value=bound, issues=bound.quantity.issues
    )


def directed(bound: Bound, op: str, trailing: Token) -> Bound:
    """A bound without direction, turned by the words that follow it ("or older")."""
    q = bound.quantity
    assert q.low is not None
    turned = replace(
        q, span=q.span.cover(trailing.span), low=None, high=None, low_inclusive=False, high_inclusive=False
    )
    return replace(bound, quantity=replace(turned, **_bounds(op, q.low)), trailing=trailing, stated=True, op=op)
