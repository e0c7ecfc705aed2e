from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Within

VAGUE: Final = WordList("audit_vague_time", ("one", "other"))
# "the most recent scan" is the last one, whenever it was.
LAST: Final = frozenset("most".split())


@rule(code="TIM008", severity="warning")
def vague_time_word(document: Document) -> Iterator[Draft]:
    """A word for a time without a length: "recent", "newly diagnosed", "long-term".

    Why it matters
        An infarction eight months ago is recent to one screener and not to the next; both are within their rights.
    Example
        Exclusion: Recent myocardial infarction
    Use instead
        Exclusion: Myocardial infarction within 6 months before the first dose
    Source
        INCOSE, Guide to Writing Requirements, rule 7: no vague terms.
    """
    for item in document.stated():
        # Only "within so long" says what "recent" means; "for so long" is another matter.
        windows = [n.window.span for n, _ in item.nodes(Within) if n.window.length and n.window.length.high is not None]
        for hit in item.find(VAGUE):
            span = item.span(hit.start, hit.end)
            if LAST & set(item.before(span, 1)) or any(window.overlaps(span) for window in windows):
                continue
            said = item.quote(span)
            # A window in the same criterion says what is meant, though the word still hints at less.
            yield Draft(
                span=span,
                message=f'"{said}" has no length',
                readings=Readings(f"“{said}” is {hit.row['one']}", f"“{said}” is {hit.row['other']}"),
                question=f"How long ago, or for how long, is “{said}”, and counted from which event?",
                severity="info" if any(item.same_sentence(span, window) for window in windows) else None,
            )
