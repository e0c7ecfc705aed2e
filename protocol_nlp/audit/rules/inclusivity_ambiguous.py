from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison

VERBAL: Final = WordList("audit_verbal_bounds")


@rule(code="NUM001", severity="info")
def inclusivity_ambiguous(document: Document) -> Iterator[Draft]:
    """A bound in words ("over", "up to", "between"), or an age range, of which readers include or exclude the end.

    Why it matters
        A patient exactly at the bound is in at one site and out at the next; of "18-70 years", the patient who is 70
        and turns 71 during screening.
    Example
        Inclusion: Life expectancy over 3 months
    Use instead
        Inclusion: Life expectancy ≥ 3 months
    """
    for node, _, item in document.nodes(Comparison):
        quantity = node.quantity
        edges = [hit for hit in item.find(VERBAL) if quantity.span.holds(item.span(hit.start, hit.end))]
        range_of_age = (
            node.measure is not None
            and node.measure.id == "age"
            and quantity.low is not None
            and quantity.high is not None
            and quantity.low != quantity.high
        )
        if not edges and not range_of_age:
            continue
        said = item.quote(quantity.span)
        edge = quantity.high if range_of_age or quantity.low is None else quantity.low
        yield Draft(
            span=quantity.span,
            message=f'"{said}": is the end itself meant as well?',
            readings=Readings(
                f"a patient at exactly {edge} is within “{said}”",
                f"a patient at exactly {edge} is not, or no longer on the day that counts",
            ),
            question=f"Does “{said}” include {edge}, and on which day is it determined? Please use ≥, >, ≤ or <.",
        )
