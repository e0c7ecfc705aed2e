from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span, Within

CHANGE: Final = WordList("audit_unanchored_change")
# Words that name both ends of an interval: two scans, or the scan compared with.
BOTH: Final = frozenset(
    "two both 2 consecutive serial repeat repeated separate compared comparison since after prior previous "
    "between".split()
)


@rule(code="TIM009", severity="warning")
def interval_endpoints_missing(document: Document) -> Iterator[Draft]:
    """An interval, or a change between two dates, of which only one end is named.

    Why it matters
        "No progression" against last week's scan and against the scan before treatment are two demands; the first
        lets in nearly everybody.
    Example
        Exclusion: Brain metastases, unless MRI at screening shows no evidence of progression
    Use instead
        Exclusion: Brain metastases, unless two MRI scans 4 weeks apart are alike
    """
    for item in document.stated():
        for node, _ in item.nodes(Within):
            if "apart" in item.said(node.window.span) and not BOTH & set(item.said(item.lead)):
                yield _draft(item, node.window.span)
        lengths = [node.window.length for node, _ in item.nodes(Within) if node.window.length is not None]
        for hit in item.find(CHANGE):
            span = item.span(hit.start, hit.end)
            if not lengths and not BOTH & set(item.after(span, 12)):
                yield _draft(item, span)


def _draft(item: Item, span: Span) -> Draft:
    said = item.quote(span)
    return Draft(
        span=span,
        message=f'"{said}" compares two dates and names at most one',
        readings=Readings(
            "compared with any earlier examination, be it of last week",
            "compared with the examination after the treatment, some weeks earlier at least",
        ),
        question=f"“{said}”: between which two examinations, and how far apart?",
        confidence="medium",
    )
