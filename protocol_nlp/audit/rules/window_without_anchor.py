from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Within


@rule(code="TIM001", severity="warning")
def window_without_anchor(document: Document) -> Iterator[Draft]:
    """A stretch of time has a length, and no event that it is counted from.

    Why it matters
        Consent, randomisation and first dose may lie weeks apart: the same patient is in or out, by the day from
        which the site counts.
    Example
        Exclusion: Stroke within 6 months.
    Use instead
        Exclusion: Stroke within 6 months before the first dose.
    """
    for node, _, item in document.nodes(Within):
        window = node.window
        if window.length is None or window.anchor is not None:
            continue
        if "apart" in item.said(window.span):
            continue  # a distance between two events: no event to count from is missing
        said = item.quote(window.span)
        yield Draft(
            span=window.span,
            message=f'"{said}" has no event to count from',
            readings=Readings(
                f"“{said}” is counted back from the day of consent",
                "it is counted back from the first dose, some weeks later: a patient on the edge changes sides",
            ),
            question=f"From which event is “{said}” counted: consent, randomisation, first dose?",
        )
