"""Words that are open in entries for people with a tumour, where nearly every one of them decides about somebody.

Elsewhere the same words are mostly idle ("newly diagnosed" diabetes), so that a rule would speak too often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.wording import allowed, defined, explained, sentence, span, with_metastatic
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Span

STATES: Final = WordList("audit_tumour_states", ("one", "other", "ask"))
OPEN: Final = WordList("audit_open_words", ("code", "one", "other", "ask"))
_STAGED: Final = frozenset({"stage", "stages", "grade", "figo", "ajcc", "tnm", "iss"})
_WHOSE: Final = frozenset({"allogeneic", "autologous", "allogenic", "solid"})
_FOUND: Final = frozenset("mutation mutations alteration alterations rearrangement rearrangements".split())
_TESTS: Final = frozenset("sequencing ngs pcr fish ihc immunohistochemistry".split())
_NEAR: Final = 4


def states(document: Document) -> Iterator[tuple[Item, Hit]]:
    """The states of a tumour that the entry names and does not settle; none in an entry for other people."""
    if not document.of_tumours:
        return
    for item in document.stated():
        for hit in item.find(STATES):
            if not _settled(item, hit):
                yield item, hit


def _settled(item: Item, hit: Hit) -> bool:
    """Whether a stage, a bracket, a limit, a test or a word beside it says what the word means."""
    behind = {w.folded for w in item.words[hit.last + 1 : hit.last + 1 + _NEAR]}
    named = [w.folded for w in item.words[hit.last + 1 : hit.last + 2]] == ["with"]
    before = {w.folded for w in item.words[max(0, hit.first - _NEAR) : hit.first]}
    tested = item.words[hit.first].folded in _FOUND and _TESTS & {
        item.words[i].folded for i in sentence(item, hit.first)
    }
    # "unresectable or metastatic": a word on surgery, in the one phrase for a disease that no operation cures
    incurable = item.words[hit.last].folded.endswith(("able", "resected")) and with_metastatic(item, hit)
    whose = _WHOSE & {*before, item.words[hit.first].folded}
    if _STAGED & behind or whose or tested or named or incurable:
        return True
    return explained(item, hit.last, 2) or defined(item, hit.last)


def open_words(document: Document, code: str, told: Iterable[Span]) -> Iterator[tuple[Item, Hit, Span]]:
    """The words that are open for a rule, outside of what it has told; none in an entry for other people."""
    if not document.of_tumours:
        return
    known = list(told)
    for item in document.stated():
        fixed = allowed(item, code)
        for hit in item.find(OPEN):
            place = span(item, hit.first, hit.last)
            if hit.row["code"] != code or hit.first in fixed or any(place.overlaps(other) for other in known):
                continue
            if not defined(item, hit.last):
                yield item, hit, place


__all__ = ["open_words", "states"]
