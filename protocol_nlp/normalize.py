"""Expression -> expression: an ordered tuple of passes, each total and idempotent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from protocol_nlp.expression import orphan
from protocol_nlp.tree import And, Comparison, Expr, If, Opaque, Or, Within, hull, rewrite


def flatten(node: Expr) -> Expr:
    """And in And and Or in Or are one, if both are stated or both implied; a group of one is its operand."""
    if not isinstance(node, And | Or):
        return node
    operands: list[Expr] = []
    marks = list(node.marks)
    for operand in node.operands:
        if type(operand) is type(node) and operand.implied == node.implied:
            operands += operand.operands
            marks += operand.marks
        else:
            operands.append(operand)
    if len(operands) == 1 and not marks:
        return operands[0]
    return replace(node, operands=tuple(operands), marks=tuple(sorted(set(marks))))


def window_scope(node: Expr) -> Expr:
    """ "stroke or seizure within 6 months": the window behind a list governs all of it, and is marked implied."""
    if not isinstance(node, And | Or) or not node.marks or len(node.operands) < 2:
        return node
    *before, last = node.operands
    if (
        not isinstance(last, Within)
        or any(_timed(o) for o in before)
        or last.window.span.start < last.operand.span.start
    ):
        return node
    if isinstance(node, And) and (node.implied or any(isinstance(o, Comparison) for o in before)):
        return node  # sentences and loose phrases, or bounds with times of their own, are no list
    group = replace(node, operands=(*before, last.operand), span=hull([*(o.span for o in before), last.operand.span]))
    marks = tuple(m for m in node.marks if group.span.holds(m))
    late = tuple(m for m in node.marks if not group.span.holds(m))
    return Within(
        span=node.span,
        operand=replace(group, marks=marks),
        window=last.window,
        implied=True,
        marks=(*last.marks, *late),
    )


def _timed(node: Expr) -> bool:
    return isinstance(node, Within) or (isinstance(node, And | Or) and any(_timed(o) for o in node.operands))


def orphan_windows(node: Expr) -> Expr:
    """ "contraception during the study and for 6 months after the last dose": a window without words of its own
    governs what stands before it in the list."""
    if not isinstance(node, And | Or):
        return node
    out: list[Expr] = []
    for operand in node.operands:
        if isinstance(operand, Within) and orphan(operand) and out:
            before = out[-1]
            out[-1] = replace(operand, operand=before, span=before.span.cover(operand.span), implied=True)
        else:
            out.append(operand)
    return replace(node, operands=tuple(out)) if len(out) < len(node.operands) else node


def tiers(node: Expr) -> Expr:
    """ "≤ 3 × ULN (≤ 5 × ULN if liver metastases)": the bracket's bound holds under its guard, beside the first."""
    if isinstance(node, If) and isinstance(node.then, And) and node.then.implied and len(node.then.operands) > 1:
        *first, last = node.then.operands
        if isinstance(last, Comparison) and any(isinstance(f, Comparison) for f in first):
            tier = replace(node, then=last, span=last.span.cover(node.guard.span))
            return replace(node.then, operands=(*first, tier), span=node.span)
    return node


def drop_empty(node: Expr) -> Expr:
    """Groups keep no empty opaque pieces."""
    if isinstance(node, And | Or):
        kept = tuple(o for o in node.operands if not (isinstance(o, Opaque) and o.span.start == o.span.end))
        if kept and len(kept) < len(node.operands):
            return replace(node, operands=kept)
    return node


Pass = Callable[[Expr], Expr]

PASSES: tuple[tuple[str, Pass], ...] = (
    ("drop_empty", drop_empty),
    ("orphan_windows", orphan_windows),
    ("window_scope", window_scope),
    ("flatten", flatten),
    ("tiers", tiers),
    ("flatten_again", flatten),
)


def normalize(node: Expr) -> Expr:
    """The tree after every pass, each applied from the leaves up."""
    for _, step in PASSES:
        node = rewrite(node, step)
    return node


__all__ = ["PASSES", "normalize"]
