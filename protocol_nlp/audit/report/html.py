"""The audit as one HTML page that needs nothing else: the entry with its places marked, each with its readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from protocol_nlp import __version__
from protocol_nlp.audit.finding import SEVERITIES, Audit, Finding, Severity, Verdict
from protocol_nlp.audit.report.position import DECIDABLE, Lines, Position, by_severity, by_verdict
from protocol_nlp.display import wording

# Half of a surrogate pair has no form in an HTML file.
LONE: Final = dict.fromkeys(range(55296, 57344), "�")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the entry's text; `cards` are the numbers of the findings that stand in it, the gravest first."""

    text: str
    cards: tuple[int, ...] = ()
    severity: Severity | None = None
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as the page shows it; `number` is its place among all findings of the page."""

    number: int
    finding: Finding
    position: Position
    also: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the report."""

    id: str
    title: str
    path: str
    verdict: str
    before: str
    pieces: tuple[Piece, ...]
    cards: tuple[Card, ...]
    verdicts: tuple[Verdict, ...]
    counts: dict[str, int]
    criteria: tuple[tuple[str, int], ...]


def report(audits: Sequence[Audit]) -> str:
    """The page for one entry or many."""
    pages: list[Page] = []
    first = 1
    for audit in audits:
        pages.append(_page(audit, first))
        first += len(audit.findings)
    counts = by_severity(f for a in audits for f in a.findings)
    text = _template().render(pages=pages, counts=counts, labels=DECIDABLE, version=__version__)
    return text.translate(LONE)


def _page(audit: Audit, first: int) -> Page:
    text = audit.registration.text
    lines = Lines(text)
    cards = tuple(
        Card(number, finding, lines.at(finding.span.start), tuple(lines.at(span.start) for span in finding.also))
        for number, finding in enumerate(audit.findings, first)
    )
    # What stands before the first finding is the description of the trial, as a rule; it is folded away.
    first_place = min((span.start for f in audit.findings for span in f.places), default=0)
    begin = text.rfind("\n", 0, first_place) + 1
    return Page(
        id=wording(audit.registration.id),
        title=wording(audit.registration.title or ""),
        path=wording(audit.registration.provenance.path),
        verdict=DECIDABLE[audit.decidable],
        before=text[:begin],
        pieces=tuple(_pieces(text, begin, cards)),
        cards=cards,
        verdicts=audit.verdicts,
        counts=by_severity(audit.findings),
        criteria=tuple((DECIDABLE[level], n) for level, n in by_verdict([audit]).items()),
    )


def _pieces(text: str, begin: int, cards: Sequence[Card]) -> Iterator[Piece]:
    """The text from `begin` on, cut wherever a finding begins or ends."""
    spans = [(span, card) for card in cards for span in card.finding.places]
    cuts = sorted({begin, len(text), *(edge for span, _ in spans for edge in span)})
    for start, end in pairwise(cuts):
        here = [card for span, card in spans if span.start <= start and end <= span.end]
        here.sort(key=lambda card: (SEVERITIES.index(card.finding.severity), card.number))
        yield Piece(
            text=text[start:end],
            cards=tuple(dict.fromkeys(card.number for card in here)),
            severity=here[0].finding.severity if here else None,
            codes=", ".join(dict.fromkeys(card.finding.code for card in here)),
        )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("protocol_nlp.audit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("audit.html.j2")
