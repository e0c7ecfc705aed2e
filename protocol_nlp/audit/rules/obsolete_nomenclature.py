from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings, Rewrite
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList

OLD: Final = WordList("audit_obsolete_name", ("now",))


@rule(code="TRM004", severity="info")
def obsolete_nomenclature(document: Document) -> Iterator[Draft]:
    """A name that the present classification has dropped, or divided among others.

    Why it matters
        A pathology report of today does not use the name: a search for patients misses those who are meant.
    Example
        Inclusion: Malignant fibrous histiocytoma
    Use instead
        Inclusion: Undifferentiated pleomorphic sarcoma
    """
    for item in document.stated():
        for hit in item.find(OLD):
            place = span(item, hit.first, hit.last)
            yield Draft(
                span=place,
                message=f'"{item.quote(place)}" is now called {hit.row["now"]}',
                readings=Readings("patients with the old diagnosis on paper", f"patients with {hit.row['now']}"),
                question=f"Is {hit.row['now']} meant?",
                rewrite=Rewrite(span=place, text=hit.row["now"]) if "," not in hit.row["now"] else None,
            )
