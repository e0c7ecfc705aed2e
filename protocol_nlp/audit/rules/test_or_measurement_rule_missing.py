from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import sentence, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Comparison

TESTS: Final = WordList("audit_test_missing", ("unless", "ask", "severity"))


@rule(code="OPS001", severity="info")
def test_or_measurement_rule_missing(document: Document) -> Iterator[Draft]:
    """A finding that a test decides, and the entry does not say which test, specimen, time or formula.

    A warning where the methods differ so much that patients change sides.

    Why it matters
        A QT interval corrected after Bazett is some 20 ms longer than after Fridericia at a fast heart rate: the same
        patient is in danger by one formula and eligible by the other.
    Example
        Exclusion: QTc > 470 ms
    Use instead
        Exclusion: QTcF (Fridericia, mean of three recordings) > 470 ms
    """
    for item in document.stated():
        said = {word.folded for near in (item, *item.children) for word in near.words}
        told: set[str] = set()
        for hit in item.find(TESTS):
            row = hit.row
            if said & set(row["unless"].split("|")) or row["surface"] in told or _no_limit(item, hit):
                continue
            told.add(row["surface"])
            place = span(item, hit.first, hit.last)
            for node, _ in item.nodes(Comparison):
                if node.measure and node.measure.span.overlaps(place):
                    place = place.cover(node.quantity.span)
            yield Draft(
                span=place,
                message="a test decides this, and how it is done is not said",
                readings=Readings("by the method of the local hospital", "by another one, with another result"),
                question=f"{row['ask']}? (“{item.quote(place)}”)",
                severity=cast(Severity, row["severity"]),
            )


def _no_limit(item: Item, hit: Hit) -> bool:
    """Whether a QT interval has no number in its sentence ("drugs that prolong QTc"): nothing has to be measured."""
    here = sentence(item, hit.first)
    return item.words[hit.first].folded in ("qt", "qtc") and not any(item.words[i].text[0].isdigit() for i in here)
