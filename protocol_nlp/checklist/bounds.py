"""Bounds in plain words: criteria that consist of bounds and nothing else, and bounds within other sentences.

A criterion of bounds alone is told anew: "Absolute neutrophil count at least 1.5 × 10⁹/L, within 7 days before first
dose?". In any other sentence the bound alone is told anew, at its place, and all words beside it stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final

from protocol_nlp.checklist.conversion import other_unit
from protocol_nlp.checklist.wording import asked, capital, is_all, only_filler, starts, trimmed
from protocol_nlp.display import wording
from protocol_nlp.lexicon import measures, units
from protocol_nlp.phrases import bound as told_bound
from protocol_nlp.phrases import concept, signs
from protocol_nlp.phrases import window as told_window
from protocol_nlp.plain import plain
from protocol_nlp.tree import (
    Ambiguous,
    And,
    Comparison,
    Condition,
    Expr,
    If,
    Not,
    Or,
    Role,
    Span,
    Unless,
    Within,
    hull,
    leaves,
    walk,
)

# What makes a bound too doubtful to be put in other words than the entry's.
DOUBTFUL: Final = frozenset(
    "comparator:lost comparator:contradictory comparator:approximate range:reversed unit:ambiguous"
    " measure:implied measure:unit_mismatch pair:and_or_unstated pair:second_number level:letter".split()
)
# Between a measure and its number: its short form in brackets, or words that change nothing.
_SHORT_FORM: Final = re.compile(r"\(\s*[A-Za-z][\w/ -]{0,11}\)")
_SIGN: Final = re.compile(r"[<>≤≥=]")
# A group within a group has no plain words: the entry's own are plainer.
_NESTED: Final = re.compile(r"\((?:all|any) of:")
ALSO: Final = "and more: see the question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question of a criterion: its words, what was read of them, and the parts that hang on it.

    `bound` and `other_unit` are what a part that asks for values wants of them, in signs; `exception` and `tier` are
    parts of their own. `some`: it is asked of some patients alone. `text` is the entry's wording that it stands for.
    """

    question: str
    text: str
    expr: Expr | None
    bound: str = ""
    other_unit: str = ""
    some: bool = False
    exception: Part | None = None
    tier: Part | None = None


def trusted(node: Comparison) -> bool:
    """Whether a bound is of a known measure, in a unit that fits it, without a doubt about its numbers."""
    known = _measures().get(node.measure.id or "") if node.measure else None
    issues = {*node.issues, *(i for q in (node.quantity, *node.alternatives) for i in q.issues)}
    numbered = node.quantity.low is not None or node.quantity.high is not None
    fits = node.quantity.unit is None or _dimensions().get(node.quantity.unit) in (known or ())
    # "5 × ULN" and "20 mm" alone are bounds that lost their sign; "ECOG 0" is a level.
    exact = node.quantity.low == node.quantity.high and (node.quantity.unit or node.quantity.reference)
    return known is not None and fits and numbered and not exact and not issues & DOUBTFUL


def of_bounds(expr: Expr, role: Role | None, text: str, lead: Span) -> tuple[Part, ...]:
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
    tiered = isinstance(expr, Unless) and _tier_of(expr) is not None
    if not only_filler(f"{said} {beside}", "tiers" if tiered else ""):
        return ()
    # A heading's measure that was given to a bound below it is sure only where that bound stands alone.
    measures_of = [n.measure for n in walk(expr) if isinstance(n, Comparison)]
    if len(measures_of) > 1 and any(m and not lead.holds(m.span) for m in measures_of):
        return ()
    if _leads_by_age(expr, text):
        return ()
    made = tuple(_bound_parts(expr, role, text, ()))
    if not made or any(part is None or _NESTED.search(part.question) for part in made):
        return ()
    # "Age ≤ 21 years old": the last word asks nothing of its own.
    return tuple(part for part in made if part and (part.bound or not only_filler(part.text)))


def _leads_by_age(expr: Expr, text: str) -> bool:
    """Whether an age may say of whom the next bound is asked: "Patients ≥ 16 years of age must have an ECOG of 0-2". In
    a list, where a comma or "and" parts them, it is asked for itself."""
    found = sorted((n for n in walk(expr) if isinstance(n, Comparison)), key=lambda n: n.quantity.span)
    for one, other in pairwise(found):
        between = text[one.quantity.span.end : other.quantity.span.start]
        apart = re.search(r"[,;.\n]|\b(?:and|or)\b", between) is not None
        if _aged(one) and not _aged(other) and not apart:
            return True
    return False


def in_sentence(expr: Expr, span: Span, text: str) -> Part:
    """The part in the entry's own words, save that trusted bounds in it are told in words and, where they are what it
    is about, stand in signs as well."""
    cell, other = _cells(expr, span, text)
    return Part(
        question=asked(_retold(expr, span, text)),
        text=text[span.start : span.end],
        expr=expr,
        bound=cell,
        other_unit=other,
    )


def unwrapped(expr: Expr) -> Expr:
    """Without groups of one: they say no more than their only part."""
    while isinstance(expr, And | Or) and len(expr.operands) == 1:
        expr = expr.operands[0]
    return expr


def group(of: And | Or, operands: Sequence[Expr]) -> Expr:
    """A group of some of the operands, or the only one itself."""
    if len(operands) == 1:
        return operands[0]
    return replace(of, operands=tuple(operands), marks=(), span=hull([o.span for o in operands]))


def _retold(expr: Expr, span: Span, text: str) -> str:
    """The words with each trusted bound in plain words; as they are where a part can be read in two ways."""
    nodes = [*walk(expr)]
    if any(isinstance(n, Ambiguous) for n in nodes):
        return text[span.start : span.end]
    changes: dict[Span, str] = {}
    shared = [n.quantity.span for n in nodes if isinstance(n, Comparison)]
    for node in nodes:
        if not isinstance(node, Comparison) or not trusted(node) or not node.measure:
            continue
        at, number = node.measure.span, node.quantity.span
        # "≥ CTCAE grade 3": the number's words hold the measure.
        if not span.holds(at) or not span.holds(number) or at.overlaps(number):
            continue
        size = told_bound(replace(node.quantity, issues=()))
        # "< 50 or lower limit of detection": words behind the number that may belong to what follows.
        # "< 1.5 times institutional normal": the number is told without the words that say of what it is a multiple.
        times = re.search(r"\b(?:times|x|fold)\b|×|[xX]\s*$", text[number.start : min(len(text), number.end + 8)])
        lost = times is not None and not node.quantity.reference and not node.quantity.unit
        twice = lost or re.search(r"[<>≤≥].*\bor\s+[a-z]", text[number.start : number.end], re.IGNORECASE | re.DOTALL)
        if shared.count(number) == 1 and _told_whole(node, text, span):
            changes[Span(span.start, number.end)] = f"{_name(node)} {size}"
        elif _SIGN.search(text[number.start : number.end]) and not _counts(node) and not twice:
            changes[number] = size
    told, at_end = "", span.start
    for where in sorted(changes):
        if where.start >= at_end:
            # "LVEF<50%": the words need a blank that the sign did not.
            gap = " " if text[max(0, where.start - 1)].isalnum() and where.start > span.start else ""
            told += text[at_end : where.start] + gap + changes[where]
            after = text[where.end : where.end + 1]
            told += " " if after.isalnum() else ""
            at_end = where.end
    return told + text[at_end : span.end]


def _told_whole(node: Comparison, text: str, span: Span) -> bool:
    """Whether the sentence begins with the bound, and the table's name can stand for the entry's words for it."""
    if node.measure is None or node.qualifiers or node.quantity.low == node.quantity.high or "(" in _name(node):
        return False
    at, number = node.measure.span, node.quantity.span
    between = _SHORT_FORM.sub("", text[at.end : number.start])
    near = at.end <= number.start and only_filler(between) and not re.search(r"[^\w\s()]", between)
    # The words may name two measures where the table has one.
    one = not re.search(r"[/,]|\b(?:and|or)\b", text[at.start : number.start])
    rest = wording(text[number.end : span.end])
    # "Grade > 1 neuropathy" is about the neuropathy, "0-1 (or 0-2 …)" about both.
    apart = not re.match(r"\W*or\b", rest) and (not re.match(r"\w", rest) or starts("tails", rest))
    before = text[span.start : at.start]
    return near and one and apart and only_filler(before) and not re.search(r"[\d<>≤≥=;]", before)


def _counts(node: Comparison) -> bool:
    """Whether the bare number belongs to the word behind it: "> 1 lesion", "≥ grade 2"."""
    plain_number = not node.quantity.unit and not node.quantity.reference
    return plain_number and node.measure is not None and node.measure.span.start >= node.quantity.span.end


def _cells(expr: Expr, span: Span, text: str) -> tuple[str, str]:
    """The bounds that a part is about, in signs and in their other unit; empty where it is about something else."""
    nodes = [n for n in walk(expr) if isinstance(n, Comparison)]
    plainly = len(nodes) == 1 and not any(isinstance(n, Not | If | Or | Unless | Ambiguous) for n in walk(expr))
    free = nodes if plainly else [n for n in _free(expr) if isinstance(n, Comparison)]
    if not free or not all(trusted(n) and (n.quantity.unit or n.quantity.reference) for n in nodes):
        return "", ""
    start = min(s.start for n in free for s in (n.span, *(m.span for m in (n.measure,) if m)))
    leading = only_filler(text[span.start : start])
    if not leading and not plainly:
        return "", ""
    cell, other = _listed(free, expr)
    return (cell if len(free) == len(nodes) else f"{cell} {ALSO}"), other


def _free(expr: Expr) -> Iterator[Expr]:
    """The nodes that nothing denies, exempts, or asks under a condition."""
    match expr:
        case And() | Or():
            for operand in expr.operands:
                yield from _free(operand)
        case Within():
            yield from _free(expr.operand)
        case Unless():
            yield from _free(expr.operand)
        case Comparison():
            yield expr
        case _:
            pass


def _listed(bounds: Sequence[Comparison], expr: Expr) -> tuple[str, str]:
    """Bounds in signs, and in their other unit, each with its measure where there are several measures."""
    first = bounds[0]
    if len({n.quantity.span for n in bounds}) == 1:
        return signs(first.quantity), other_unit(first)
    joint = _joint(bounds, expr)
    if len({n.measure.id for n in bounds if n.measure}) == 1:
        return joint.join(signs(n.quantity) for n in bounds), ""
    others = [(n, other_unit(n)) for n in bounds]
    return (
        joint.join(f"{_name(n)} {signs(n.quantity)}" for n in bounds),
        "; ".join(f"{_name(n)} {unit}" for n, unit in others if unit),
    )


def _joint(bounds: Sequence[Comparison], expr: Expr) -> str:
    """What joins the bounds: a word where each stands in another part of one group, else a semicolon."""
    while isinstance(expr, Within) or (isinstance(expr, And | Or) and len(expr.operands) == 1):
        expr = expr.operand if isinstance(expr, Within) else expr.operands[0]
    if not isinstance(expr, And | Or):
        return "; "
    counts = [sum(n in bounds for n in walk(o) if isinstance(n, Comparison)) for o in expr.operands]
    return "; " if max(counts) > 1 else " and " if isinstance(expr, And) else " or "


def _phrase(expr: Expr) -> str:
    """Bounds as one phrase: "AST and ALT at most 2.5 × …", "at least 1500/mm³ or at least 1.5 × 10⁹/L"."""
    expr = unwrapped(expr)
    if isinstance(expr, Within):
        return f"{_phrase(expr.operand)}, {told_window(expr.window)}"
    if not isinstance(expr, And | Or) or not all(isinstance(o, Comparison) for o in expr.operands):
        return plain(expr)
    bounds = [o for o in expr.operands if isinstance(o, Comparison)]
    joint = "and" if isinstance(expr, And) else "or"
    if any(n.qualifiers or n.alternatives or n.issues or not n.measure for n in bounds) or len(bounds) > 3:
        return plain(expr)
    head = f"{', '.join(_inner(n) for n in bounds[:-1])} {joint} {_inner(bounds[-1])}"
    if len({n.quantity.span for n in bounds}) == 1:
        each = " each" if joint == "and" else ""
        return f"{capital(head)}{each} {told_bound(bounds[0].quantity)}"
    if len({n.measure.id for n in bounds if n.measure}) == 1:
        sizes = f" {joint} ".join(told_bound(n.quantity) for n in bounds)
        return f"{_name(bounds[0])} {sizes}"
    return capital(f", {joint} ".join(f"{_inner(n)} {told_bound(n.quantity)}" for n in bounds))


def _name(node: Comparison) -> str:
    named = concept(node.measure) if node.measure else ""
    head, _, kind = named.partition(", ")
    return f"{kind.capitalize()} {head[:1].lower()}{head[1:]}" if kind.isalpha() else named


def _inner(node: Comparison) -> str:
    """The name of its measure within a sentence."""
    name = _name(node)
    return f"{name[:1].lower()}{name[1:]}" if is_all("common", name.split(" ")[0]) else name


def _in_window(mark: Span, expr: Expr) -> bool:
    return any(isinstance(n, Within) and mark in n.window.marks for n in walk(expr))


def _bound_parts(expr: Expr, role: Role | None, text: str, around: tuple[Within, ...]) -> Iterator[Part | None]:
    """A part for each bound, with the windows around it; null where something else than a bound stands."""
    expr = unwrapped(expr)
    split = And if role == "inclusion" else Or
    match expr:
        case And() | Or() if isinstance(expr, split):
            for operand, tier in _with_tiers(expr):
                if tier is None:
                    yield from _bound_parts(operand, role, text, around)
                else:
                    yield from _tiers(operand, tier.guard, tier.then, text, around, role)
        case Or(operands=(usual, If(guard=guard, then=tier))) if (
            _guards(guard)
            and _bounding(usual)
            and _bounding(tier)
            and (_about(usual) & _about(tier) or not _aged(guard))
        ):
            yield from _tiers(usual, guard, tier, text, around, role)
        case Unless(operand=usual) if _bounding(usual) and (found := _tier_of(expr)):
            yield from _tiers(usual, *found, text, around, role)
        case If(guard=guard, then=then) if _guards(guard) and _bounding(then):
            under = _told(then, text, around)
            person = isinstance(guard, Condition) and guard.concept.label == "Person"
            whom = capital(_words(guard, text)) if person else f"If {_guard(guard, text)}"
            question = f"{whom}: {under.question}"
            if whom.casefold() in ("for age", "if age", "if for age"):
                question = f"{under.question.rstrip('?')} for age?"
            yield replace(under, question=question, expr=expr, some=starts("some", question))
        case Within() if expr.window.length:
            yield from _bound_parts(expr.operand, role, text, (*around, expr))
        case _ if _bounding(expr):
            yield _told(expr, text, around)
        case _:
            yield None


def _with_tiers(of: And | Or) -> Iterator[tuple[Expr, If | None]]:
    """The operands of a group in order; a tier comes with the bounds of the same measures, which it replaces."""
    rest = [unwrapped(operand) for operand in of.operands]
    for tier in [o for o in rest if isinstance(o, If) and _guards(o.guard) and _bounding(o.then)]:
        mates = [o for o in rest if not isinstance(o, If) and _bounding(o) and _about(o) & _about(tier.then)]
        if mates:
            yield group(of, mates), tier
            rest = [o for o in rest if o is not tier and o not in mates]
    yield from ((operand, None) for operand in rest)


def _tier_of(node: Unless) -> tuple[Expr, Expr] | None:
    """Guard and bounds of an exception that only puts another bound in the place of the rule's."""
    match node.exception:
        case If(guard=guard, then=tier):
            pass
        case And(operands=operands):
            # "… who may have AST ≤ 5 × ULN": the words between say nothing more.
            kept = [o for o in operands if not (isinstance(o, Condition) and is_all("tiers", o.concept.text))]
            if len(kept) != 2:
                return None
            guard, tier = kept
        case _:
            return None
    guards = guard.operands if isinstance(guard, Or) else (guard,)
    sound = all(isinstance(g, Condition) and not g.qualifiers for g in guards) and _bounding(tier)
    return (guard, tier) if sound and _about(node.operand) & _about(tier) else None


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
    whom = re.sub(r"\s+(?:who|that|which|whom|whose)$", "", _guard(guard, text))
    when = "For" if starts("subject", whom.casefold()) else "If"
    question = f"{when} {whom}, instead: {under.question}"
    return replace(_told(usual, text, around), tier=replace(under, question=question))


def _guards(guard: Expr) -> bool:
    """Whether a bound can be told with its guard: a thing, or an age."""
    return isinstance(guard, Condition) or _aged(guard)


def _aged(guard: Expr) -> bool:
    return isinstance(guard, Comparison) and guard.measure is not None and guard.measure.id == "age"


def _guard(guard: Expr, text: str) -> str:
    """What a bound is asked under: an age in plain words, since "10 years (and under)" may be parted; else its own."""
    if isinstance(guard, Comparison):
        return f"{_inner(guard)} {told_bound(guard.quantity)}"
    return _words(guard, text)


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
    cell, other = _listed(comparisons, expr) if comparisons else ("", "")
    return Part(
        question=f"{capital(_phrase(whole))}?" if comparisons else asked(words),
        text=words,
        expr=whole,
        bound=cell,
        other_unit=other,
    )


def _words(expr: Expr, text: str) -> str:
    """A node in the entry's own words."""
    return trimmed(wording(text[expr.span.start : expr.span.end])) or plain(expr)


@cache
def _measures() -> dict[str, tuple[str, ...]]:
    return {row.id: row.dimensions for row in measures()}


@cache
def _dimensions() -> dict[str, str]:
    return {row.ucum: row.dimension for row in units()}
