"""Exclusions of a whole group of people: a condition, and nothing that says how bad it has to be."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.wording import exempted
from protocol_nlp.tree import Condition, Span


def blanket(document: Document, ids: frozenset[str], settled: frozenset[str]) -> Iterator[tuple[Item, Span]]:
    """The places where an exclusion names one of the conditions, without an exception and without a settling word in
    the item or the items around it; the first of each item."""
    for item in document.stated():
        if item.role != "exclusion" or exempted(item):
            continue
        said = {word.folded for near in (item, *item.above(), *item.children) for word in near.words}
        if said & settled:
            continue
        for node, place in item.nodes(Condition):
            if node.concept.id in ids and node.status != "absent" and not (place.in_exception or place.denied):
                yield item, node.concept.span
                break
