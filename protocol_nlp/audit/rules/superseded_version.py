from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList

OLD: Final = WordList("audit_superseded_version", ("now",))


@rule(code="VER002", severity="info")
def superseded_version(document: Document) -> Iterator[Draft]:
    """A standard is cited in a version that a newer one has followed.

    Why it matters
        A site that grades by the current version decides differently at the edges; a long trial may keep the old one
        on purpose, and then says so.
    Example
        Exclusion: Toxicity of CTCAE 3.0 grade 2 or worse
    Use instead
        Exclusion: Toxicity of CTCAE 5.0 grade 2 or worse
    """
    for item in document.items:
        for hit in item.find(OLD):
            place = span(item, hit.first, hit.last)
            yield Draft(
                span=place,
                message=f'"{item.quote(place)}": followed by {hit.row["now"]}',
                readings=Readings("the version as written", f"the version in use now, {hit.row['now']}"),
                question=f"Is this version meant, and not {hit.row['now']}?",
            )
