from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison

ZERO_TO_FIVE: Final = frozenset({"ecog", "who_performance"})
HUNDRED: Final = frozenset({"karnofsky", "lansky"})
_BEST, _LOWEST = 1, 80


@rule(code="INC002", severity="info")
def narrow_performance_status(document: Document) -> Iterator[Draft]:
    """Only patients in the best general condition may enter (ECOG 0-1, Karnofsky 80 or more).

    Why it matters
        Half of the people who will be given the drug are less fit. Without them nobody knows whether it helps them.
    Example
        Inclusion: ECOG performance status 0-1
    Use instead
        Inclusion: ECOG performance status 0-2
    Source
        ASCO and Friends of Cancer Research 2021, Clinical Cancer Research: performance status.
    """
    for node, place, item in document.nodes(Comparison):
        if node.measure is None or item.role != "inclusion" or place.in_guard or place.denied:
            continue
        quantity = node.quantity
        narrow = node.measure.id in ZERO_TO_FIVE and quantity.high is not None and quantity.high <= _BEST
        narrow |= node.measure.id in HUNDRED and quantity.low is not None and quantity.low >= _LOWEST
        if narrow:
            yield Draft(
                span=node.measure.span.cover(quantity.span),
                message="only the fittest may enter",
                readings=Readings("a patient with ECOG 2 is out", "the site records 1 instead"),
                question="Why is ECOG 2 (Karnofsky 60 to 70) excluded?",
            )
