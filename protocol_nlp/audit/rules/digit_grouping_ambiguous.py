from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison

# A point before three digits and nothing after them; a comma that was read as a decimal one has its own issue.
POINT: Final = re.compile(r"(?<![\d.,])([1-9]\d{0,2})\.(\d{3})(?![\d.,])")


@rule(code="NUM008", severity="warning")
def digit_grouping_ambiguous(document: Document) -> Iterator[Draft]:
    """A comma or a point in a number may divide thousands or begin the decimals.

    Why it matters
        "100.000" platelets are a hundred thousand or a hundred, by the country in which the entry was written.
    Example
        Inclusion: Platelets ≥ 100.000 /mm3
    Use instead
        Inclusion: Platelets ≥ 100 x 10^9/L
    """
    for node, _, item in document.nodes(Comparison):
        for quantity in (node.quantity, *node.alternatives):
            said = item.quote(quantity.span)
            point = POINT.search(said)
            if point is None and "number:decimal_comma" not in quantity.issues:
                continue
            number = point[0] if point else said
            yield Draft(
                span=quantity.span,
                message=f'"{number}": thousands, or decimals?',
                readings=Readings(
                    f"the mark in “{number}” divides thousands",
                    f"the mark in “{number}” begins the decimals: a thousandth of that",
                ),
                question=f"Is “{number}” written with a mark for thousands or for decimals?",
            )
