from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule


@rule(code="STR001", severity="error")
def empty_list_header(document: Document) -> Iterator[Draft]:
    """A criterion promises a list ("the following criteria:", "including:"), and the entry holds no such list.

    Why it matters
        Nobody can check a list that is not there: one screener takes the criterion as met, another rings the sponsor,
        a third applies the lines that happen to follow.
    Example
        Inclusion: Patients must have organ function that meets the following criteria:
    Use instead
        Inclusion: Patients must have neutrophils ≥ 1.5 × 10^9/L and platelets ≥ 100 × 10^9/L.
    """
    for item in document.stated():
        if item.criterion.list_missing:
            yield Draft(
                span=item.lead,
                message="promises a list that the entry does not hold; was it lost, or flattened into the lines below?",
                readings=Readings(
                    "the list is lost: nobody can say whether a patient meets this",
                    "the lines that follow are the list, and stand for themselves",
                ),
                question="Which items belong to this list? Please give them under this criterion.",
            )
