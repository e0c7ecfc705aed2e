from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Rewrite, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison, Quantity, Span

ODD: Final = WordList("audit_nonstandard_units", ("standard", "safe", "severity"))


@rule(code="UNT002", severity="warning")
def nonstandard_unit(document: Document) -> Iterator[Draft]:
    """A unit in a spelling that is not the standard one: wrong case, a blank inside, an old abbreviation.

    Why it matters
        "Mg" is the megagram, a tonne; "mcg" is read as "mg" in haste. Software that compares the limit with a result
        finds no unit at all.
    Example
        Exclusion: Prednisone > 10 Mg / day
    Use instead
        Exclusion: Prednisone > 10 mg/day
    """
    for node, _, item in document.nodes(Comparison):
        for quantity in (node.quantity, *node.alternatives):
            yield from _odd(quantity, item)


def _odd(quantity: Quantity, item: Item) -> Iterator[Draft]:
    if quantity.unit is None:
        return
    for hit in item.find(ODD):
        span = item.span(hit.start, hit.end)
        if quantity.span.holds(span):
            standard, severity = hit.row["standard"], cast(Severity, hit.row["severity"])
            yield _draft(item, span, Rewrite(span=span, text=standard, safe=hit.row["safe"] == "1"), severity)
    for first, second in zip(item.words, item.words[1:], strict=False):
        span = item.span(first.start, second.end)
        if first.text == "°" and second.text == "C" and second.start > first.end and quantity.span.holds(span):
            yield _draft(item, span, Rewrite(span=span, text="°C", safe=True), "info")


def _draft(item: Item, span: Span, rewrite: Rewrite, severity: Severity) -> Draft:
    said = item.quote(span)
    return Draft(
        span=span,
        message=f'"{said}" is not the standard spelling of this unit',
        readings=Readings(f"“{said}” is meant as {rewrite.text}", f"“{said}” as it stands is another unit, or none"),
        question=f"Is “{said}” meant as {rewrite.text}?",
        rewrite=rewrite,
        severity=severity,
    )
