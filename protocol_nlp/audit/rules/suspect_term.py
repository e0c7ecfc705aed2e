from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings, Rewrite, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList

SUSPECT: Final = WordList("audit_suspect_term", ("meant", "severity"))


@rule(code="TRM003", severity="error")
def suspect_term(document: Document) -> Iterator[Draft]:
    """A name that no textbook has: a mistranslation, a misspelling, or words that were run together.

    Why it matters
        Whoever repairs the name in the head may think of another disease: the patient is enrolled with the wrong one.
    Example
        Inclusion: Acinar rhabdomyosarcoma
    Use instead
        Inclusion: Alveolar rhabdomyosarcoma
    """
    for item in document.stated():
        for hit in item.find(SUSPECT):
            place = span(item, hit.first, hit.last)
            said, meant = item.quote(place), hit.row["meant"]
            single = meant.isascii() and " form" not in meant and "," not in meant and "(" not in meant
            yield Draft(
                span=place,
                message=f'"{said}" is no known term; perhaps {meant}',
                readings=Readings(meant, "something else, with nearly the same name"),
                question=f"What is meant by “{said}”: {meant}?",
                rewrite=Rewrite(span=place, text=meant) if single else None,
                severity=cast(Severity, hit.row["severity"]),
            )
