from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import Word, WordList, words
from protocol_nlp.lexicon import Entry, entries

EXPECTED: Final = WordList("audit_expected_criterion", ("expects", "words"))
_SHORTEST = 4


@rule(code="SAF003", severity="info", preview=True)
def expected_criterion_missing(document: Document) -> Iterator[Draft]:
    """The registered interventions are of a class whose trials usually have a criterion that this entry lacks.

    An entry in a registry is an extract of the protocol: this asks, and never accuses.

    Why it matters
        Drugs of one class share their dangers. A missing line may be an oversight of the protocol, or of the extract
        on which a referring doctor relies.
    Example
        Inclusion Criteria:

        * Age 18 years or older

        Exclusion Criteria:

        * Stroke within 6 months before the first dose
    Use instead
        Inclusion Criteria:

        * Age 18 years or older

        Exclusion Criteria:

        * Pregnancy
    """
    items = [item for item in document.stated() if item.role == "exclusion"]
    if not items:
        return
    said = {word.folded for item in document.items for word in item.words}
    classes = {"any", *_classes(document)}
    for row in EXPECTED.rows:
        if not classes & set(row["surface"].split("|")) or said & set(row["words"].split("|")):
            continue
        yield Draft(
            span=items[0].lead,
            message=f"no criterion on {row['expects']}",
            readings=Readings("the protocol has one, and the entry leaves it out", "there is none"),
            question=f"Does the protocol have a criterion on {row['expects']}? Then give it here.",
            confidence="low",
        )
        return


def _classes(document: Document) -> Iterator[str]:
    """The classes of the drugs that the registration names as interventions."""
    named = [words(text) for text in document.registration.interventions]
    for entry in entries():
        if entry.classes and any(_named(entry, text) for text in named):
            yield from entry.classes


def _named(entry: Entry, text: tuple[Word, ...]) -> bool:
    said = " ".join(word.folded for word in text)
    return any(len(a) >= _SHORTEST and f" {a.lower()} " in f" {said} " for a in (entry.name, *entry.aliases))
