from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule

ENDS: Final = frozenset([";", ",", "and", "or", "/", "-", "with", "of", "the", "to"])
# "and" and ";" at the end of an item join it to the next one.
JOINS: Final = frozenset([";", ",", "and", "or"])


@rule(code="STR008", severity="info")
def truncated_or_dangling_punctuation(document: Document) -> Iterator[Draft]:
    """A criterion ends in a comma, a semicolon, "and" or "of": text may be cut off, or items lost.

    Why it matters
        Nobody can see whether the sentence went on, and with what.
    Example
        Inclusion: Synovial sarcoma, liposarcoma, clear cell sarcoma,
    Use instead
        Inclusion: Synovial sarcoma, liposarcoma, clear cell sarcoma
    """
    items = [item for item in document.stated() if item.words]
    for item in items:
        end = item.words[-1]
        if end.folded not in ENDS or item.criterion.children or item.criterion.list_missing:
            continue
        if end.folded in JOINS and _joined(item, document):
            continue
        span = item.span(item.words[max(0, len(item.words) - 4)].start, end.end)
        yield Draft(
            span=span,
            message=f'ends in "{end.text}"',
            readings=Readings("the sentence is complete", "something stood behind it and is lost"),
            question="Is this the end of the criterion, or did it go on?",
            confidence="medium",
        )


def _joined(item: Item, document: Document) -> bool:
    """Whether a list goes on behind the item in the same manner, or a neighbour ends alike."""
    level = (
        item.parent.children if item.parent else [i for i in document.items if i.parent is None and i.role == item.role]
    )
    at = level.index(item)
    neighbours = [i for i in (*level[max(0, at - 1) : at], *level[at + 1 : at + 2]) if i.words]
    return any(i.words[-1].folded in JOINS for i in neighbours) or at + 1 < len(level)
