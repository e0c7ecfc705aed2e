"""Lines beside each other that bound one measure otherwise: asked of different patients, or one of them is enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

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
        some = isinstance(item.expr, If | Unless)
        bound = _first(item.expr) if item.role == "inclusion" else None
        if bound is None or not bound.measure or not bound.measure.id or bound.quantity.issues:
            close()
            continue
        if run and not all(_differ(bound, other, some=some and not first) for _, other, first in run):
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


def _first(expr: Expr | None) -> Comparison | None:
    """The bound that an expression begins with; null where something else stands first."""
    while expr is not None and not isinstance(expr, Comparison):
        if isinstance(expr, Condition | Opaque):
            return None
        expr = expr.then if isinstance(expr, If) else min(children(expr), key=lambda child: child.span, default=None)
    return expr


def _differ(one: Comparison, other: Comparison, *, some: bool) -> bool:
    """Whether one of two lines may hold instead of the other: they bound one measure in one unit, from the same side,
    by other values, or by ranges of the age; of a line for `some` patients, whether it asks less than the other."""
    if not (one.measure and other.measure and one.measure.id == other.measure.id):
        return False
    if one.quantity.unit != other.quantity.unit or one.quantity.reference != other.quantity.reference:
        return False
    low, high = (one.quantity.low, other.quantity.low), (one.quantity.high, other.quantity.high)
    if some:
        return _less(low) or _less((high[1], high[0]))
    sides = one.measure.id == "age" or ((low[0] is None) == (low[1] is None) and (high[0] is None) == (high[1] is None))
    return sides and (_other(low) or _other(high))


def _less(values: tuple[Decimal | None, Decimal | None]) -> bool:
    one, other = values
    return one is not None and other is not None and one < other


def _other(values: tuple[Decimal | None, Decimal | None]) -> bool:
    one, other = values
    return one is not None and other is not None and one != other
