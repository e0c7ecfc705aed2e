from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import drugs_in
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import Hit, WordList

DRUG: Final = WordList("audit_study_drug", ("several",))


@rule(code="REF003", severity="warning", document_wide=True)
def unspecified_study_drug(document: Document) -> Iterator[Draft]:
    """ "Study drug", or "the last dose", where the trial gives more than one drug.

    Why it matters
        Contraception until eight weeks after "the last dose" ends on different days when one of two drugs is stopped
        early.
    Example
        Inclusion: Contraception until 8 weeks after the last dose of the study drugs
    Use instead
        Inclusion: Contraception until 8 weeks after the last dose of either doxorubicin or ifosfamide
    """
    several = len({drug for name in document.registration.interventions for drug in drugs_in(name)}) > 1
    found = [(hit, item) for item in document.stated() for hit in item.find(DRUG)]
    spans = [item.span(hit.start, hit.end) for hit, item in found if _open(hit, item, several=several)]
    if spans and not document.registration.interventions:
        # Where it is not known how many drugs there are, the other names are as open as the first.
        names = [item.span(hit.start, hit.end) for hit, item in found if hit.row["several"] != "2"]
        spans += [place for place in names if place not in spans]
    if spans:
        said = document.quote(spans[0])
        yield Draft(
            span=spans[0],
            message=f'"{said}": which of the drugs of the trial?',
            readings=Readings(
                "the drug that is stopped last decides",
                "each drug has its own time, counted from its own last dose",
            ),
            question=f"Which drug does “{said}” mean, and which one decides where they end on different days?",
            also=tuple(spans[1:]),
            confidence="medium",
        )


def _open(hit: Hit, item: Item, *, several: bool) -> bool:
    if hit.row["several"] == "2":
        # "the last dose" of nothing; "of doxorubicin" would say which.
        return item.after(item.span(hit.start, hit.end), 1)[:1] not in (("of",), ("for",), ("in",), ("before",))
    return several or hit.row["several"] == "1"
