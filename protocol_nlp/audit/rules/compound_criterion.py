from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import And, Comparison, Condition, Expr, If

SCALES: Final = frozenset("ecog karnofsky lansky performance_status who_performance".split())
FEWEST: Final = 2


@rule(code="STR005", severity="info")
def compound_criterion(document: Document) -> Iterator[Draft]:
    """One line holds several requirements of different kinds.

    Why it matters
        It cannot be ticked with one yes or no, and a failure cannot be recorded against the part that failed.
    Example
        Inclusion: Age 18 to 70 years, ECOG performance status 0 or 1; platelets ≥ 100 x 10^9/L
    Use instead
        Inclusion: Age 18 to 70 years
    Source
        INCOSE, Guide to Writing Requirements: one thought in a statement.
    """
    for item in document.stated():
        kinds = _kinds(item)
        if len(kinds) >= FEWEST and not item.criterion.children:
            yield Draft(
                span=item.lead,
                message=f"holds {len(kinds)} requirements of different kinds: {', '.join(sorted(kinds))}",
                readings=Readings(
                    "one tick for all of them: nobody sees which one failed",
                    "each is judged on its own, and the line has no room for that",
                ),
                question="Can this be split into numbered criteria of one requirement each?",
                confidence="medium",
            )


def _kinds(item: Item) -> set[str]:
    """The kinds of requirement joined by "and", or by nothing, at the top of the expression."""
    found: set[str] = set()
    for part in _parts(item.criterion.expr):
        if kind := _kind(part):
            found.add(kind)
    return found


def _parts(node: Expr | None) -> Iterator[Expr]:
    if isinstance(node, And):
        for operand in node.operands:
            yield from _parts(operand)
    elif isinstance(node, If):
        yield from _parts(node.then)
    elif node is not None:
        yield node


def _kind(node: Expr) -> str | None:
    node = getattr(node, "operand", node)
    if isinstance(node, Comparison):
        known = measure(node.measure)
        if known is None:
            return None
        if known.id == "age":
            return "age"
        return "performance status" if known.id in SCALES else None if known.label != "Measurement" else "measurement"
    if isinstance(node, Condition):
        match node.concept.id:
            case "observation:informed_consent" | "observation:ability_to_consent":
                return "consent"
            case "procedure:contraception":
                return "contraception"
            case "condition:pregnancy" | "condition:breastfeeding":
                return "pregnancy"
            case _:
                return "disease" if (node.concept.id or "").startswith("histology:") else None
    return None
