from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Place
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import dimension, measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison

# Units that any measure may be given in: a share of something, a percentile, a multiple.
RELATIVE: Final = frozenset("percent percentile standard_deviations fold ratio time exposure".split())


@rule(code="UNT004", severity="error")
def unit_analyte_mismatch(document: Document) -> Iterator[Draft]:
    """The unit cannot belong to what is measured.

    Why it matters
        Either the unit or the analyte is a slip: "creatinine ≥ 60 mL/min" is no serum creatinine, and a screener who
        skips it tests something else.
    Example
        Inclusion: Creatinine ≤ 1.5 x ULN or ≥ 60 mL/min
    Use instead
        Inclusion: Creatinine ≤ 1.5 x ULN or creatinine clearance ≥ 60 mL/min
    """
    for node, place, item in document.nodes(Comparison):
        unit = dimension(node.quantity.unit)
        if unit is None or unit in RELATIVE:
            continue
        known = measure(node.measure)
        wrong = "measure:unit_mismatch" in node.issues or (known and known.unit and unit not in known.dimensions)
        host = None if wrong or known else _host(node, place)
        clash = host is not None and (of := measure(host.measure)) is not None and unit not in of.dimensions
        if not (wrong or clash):
            continue
        said = item.quote(node.quantity.span)
        name = host.measure.text if host and host.measure else node.measure.text if node.measure else "this"
        yield Draft(
            span=node.quantity.span,
            message=f'"{said}" is no unit of {name}',
            readings=Readings(
                f"another quantity than {name} is meant, to which the unit belongs",
                f"{name} is meant, and the unit is a slip: the limit is unknown",
            ),
            question=f"What is measured in “{said}”, and in which unit?",
            confidence="high" if wrong else "medium",
            severity=None if wrong else "warning",
        )


def _host(node: Comparison, place: Place) -> Comparison | None:
    """For a bound with no measure in front of it: the comparison before it, whose measure it would have to share."""
    if node.measure is not None and node.measure.span.start < node.quantity.span.start:
        return None
    before = [
        n
        for above in reversed(place.path)
        for n in getattr(above, "operands", ())
        if isinstance(n, Comparison) and n.span.end <= node.span.start and n.measure is not None
    ]
    return before[0] if before else None
