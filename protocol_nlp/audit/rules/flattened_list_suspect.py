from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule


@rule(code="STR002", severity="warning")
def flattened_list_suspect(document: Document) -> Iterator[Draft]:
    """A criterion promises a list, none stands under it, and the next criteria at its level look like that list.

    Why it matters
        Where the lines are the list, a word of the header ("within 7 days", "one of") holds for each of them; where
        they are not, it holds for none.
    Example
        Inclusion Criteria:

        * Adequate organ function as defined below:
        * Hemoglobin ≥ 9 g/dL
        * Platelets ≥ 100 x 10^9/L
    Use instead
        Inclusion Criteria:

        * Adequate organ function as defined below:
          * Hemoglobin ≥ 9 g/dL
          * Platelets ≥ 100 x 10^9/L
    """
    for item in document.stated():
        if item.criterion.gathered:
            yield _draft(item)


def _draft(item: Item) -> Draft:
    first, last = item.criterion.children[0].id, item.criterion.children[-1].id
    return Draft(
        span=item.lead,
        message=f"promises a list; {first} to {last}, set at the same level, look like it",
        readings=Readings(
            f"{first} to {last} are the list, and the words of this line hold for each of them",
            "the list is lost, and these lines are criteria of their own",
        ),
        question=f"Do {first} to {last} belong under this line? Please set them further in.",
        confidence="medium",
    )
