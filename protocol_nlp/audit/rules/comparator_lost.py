from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison


@rule(code="NUM004", severity="error")
def comparator_lost(document: Document) -> Iterator[Draft]:
    """A measure with a value and no direction between them: "≥" or "≤" was probably lost in conversion.

    Why it matters
        A blood count of 1.2 is out under one sign and in under the other; the wrong guess endangers the patient.
    Example
        Inclusion: Absolute neutrophil count 1.5 x 10^9/L
    Use instead
        Inclusion: Absolute neutrophil count ≥ 1.5 x 10^9/L
    """
    for node, _, item in document.nodes(Comparison):
        known, signs = measure(node.measure), set(item.said(node.quantity.span))
        # Nobody's haemoglobin is exactly 9: an equals sign on a continuous scale is a sign that lost its other half.
        equal = bool(known and known.unit) and "=" in signs and not {"<", ">", "≤", "≥"} & signs
        if node.measure is None or not ("comparator:lost" in node.quantity.issues or equal):
            continue
        place = node.measure.span.cover(node.quantity.span)
        said = item.quote(place)
        yield Draft(
            span=place,
            message=f'no sign says whether "{said}" is a lower or an upper limit',
            readings=Readings(
                f"at least this: {node.measure.text} above the number qualifies",
                f"at most this: {node.measure.text} above the number does not",
            ),
            question=f"Is “{said}” meant as ≥ or as ≤? The sign seems to be lost.",
        )
