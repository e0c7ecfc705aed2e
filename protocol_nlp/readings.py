"""Expression -> expression: a second reading where the words leave two open and no rule decides.

The tree as the passes left it is the first reading, the one that all walkers follow. What a connective or an exception
leaves open is said by `clauses`, in the issues of its part; what stands behind a list is seen in the tree. Of nested
doubts only the outermost is drawn, so that readings are never multiplied. docs/issues.md says what each word means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from protocol_nlp.expression import join
from protocol_nlp.parts import EXCEPTION, MIXED, SLASH, STATEMENT, Part
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import Ambiguous, And, Condition, Expr, Or, Span, Unless, Within, hull, over

MODIFIER, WITH, WINDOW = "scope:modifier", "scope:with", "scope:window"

Doubts = Mapping[Span, str]
Step = Callable[[Expr, Doubts], Expr | None]


def doubts(terminals: Iterable[Part]) -> Doubts:
    """Where the connectives and exceptions stand that may be read in two ways, and the word for it."""
    stated = [p for p in terminals if p.issues and p.span.end > p.span.start]
    return {p.span: issue for p in stated for issue in p.issues if issue in (MIXED, SLASH, STATEMENT, EXCEPTION)}


def readings(node: Expr, doubted: Doubts) -> Expr:
    """The tree with each open place as an `Ambiguous` of two readings."""
    for reason, step in STEPS:
        other = step(node, doubted)
        if other is not None and reason == MODIFIER and _one_noun(node):
            return Ambiguous(span=node.span, readings=(other, node), reason=reason)
        if other is not None:
            return Ambiguous(span=node.span, readings=(node, other), reason=reason)
    return over(node, lambda child: readings(child, doubted))


def mixed(node: Expr, doubted: Doubts) -> Expr | None:
    """ "hypertension or diabetes and asthma": by precedence the "and" is closer; the writer may not have meant it."""
    if not isinstance(node, Or) or not any(doubted.get(m) == MIXED for m in node.marks):
        return None
    operands: list[Expr] = []
    closer: list[Span] = []
    for operand in node.operands:
        if isinstance(operand, And) and any(doubted.get(m) == MIXED for m in operand.marks):
            operands += operand.operands
            closer += operand.marks
        else:
            operands.append(operand)
    if not closer:
        return None
    return _regrouped(operands, node.marks, closer, "or", "and")


def slash(node: Expr, doubted: Doubts) -> Expr | None:
    """ "nausea/vomiting": either, or both."""
    if not isinstance(node, Or):
        return None
    closer = [m for m in node.marks if doubted.get(m) == SLASH]
    return (
        _regrouped(node.operands, closer, [m for m in node.marks if m not in closer], "and", "or") if closer else None
    )


def statement(node: Expr, doubted: Doubts) -> Expr | None:
    """ "Diarrhea, and treatment is impossible" among exclusions: both at once, or one more thing that excludes."""
    if not isinstance(node, And):
        return None
    wider = [m for m in node.marks if doubted.get(m) == STATEMENT]
    return _regrouped(node.operands, [m for m in node.marks if m not in wider], wider, "and", "or") if wider else None


def _regrouped(
    operands: Sequence[Expr], closer: Sequence[Span], wider: Sequence[Span], tight: str, loose: str
) -> Expr | None:
    """The operands joined by `tight` where a mark of `closer` stands between two, and the groups by `loose`; null where
    neither stands there."""
    groups: list[tuple[list[Expr], list[Span]]] = [([operands[0]], [])]
    for left, right in pairwise(operands):
        between = [m for m in closer if left.span.end <= m.start and m.end <= right.span.start]
        if between:
            groups[-1][0].append(right)
            groups[-1][1].extend(between)
        elif any(left.span.end <= m.start and m.end <= right.span.start for m in wider):
            groups.append(([right], []))
        else:
            return None
    taken = {m for _, marks in groups for m in marks}
    rest = [m for m in (*closer, *wider) if m not in taken]
    made = [join(tight, held, marks, implied=False) if len(held) > 1 else held[0] for held, marks in groups]
    if len(made) > 1:
        return join(loose, made, sorted(rest), implied=False)
    return join(tight, groups[0][0], sorted((*groups[0][1], *rest)), implied=False)


def exception(node: Expr, doubted: Doubts) -> Expr | None:
    """ "hypertension or malignancy except skin cancer": an exception to the whole list, or to its last member."""
    if isinstance(node, Unless) and isinstance(node.operand, And | Or):
        if not any(doubted.get(m) == EXCEPTION for m in node.marks) or not node.operand.marks:
            return None
        *before, last = node.operand.operands
        if any(m.start > last.span.start for m in node.operand.marks):
            return None
        near = replace(node, operand=last, span=hull([last.span, node.exception.span, *node.marks]))
        return replace(node.operand, operands=(*before, near), span=node.span)
    if isinstance(node, And | Or) and node.marks and isinstance(node.operands[-1], Unless):
        *before, exempting = node.operands
        assert isinstance(exempting, Unless)
        if not any(doubted.get(m) == EXCEPTION for m in exempting.marks):
            return None
        last = exempting.operand
        rule = replace(node, operands=(*before, last), span=hull([*(o.span for o in before), last.span]))
        return replace(exempting, operand=rule, span=node.span)
    return None


def modifier(node: Expr, doubted: Doubts) -> Expr | None:
    """ "stroke or seizure requiring treatment": said of the last, or of the whole list."""
    if not isinstance(node, And | Or) or not node.marks or len(node.operands) < 2:
        return None
    *before, last = node.operands
    parted = _parted(last)
    if parted is None:
        return None
    bare, more, marks = parted
    label = bare.concept.label
    if any(map(_other, (bare, *bare.qualifiers))):
        return None  # "malabsorption or any other condition that affects absorption": what makes the others such
    if label not in ("Condition", "Procedure", "Drug") or not all(_alike(o, label) for o in before):
        return None
    late = [m for m in node.marks if m.end > bare.span.end]
    near = [m for m in node.marks if m not in late]
    group = replace(
        node, operands=(*before, bare), span=hull([*(o.span for o in before), bare.span]), marks=tuple(near)
    )
    return join("and", [group, *more], sorted((*marks, *late)), implied=True)


def _other(node: Expr) -> bool:
    return isinstance(node, Condition) and "other" in node.concept.text.lower().split()


def _one_noun(node: Expr) -> bool:
    """ "Bacterial, viral or fungal infections requiring treatment": what stands behind the noun that all share is more
    likely said of all, though "hepatic or renal disease requiring dialysis" may not be meant so."""
    before = node.operands[:-1] if isinstance(node, And | Or) else ()
    named = [o.concept for o in before if isinstance(o, Condition)]
    return len(named) == len(before) and all(len(c.text) > c.span.end - c.span.start for c in named)


def _alike(node: Expr, label: str) -> bool:
    """A bare thing of the same sort, of which all that is said of the last could be said too."""
    if not isinstance(node, Condition) or node.concept.label != label or node.status != "present":
        return False
    end = node.concept.span.end
    return all(q.span.end <= end for q in node.qualifiers) and all(m.end <= end for m in node.marks)


def _parted(node: Expr) -> tuple[Condition, list[Expr], tuple[Span, ...]] | None:
    """A thing, what is said behind it without a comma, and the small words between."""
    if isinstance(node, And):
        first, *more = node.operands
        loose = node.implied and not node.marks and isinstance(first, Condition) and _behind(first.span, more[0])
        if loose and isinstance(first, Condition):
            return (first, more, ()) if _alike(first, first.concept.label or "") else None
        return None
    if not isinstance(node, Condition):
        return None
    end = node.concept.span.end
    more = [q for q in node.qualifiers if q.span.start >= end]
    marks = tuple(m for m in node.marks if m.start >= end)
    if not more or not _adverbial(end, more[0], marks):
        return None
    before = tuple(q for q in node.qualifiers if q.span.start < end)
    early = tuple(m for m in node.marks if m.start < end)
    span = hull([node.concept.span, *(q.span for q in before), *early])
    return replace(node, span=span, qualifiers=before, marks=early), more, marks


def _behind(thing: Span, said: Expr) -> bool:
    """ "seizure | with aphasia": a second statement opened by its own small word, with no comma before it."""
    if not isinstance(said, Condition) or said.span.start != thing.end + 1:
        return False
    first = next((q for q in said.qualifiers if q.span.start == said.span.start), None)
    participle = isinstance(first, Condition) and first.concept.text.lower().endswith(("ing", "ed"))
    return participle or any(m.start == said.span.start for m in said.marks) or _adverb(said)


def _adverb(said: Expr) -> bool:
    """ "requiring treatment", "of the brain"; not "testing", which is a thing, nor "as judged by the investigator"."""
    words = said.concept.text.lower().split() if isinstance(said, Condition) else [""]
    if is_a("judging", words[0]) or is_a("state", words[0]):
        return False
    return (words[0].endswith(("ing", "ed")) and len(words) > 1) or is_a("preposition", words[0])


def _adverbial(end: int, said: Expr, marks: tuple[Span, ...]) -> bool:
    """ "requiring …", "of the brain", right behind the thing; "to penicillin" completes it, and is said of it alone."""
    if said.span.start == end + 1:
        return _adverb(said)
    known = isinstance(said, Condition) and said.concept.label in ("Drug", "Device", "Procedure")
    word = said.concept.text.split()[0] if isinstance(said, Condition) else ""
    whole = is_a("state", word) or is_a("judging", word)
    return not (known or whole) and any(m.start == end + 1 and m.end - m.start > 1 for m in marks)


def reach(node: Expr, doubted: Doubts) -> Expr | None:
    """ "stroke with aphasia or seizure": the list behind "with", or the thing with its one companion and another."""
    if not isinstance(node, And) or not node.implied or node.marks or len(node.operands) != 2:
        return None
    head, group = node.operands
    if not isinstance(head, Condition) or not isinstance(group, Or) or not group.marks:
        return None
    first, *others = group.operands
    label = head.concept.label
    if label != "Condition" or not _behind(head.span, first) or not all(_alike(o, label) for o in others):
        return None
    if not isinstance(first, Condition) or first.concept.label != label:
        return None
    near = join("and", [head, first], [], implied=True)
    return replace(group, operands=(near, *others), span=node.span)


def window(node: Expr, doubted: Doubts) -> Expr | None:
    """ "pregnancy or chemotherapy within 4 weeks": things of two sorts, and the window may be of the last alone."""
    if not isinstance(node, Within) or not node.implied or not isinstance(node.operand, And | Or):
        return None
    group = node.operand
    *before, last = group.operands
    if not group.marks or _sort(last) != "act" or not all(_sort(o) == "state" for o in before):
        return None
    if any(m.start > last.span.start for m in group.marks):
        return None
    near = replace(node, operand=last, span=last.span.cover(node.window.span), implied=False)
    return replace(group, operands=(*before, near), span=node.span)


def _sort(node: Expr) -> str | None:
    label = node.concept.label if isinstance(node, Condition) else None
    if label in ("Procedure", "Drug", "Device"):
        return "act"
    return "state" if label in ("Condition", "Person") else None


STEPS: tuple[tuple[str, Step], ...] = (
    (MIXED, mixed),
    (SLASH, slash),
    (STATEMENT, statement),
    (EXCEPTION, exception),
    (WINDOW, window),
    (MODIFIER, modifier),
    (WITH, reach),
)

__all__ = ["STEPS", "doubts", "readings"]
