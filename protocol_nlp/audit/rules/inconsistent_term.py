from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span

PEOPLE: Final = "the people of the trial"
NAMES: Final = WordList("audit_term_groups", ("group", "name"))


@rule(code="TRM002", severity="info", document_wide=True)
def inconsistent_term(document: Document) -> Iterator[Draft]:
    """One thing goes under several names in one entry. Reported once for each thing, where the second name appears.

    Why it matters
        Another word suggests another thing: a reader looks for the difference between study drug and test drug.
    Example
        Exclusion: Brain metastases, also CNS metastases that were treated
    Use instead
        Exclusion: Brain metastases, also brain metastases that were treated
    """
    found: dict[str, dict[str, list[Span]]] = {}
    for item in document.stated():
        for hit in item.find(NAMES):
            names = found.setdefault(hit.row["group"], {})
            names.setdefault(hit.row["name"], []).append(span(item, hit.first, hit.last))
    for group, names in found.items():
        if len(names) < (3 if group == PEOPLE else 2):
            continue  # two words for the people of a trial are a habit of most entries, and mislead nobody
        first, *others = names
        places = [names[other][0] for other in others]
        yield Draft(
            span=places[0],
            message=f"{group}: called {', '.join(names)} in one entry",
            readings=Readings("the same thing under another name", f"something else than “{first}”"),
            question=f"Are {', '.join(names)} the same? Then please use one word.",
            also=tuple(places[1:]),
        )
