"""What a time is said of: windows without words of their own, windows behind a list, and tests at which a thing is
seen. Passes of normalize.py, each total and idempotent."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.expression import orphan
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import (
    And,
    Comparison,
    Condition,
    Expr,
    Or,
    TimeWindow,
    Unless,
    Within,
    hull,
)


def tests(node: Expr) -> Expr:
    """ "no metastases on CT or MRI": the tests at which a thing is seen, either of them."""
    if not isinstance(node, Or) or not node.marks:
        return node
    first, *rest = node.operands
    if not (isinstance(first, Within) and _imaging(first.window) and rest and all(map(is_test, rest))):
        return node
    if first.window.span.start < first.operand.span.end:
        return node
    window = first.window
    more = tuple(
        TimeWindow(span=o.span, side=window.side, anchor=o.concept, marks=o.marks)
        for o in rest
        if isinstance(o, Condition)
    )
    window = replace(window, others=(*window.others, *more), marks=tuple(sorted({*window.marks, *node.marks})))
    return replace(first, window=window, span=node.span)


def _imaging(window: TimeWindow) -> bool:
    return window.length is None and window.anchor is not None and window.anchor.id in ("imaging", "biopsy")


def window_scope(node: Expr) -> Expr:
    """ "stroke or seizure within 6 months": the window behind a list governs all of it, and is marked implied."""
    if not isinstance(node, And | Or) or not node.marks or len(node.operands) < 2:
        return node
    *before, last = node.operands
    if not isinstance(last, Within) or any(_timed(o) for o in before) or _bracketed(last):
        return node
    if last.window.span.start < last.operand.span.start:
        return node
    own = last.operand
    aside = isinstance(node, Or) and isinstance(own, Within) and _bracketed(own)
    if aside and len(before) > 1:
        # "A, B (or C within 6 weeks) within 4 weeks": what has its own time in brackets takes no part in the other
        first = [m for m in node.marks if m.end <= before[-1].span.end]
        rest = replace(node, operands=tuple(before), span=hull([o.span for o in before]), marks=tuple(first))
        timed = replace(last, operand=rest, span=rest.span.cover(last.window.span), implied=True)
        return replace(node, operands=(timed, own), marks=tuple(m for m in node.marks if m not in first))
    if isinstance(node, And) and (node.implied or any(isinstance(o, Comparison) for o in before)):
        return node  # sentences and loose phrases, or bounds with times of their own, are no list
    group = replace(node, operands=(*before, last.operand), span=hull([*(o.span for o in before), last.operand.span]))
    marks = tuple(m for m in node.marks if group.span.holds(m))
    late = tuple(m for m in node.marks if not group.span.holds(m))
    return Within(
        span=node.span,
        operand=window_scope(replace(group, marks=marks)),  # "… within 4 weeks, within 5 half-lives": both
        window=last.window,
        implied=True,
        marks=(*last.marks, *late),
    )


def _bracketed(node: Within) -> bool:
    """ "A, B (or C within 6 weeks)": a window inside the brackets is of what stands in them."""
    marks = node.marks
    return bool(marks) and marks[0].end <= node.operand.span.start and marks[-1].start >= node.window.span.end


def _timed(node: Expr) -> bool:
    return isinstance(node, Within) or (isinstance(node, And | Or) and any(_timed(o) for o in node.operands))


def orphan_windows(node: Expr) -> Expr:
    """ "contraception during the study and for 6 months after the last dose": a window without words of its own
    governs what stands before it in the list."""
    if not isinstance(node, And | Or):
        return node
    last = node.operands[-1]
    if isinstance(last, Unless) and orphan(last.operand) and len(node.operands) > 1:
        # "fever at screening or on day 1 (except …)": the exception is one to all that the time is said of
        rule = replace(node, operands=(*node.operands[:-1], last.operand))
        rule = replace(rule, span=hull([*(o.span for o in rule.operands), *node.marks]))
        return replace(last, operand=orphan_windows(rule), span=node.span)
    out: list[Expr] = []
    for operand in node.operands:
        if isinstance(operand, Within) and orphan(operand) and out:
            before = out[-1]
            span = before.span.cover(operand.span)
            if isinstance(node, Or) and isinstance(before, Within) and not isinstance(operand.operand, Within):
                # "within 4 weeks before enrollment or during the study": either time will do
                first, at = before.window, before.span.end
                said = [m for m in node.marks if at <= m.start and m.end <= operand.window.span.start]
                window = replace(
                    first, others=(*first.others, *operand.window.each), marks=(*first.marks, *said, *operand.marks)
                )
                out[-1] = replace(before, window=window, span=span)
                node = replace(node, marks=tuple(m for m in node.marks if m not in said))
            else:
                out[-1] = replace(operand, operand=before, span=span, implied=True)
        else:
            out.append(operand)
    if len(out) == len(node.operands):
        return node
    only = out[0]
    if len(out) == 1 and isinstance(only, Within):
        return replace(only, span=node.span, marks=tuple(sorted({*only.marks, *node.marks})))
    return replace(node, operands=tuple(out))


def is_test(node: Expr) -> bool:
    """Whether a node names what finds a thing out: a measure without a bound, imaging, a biopsy."""
    if not isinstance(node, Condition) or node.qualifiers or node.status != "present":
        return False
    return node.concept.label == "Measurement" or is_a("test", node.concept.id or "")


__all__ = ["is_test", "orphan_windows", "tests", "window_scope"]
