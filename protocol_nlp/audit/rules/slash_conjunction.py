from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import name_end, span
from protocol_nlp.tree import Comparison, Within

_SHORTEST = 3


@rule(code="LOG005", severity="info")
def slash_conjunction(document: Document) -> Iterator[Draft]:
    """A slash between two words: and, or, or two names of one thing?

    Why it matters
        The three readings let in different patients; a slash between diseases is also where a conversion lost a word.
    Example
        Inclusion: Undifferentiated pleomorphic sarcoma/malignant fibrous histiocytoma
    Use instead
        Inclusion: Undifferentiated pleomorphic sarcoma (formerly called malignant fibrous histiocytoma)
    """
    for item in document.stated():
        words, text = item.words, item.view.text
        for i in range(1, len(words) - 1):
            before, after = words[i - 1], words[i + 1]
            if words[i].text != "/" or not (_name(before.text) and _name(after.text)):
                continue
            if {before.folded, after.folded} & {"and", "or", "he", "she", "his", "her", "with", "without"}:
                continue
            place = span(item, i - 1, name_end(item, i + 1) if text[words[i].end] == " " else i + 1)
            if _bound(item, place.start):
                continue
            yield Draft(
                span=place,
                message="a slash: and, or, or the same thing twice?",
                readings=Readings("either of the two counts", "both are meant together, or one is the other's name"),
                question=f"“{item.quote(place)}”: and, or, or two names of one thing?",
            )


def _name(text: str) -> bool:
    return len(text) >= _SHORTEST and text.isalpha()


def _bound(item: Item, at: int) -> bool:
    """Whether the place belongs to a number with its unit."""
    limits = [q.span for node, _ in item.nodes(Comparison) for q in (node.quantity, *node.alternatives)]
    limits += [node.window.span for node, _ in item.nodes(Within)]
    return any(s.start <= at < s.end for s in limits)
