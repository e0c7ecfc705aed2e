from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from protocol_nlp.audit.document import Document, Place
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import And, Condition, If, Not, Span, Unless, Within

DAYS: Final = {"d": 1, "wk": 7, "mo": 30, "a": 365}


class Rule(NamedTuple):
    """A thing that excludes, and for how many days back; null for ever."""

    concept: str
    days: Decimal | None
    span: Span
    criterion: str


@rule(code="CON002", severity="info")
def subsumed_criterion(document: Document) -> Iterator[Draft]:
    """One exclusion is covered by another: the same thing, within a shorter time.

    Why it matters
        A screener who finds both looks for a difference that is not there, or takes the narrower for the rule.
    Example
        Exclusion Criteria:

        * Stroke
        * Stroke within 6 months before the first dose
    Use instead
        Exclusion Criteria:

        * Stroke within 6 months before the first dose
        * Unstable angina
    """
    rules = [
        found
        for node, place, item in document.nodes(Condition)
        if (found := _rule(node, place, item.criterion.id)) and item.role == "exclusion"
    ]
    for narrow in rules:
        for wide in rules:
            if narrow.concept != wide.concept or narrow.criterion == wide.criterion or narrow.days is None:
                continue
            if wide.days is None or wide.days > narrow.days:
                yield Draft(
                    span=narrow.span,
                    message=f"is covered by criterion {wide.criterion}",
                    readings=Readings(
                        f"criterion {wide.criterion} excludes these patients already",
                        f"only what stands here excludes, and {wide.criterion} means something else",
                    ),
                    question=f"Is this needed beside criterion {wide.criterion}?",
                    also=(wide.span,),
                    confidence="medium",
                )
                break


def _rule(node: Condition, place: Place, criterion: str) -> Rule | None:
    if node.concept.id is None or node.qualifiers or place.denied or node.status not in ("present", "history"):
        return None
    if any(isinstance(n, And | Not | If | Unless | Condition) for n in place.path):
        return None
    windows = [n for n in place.path if isinstance(n, Within)]
    if not windows:
        return Rule(node.concept.id, None, node.span, criterion)
    length = windows[-1].window.length
    if len(windows) > 1 or length is None or length.high is None or length.unit not in DAYS:
        return None
    return Rule(node.concept.id, length.high * DAYS[length.unit], node.span.cover(windows[-1].window.span), criterion)
