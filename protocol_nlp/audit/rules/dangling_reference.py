from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span

REFERENCES: Final = WordList("audit_references", ("where",))

NOT_ALL: Final = re.compile(
    r"\b(?:inclusion|exclusion|eligibility)\s+criteria\s+(?:include|includes|are)\b[\s,]*(?:but\s+(?:are\s+|is\s+)?)?not\s+limited\s+to",
    re.IGNORECASE,
)

# Consent is asked for by local rules everywhere; nobody doubts which.
CONSENT: Final = frozenset("consent consented assent irb ethics regulations".split())

HEREIN: Final = frozenset("herein hereunder hereafter hereinafter".split())
TOLD: Final = frozenset(
    "defined described specified listed given outlined stated detailed provided noted indicated set published".split()
)
PAPERS: Final = frozenset(
    (
        "guideline guidelines manual charter protocol appendix annex document documents handbook table tables brochure "
        "instructions label leaflet supplement flowchart schedule sop policy section website atlas smpc "
        "smpcs spc labelling labeling"
    ).split()
)
NAME: Final = 5


@rule(code="REF001", severity="error", document_wide=True)
def dangling_reference(document: Document) -> Iterator[Draft]:
    """The criterion refers to a list, table, appendix or guideline that the entry does not hold, or is nothing but a
    pointer ("See Disease Characteristics").

    Why it matters
        Whoever works from the registry entry cannot check the criterion; one site asks, another guesses.
    Example
        Inclusion: Adequate organ function as defined in Appendix 2
    Use instead
        Inclusion: Platelets ≥ 100 x 10^9/L and total bilirubin ≤ 1.5 x ULN
    """
    custom: dict[str, list[Span]] = {}
    for item in document.stated():
        formal = bool(CONSENT & set(item.said(item.lead)))
        for hit in item.find(REFERENCES):
            span = item.span(hit.start, hit.end)
            if hit.row["where"] == "custom" and formal:
                continue
            if hit.row["where"] == "below" and _holds(item, span):
                continue
            if hit.row["where"] == "above" and document.items.index(item) > 0:
                continue
            if hit.row["where"] == "custom":
                custom.setdefault(item.quote(span).lower(), []).append(span)
            else:
                yield _draft(item.quote(span), span)
        if not formal:
            yield from (_draft(item.quote(span), span) for span in _papers(item))
    for said, (first, *others) in custom.items():
        yield _draft(said, first, tuple(others), "warning")
    yield from _headings(document)


def _papers(item: Item) -> Iterator[Span]:
    """ "The tolerance doses listed in the RTQA guidelines": a participle, "in", and the name of a document."""
    words = item.words
    found = [item.span(hit.start, hit.end) for hit in item.find(REFERENCES)]
    if words and words[0].folded == "see" and len(words) <= NAME + 1:
        yield item.span(words[0].start, words[-1].end)  # "See Disease Characteristics": nothing but a pointer
        return
    for i in range(1, len(words)):
        if words[i].folded in HEREIN:
            place = item.span(words[max(0, i - 2)].start, words[i].end)
        elif words[i].folded in TOLD and i + 1 < len(words) and words[i + 1].folded in ("in", "by", "per", "on"):
            ahead = range(i + 2, min(i + 2 + NAME, len(words)))
            end = next((k for k in ahead if words[k].folded in PAPERS or not words[k].text[0].isalnum()), None)
            if end is None or words[end].folded not in PAPERS:
                continue
            place = item.span(words[i].start, words[end].end)
        else:
            continue
        if not any(place.overlaps(other) for other in found):
            yield place


def _headings(document: Document) -> Iterator[Draft]:
    """Headings that say that more criteria stand elsewhere; they belong to no criterion."""
    for match in NOT_ALL.finditer(document.text):
        place = Span(match.start(), match.end())
        if not any(place.overlaps(item.lead) for item in document.stated()):
            yield _draft(" ".join(match[0].split()), place)


def _draft(said: str, span: Span, also: tuple[Span, ...] = (), severity: Severity | None = None) -> Draft:
    return Draft(
        span=span,
        message=f'"{said}" refers to something that the entry does not hold',
        readings=Readings(
            "without the other document nobody can decide this",
            "each site takes what it finds under that name, in the version it has",
        ),
        question=f"What does “{said}” say? Please give it here.",
        also=also,
        severity=severity,
    )


def _holds(item: Item, span: Span) -> bool:
    """Whether what is announced comes: in the items below, or behind a colon, or in so many more words."""
    return bool(item.criterion.children) or (not item.criterion.list_missing and len(item.after(span, 4)) == 4)
