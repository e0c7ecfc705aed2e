from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.registered import age
from protocol_nlp.tree import Comparison, Condition, If, Or, Span


@rule(code="CON004", severity="error")
def registry_field_mismatch(document: Document) -> Iterator[Draft]:
    """The text states another age or sex than the fields of the registry.

    Why it matters
        Search engines and pre-screening work from the fields, the site from the text: patients between the two limits
        are invited and turned away, or never found.
    Example
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, "eligibilityModule": {"minimumAge":
        "18 Years", "eligibilityCriteria": "Inclusion Criteria:\\n\\n* Age ≥ 16 years"}}}
    Use instead
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, "eligibilityModule": {"minimumAge":
        "16 Years", "eligibilityCriteria": "Inclusion Criteria:\\n\\n* Age ≥ 16 years"}}}
    """
    entry = document.registration
    limits = {"low": age(entry.minimum_age), "high": age(entry.maximum_age)}
    for node, place, item in document.nodes(Comparison):
        if node.measure is None or node.measure.id != "age" or item.role != "inclusion":
            continue
        if place.in_guard or place.in_exception or any(isinstance(n, If | Or) for n in place.path):
            continue
        quantity = node.quantity
        for side, value in (("low", quantity.low), ("high", quantity.high)):
            field = limits[side]
            if value is None or field is None or quantity.unit != field[1] or value == field[0]:
                continue
            if value != value.to_integral_value():
                continue  # "1.18 to 75 years" is the number of the item, run into the age
            name, stated = ("minimum", entry.minimum_age) if side == "low" else ("maximum", entry.maximum_age)
            yield _draft(node.span, item.quote(node.span), f"{name} age {stated}")
    wanted = {"FEMALE": "person:women", "MALE": "person:men"}.get((entry.sex or "").upper())
    if wanted is not None:
        other = "person:men" if wanted == "person:women" else "person:women"
        for person, place, item in document.nodes(Condition):
            if person.concept.id == other and item.role == "inclusion" and not place.denied and not place.in_guard:
                yield _draft(person.span, item.quote(person.span), f"sex {entry.sex}")
                break


def _draft(span: Span, said: str, field: str) -> Draft:
    return Draft(
        span=span,
        message=f'"{said}" against the registry field: {field}',
        readings=Readings(f"the text holds: “{said}”", f"the registry field holds: {field}"),
        question=f"Which is right, “{said}” or the registry field ({field})?",
    )
