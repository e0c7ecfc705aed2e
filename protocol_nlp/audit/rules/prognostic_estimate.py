from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison

ESTIMATE: Final = WordList("audit_prognostic_estimate", ("what",))


@rule(code="SUB004", severity="info")
def prognostic_estimate(document: Document) -> Iterator[Draft]:
    """Eligibility hangs on an estimate of survival, which no test gives.

    Why it matters
        Doctors' estimates of survival differ widely. Fitness that was measured, by performance status and laboratory
        values, keeps out the same patients for reasons that can be checked.
    Example
        Inclusion: Life expectancy of at least 3 months
    Use instead
        Inclusion: ECOG performance status 0 to 2
    """
    for item in document.stated():
        for hit in item.find(ESTIMATE):
            place = span(item, hit.first, hit.last)
            for node, _ in item.nodes(Comparison):
                if node.measure and node.measure.span.overlaps(place):
                    place = place.cover(node.quantity.span)
            yield Draft(
                span=place,
                message=f"an estimate of {hit.row['what']}, which no test gives",
                readings=Readings(
                    "a hopeful doctor takes the patient in",
                    "a colleague with the same findings keeps the patient out",
                ),
                question="Is this needed beside performance status and laboratory values? If so, estimated how?",
            )
