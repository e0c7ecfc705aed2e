"""The trial as facts, JSON Lines: one entity, threshold, window, exception or logical group a line.

`docs/facts.md` describes the fields. The facts of one trial stand in the order of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from protocol_nlp.export.artifact import Artifact
from protocol_nlp.export.layout import line
from protocol_nlp.phrase_words import is_a, is_undone
from protocol_nlp.tree import (
    Ambiguous,
    And,
    AtLeast,
    Comparison,
    Concept,
    Condition,
    Criterion,
    Expr,
    If,
    Label,
    Not,
    Opaque,
    Or,
    Quantity,
    Reference,
    Span,
    Trial,
    Unless,
    Within,
    children,
    criteria,
    hull,
    rewrite,
    walk,
)

Fact = dict[str, Any]

# The format counts windows in these words; a window in any other unit has null.
TIMES: Final = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
    "{half_life}": "half-life",
    "half-life": "half-life",
    "{cycle}": "cycle",
    "cycle": "cycle",
}
# "Within normal limits" has no word here.
REFERENCES: Final[dict[Reference | None, str]] = {"ULN": "ULN", "LLN": "LLN", "baseline": "baseline"}


def export(trial: Trial) -> Artifact:
    """The facts of all criteria, sorted by the start of their span, then by kind; none give empty text."""
    text = trial.registration.text
    rules = dict(_rules(trial.criteria, None))
    doc = trial.registration.id
    denied = {child.id for c in criteria(trial) if c.governs and c.governs.denied for child in _all(c.children)}
    facts = [
        fact
        for criterion in criteria(trial)
        for fact in _criterion(criterion, doc, text, rules.get(criterion.id), denied=criterion.id in denied)
    ]
    facts.sort(key=lambda f: (f["span"][0], f["kind"], f["span"][1]))
    # Two nodes may say the same of the same words: the text says it once.
    lines = dict.fromkeys(map(line, facts))
    return Artifact("".join(f"{fact}\n" for fact in lines), ".facts.jsonl", _losses(trial))


def _rules(items: tuple[Criterion, ...], above: Criterion | None) -> Iterator[tuple[str, Span]]:
    """Criterion id -> the rule that its exceptions are made to, where they name none: that of the item above."""
    for item in items:
        if above is not None and above.form != "heading" and above.expr is not None:
            yield item.id, above.expr.span
        yield from _rules(item.children, item)


def _all(items: tuple[Criterion, ...]) -> Iterator[Criterion]:
    for item in items:
        yield item
        yield from _all(item.children)


def _criterion(criterion: Criterion, doc: str, text: str, rule: Span | None, *, denied: bool) -> Iterator[Fact]:
    head = {"doc": doc, "criterion": criterion.id, "role": criterion.role}
    expr = rewrite(criterion.expr, _chosen) if criterion.expr else None
    below = {w.span: _below(criterion.children) for w in (criterion.governs.windows if criterion.governs else ())}
    for kind, span, fields in (
        *_nodes(expr, text, rule, below),
        *_entities(criterion, text, denied=denied),
        *_list(criterion),
    ):
        yield head | {"kind": kind, "span": span, "text": text[span.start : span.end]} | fields


def _chosen(node: Expr) -> Expr:
    """The first of two readings: a fact is said once."""
    return node.readings[0] if isinstance(node, Ambiguous) else node


def _below(items: tuple[Criterion, ...]) -> list[Span]:
    """What a lead's window governs in the items below it: all that has no window of its own."""
    own = (i for i in items if not (i.expr and any(isinstance(n, Within) for n in walk(i.expr)))) if items else ()
    return [s for item in own for s in (*_leaves(item.expr), *_below(item.children))]


def _list(criterion: Criterion) -> Iterator[tuple[str, Span, Fact]]:
    """The items below a lead as one group; "at least two of" is none."""
    below = criterion.governs
    members = [m for c in criterion.children if (m := [s for i in _all((c,)) for s in _leaves(i.expr)])]
    if below and below.connective in ("and", "or") and len(members) > 1:
        yield "logic", criterion.lead, {"op": below.connective, "members": members}


def _nodes(
    expr: Expr | None, text: str, elsewhere: Span | None, below: dict[Span, list[Span]]
) -> Iterator[tuple[str, Span, Fact]]:
    """Thresholds, windows, exceptions and groups."""
    for node in walk(expr) if expr else ():
        match node:
            case Comparison():
                for quantity in _numbered(node.quantity, *node.alternatives):
                    fields = {"concept": _concept(node.measure, text), **_bounds(quantity)}
                    fields |= {
                        "unit": quantity.unit or quantity.unit_text,
                        "reference": REFERENCES.get(quantity.reference),
                    }
                    yield "threshold", quantity.span, fields
            case Within():
                targets = sorted({*_leaves(node.operand), *below.get(node.window.span, ())})
                for window in node.window.each:
                    for quantity in _numbered(window.length, *window.alternatives):
                        fields = {**_bounds(quantity), "unit": TIMES.get(quantity.unit or "")}
                        fields |= {"side": window.side, "anchor": _concept(window.anchor, text)}
                        yield "window", quantity.span, fields | {"targets": targets}
            case Unless() if (rule := _rule(node) or elsewhere) is not None:
                fields = {"from": [rule], "except": sorted(set(_exempt(node.exception)))}
                yield "exception", _cue(node, text), fields
            case And() | Or() if len(node.operands) > 1:
                yield "logic", node.span, {"op": node.kind, "members": [_leaves(o) for o in node.operands]}
            case Condition() if more := [q for q in node.qualifiers if not _examples(q, node.concept)]:
                members = [[node.concept.span], *map(_leaves, more)]
                yield "logic", node.span, {"op": "and", "members": members}
            case _:
                pass


def _examples(said: Expr, of: Concept) -> bool:
    """Whether a qualifier lists things of the same sort ("heart disease such as angina or arrhythmia"): they illustrate
    the thing and are not asked beside it, as is what it is of, against or confirmed by."""
    things = (n.concept.label for n in walk(said) if isinstance(n, Condition))
    return isinstance(said, And | Or) and of.label in things


def _illustrates(said: Expr) -> bool:
    """Whether each member of a qualifier names a thing, which is exempt for itself; "[Ta (non-invasive), Tis]" says of
    what stage the thing is."""
    members = said.operands if isinstance(said, Or) else ()
    heads = [o.operands[0] if isinstance(o, And) else o for o in members]
    return bool(heads) and not any(isinstance(head, Opaque) for head in heads)


def _rule(node: Unless) -> Span | None:
    """What the exception is made to; null where the rule stands in another criterion."""
    rule = node.operand.operand if isinstance(node.operand, Within) else node.operand
    rule = rule if rule.span.end > rule.span.start else node.operand
    return rule.span if rule.span.end > rule.span.start else None


def _exempt(expr: Expr) -> Iterator[Span]:
    """The members of what is exempt: alternatives, and the examples of a thing, each for itself; provisos are none."""
    match expr:
        case Or() if _one_name(expr):
            yield expr.span
        case Or() | AtLeast() | And(implied=False):
            for operand in expr.operands:
                yield from _exempt(operand)
        case And() if expr.operands and isinstance(expr.operands[0], Or):
            yield from _exempt(expr.operands[0])
        case Within() | Unless():
            yield from _exempt(expr.operand)
        case Ambiguous():
            yield from _exempt(expr.readings[0])
        case Condition() if any(_illustrates(q) for q in expr.qualifiers):
            yield expr.concept.span
            for qualifier in expr.qualifiers:
                if _illustrates(qualifier):
                    yield from _exempt(qualifier)
        case _:
            yield expr.span


def _one_name(expr: Or) -> bool:
    """ "Brain or meningeal metastases": things that share the last words of one name."""
    if not expr.operands:
        return False
    *before, last = (o.concept if isinstance(o, Condition) else None for o in expr.operands)
    if last is None or len(last.text) != last.span.end - last.span.start:
        return False
    return all(c is not None and len(c.text) > c.span.end - c.span.start for c in before)


def _ended(denial: _Denial, text: str) -> bool:
    """ "Must have stopped warfarin 7 days before …": the patient had it, and the words do not deny it."""
    return any(is_a("ending", text[mark.start : mark.end]) for mark in denial)


_PREFIX: Final = re.compile(r"\bnon[\s–-]*$", re.IGNORECASE)
# The marks of a denial; one that no word of the criterion makes has none.
_Denial = tuple[Span, ...]


def _entities(criterion: Criterion, text: str, *, denied: bool) -> Iterator[tuple[str, Span, Fact]]:
    """The entities, negated where the expression denies words of them or exempts them first; and what else it denies,
    if it is something about the patient."""
    said = list(_said(criterion.expr, ((),) if denied else ())) if criterion.expr else []
    said = [(concept, tuple(d for d in denials if not _ended(d, text))) for concept, denials in said]
    spared = {_nearest(places, criterion) for places in _spared(criterion.expr, text, denied=denied)}
    for entity in criterion.entities:
        if entity.label:
            negated = any(entity.span.overlaps(c.span) and _denied(entity.span, denials) for c, denials in said)
            negated = negated or _prefixed(entity.span, text)
            yield "entity", entity.span, {"label": entity.label, "negated": negated != (entity.span in spared)}
    for concept, denials in said:
        label = _patients(concept, denials, text)
        if (
            label
            and _denied(concept.span, denials)
            and not any(concept.span.overlaps(e.span) for e in criterion.entities)
        ):
            yield "entity", concept.span, {"label": label, "negated": True}


def _patients(concept: Concept, denials: tuple[_Denial, ...], text: str) -> Label | None:
    """The label of a denied thing that the model does not name, if it is about the patient: not about the trial itself
    ("meet the criteria"), and neither who nor where. A phrase of several words that no table knows is an observation,
    unless it is a predicate ("unable to | complete the diary", "is not | required for"), which names no thing."""
    words = concept.text.split()
    if concept.label in ("Person", "Visit") or any(is_a("conduct", w) for w in words):
        return None
    if concept.label or len(words) < 2:
        return concept.label
    cues = [text[mark.start : mark.end] for denial in denials for mark in denial]
    return None if is_a("preposition", words[-1]) or any(map(_predicate, cues)) else "Observation"


_SAYING: Final = re.compile(r"(is|are|was|were|has|have|had) (not|never|yet)\b|\bnot (yet )?be(en)?$", re.IGNORECASE)


def _predicate(cue: str) -> bool:
    """Whether a cue denies what somebody does or is, and no name of a thing: "unable to", "has not", "not be"."""
    return is_undone(cue) or _SAYING.search(cue) is not None


def _prefixed(span: Span, text: str) -> bool:
    """Whether the prefix "non-" stands before the words and is no part of them."""
    return _PREFIX.search(text, max(0, span.start - 6), span.start) is not None


def _spared(expr: Expr | None, text: str, *, denied: bool) -> Iterator[list[Span]]:
    """The things that the words of an exception take out: "malignancy other than melanoma" is one that is no melanoma.
    Where the rule denies already, two denials say none ("no malignancy except melanoma"); and a mere permission denies
    nothing ("topical steroids are allowed"), unless it says so ("are not excluded")."""
    if expr is None:
        return
    if isinstance(expr, Unless) and not denied and not _denies(expr.operand) and _takes_out(expr, text):
        yield sorted(_exempt(expr.exception))
    for part in children(expr):
        yield from _spared(part, text, denied=denied != isinstance(expr, Not))


_OUT: Final = re.compile(r"\b(not|exempt|except)", re.IGNORECASE)


def _takes_out(node: Unless, text: str) -> bool:
    """Whether words say that what is exempt is no part of the rule: those of the exception, or what it ends in."""
    marks = () if isinstance(node.exception, Opaque) else node.exception.marks
    return any(_worded(node, text)) or any(_OUT.search(text[m.start : m.end]) for m in marks)


def _denies(rule: Expr) -> bool:
    """Whether a rule is a denial, under whatever window."""
    return isinstance(rule, Not) or (isinstance(rule, Within) and _denies(rule.operand))


def _nearest(places: list[Span], criterion: Criterion) -> Span | None:
    """The first entity of what is exempt, at which the flag stands; the fact of the exception names the others."""
    return min((e.span for e in criterion.entities if e.label and any(map(e.span.overlaps, places))), default=None)


def _denied(span: Span, denials: tuple[_Denial, ...]) -> bool:
    """Whether the denials say no in the end: two of them do not, and one inside a name ("never smoked") is of it."""
    return sum(not (marks and span.holds(marks[0])) for marks in denials) % 2 == 1


def _said(expr: Expr, denials: tuple[_Denial, ...]) -> Iterator[tuple[Concept, tuple[_Denial, ...]]]:
    """All things and unread text, each with the denials that reach it."""
    match expr:
        case Condition():
            denials = (*denials, ()) if expr.status == "absent" else denials
            yield expr.concept, denials
        case Comparison() if expr.measure:
            yield expr.measure, denials
        case Opaque():
            yield Concept(span=expr.span, text="", id=None, name=None, label=None), denials
        case Not():
            denials = (*denials, expr.marks)
        case _:
            pass
    for part in children(expr):
        # "no metastases except in the lung": what an exception lets in is not denied.
        exempt = isinstance(expr, Unless) and part is expr.exception
        yield from _said(part, () if exempt or _qualifies(part, expr) else denials)


def _qualifies(part: Expr, expr: Expr) -> bool:
    """Whether the part only says more of what the expression is about, so that a denial does not reach it: "no reaction
    to nicotine", "no stroke with aphasia"; but "no treatment with rituximab" denies that too."""
    match expr:
        case Condition():
            drug = _generic(expr) and isinstance(part, Condition) and part.concept.label == "Drug"
            return not (drug or _carries(expr))
        case And(implied=True):
            return part is not expr.operands[0] and not (_generic(expr.operands[0]) or _carries(expr.operands[0]))
        case _:
            return isinstance(expr, Comparison)


def _generic(expr: Expr) -> bool:
    return isinstance(expr, Condition) and expr.concept.id == "procedure:medical_treatment"


def _carries(expr: Expr) -> bool:
    """Whether the words only say that what follows them happens ("participate in", "undergo")."""
    return isinstance(expr, Condition) and expr.concept.label is None and is_a("carrier", expr.concept.text)


def _leaves(expr: Expr | None) -> list[Span]:
    """Where the things stand that a window or a group is about, in the order of the text, each once."""
    spans: list[Span] = []
    for node in walk(expr) if expr else ():
        match node:
            case Condition():
                spans.append(node.concept.span)
            case Comparison():
                measure = (node.measure.span,) if node.measure else ()
                spans.append(hull((*measure, *(q.span for q in (node.quantity, *node.alternatives)))))
            case Opaque():
                spans.append(node.span)
            case _:
                pass
    return sorted(set(spans))


def _cue(node: Unless, text: str) -> Span:
    """The words that make the exception ("with the exception of"), else the exception itself."""
    return next(_worded(node, text), node.exception.span)


def _worded(node: Unless, text: str) -> Iterator[Span]:
    """The marks of an exception that are words; small words left within its parts are none of its own."""
    apart = [s for s in (node.operand.span, node.exception.span) if s.end > s.start]
    own = (m for m in node.marks if not any(s.holds(m) for s in apart))
    return (m for m in own if any(c.isalpha() for c in text[m.start : m.end]))


def _numbered(*quantities: Quantity | None) -> Iterator[Quantity]:
    """Those that state a number; a bound without one, or with one only implied ("the past year"), is a loss."""
    stated = (q for q in quantities if q and not (q.low is None and q.high is None))
    return (q for q in stated if "number:implied" not in q.issues)


def _bounds(quantity: Quantity) -> Fact:
    low, high = quantity.low, quantity.high
    # An end that is open has no inclusiveness.
    return {
        "low": low,
        "high": high,
        "low_inclusive": low is not None and quantity.low_inclusive,
        "high_inclusive": high is not None and quantity.high_inclusive,
    }


def _concept(concept: Concept | None, text: str) -> Fact | None:
    if concept is None:
        return None
    start, end = concept.span
    return {"span": concept.span, "text": text[start:end], "id": concept.id}


def _losses(trial: Trial) -> tuple[str, ...]:
    """What the tree says and these facts cannot."""
    lost: Counter[str] = Counter()
    for criterion in criteria(trial):
        for node in walk(criterion.expr) if criterion.expr else ():
            lost.update(_lost(node))
    return tuple(f"{count} x {what}" for what, count in sorted(lost.items()))


def _lost(node: Expr) -> Iterator[str]:
    match node:
        case Ambiguous():
            yield "a second reading"
        case AtLeast():
            yield "at least so many of a group: the group is left out"
        case If():
            yield "a condition on a criterion: the guard is left out"
        case Opaque():
            yield "text that was not read"
        case Condition() if node.status not in ("present", "absent"):
            yield f"status {node.status}"
        case Comparison():
            quantities = (node.quantity, *node.alternatives)
            yield from ("a bound without a number" for _ in range(len(quantities) - len([*_numbered(*quantities)])))
            yield from (f"issue {name}" for q in quantities for name in q.issues)
            yield from (f"issue {name}" for name in node.issues)
        case Within():
            if node.window.others:
                yield "times that “or” joins: a fact for each"
            for window in node.window.each:
                if not any(_numbered(window.length, *window.alternatives)):
                    yield "a window without a length"
                if window.pick:
                    yield f"whichever window is {window.pick}"
                yield from (f"issue {name}" for name in window.issues)
        case _:
            pass
