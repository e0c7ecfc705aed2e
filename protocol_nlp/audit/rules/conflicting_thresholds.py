from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from protocol_nlp.audit.document import Document, Item, Place
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import AtLeast, Comparison, If, Or, Span, Unless, Within

# A word behind a limit that says for whom it is.
TIER: Final = frozenset("with if in for when where who unless ( among".split())


class Limit(NamedTuple):
    """What two statements must share to be about the same limit."""

    measure: str
    role: str
    unit: str | None
    reference: str | None
    side: str
    parent: str | None


@rule(code="NUM006", severity="error")
def conflicting_thresholds(document: Document) -> Iterator[Draft]:
    """Two limits of one measure in the same section, and no condition says which holds for whom.

    Why it matters
        A patient between the two limits meets one criterion and fails the other.
    Example
        Inclusion Criteria:

        * Platelets ≥ 100 x 10^9/L
        * Platelets ≥ 75 x 10^9/L
    Use instead
        Inclusion Criteria:

        * Platelets ≥ 100 x 10^9/L
        * Neutrophils ≥ 1.5 x 10^9/L
    """
    met: dict[Limit, list[tuple[Decimal, Span, str]]] = {}
    for node, place, item in document.nodes(Comparison):
        if (limit := _limit(node, place, item)) is not None:
            value = node.quantity.low if limit.side == "low" else node.quantity.high
            assert value is not None
            met.setdefault(limit, []).append((value, node.span, item.quote(node.span)))
    for uses in met.values():
        values = {value for value, _, _ in uses}
        if len(values) != 2:
            continue  # three or more limits are tiers or cohorts, not a slip
        (_, first, one), (_, second, other) = uses[0], next(use for use in uses if use[0] != uses[0][0])
        yield Draft(
            span=second,
            message=f'"{other}" stands beside "{one}" for the same measure',
            readings=Readings(
                "both hold, so the stricter one decides", "one of the two is a slip, and the other decides"
            ),
            question=f"Which limit holds, “{one}” or “{other}”? If both, for whom is each?",
            also=(first,),
            confidence="medium",
        )


def _limit(node: Comparison, place: Place, item: Item) -> Limit | None:
    quantity = node.quantity
    if (
        node.measure is None
        or node.measure.id is None
        or item.role is None
        or (quantity.low is None) == (quantity.high is None)
    ):
        return None
    if any(isinstance(n, If | Or | AtLeast | Unless | Within) for n in place.path) or item.criterion.expr is None:
        return None
    if TIER & set(item.after(node.span, 1)):
        return None
    # Age may have a limit in every cohort; a measure of lesions is one of each lesion.
    if node.measure.id in ("age", "lesion_size", "lesion_count", "drug_dose", "prior_lines", "ctcae_grade", "score"):
        return None
    return Limit(
        measure=node.measure.id,
        role=item.role,
        unit=quantity.unit,
        reference=quantity.reference,
        side="low" if quantity.high is None else "high",
        parent=item.parent.criterion.id if item.parent else None,
    )
