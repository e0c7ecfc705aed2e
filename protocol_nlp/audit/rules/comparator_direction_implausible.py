from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Place
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import AtLeast, Comparison, If, Or, Quantity, Within

SAFE: Final = WordList("audit_safe_direction", ("bound",))


@rule(code="NUM005", severity="error")
def comparator_direction_implausible(document: Document) -> Iterator[Draft]:
    """The direction of a limit lets in the patients whom such limits keep out.

    Why it matters
        "Creatinine ≥ 1.5 × ULN" among the inclusion criteria asks for kidney failure; a sign was probably turned
        round on the way into the registry.
    Example
        Inclusion: Serum creatinine ≥ 1.5 x ULN
    Use instead
        Inclusion: Serum creatinine ≤ 1.5 x ULN
    """
    safe = {row["surface"]: row["bound"] for row in SAFE.rows}
    for node, place, item in document.nodes(Comparison):
        usual = safe.get(node.measure.id or "") if node.measure else None
        stated = _bound(node.quantity)
        if usual is None or stated is None or item.role is None or not _plain(place):
            continue
        wanted = usual if (item.role == "inclusion") != place.denied else {"low": "high", "high": "low"}[usual]
        if stated == wanted:
            continue
        if {"better", "worse", "less", "more"} & set(item.said(node.span)):
            continue  # better than an ECOG of 2 is a lower number: words, not signs
        said = item.quote(node.span)
        yield Draft(
            span=node.span,
            message=f'"{said}" as {item.role}: the sign points the unusual way',
            readings=Readings(
                "as written: the patients with the bad values are the ones who may enter",
                "the sign was turned round: the patients with the bad values stay out",
            ),
            question=f"Is the sign in “{said}” meant this way round?",
        )


def _bound(quantity: Quantity) -> str | None:
    """Which bound alone is stated."""
    if (quantity.low is None) == (quantity.high is None) or quantity.issues:
        return None
    return "high" if quantity.low is None else "low"


def _plain(place: Place) -> bool:
    """Whether nothing around the limit can turn it round: no exception, no condition, no alternative."""
    if place.in_exception or place.in_guard:
        return False
    return not any(isinstance(n, If | Or | AtLeast | Within) for n in place.path)
