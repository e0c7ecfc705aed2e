"""What a member of a list is: a bound, a tumour, a disease, persons, or what the trial asks for."""

from __future__ import annotations

from protocol_nlp.parts import Part
from protocol_nlp.phrase_words import is_a, is_neoplasm
from protocol_nlp.tree import And, Comparison, Condition, Or


def bounded(part: Part) -> bool:
    return part.kind == "EXPR" and isinstance(part.value, Comparison | And | Or)


def of_age(part: Part) -> bool:
    """A bound of the age, which says of whom a bound beside it is asked."""
    bound = part.value
    return (
        part.kind == "EXPR"
        and isinstance(bound, Comparison)
        and bound.measure is not None
        and bound.measure.id == "age"
    )


def sided(operand: list[Part]) -> bool:
    """A bound with the persons it is of, who are none of the others."""
    inside = [q for p in operand for q in (p.value[1] if p.kind == "BRACKET" else [p])]
    return any(map(bounded, operand)) and any(says_who(p) and _opposite(p) for p in inside)


def tumours(operands: list[list[Part]]) -> bool:
    """ "osteosarcoma and Ewing sarcoma": of the tumours that a trial lists, a patient has one. Names that are not known
    as tumours may stand among them, but not at the end."""
    known = [any(map(_tumour, o)) for o in operands]
    return known[-1] and sum(known) > 1 and 2 * sum(known) >= len(known)


def _tumour(part: Part) -> bool:
    if part.kind == "SCOPE":
        return any(map(_tumour, part.value))
    return part.kind == "EXPR" and isinstance(part.value, Condition) and is_neoplasm(part.value.concept.text)


def wanted(operand: list[Part]) -> bool:
    if not operand or not operand[0].text:
        return False
    return operand[0].cue == "wanted" or is_a("wanted", operand[0].text.split()[0])


def says_who(part: Part) -> bool:
    """A phrase that says who, and no more: "men", "female patients"."""
    if part.kind == "EXPR" and isinstance(part.value, And | Or):
        return all_persons(part.value)
    if part.kind != "EXPR" or not isinstance(part.value, Condition):
        return False
    return _opposite(part) or part.value.concept.label == "Person"


def all_persons(group: And | Or) -> bool:
    """ "Men and women", coupled already."""
    return all(isinstance(o, Condition) and o.concept.label == "Person" for o in group.operands)


def _opposite(part: Part) -> bool:
    """A word for persons that leaves others out: "men", "children"."""
    words = part.value.concept.text.split() if isinstance(part.value, Condition) else []
    return bool(words) and (is_a("opposite", words[0]) or is_a("opposite", words[-1]))


def disease(operand: list[Part]) -> bool:
    part = operand[0]
    return isinstance(part.value, Condition) and part.value.concept.label == "Condition"


__all__ = ["all_persons", "bounded", "disease", "of_age", "says_who", "sided", "tumours", "wanted"]
