from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison


@rule(code="UNT001", severity="warning")
def missing_unit(document: Document) -> Iterator[Draft]:
    """A limit of something that is measured in units, without a unit.

    Why it matters
        Laboratories report the same analyte in several units: the bare number means two different limits.
    Example
        Inclusion: Hemoglobin ≥ 90
    Use instead
        Inclusion: Hemoglobin ≥ 90 g/L
    """
    for node, _, item in document.nodes(Comparison):
        if "unit:missing" not in node.quantity.issues or node.measure is None:
            continue
        said = item.quote(node.quantity.span)
        yield Draft(
            span=node.measure.span.cover(node.quantity.span),
            message=f'"{said}" has no unit',
            readings=Readings(
                f"in the unit of the local laboratory for {node.measure.text}",
                "in the unit of the sponsor's laboratory, where the same number is another amount",
            ),
            question=f"In which unit is {node.measure.text} “{said}” meant?",
        )
