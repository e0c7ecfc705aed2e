from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison

# Nobody asks for the unit of these: years, kg/m², a ratio.
UNDERSTOOD: Final = frozenset("age bmi protein_creatinine_ratio prothrombin_time gestational_age".split())
GRADE: Final = frozenset("grade grades graded grading gr g level levels toxicity".split())
UNREAD: Final = frozenset("× x / [ ] * ^ ³ + times uln percent".split())
VERSION: Final = frozenset("version v ver v3 v4 v5 v6".split())


@rule(code="UNT001", severity="warning")
def missing_unit(document: Document) -> Iterator[Draft]:
    """A limit of something that is measured in units, without a unit; or a grade without the word "grade".

    Why it matters
        Laboratories report the same analyte in several units: the bare number means two different limits.
    Example
        Inclusion: Hemoglobin ≥ 90
    Use instead
        Inclusion: Hemoglobin ≥ 90 g/L
    Source
        INCOSE, Guide to Writing Requirements, rule 6: units of measure.
    """
    for node, _, item in document.nodes(Comparison):
        lacks = _lacks(node, item)
        if node.measure is None or not (lacks or _bare_grade(node, item)):
            continue
        said = item.quote(node.quantity.span)
        yield Draft(
            span=node.measure.span.cover(node.quantity.span),
            message=f'"{said}" has no unit',
            readings=Readings(
                f"in the unit of the local laboratory for {node.measure.text}",
                "in the unit of the sponsor's laboratory, where the same number is another amount",
            )
            if lacks
            else Readings(f"“{said}” is a grade", f"“{said}” is a version of the scale, or something else"),
            question=f"In which unit, or on which scale, is {node.measure.text} “{said}” meant?",
        )


def _lacks(node: Comparison, item: Item) -> bool:
    """Whether the measure needs a unit, and neither the bound nor an unread word behind it is one."""
    known = measure(node.measure)
    if known is None or known.unit is None or known.id in UNDERSTOOD or node.measure is None:
        return False
    if "unit:missing" not in node.quantity.issues or node.measure.span.start > node.quantity.span.start:
        return False
    return not UNREAD & set(item.after(node.quantity.span, 1)) and not UNREAD & set(item.said(node.quantity.span))


def _bare_grade(node: Comparison, item: Item) -> bool:
    """Whether a bound on the scale of adverse events does not say that its number is a grade."""
    if node.quantity.low == node.quantity.high:
        return False
    said = {*item.said(node.span), *item.before(node.span, 2), *item.after(node.span, 1)}
    return "ctcae" in item.said(node.quantity.span) and not (GRADE | VERSION) & said
