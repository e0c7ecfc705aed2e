"""Which members of a list with both "and" and "or", and no comma, belong together by their words: what stands closer
than precedence says. Where none of this decides, the list has two readings."""

from __future__ import annotations

from protocol_nlp.clauses.members import bounded, says_who
from protocol_nlp.parts import Part
from protocol_nlp.phrase_words import is_a, is_attribute, is_modifier
from protocol_nlp.tree import Comparison, Condition, Opaque

_TIMES = frozenset({"later", "then", "now", "since"})

Operand = list[Part]


def close(one: Operand, other: Operand, op: str | None) -> bool:
    """Whether two neighbours belong together, whatever joins the others."""
    if op == "OR":
        alike = _same(one, other) or _same_measure(one, other) or _persons(one, other)
        return alike or _shares(one, other) or _verbs(one, other) or _adverb(other)
    return op == "AND" and (_combined(one) or _shares(one, other))


def predicate(operand: Operand) -> bool:
    """ "… and have recovered", "… and later experienced progression": a second thing said of the same persons."""
    first = operand[0]
    return first.cue == "predicate" or is_a("second", _first_word(first))


def _same(one: Operand, other: Operand) -> bool:
    """ "Refractory anemia or refractory anemia with ring sideroblasts" """
    values = [o[0].value for o in (one, other)]
    ids = [v.concept.id if isinstance(v, Condition) else None for v in values]
    return None not in ids and ids[0] == ids[1]


def _adverb(other: Operand) -> bool:
    """ "Identified clinically | or mammographically" """
    word = _whole(other[0])
    return len(other) == 1 and word.endswith("ally") and " " not in word


def _same_measure(one: Operand, other: Operand) -> bool:
    """ "Total bilirubin ≤ 3 × ULN or direct bilirubin ≤ 2 mg/dL": two bounds of one organ's measure."""
    ids = [_measure(o) for o in (one, other)]
    return None not in ids and ids[0] == ids[1]


def _measure(operand: Operand) -> str | None:
    value = operand[0].value
    if len(operand) != 1 or not isinstance(value, Comparison) or value.measure is None or value.measure.id is None:
        return None
    return value.measure.id.partition("_")[0]


def _persons(one: Operand, other: Operand) -> bool:
    """ "A parent or guardian" """
    return len(one) == 1 and says_who(one[0]) and says_who(other[0])


def _shares(one: Operand, other: Operand) -> bool:
    """ "Acute or subacute | inflammation": a word that says how a thing is, before another with its thing."""
    if len(one) != 1 or not _bare(one[0]) or bounded(other[0]):
        return False
    word, led = _first_word(one[0]), _first_word(other[0])
    if not (_says_how(_whole(one[0])) or _says_how(word)) or not _says_how(led):
        return False
    return len(_whole(other[0]).split()) > 1


def _verbs(one: Operand, other: Operand) -> bool:
    """ "Recovered or stabilized from …", "received or currently receiving treatment": verbs with one object."""
    if len(one) != 1 or not _bare(one[0]) or " " in _whole(one[0]):
        return False
    led = next((w for w in _whole(other[0]).split() if not w.endswith("ly")), "")
    return _verb(_first_word(one[0])) and _verb(led) and len(_whole(other[0]).split()) > 1


def _verb(word: str) -> bool:
    return len(word) > 5 and word.endswith(("ed", "ing"))


def _combined(one: Operand) -> bool:
    """ "A combination of | hormone therapy and chemotherapy" """
    value = one[-1].value
    said = (value, *value.qualifiers) if isinstance(value, Condition) else ()
    return any(isinstance(n, Condition) and n.concept.text.lower().endswith("combination") for n in said)


def _says_how(word: str) -> bool:
    return is_attribute(word) or is_modifier(word) or is_a("adjective", word)


def _bare(part: Part) -> bool:
    """A phrase of one thing or word, without more."""
    value = part.value
    return isinstance(value, Condition) and not value.qualifiers and value.concept.id is None


def _whole(part: Part) -> str:
    """The words of a phrase that name or qualify something, in their order."""
    value = part.value
    if not isinstance(value, Condition):
        return ""
    said = [(value.concept.span, value.concept.text)]
    said += [(q.concept.span, q.concept.text) for q in value.qualifiers if isinstance(q, Condition)]
    said += [(q.span, q.text) for q in value.qualifiers if isinstance(q, Opaque)]
    return " ".join(text for _, text in sorted(said)).lower()


def _first_word(part: Part) -> str:
    words = [w for w in _whole(part).split() if not w.endswith("ly") and w not in _TIMES]
    return words[0] if words else ""


__all__ = ["close", "predicate"]
