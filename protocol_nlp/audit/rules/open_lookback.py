from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Condition, Within


@rule(code="TIM005", severity="info")
def open_lookback(document: Document) -> Iterator[Draft]:
    """ "History of", "previous", "ever", and no length of time.

    Why it matters
        Read to the letter it means once in a life; many screeners look back a few years and stop.
    Example
        Exclusion: History of gastrointestinal bleeding
    Use instead
        Exclusion: Gastrointestinal bleeding within 6 months before the first dose
    """
    for item in document.stated():
        if item.role != "exclusion" or any(True for _ in item.nodes(Within)):
            continue
        for node, place in item.nodes(Condition):
            if node.status != "history" or place.in_exception or node.concept.label != "Condition":
                continue
            said = item.quote(node.span)
            yield Draft(
                span=node.span,
                message=f'"{said}": ever in life, or since when?',
                readings=Readings(
                    "once in a life is enough to be out, be it thirty years ago",
                    "only what happened in recent years, or still matters, counts",
                ),
                question=f"How far back does “{said}” reach?",
                confidence="medium",
            )
            break
