from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison


@rule(code="UNT003", severity="error")
def lost_exponent(document: Document) -> Iterator[Draft]:
    """A power of ten lost its raised digits: "× 109/L" for "× 10^9/L".

    Why it matters
        Taken as written the limit is a hundred and nine a litre; a program, or a tired person, reads it so.
    Example
        Inclusion: Neutrophils ≥ 1.5 x 109/L
    Use instead
        Inclusion: Neutrophils ≥ 1.5 x 10^9/L
    """
    for node, _, item in document.nodes(Comparison):
        for quantity in (node.quantity, *node.alternatives):
            if "unit:lost_exponent" not in quantity.issues:
                continue
            said = item.quote(quantity.span)
            yield Draft(
                span=quantity.span,
                message=f'"{said}": the exponent stands on the line',
                readings=Readings(
                    "the last digits are an exponent: thousands of millions a litre",
                    "as written: a number without exponent, which no patient's blood has",
                ),
                question=f"Is “{said}” meant with a power of ten?",
            )
