"""Persons named together: "male or female patients aged 18 to 70" asks both the same.

Nobody is both a man and a woman: an "and" between such persons counts up alternatives, and is marked as implied.
"""

from __future__ import annotations

from protocol_nlp.parts import Part
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import And, Condition, Expr, Or


def couples(parts: list[Part]) -> list[Part]:
    """Two persons around one "and" or "or" as one expression, which binds closer than anything about them."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        first, rest = parts[i], parts[i + 1 : i + 3]
        if _person(first) and len(rest) == 2 and rest[0].kind in ("AND", "OR", "AND_OR") and _other(first, rest[1]):
            joint, second = rest
            span = first.span.cover(second.span)
            operands = tuple(Condition(span=p.span, concept=p.thing()) for p in (first, second))
            stated = joint.kind != "AND"
            if stated or all(is_a("opposite", p.text.split()[0]) for p in (first, second)):
                expr: Expr = Or(span=span, operands=operands, implied=not stated, marks=(joint.span,))
            else:
                expr = And(span=span, operands=operands, marks=(joint.span,))
            out.append(Part(kind="EXPR", span=span, text=f"{first.text} {joint.text} {second.text}", value=expr))
            i += 3
            continue
        out.append(first)
        i += 1
    return out


def _other(first: Part, second: Part) -> bool:
    """Whether the second is a person too, and not the same again ("pregnant women and women who …")."""
    return _person(second) and first.concept().id != second.concept().id


def _person(part: Part) -> bool:
    term = part.term()
    return part.kind == "CONCEPT" and term is not None and term.label == "Person"
