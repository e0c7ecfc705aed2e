"""Lines beside each other that bound one measure otherwise: asked of different patients, or one of them is enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from protocol_nlp.checklist.wording import of_some
from protocol_nlp.display import wording
from protocol_nlp.tree import Comparison, Condition, Criterion, Expr, If, Opaque, Unless, children


def rivals(items: Sequence[Criterion]) -> dict[str, tuple[str, ...]]:
    """Id of each inclusion that begins with a bound, right behind one (or below one) that begins with another bound of
    the same measure -> the ids of all of them: "≥ 22 years in the USA" / "≥ 18 years elsewhere", "Age ≥ 60, with one
    line of therapy" / "Age 18-59, with two lines". A line for some patients counts where it asks less than the other.
    """
    found: dict[str, tuple[str, ...]] = {}
    run: list[tuple[Criterion, Comparison, bool]] = []

    def close() -> None:
        ids = tuple(wording(item.id) for item, *_ in run)
        if len(run) > 1:
            found.update({item.id: ids for item, *_ in run})
        run.clear()

    for item in _lines(items):
        some = isinstance(item.expr, If | Unless) or of_some(wording(item.text))
        bound = first_bound(item.expr) if item.role == "inclusion" else None
        if bound is None or not bound.measure or not bound.measure.id or bound.quantity.issues:
            close()
            continue
        if run and not any(_rival((bound, some), (other, few)) for _, other, few in run):
            close()
        run.append((item, bound, some))
    close()
    return found


def _lines(items: Sequence[Criterion]) -> Iterator[Criterion]:
    """The items, each with what stands below it where it is no list."""
    for item in items:
        yield item
        if item.form == "criterion":
            yield from _lines(item.children)


def first_bound(expr: Expr | None) -> Comparison | None:
    """The bound that an expression begins with; null where something else stands first."""
    while expr is not None and not isinstance(expr, Comparison):
        if isinstance(expr, Condition | Opaque):
            return None
        expr = expr.then if isinstance(expr, If) else min(children(expr), key=lambda child: child.span, default=None)
    return expr


def _rival(one: tuple[Comparison, bool], other: tuple[Comparison, bool]) -> bool:
    """Whether one of two lines may hold instead of the other: they bound one measure in one unit, from the same side,
    by other values, or by ranges of the age. Of lines for some patients alone, one that asks less than a line for all
    does; two of them say whom each is for."""
    (bound, some), (second, few) = one, other
    if (some and few) or not (bound.measure and second.measure and bound.measure.id == second.measure.id):
        return False
    if bound.quantity.unit != second.quantity.unit or bound.quantity.reference != second.quantity.reference:
        return False
    low, high = (bound.quantity.low, second.quantity.low), (bound.quantity.high, second.quantity.high)
    if some or few:
        low, high = (low, high) if some else (low[::-1], high[::-1])
        return _less(low) or _less(high[::-1])
    sides = bound.measure.id == "age" or all((one is None) == (other is None) for one, other in (low, high))
    return sides and (_other(low) or _other(high))


def _less(values: tuple[Decimal | None, Decimal | None]) -> bool:
    one, other = values
    return one is not None and other is not None and one < other


def _other(values: tuple[Decimal | None, Decimal | None]) -> bool:
    one, other = values
    return one is not None and other is not None and one != other
