"""Brackets as parts that hold parts, and back to one flat row of terminals."""

from __future__ import annotations

from protocol_nlp.parts import Part
from protocol_nlp.tree import Span, hull

_CONTENT = frozenset({"EXPR", "WINDOW", "BRACKET"})


def nest(parts: list[Part]) -> list[Part]:
    """Each pair of brackets that holds something as one BRACKET part (value: opening, inner parts, closing); brackets
    without a partner or without content are left out, not so what they hold."""
    stack: list[tuple[Part | None, list[Part]]] = [(None, [])]
    for part in parts:
        if part.kind == "LPAR":
            stack.append((part, []))
        elif part.kind == "RPAR":
            if len(stack) > 1:
                opened, inner = stack.pop()
                assert opened is not None
                stack[-1][1].extend(_bracket(opened, inner, part))
        else:
            stack[-1][1].append(part)
    while len(stack) > 1:
        _, inner = stack.pop()
        stack[-1][1].extend(inner)
    return stack[0][1]


def _bracket(opened: Part, inner: list[Part], closed: Part) -> list[Part]:
    if not any(p.kind in _CONTENT for p in inner):
        return inner
    span = opened.span.cover(closed.span)
    return [Part(kind="BRACKET", span=span, text="()", value=(opened, inner, closed))]


def scope(parts: list[Part]) -> Part:
    """The parts as one that the grammar reads as a unit."""
    return Part(kind="SCOPE", span=hull([p.span for p in parts]), text="", value=parts)


def exempting(after: list[Part]) -> bool:
    """ "Regular medication, (contraceptives are acceptable)": what a bracket exempts, and no member of a list."""
    inside = after[0].value[1] if after and after[0].kind == "BRACKET" else []
    return any(p.kind in ("PERMIT", "EXCEPT", "UNLESS") for p in inside)


def flatten(parts: list[Part]) -> list[Part]:
    """The terminals of nested parts; SCOPE and END have no width. A window without a unit before it leads its run."""
    out: list[Part] = []
    for part in parts:
        match part.kind:
            case "BRACKET":
                opened, inner, closed = part.value
                out += [opened, *flatten(inner), closed]
            case "SCOPE":
                start, end = part.span
                out.append(Part(kind="SCOPE", span=Span(start, start), text=""))
                out += flatten(part.value)
                out.append(Part(kind="END", span=Span(end, end), text=""))
            case "WINDOW" if not out or out[-1].kind not in ("EXPR", "RPAR", "END", "WINDOW"):
                out.append(part.changed(kind="LEADWINDOW"))
            case _:
                out.append(part)
    return out


__all__ = ["exempting", "flatten", "nest", "scope"]
