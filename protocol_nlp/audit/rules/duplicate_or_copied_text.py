from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Span

ALIKE: Final = 0.75
MOST: Final = 3
FEWEST: Final = 5
SMALL: Final = frozenset(
    "a an the of or and to in for with by on at is are be must have has patient patients subject subjects".split()
)


class Sentence(NamedTuple):
    """A sentence of an item: its place, and its words without the small ones."""

    item: Item
    span: Span
    words: frozenset[str]


@rule(code="DUP001", severity="info")
def duplicate_or_copied_text(document: Document) -> Iterator[Draft]:
    """The same requirement stands twice, or a sentence was copied and one word of it changed.

    Why it matters
        Two wordings of one rule drift apart with the next amendment. Two sentences of one criterion that differ in a
        number alone are often a copy whose other half was to change as well.
    Example
        Inclusion Criteria:

        * At least one measurable lesion according to RECIST version 1.1
        * According to RECIST version 1.1, at least one measurable lesion
    Use instead
        Inclusion Criteria:

        * At least one measurable lesion according to RECIST version 1.1
        * ECOG performance status 0 or 1
    """
    sentences = [s for item in document.stated() for s in _sentences(item) if len(s.words) >= FEWEST]
    twice: dict[frozenset[str], list[Span]] = {}
    for sentence in sentences:
        twice.setdefault(sentence.words, []).append(sentence.span)
    repeated = [spans for spans in twice.values() if len(spans) > 1]
    if len(repeated) > MOST:
        # Whole lists stand twice, one for each cohort: that is one fault, not one for each line.
        repeated = [sorted(span for spans in repeated for span in spans)]
    for spans in repeated:
        yield _draft(spans[1], (spans[0], *spans[2:]), "stands in the entry more than once", None)
    for one, other in pairwise(sentences):
        shared, all_words = one.words & other.words, one.words | other.words
        if one.item is other.item and shared != all_words and len(shared) >= ALIKE * len(all_words):
            yield _draft(other.span, (one.span,), "differs from the sentence before it in a word or two", "error")


def _draft(span: Span, also: tuple[Span, ...], message: str, severity: Severity | None) -> Draft:
    return Draft(
        span=span,
        message=message,
        readings=Readings(
            "one rule, written twice",
            "two rules: the copy was to say something else, or holds for somebody else",
        ),
        question="Is this meant to stand twice? If it is a copy, what was to change in it?",
        also=also,
        severity=severity,
        confidence="medium",
    )


def _sentences(item: Item) -> Iterator[Sentence]:
    found = item.words
    ends = [i for i, w in enumerate(found[:-1]) if w.text == "." and found[i + 1].text[:1].isupper()]
    for first, last in zip([0, *(i + 1 for i in ends)], [*ends, len(found)], strict=True):
        piece = found[first:last]
        if piece:
            words = frozenset(w.folded for w in piece if w.text.isalnum() and w.folded not in SMALL)
            yield Sentence(item, item.span(piece[0].start, piece[-1].end), words)
