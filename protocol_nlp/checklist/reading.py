"""The own words of a criterion -> the parts that are asked one by one.

A part is put in plain words where it is a bound and nothing else; any other part keeps the entry's own words, since
a sentence that was taken apart wrongly misleads more than one that was left whole. Criteria are taken apart only
where each part stands for itself: bounds joined by "and" that include, or by "or" that exclude; pieces between
semicolons; a tier of a bound; what an exclusion exempts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from protocol_nlp.checklist.wording import asked, capital, only_filler, says, starts, trimmed
from protocol_nlp.display import wording
from protocol_nlp.lexicon import measures, units
from protocol_nlp.plain import plain
from protocol_nlp.tree import (
    Ambiguous,
    And,
    Comparison,
    Condition,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Role,
    Span,
    TimeWindow,
    Unless,
    Within,
    children,
    hull,
    leaves,
    walk,
)

# What makes a bound too doubtful to be put in other words than the entry's.
DOUBTFUL: Final = frozenset(
    "comparator:lost comparator:contradictory comparator:approximate range:reversed unit:ambiguous"
    " measure:implied measure:unit_mismatch pair:and_or_unstated pair:second_number level:letter".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question of a criterion: its words, what was read of them, and the parts that hang on it.

    `bound` is the comparison of a part that asks for one value; `exception` and `tier` are parts of their own.
    `text` is the entry's wording that the part stands for.
    """

    question: str
    text: str
    expr: Expr | None
    bound: Comparison | None = None
    exception: Part | None = None
    tier: Part | None = None


def parts(expr: Expr | None, lead: Span, role: Role | None, text: str) -> tuple[Part, ...]:
    """The parts of a criterion's own words, in their order; all of them are needed of an inclusion, any of an
    exclusion counts."""
    whole = text[lead.start : lead.end]
    if expr is None:
        return (Part(question=asked(whole), text=whole, expr=None),)
    bare = _unwrapped(expr)
    if found := _bounds(bare, role, text, lead):
        return found
    if pieces := _pieces(bare, lead, role, text):
        return tuple(part for piece, span in pieces for part in parts(piece, span, role, text))
    if role == "exclusion" and isinstance(bare, Unless) and (split := _exempting(bare, lead, text)):
        return (split,)
    return (_own(bare, lead, text),)


def ambiguous(expr: Expr | None) -> Iterator[Ambiguous]:
    """The nodes of two readings, outermost first and not inside each other."""
    if isinstance(expr, Ambiguous):
        yield expr
    elif expr is not None:
        for child in children(expr):
            yield from ambiguous(child)


def windows(expr: Expr | None, text: str) -> Iterator[TimeWindow]:
    """The windows of a part in the order of the tree, each once, their events in the words of the text.

    "Within 24 hours (urine) prior to …" is one window, though the tree holds its length and its event in two nodes.
    """
    for window in dict.fromkeys(_windows(expr, None)) if expr else ():
        if window.anchor:
            start, end = window.anchor.span
            window = replace(window, anchor=replace(window.anchor, text=text[start:end] or window.anchor.text))
        yield window


def _windows(expr: Expr, around: TimeWindow | None) -> Iterator[TimeWindow]:
    if isinstance(expr, Within):
        own = expr.window
        if own.length and not own.anchor and not own.side and around:
            own = replace(own, side=around.side, anchor=around.anchor)
            around = None
        bare = own.anchor is not None and not own.length and not own.alternatives
        if not (bare and any(isinstance(n, Within) and n.window.length for n in walk(expr.operand))):
            yield own
        around = own if bare else around
    for child in children(expr):
        yield from _windows(child, around)


def unread(expr: Expr | None) -> tuple[str, ...]:
    """The words that no reading took in."""
    nodes = walk(expr) if expr else ()
    return tuple(wording(node.text) for node in nodes if isinstance(node, Opaque) and node.text.strip())


def _own(expr: Expr, span: Span, text: str) -> Part:
    """The part in the entry's own words; a single sound bound in it is still told apart."""
    words = text[span.start : span.end]
    sound = [n for n in walk(expr) if isinstance(n, Comparison) and trusted(n)]
    alone = len([n for n in walk(expr) if isinstance(n, Comparison)]) == 1
    plainly = not any(isinstance(n, Not | If | Or | Unless | Ambiguous) for n in walk(expr))
    bound = (
        sound[0] if sound and alone and plainly and (sound[0].quantity.unit or sound[0].quantity.reference) else None
    )
    return Part(question=asked(words), text=words, expr=expr, bound=bound)


def _unwrapped(expr: Expr) -> Expr:
    while isinstance(expr, And | Or) and len(expr.operands) == 1:
        expr = expr.operands[0]
    return expr


def trusted(node: Comparison) -> bool:
    """Whether a bound is of a known measure, in a unit that fits it, without a doubt about its numbers."""
    known = _measures().get(node.measure.id or "") if node.measure else None
    issues = {*node.issues, *(i for q in (node.quantity, *node.alternatives) for i in q.issues)}
    numbered = node.quantity.low is not None or node.quantity.high is not None
    fits = node.quantity.unit is None or _dimensions().get(node.quantity.unit) in (known or ())
    # "5 × ULN" and "20 mm" alone are bounds that lost their sign; "ECOG 0" is a level.
    exact = node.quantity.low == node.quantity.high and (node.quantity.unit or node.quantity.reference)
    return known is not None and fits and numbered and not exact and not issues & DOUBTFUL


def _bounds(expr: Expr, role: Role | None, text: str, lead: Span) -> tuple[Part, ...]:
    """The parts of a criterion that consists of bounds and nothing else; empty for any other."""
    words = wording(text[lead.start : lead.end])
    if ";" in words and starts("leads", trimmed(words)):
        return ()
    marks = [
        m for n in walk(expr) for m in (*getattr(n, "marks", ()), *getattr(getattr(n, "window", None), "marks", ()))
    ]
    held = [*leaves(expr)]
    beside = "".join(
        c if not any(s.start <= i < s.end for s in held) else " "
        for i, c in enumerate(text[lead.start : lead.end], lead.start)
    )
    said = " ".join(text[m.start : m.end] for m in marks if not _in_window(m, expr))
    if not only_filler(f"{said} {beside}"):
        return ()
    # A heading's measure that was given to a bound below it is sure only where that bound stands alone.
    measures_of = [n.measure for n in walk(expr) if isinstance(n, Comparison)]
    if len(measures_of) > 1 and any(m and not lead.holds(m.span) for m in measures_of):
        return ()
    made = tuple(_bound_parts(expr, role, text, ()))
    return made if made and all(part is not None for part in made) else ()  # type: ignore[return-value]


def _in_window(mark: Span, expr: Expr) -> bool:
    return any(isinstance(n, Within) and mark in n.window.marks for n in walk(expr))


def _bound_parts(expr: Expr, role: Role | None, text: str, around: tuple[Within, ...]) -> Iterator[Part | None]:
    """A part for each bound, with the windows around it; null where something else than a bound stands."""
    expr = _unwrapped(expr)
    split = And if role == "inclusion" else Or
    match expr:
        case And() | Or() if isinstance(expr, split):
            for operand, tier in _with_tiers(expr):
                if tier is None:
                    yield from _bound_parts(operand, role, text, around)
                else:
                    yield from _tiers(operand, tier.guard, tier.then, text, around, role)
        case Or(operands=(usual, If(guard=Condition() as guard, then=tier))) if _bounding(usual) and _bounding(tier):
            yield from _tiers(usual, guard, tier, text, around, role)
        case Unless(operand=usual, exception=And(operands=(Condition() as guard, tier))) if (
            _bounding(usual) and _bounding(tier) and _about(usual) & _about(tier)
        ):
            yield from _tiers(usual, guard, tier, text, around, role)
        case If(guard=Condition() as guard, then=then) if _bounding(then):
            under = _told(then, text, around)
            whom = capital(_words(guard, text)) if guard.concept.label == "Person" else f"If {_words(guard, text)}"
            yield replace(under, question=f"{whom}: {under.question}", expr=expr)
        case Within() if expr.window.length:
            yield from _bound_parts(expr.operand, role, text, (*around, expr))
        case _ if _bounding(expr):
            yield _told(expr, text, around)
        case _:
            yield None


def _with_tiers(group: And | Or) -> Iterator[tuple[Expr, If | None]]:
    """The operands of a group in order; a tier comes with the bounds of the same measures, which it replaces."""
    rest = [_unwrapped(operand) for operand in group.operands]
    for tier in [o for o in rest if isinstance(o, If) and isinstance(o.guard, Condition) and _bounding(o.then)]:
        mates = [o for o in rest if not isinstance(o, If) and _bounding(o) and _about(o) & _about(tier.then)]
        if mates:
            yield (mates[0] if len(mates) == 1 else _group(group, mates)), tier
            rest = [o for o in rest if o is not tier and o not in mates]
    yield from ((operand, None) for operand in rest)


def _group(group: And | Or, operands: Sequence[Expr]) -> Expr:
    return replace(group, operands=tuple(operands), marks=(), span=hull([o.span for o in operands]))


def _about(expr: Expr) -> set[tuple[str, bool]]:
    """The measures that are bounded in it, each with whether it is from above."""
    found = (n for n in walk(expr) if isinstance(n, Comparison))
    return {(n.measure.id or "", n.quantity.high is not None) for n in found if n.measure}


def _tiers(
    usual: Expr, guard: Expr, tier: Expr, text: str, around: tuple[Within, ...], role: Role | None
) -> Iterator[Part]:
    """Bounds with the tier that replaces them, for each measure where each has to hold and has its own tier."""
    match usual, tier:
        case And(), And() if role == "inclusion":
            each = [(u, [t for t in tier.operands if _about(t) == _about(u)]) for u in usual.operands]
            if len(usual.operands) == len(tier.operands) and all(len(mates) == 1 for _, mates in each):
                yield from (_tiered(u, guard, mates[0], text, around) for u, mates in each)
                return
        case _:
            pass
    yield _tiered(usual, guard, tier, text, around)


def _tiered(usual: Expr, guard: Expr, tier: Expr, text: str, around: tuple[Within, ...]) -> Part:
    under = _told(tier, text, around)
    question = f"If {_words(guard, text)}, instead: {under.question}"
    return replace(_told(usual, text, around), tier=replace(under, question=question))


def _bounding(expr: Expr) -> bool:
    """Whether all there is are trusted bounds, and the persons they hold for."""
    match expr:
        case And() | Or():
            return all(map(_bounding, expr.operands))
        case Comparison():
            return trusted(expr) and not expr.qualifiers
        case Condition():
            return expr.concept.label == "Person" and expr.status == "present" and not expr.qualifiers
        case Within():
            return expr.window.length is not None and _bounding(expr.operand)
        case _:
            return False


def _told(expr: Expr, text: str, around: tuple[Within, ...]) -> Part:
    """A group of bounds in plain words, with the windows it stands in."""
    whole: Expr = expr
    for window in reversed(around):
        whole = replace(window, operand=whole)
    words = text[expr.span.start : expr.span.end]
    comparisons = [n for n in walk(expr) if isinstance(n, Comparison)]
    question = f"{capital(plain(whole))}?" if comparisons else asked(words)
    return Part(
        question=question,
        text=words,
        expr=whole,
        # "AST and ALT ≤ 2.5 × ULN" is one bound of two measures.
        bound=comparisons[0] if len({c.quantity.span for c in comparisons}) == 1 else None,
    )


def _words(expr: Expr, text: str) -> str:
    """A node in the entry's own words."""
    return trimmed(wording(text[expr.span.start : expr.span.end])) or plain(expr)


def _pieces(expr: Expr, lead: Span, role: Role | None, text: str) -> tuple[tuple[Expr, Span], ...]:
    """The pieces of a criterion between semicolons, where each is read for itself; empty where it is not so.

    A heading before the first piece may govern all of them, and an "or" between them turns the sense.
    """
    if not isinstance(expr, And if role == "inclusion" else Or) or role is None:
        return ()
    words = text[lead.start : lead.end]
    cuts = [lead.start + at for at in _semicolons(words)]
    spans = [Span(a, b) for a, b in zip([lead.start, *(c + 1 for c in cuts)], [*cuts, lead.end], strict=True)]
    spans = [s for s in spans if re.search(r"\w", text[s.start : s.end])]
    if len(spans) < 2 or _governs(text[spans[0].start : spans[0].end]):
        return ()
    if any(re.search(r"^\W*(?:and/)?or\b|\bor\W*$", text[s.start : s.end], re.IGNORECASE) for s in spans) and (
        role == "inclusion"
    ):
        return ()
    found: list[tuple[Expr, Span]] = []
    for span in spans:
        mine = [o for o in expr.operands if span.holds(o.span)]
        if not mine:
            return ()
        found.append((mine[0] if len(mine) == 1 else _group(expr, mine), span))
    within = all(any(span.holds(operand.span) for span in spans) for operand in expr.operands)
    return tuple(found) if within else ()


def _governs(first: str) -> bool:
    """Whether the first piece may hold for those after it: it has a heading, or starts with a condition."""
    words = trimmed(wording(first))
    return ":" in words or starts("leads", words)


def _semicolons(words: str) -> Iterator[int]:
    """The places of the semicolons outside of brackets, and not those that end an entity."""
    depth = 0
    for at, sign in enumerate(words):
        depth = max(0, depth + (sign in "([{") - (sign in ")]}"))
        if sign == ";" and not depth and not re.search(r"&#?\w{1,8}$", words[:at]):
            yield at


def _exempting(node: Unless, lead: Span, text: str) -> Part | None:
    """Rule and exception of an exclusion as parts, where they stand apart in the text."""
    rule, exempt = node.operand.span, node.exception.span
    if rule.start == rule.end or rule.overlaps(exempt):
        return None
    first, second = sorted((rule, exempt))
    cues = [m for m in node.marks if first.end <= m.start and m.end <= second.start and _lettered(text, m)]
    if not cues:
        return None
    # A bracket that opens before the second part and closes behind it belongs to neither.
    before = Span(lead.start, lead.start + len(re.sub(r"[(\[\s]+$", "", text[lead.start : cues[0].start])))
    after = Span(cues[-1].end, lead.end)
    ruling, exempting = (before, after) if rule == first else (after, before)
    # "Other cancer except basal cell carcinoma within 5 years": whose years these are only the whole sentence says.
    timed = any(isinstance(n, Within) for n in walk(node.exception)) and not any(
        isinstance(n, Within) for n in walk(node.operand)
    )
    if timed and not re.search(r"\bunless\b", text[first.end : second.start], re.IGNORECASE):
        return None
    if not _lettered(text, ruling) or not _lettered(text, exempting) or says("admits", text[ruling.start : ruling.end]):
        return None
    exception = _own(node.exception, exempting, text)
    told = f"Exception: {exception.question}"
    return replace(_own(node.operand, ruling, text), exception=replace(exception, question=told))


def _lettered(text: str, span: Span) -> bool:
    return bool(re.search(r"\w", text[span.start : span.end]))


@cache
def _measures() -> dict[str, tuple[str, ...]]:
    return {row.id: row.dimensions for row in measures()}


@cache
def _dimensions() -> dict[str, str]:
    return {row.ucum: row.dimension for row in units()}
