from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList, words
from protocol_nlp.tree import Concept, Span, Within

UNDEFINED: Final = WordList("audit_undefined_anchor", ("one", "other", "after"))

PERIODS: Final = WordList("audit_undefined_period")
# Names that are open even without a length of time before them ("at study entry").
_BEGINS: Final = frozenset({"entry", "entering", "start", "initiation", "commencement", "beginning", "diagnosis"})
_WHEN: Final = frozenset({"at", "before", "to", "of", "time", "the", "upon", "since", "on"})
_PLANS: Final = frozenset({"planned", "scheduled", "anticipated", "expected", "projected", "estimated"})
_PLANNED: Final = {"one": "the day that is planned", "other": "the day on which it happens", "after": "0"}


@rule(code="TIM003", severity="warning", document_wide=True)
def undefined_anchor(document: Document) -> Iterator[Draft]:
    """A stretch of time is counted from something that sites date differently ("study entry", "treatment").

    Why it matters
        A washout that ends at "study entry" is days or weeks shorter where entry means consent than where it means
        the first dose.
    Example
        Exclusion: Chemotherapy within 4 weeks prior to study entry
    Use instead
        Exclusion: Chemotherapy within 4 weeks before randomisation
    """
    found: dict[str, tuple[Mapping[str, str], list[Span]]] = {}
    yield from _periods(document)
    for node, _, item in document.nodes(Within):
        anchor = node.window.anchor
        if (
            anchor is None
            or (row := _row(anchor)) is None
            or (node.window.length is None and not _BEGINS & set(_said(anchor)))
        ):
            continue
        if row["after"] == "1" and node.window.side != "after":
            continue
        if _further(item.after(anchor.span, 2)):
            continue
        found.setdefault(" ".join(anchor.text.lower().split()), (row, []))[1].append(anchor.span)
    for item in document.stated():
        for hit in item.find(UNDEFINED):
            # Some entries are read as no time at all: "at the time study entry".
            if {"entry", "entering"} & {
                w.folded for w in item.words[hit.first : hit.last + 1]
            } and hit.last > hit.first:
                place = item.span(hit.start, hit.end)
                before = item.words[hit.first - 1].folded if hit.first else ""
                if before in _WHEN and not any(place.overlaps(span) for _, spans in found.values() for span in spans):
                    found.setdefault(" ".join(item.quote(place).lower().split()), (hit.row, []))[1].append(place)
    for name, (row, spans) in found.items():
        first, *others = sorted(set(spans))
        yield Draft(
            span=first,
            message=f'"{name}" is no day that all sites date alike',
            readings=Readings(f"“{name}” is {row['one']}", f"“{name}” is {row['other']}"),
            question=f"Which day is “{name}”: consent, enrolment, randomisation, or the first dose of the study drug?",
            also=tuple(others),
        )


def _periods(document: Document) -> Iterator[Draft]:
    """The period "during the study", of which nobody says when it begins and ends."""
    found: dict[str, list[Span]] = {}
    for item in document.stated():
        for hit in item.find(PERIODS):
            span = item.span(hit.start, hit.end)
            found.setdefault(item.quote(span).lower(), []).append(span)
    for said, spans in found.items():
        first, *others = sorted(set(spans))
        yield Draft(
            span=first,
            message=f'"{said}" has no stated beginning and end',
            readings=Readings("from consent to the last visit of follow-up", "from the first dose to the last"),
            question=f"From which day to which does “{said}” run?",
            also=tuple(others),
            severity="info",
        )


def _said(anchor: Concept) -> list[str]:
    return [word.folded for word in words(anchor.text)]


def _row(anchor: Concept) -> Mapping[str, str] | None:
    """The row of which the whole name of the event is a spelling."""
    said = words(anchor.text)
    if _PLANS & {word.folded for word in said}:
        return _PLANNED
    return next((hit.row for hit in UNDEFINED.find(said) if (hit.first, hit.last) == (0, len(said) - 1)), None)


def _further(behind: tuple[str, ...]) -> bool:
    """Whether the name goes on: "treatment with anlotinib"."""
    return behind[:1] == ("of",) or (behind[:1] == ("with",) and behind != ("with", "the"))
