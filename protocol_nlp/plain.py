"""Expression -> plain English for a person who screens patients; it says where the reading is unsure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import assert_never

from protocol_nlp.display import wording
from protocol_nlp.phrases import bound, concept, doubts, window
from protocol_nlp.tree import (
    Ambiguous,
    And,
    AtLeast,
    Comparison,
    Condition,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Status,
    Unless,
    Within,
    children,
)


def plain(expr: Expr) -> str:
    """One fragment of a sentence, on one line: "age 18 to 70 years (both included)".

    Groups inside groups stand in brackets, qualifiers in square brackets; what was not read is quoted and
    says so.
    """
    expr = _unwrapped(expr)
    match expr:
        case And():
            return f"all of: {_listed(_parts(expr, And))}"
        case Or():
            return f"any of{_as_read(expr)}: {_listed(_parts(expr, Or))}"
        case AtLeast():
            return f"at least {expr.count} of: {_listed(expr.operands)}"
        case Not():
            return f"not: {_inner(expr.operand)}"
        case If():
            return f"if {_inner(expr.guard)}: {_inner(expr.then)}"
        case Unless():
            return f"{_inner(expr.operand)} — except: {_inner(expr.exception)}"
        case Within():
            # "not: a, within 4 weeks" would read as if the window were inside the negation.
            operand = _unwrapped(expr.operand)
            inner = f"({plain(operand)})" if isinstance(operand, Not) else _inner(operand)
            return f"{inner}, {window(expr.window)}"
        case Comparison():
            return _comparison(expr)
        case Condition():
            return _condition(expr)
        case Ambiguous():
            return f"one of these readings: {_listed(expr.readings)}"
        case Opaque():
            return f"({_unread([expr])})"
        case _:
            assert_never(expr)


def _unwrapped(expr: Expr) -> Expr:
    """Without groups of one: they say no more than their only part."""
    while isinstance(expr, And | Or) and len(expr.operands) == 1:
        expr = expr.operands[0]
    return expr


def _as_read(expr: Or) -> str:
    """Said where no "or" stands in the text: a comma, or an "and" that counts up, was read as one."""
    return " (as read)" if expr.implied else ""


def _parts(expr: Expr, kind: type[And | Or]) -> Iterator[Expr]:
    """The operands of a group, with those of groups of its own kind in it: "all of a and all of b and c"."""
    for part in map(_unwrapped, children(expr)):
        if isinstance(part, kind):
            yield from _parts(part, kind)
        else:
            yield part


def _listed(parts: Iterable[Expr]) -> str:
    """The parts with semicolons; neighbours that were not read share one bracket."""
    told: list[str] = []
    for unread, run in _runs(parts):
        told += [f"({_unread(run)})"] if unread else map(_inner, run)
    return "; ".join(told) or "(nothing)"


def _runs(parts: Iterable[Expr]) -> Iterator[tuple[bool, Iterator[Expr]]]:
    """Neighbours together, and whether they are parts that were not read."""
    return groupby(map(_unwrapped, parts), key=lambda part: isinstance(part, Opaque))


def _inner(expr: Expr) -> str:
    """A part of a larger fragment: groups in brackets, so that their end is seen."""
    expr = _unwrapped(expr)
    text = plain(expr)
    return f"({text})" if isinstance(expr, And | Or | AtLeast | If | Unless | Ambiguous) else text


def _comparison(node: Comparison) -> str:
    measure = _inverted(concept(node.measure)) if node.measure else "(measure not stated)"
    others = "; ".join(map(bound, node.alternatives))
    also = f" (also stated as: {others})" if others else ""
    return f"{measure}{_qualifiers(node.qualifiers)} {bound(node.quantity)}{also}{doubts(node.issues)}"


def _inverted(name: str) -> str:
    """A table lists "Bilirubin, total"; a sentence says it the other way round."""
    head, _, kind = name.partition(", ")
    return f"{kind.capitalize()} {head[:1].lower()}{head[1:]}" if kind.isalpha() else name


def _condition(node: Condition) -> str:
    return _with_status(concept(node.concept), node.status) + _qualifiers(node.qualifiers)


def _with_status(name: str, status: Status) -> str:
    match status:
        case "present":
            return name
        case "history":
            return _told(name, "history", "history of")
        case "planned":
            return _told(name, "plan", "planned")
        case "suspected":
            return _told(name, "suspect", "suspected")
        case "family":
            return _told(name, "family", "family history of")
        case "conditional":
            return f"{name} under some conditions"
        case "absent":
            return f"no {name}"
        case "optional":
            return f"with or without {name}"
        case _:
            assert_never(status)


def _told(name: str, cue: str, words: str) -> str:
    # Some concepts carry the word that gave them their status: no "history of history of stroke".
    return name if cue in name.casefold() else f"{words} {name}"


def _qualifiers(parts: Sequence[Expr]) -> str:
    if parts and all(isinstance(part, Opaque) for part in parts):
        return f" [{_unread(parts)}]"
    return f" [{_listed(parts)}]" if parts else ""


def _unread(nodes: Iterable[Expr]) -> str:
    quoted = (f"“{wording(node.text)}”" for node in nodes if isinstance(node, Opaque))
    return f"not read: {'; '.join(quoted)}"
