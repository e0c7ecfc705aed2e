"""Whether the lines behind an empty list header are the list it promises."""

from __future__ import annotations

from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.tree import Comparison, Condition

FUNCTION: Final = frozenset("function functions laboratory values parameters status".split())
DISEASE: Final = frozenset("disease diseases disorder disorders condition conditions illness illnesses".split())
FEWEST: Final = 2
LONGEST: Final = 8


def flattened(document: Document, header: Item) -> list[Item]:
    """The items at the header's level, right behind it, that are of the kind it announces: limits of laboratory
    values under a function, short diseases under diseases. Empty where they are fewer than FEWEST."""
    if not header.criterion.list_missing:
        return []
    level = header.parent.children if header.parent else [item for item in document.items if item.parent is None]
    said = set(header.said(header.lead))
    fits = _limit if FUNCTION & said else _disease if DISEASE & said else None
    found: list[Item] = []
    for item in level[level.index(header) + 1 :]:
        if fits is None or item.role != header.role or not fits(item):
            break
        found.append(item)
    return found if len(found) >= FEWEST else []


def _limit(item: Item) -> bool:
    known = (measure(node.measure) for node, _ in item.nodes(Comparison))
    return any(m is not None and m.label == "Measurement" and m.id not in ("age", "ecog", "karnofsky") for m in known)


def _disease(item: Item) -> bool:
    expr = item.criterion.expr
    return len(item.words) <= LONGEST and isinstance(expr, Condition) and expr.concept.label == "Condition"
