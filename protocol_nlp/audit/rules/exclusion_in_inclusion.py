from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import sentences, span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Not

DENIALS: Final = WordList("audit_exclusion_in_inclusion", ("kind",))
_EARLY, _BEHIND = 3, 4


@rule(code="POL002", severity="info")
def exclusion_in_inclusion(document: Document) -> Iterator[Draft]:
    """An inclusion criterion says what the patient must not have.

    Why it matters
        "No" in a list of what has to be there invites a wrong tick. Exclusions in one place are read as such.
    Example
        Inclusion: No brain metastases
    Use instead
        Exclusion: Brain metastases
    Source
        INCOSE, Guide to Writing Requirements: positive statements.
    """
    for item in document.stated():
        if item.role != "inclusion" or not any(True for _ in item.nodes(Not)):
            continue
        for hit in item.find(DENIALS):
            here = next(s for s in sentences(item) if hit.first in s)
            if hit.first - here.start <= _EARLY:
                yield Draft(
                    span=span(item, here.start, min(hit.last + _BEHIND, here.stop - 1)),
                    message="an inclusion criterion that says what must not be there",
                    readings=Readings(
                        "ticked “yes” when it is absent, as meant",
                        "ticked “yes” when it is present, as in the list of exclusions",
                    ),
                    question="Could this stand among the exclusion criteria, without the denial?",
                )
                break
