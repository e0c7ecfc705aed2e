from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison, Condition

_YOUNG: Final = ("histology:",)
_LOWEST, _ADULT = 13, 30


@rule(code="INC008", severity="info", default=False)
def minimum_age_18(document: Document) -> Iterator[Draft]:
    """Adults only, in an entry on sarcoma, which adolescents have as well.

    Why it matters
        Adolescents with sarcoma have few drugs and fewer trials; from twelve years on most doses are those of adults.
    Example
        Inclusion: Synovial sarcoma in patients of 18 years or older
    Use instead
        Inclusion: Synovial sarcoma in patients of 12 years or older
    Source
        FDA guidance of July 2020 on eligibility criteria: minimum age.
    """
    sarcoma = any((node.concept.id or "").startswith(_YOUNG) for node, _, _ in document.nodes(Condition))
    for node, _, item in document.nodes(Comparison):
        low = node.quantity.low
        if not sarcoma or node.measure is None or node.measure.id != "age" or low is None or item.role != "inclusion":
            continue
        if _LOWEST <= low < _ADULT and node.quantity.unit == "a":
            yield Draft(
                span=node.measure.span.cover(node.quantity.span),
                message="adults only, in a disease of adolescents as well",
                readings=Readings("a patient of 16 years is out", "the site asks for a waiver"),
                question="Could patients from 12 years on take part?",
            )
