from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Span, Within

AROUND: Final = frozenset("of from to at around".split())


@rule(code="TIM004", severity="warning", document_wide=True)
def direction_ambiguous(document: Document) -> Iterator[Draft]:
    """ "Within 4 weeks of" an event: before it, after it, or on either side.

    Why it matters
        A test or a treatment that is planned for the days after the event falls under one reading and not under the
        other.
    Example
        Exclusion: Live vaccine within 4 weeks of enrolment
    Use instead
        Exclusion: Live vaccine within 4 weeks before enrolment
    """
    spans: list[Span] = []
    told: list[str] = []
    for node, _, item in document.nodes(Within):
        length, anchor = node.window.length, node.window.anchor
        if length is None or anchor is None or node.window.side == "during" or anchor.span.start < length.span.end:
            continue
        said, between = item.said(length.span), item.said(Span(length.span.end, anchor.span.start))
        if between[:1] and between[0] in AROUND and ("within" in said or "within" in item.before(length.span, 2)):
            spans.append(length.span.cover(anchor.span))
            told.append(item.quote(spans[-1]))
    if spans:
        first, *others = sorted(set(spans))
        said_first = told[spans.index(first)]
        yield Draft(
            span=first,
            message=f'"{said_first}" may lie before or after the event',
            readings=Readings(
                "only the time before the event counts",
                "the same time after the event counts as well: what is planned for it decides too",
            ),
            question=f"Does “{said_first}” mean before the event, or on either side of it?",
            also=tuple(others),
        )
