from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList

OPEN: Final = WordList("audit_catch_all", ("kind",))


@rule(code="SUB006", severity="info")
def catch_all(document: Document) -> Iterator[Draft]:
    """A clause for everything else ("any other condition that …"): it names no disease and no finding.

    Why it matters
        It can keep out anyone or no one. What the sponsor fears is known: a list of it can be checked, and protects.
    Example
        Exclusion: Any other serious medical condition
    Use instead
        Exclusion: Heart failure of NYHA class III or IV
    Source
        INCOSE, Guide to Writing Requirements, rule 9: no open-ended clauses.
    """
    for item in document.stated():
        for hit in item.find(OPEN):
            place = span(item, hit.first, hit.last)
            yield Draft(
                span=place,
                message=f'"{item.quote(place)}" names no disease and no finding',
                readings=Readings(
                    f"{hit.row['kind']} disease in the records counts, well-treated asthma too",
                    "only what endangers the patient on this treatment",
                ),
                question="Which conditions are meant? Please name them, or the finding that decides.",
            )
