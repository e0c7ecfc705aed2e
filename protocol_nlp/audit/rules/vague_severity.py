from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.of_tumours import open_words
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import allowed, defined, name_end, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Span

SEVERITY: Final = WordList("audit_vague_severity", ("one", "other", "ask"))
_JOINED: Final = frozenset({"or", "and", "/", ","})


@rule(code="SUB002", severity="warning", document_wide=True)
def vague_severity(document: Document) -> Iterator[Draft]:
    """A word grades a disease or an intervention ("severe", "active", "uncontrolled", "major"), and nothing near it
    says from which grade, value or finding on.

    Why it matters
        The word decides who is kept out for safety. One screener keeps out any treated high blood pressure as
        uncontrolled, the next only what is above a limit; the same patient is safe at one site and not at the other.
    Example
        Exclusion: Severe liver disease
    Use instead
        Exclusion: Liver cirrhosis of Child-Pugh class B or C
    Source
        INCOSE, Guide to Writing Requirements, rule 7: no vague terms.
    """
    found: dict[tuple[str, ...], list[tuple[Item, Hit, Span]]] = {}
    for item in document.stated():
        for hit, last in _merged(item):
            if not defined(item, last):
                end = name_end(item, last)
                said = tuple(word.folded for word in item.words[hit.first : end + 1])
                found.setdefault(said, []).append((item, hit, span(item, hit.first, end)))
    known = [place for told in found.values() for _, _, place in told]
    for item, hit, place in open_words(document, "SUB002", known):
        found.setdefault(tuple(item.quote(place).lower().split()), []).append((item, hit, place))
    for (item, hit, place), *others in found.values():
        yield Draft(
            span=place,
            message=f'"{item.quote(place)}": no grade, limit or finding says from where on',
            readings=Readings(hit.row["one"], hit.row["other"]),
            question=f"{hit.row['ask']}? (“{item.quote(place)}”)",
            also=tuple(other for _, _, other in others),
        )


def _merged(item: Item) -> Iterator[tuple[Hit, int]]:
    """The hits, those that a connective joins as one ("severe or uncontrolled"), each with its last word."""
    fixed = allowed(item, "SUB")
    hits = [hit for hit in item.find(SEVERITY) if hit.first not in fixed]
    joined = {
        after.first: before
        for before, after in pairwise(hits)
        if {w.folded for w in item.words[before.last + 1 : after.first]} <= _JOINED
    }
    for hit in hits:
        if hit.first in joined:
            continue
        last = hit.last
        for later in hits:
            if later.first in joined and joined[later.first].last == last:
                last = later.last
        yield hit, last
