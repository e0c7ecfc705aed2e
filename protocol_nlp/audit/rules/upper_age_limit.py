from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison

_ADULT = 30


@rule(code="INC001", severity="info")
def upper_age_limit(document: Document) -> Iterator[Draft]:
    """An upper limit of age for adults, without a reason.

    Why it matters
        Age is a poor measure of fitness. Most cancers are diagnosed in older people, who are then treated with a drug
        that was not studied in them.
    Example
        Inclusion: Age 18 to 70 years
    Use instead
        Inclusion: Age 18 years or older
    Source
        Van Spall 2007, JAMA 297:1233: of 283 randomised trials 72 % excluded by age, and less than half of all
        exclusions were strongly justified.
    """
    for node, place, item in document.nodes(Comparison):
        named = node.measure is not None and node.measure.id == "age"
        high = node.quantity.high
        if not named or high is None or high < _ADULT or node.quantity.unit != "a":
            continue
        if item.role != "inclusion" or place.in_guard or node.measure is None:
            continue
        yield Draft(
            span=node.measure.span.cover(node.quantity.span),
            message=f"keeps out everyone above {high}, fit or not",
            readings=Readings(f"a fit patient of {high + 1} years is out", "the site asks for a waiver"),
            question="Why this limit? Could fitness be measured instead?",
        )
