"""Every character of a criterion belongs to a node: what no node took in is added as marks or as opaque text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from protocol_nlp.annotate.tokens import Token
from protocol_nlp.parts import written
from protocol_nlp.tree import And, Comparison, Condition, Expr, Opaque, Span, Within, hull, leaves, walk

_READ = frozenset({"WORD", "CONCEPT", "MEASURE", "ANCHOR", "NUMBER", "UNIT", "TIME_UNIT", "MARK", "LATE", "CUE"})


def account(node: Expr | None, tokens: Sequence[Token]) -> Expr | None:
    """The tree with the tokens it lacks: small words and punctuation as marks of the root, other words as Opaque."""
    if not tokens:
        return node
    covered = sorted(leaves(node)) if node is not None else []
    missing = [t for t in tokens if not _held(t, covered)]
    if not missing:
        return node
    marks = tuple(t.span for t in missing if t.kind not in _READ)
    runs: list[list[Token]] = []
    where = {t.span: i for i, t in enumerate(tokens)}
    for t in missing:
        if t.kind not in _READ:
            continue
        if runs and where[runs[-1][-1].span] == where[t.span] - 1:
            runs[-1].append(t)
        else:
            runs.append([t])
    opaque = [Opaque(span=hull([t.span for t in run]), text=written(run)) for run in runs]
    if node is None and len(opaque) == 1 and not marks:
        return opaque[0]
    if node is None and not opaque:
        span = hull([t.span for t in tokens])
        return Opaque(span=span, text=written(tokens), reason="nothing to check")
    if node is not None and not opaque and not isinstance(node, Opaque):
        return replace(node, marks=tuple(sorted((*node.marks, *marks))), span=hull([node.span, *marks]))
    operands = [*([node] if node is not None else []), *opaque]
    operands.sort(key=lambda o: o.span)
    span = hull([*(o.span for o in operands), *marks])
    return And(span=span, operands=tuple(operands), implied=True, marks=marks)


def _held(token: Token, covered: list[Span]) -> bool:
    """Whether nodes hold all of the token, which may have been parted at a blank."""
    span = token.span
    exact = len(token.text) == span.end - span.start
    at = span.start
    for c in covered:
        if (
            exact
            and span.start < at < min(c.start, span.end)
            and not token.text[at - span.start : c.start - span.start].strip()
        ):
            at = c.start
        if c.start <= at < c.end:
            at = c.end
            if at >= span.end:
                return True
    return False


def visible(text: str) -> int:
    """How many characters are not blank."""
    return len("".join(text.split()))


def opaque_share(node: Expr | None, text: str, lead: Span) -> Decimal:
    """The share of a lead's non-blank characters that stand in opaque nodes, to three places."""
    size = visible(text[lead.start : lead.end])
    if node is None or not size:
        return Decimal(0) if not size else Decimal(1)
    unread = {i for n in walk(node) if isinstance(n, Opaque) for i in range(n.span.start, n.span.end)}
    if not unread:
        return Decimal("0.000")
    read = {i for s in _read_spans(node) for i in range(s.start, s.end)}
    count = sum(not text[i].isspace() for i in unread - read if lead.start <= i < lead.end)
    return (Decimal(count) / Decimal(size)).quantize(Decimal("0.001"))


def _read_spans(node: Expr) -> list[Span]:
    out: list[Span] = []
    for n in walk(node):
        match n:
            case Condition():
                out.append(n.concept.span)
            case Comparison():
                out.append(n.quantity.span)
            case Within():
                out += [w.anchor.span for w in n.window.each if w.anchor is not None]
            case _:
                pass
    return out
