"""Expression -> expression: an ordered tuple of passes, each total and idempotent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from protocol_nlp.expression import attach, orphan
from protocol_nlp.phrase_words import is_a, is_attribute, is_modifier
from protocol_nlp.times import is_test, orphan_windows, tests, window_scope
from protocol_nlp.tree import (
    And,
    Comparison,
    Concept,
    Condition,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    hull,
    rewrite,
)


def flatten(node: Expr) -> Expr:
    """And in And and Or in Or are one, if both are stated or both implied; a group of one is its operand."""
    if not isinstance(node, And | Or):
        return node
    operands: list[Expr] = []
    marks = list(node.marks)
    for operand in node.operands:
        # a group without marks is made of sentences, which stay apart
        apart = isinstance(node, Or) and not node.marks and isinstance(operand, Or) and bool(operand.marks)
        # nor does a time that opens a group govern what stands before the group
        apart = apart or (bool(operands) and isinstance(operand, And | Or) and orphan(operand.operands[0]))
        if type(operand) is type(node) and operand.implied == node.implied and not apart:
            operands += operand.operands
            marks += operand.marks
        else:
            operands.append(operand)
    if len(operands) == 1 and not (marks and isinstance(operands[0], Opaque)):
        (only,) = operands
        if not marks or isinstance(only, Opaque):
            return only
        return replace(only, span=node.span, marks=tuple(sorted({*only.marks, *marks})))
    return replace(node, operands=tuple(operands), marks=tuple(sorted(set(marks))))


def share_head(node: Expr) -> Expr:
    """ "metastatic or unresectable sarcoma": words of one sort before a thing qualify it together."""
    if not isinstance(node, And | Or) or len(node.operands) < 2:
        return node
    *before, last = node.operands
    if isinstance(last, And) and last.implied and not last.marks and _leading(last.operands[0]) is not None:
        # "primary or recurrent sarcoma | with an indication for surgery": the thing, and what is said of it
        thing, *more = last.operands
        bare = replace(node, operands=(*before, thing), span=hull([*(o.span for o in before), thing.span]))
        bare = replace(bare, marks=tuple(m for m in node.marks if bare.span.holds(m)))
        led = _leading(thing)
        if isinstance(led, Condition) and all(isinstance(o, Condition) and _modifies(o, led) for o in before):
            late = tuple(m for m in node.marks if not bare.span.holds(m))
            return And(span=node.span, operands=(share_head(bare), *more), implied=True, marks=late)
    first = _leading(last)
    sure = 0  # "confirmed, metastatic or unresectable sarcoma": asked whichever of the two it is
    while sure < len(before) and _confirms(before[sure]):
        sure += 1
    early, listed = before[:sure], before[sure:]
    if (
        first is None
        or not listed
        or not all(isinstance(o, Condition) and (_modifies(o, first) or _verbs(o, first)) for o in listed)
    ):
        return _inner_heads(node)
    return _headed(node, early, listed, last)


def _inner_heads(node: And | Or) -> Expr:
    """ "diabetes, active or suspected hepatitis, or asthma": the same inside a longer list, of attributes alone."""
    out: list[Expr] = []
    for operand in node.operands:
        first = _leading(operand)
        run = len(out)
        while first is not None and run and _shares(out[run - 1], first):
            run -= 1
        if run < len(out):
            held = [m for m in node.marks if out[run].span.start <= m.start and m.end <= operand.span.end]
            part = replace(node, operands=(*out[run:], operand), marks=tuple(held))
            operand = _headed(replace(part, span=hull([o.span for o in part.operands])), [], out[run:], operand)
            del out[run:]
        out.append(operand)
    if len(out) == len(node.operands):
        return node
    marks = tuple(m for m in node.marks if not any(o.span.holds(m) for o in out))
    return out[0] if len(out) == 1 and not marks else replace(node, operands=tuple(out), marks=marks)


def _headed(node: And | Or, early: list[Expr], listed: list[Expr], last: Expr) -> Expr:
    """The last operand with the words listed before it, and its own first, as one group of qualifiers."""
    assert isinstance(last, Condition)
    first, *others = last.qualifiers
    group = replace(node, operands=(*listed, first), span=hull([*(o.span for o in listed), first.span]))
    marks = tuple(m for m in node.marks if not group.span.holds(m))
    group = replace(group, marks=tuple(m for m in node.marks if group.span.holds(m)))
    qualifiers = (*early, group, *others)
    return replace(last, qualifiers=qualifiers, span=node.span, marks=tuple(sorted({*last.marks, *marks})))


def _leading(node: Expr) -> Expr | None:
    """What qualifies a thing from before it."""
    if not isinstance(node, Condition) or not node.qualifiers:
        return None
    first = node.qualifiers[0]
    return first if first.span.start < node.concept.span.start else None


def _shares(node: Expr, first: Expr) -> bool:
    """Whether a node is but an attribute, of the same sort as the first of the thing behind it."""
    bare = isinstance(node, Condition) and not node.qualifiers and is_attribute(node.concept.text)
    return bare and isinstance(node, Condition) and _modifies(node, first)


def _confirms(node: Expr) -> bool:
    if not isinstance(node, Condition) or is_attribute(node.concept.text):
        return False
    return any(is_a("confirms", c.concept.text) for c in (node, *node.qualifiers) if isinstance(c, Condition))


def share_governor(node: Expr) -> Expr:
    """ "allergy to penicillin, aspirin or latex": what the first thing is to goes on through the list."""
    if not isinstance(node, And | Or) or len(node.operands) < 2:
        return node
    first, *rest = node.operands
    if not isinstance(first, Condition) or not first.qualifiers or not all(isinstance(o, Condition) for o in rest):
        return node
    *others, named = first.qualifiers
    if isinstance(node, Or) and is_test(named) and any(is_a("judging", _words(q)) for q in others):
        # "as determined by CT, MRI": by either
        return _governed(node, first, others, named, rest) if all(map(is_test, rest)) else node
    label = named.concept.label if isinstance(named, Condition) else None
    if label is None or label == first.concept.label or named.span.start < first.concept.span.end:
        return node
    # a relation or an act ("caused by …") goes on whatever it is to
    if first.concept.label is not None and not all(isinstance(o, Condition) and _listed(o, label) for o in rest):
        return node
    return _governed(node, first, others, named, rest)


def _governed(node: And | Or, first: Condition, others: list[Expr], named: Expr, rest: list[Expr]) -> Expr:
    """The first member with the last of its qualifiers and the other members as one group that qualifies it."""
    group = replace(node, operands=(named, *rest), span=hull([named.span, *(o.span for o in rest)]))
    group = replace(group, marks=tuple(m for m in node.marks if group.span.holds(m)))
    marks = {*first.marks, *(m for m in node.marks if not group.span.holds(m))}
    return replace(first, qualifiers=(*others, group), span=node.span, marks=tuple(sorted(marks)))


def _listed(member: Condition, label: str) -> bool:
    return not member.qualifiers and member.status == "present" and member.concept.label in (label, None)


def share_person(node: Expr) -> Expr:
    """ "pregnant or breastfeeding women": the persons behind a list are said of all of it."""
    if not isinstance(node, And | Or) or len(node.operands) < 2:
        return node
    *before, last = node.operands
    if any(not isinstance(o, Condition) for o in node.operands):
        return node
    if (led := _of_persons(node)) is not None:
        return led
    if not isinstance(last, Condition) or not last.qualifiers:
        return node
    *others, who = last.qualifiers
    person = isinstance(who, Condition) and who.concept.label == "Person" and who.span.start >= last.concept.span.end
    if not person or others or any(isinstance(o, Condition) and o.qualifiers for o in before):
        return node
    inner = hull([last.concept.span, *(m for m in last.marks if m.end <= who.span.start)])
    bare = replace(last, span=inner, qualifiers=(), marks=tuple(m for m in last.marks if inner.holds(m)))
    marks = tuple(m for m in node.marks if m.end <= inner.end)
    group = replace(node, operands=(*before, bare), span=hull([*(o.span for o in before), inner, *marks]), marks=marks)
    late = tuple(m for m in (*last.marks, *node.marks) if m not in marks and not inner.holds(m))
    return And(span=node.span, operands=(group, who), implied=True, marks=tuple(sorted(late)))


def _of_persons(node: And | Or) -> Expr | None:
    """ "Women | pregnant or breastfeeding": the persons before a list, where nothing but the list is said of them."""
    first, *rest = node.operands
    if not isinstance(first, Condition) or len(first.qualifiers) != 1 or first.marks:
        return None
    (who,) = first.qualifiers
    alone = all(isinstance(o, Condition) and not o.qualifiers and not o.marks for o in rest)
    person = isinstance(who, Condition) and who.concept.label == "Person" and who.span.end < first.concept.span.start
    states = {o.concept.label for o in (first, *rest) if isinstance(o, Condition)}
    if not (alone and person and states == {"Condition"}) or first.span.start != who.span.start:
        return None
    bare = replace(first, span=first.concept.span, qualifiers=())
    group = replace(node, operands=(bare, *rest), span=hull([bare.span, *(o.span for o in rest)]))
    return And(span=node.span, operands=(who, group), implied=True)


def _verbs(word: Condition, like: Expr) -> bool:
    """ "received or is receiving chemotherapy": verbs with one object."""
    said = like.concept if isinstance(like, Condition) else like if isinstance(like, Opaque) else None
    if said is None or word.qualifiers or word.concept.label or (isinstance(said, Concept) and said.label):
        return False
    ends = ("ed", "ing")
    return word.concept.text.endswith(ends) and " " not in word.concept.text and said.text.split()[0].endswith(ends)


def _modifies(word: Condition, like: Expr) -> bool:
    """Whether a bare word is a modifier of the same sort as another: "metastatic", "histologically"."""
    if not isinstance(like, Condition):
        return False
    if is_attribute(word.concept.text) and is_attribute(like.concept.text):
        return word.status == like.status
    if word.qualifiers or word.status != like.status or word.concept.label != like.concept.label:
        return False
    if word.concept.label is None:
        return is_modifier(word.concept.text) and is_modifier(like.concept.text)
    adverbs = [w.concept.text.endswith("ly") for w in (word, like)]
    return all(adverbs) or (word.concept.label == "Observation" and " " not in word.concept.text)


def tiers(node: Expr) -> Expr:
    """ "≤ 3 × ULN (≤ 5 × ULN if liver metastases)": the last bound holds under its guard, beside the first."""
    if isinstance(node, If) and isinstance(node.then, And | Or) and len(node.then.operands) > 1:
        *first, last = node.then.operands
        bounds = [b for f in first for b in _bounds(f)]
        own = _bounds(last)
        apart = bounds and own and own[0].quantity.span != bounds[-1].quantity.span
        closer = node.then.implied or isinstance(node.then, Or) or (apart and _same(own[-1], bounds[-1]))
        if apart and closer:
            tier = replace(node, then=last, span=last.span.cover(node.guard.span))
            return replace(node.then, operands=(*first, tier), span=node.span)
    return node


def _bounds(node: Expr) -> list[Comparison]:
    """The bounds that a node is made of: one, or one for each of several measures; none for anything else."""
    if isinstance(node, Comparison):
        return [node]
    if not isinstance(node, And | Or) or not all(isinstance(o, Comparison) for o in node.operands):
        return []
    return [o for o in node.operands if isinstance(o, Comparison)]


def _same(one: Comparison, other: Comparison) -> bool:
    """Whether two bounds are of the same measure."""
    return one.measure is not None and other.measure is not None and one.measure.id == other.measure.id


# Persons who are not the patient: "> 3 months, in the opinion of the investigator" holds for all.
_OTHERS = frozenset(f"person:{who}" for who in ("investigator_person", "guardian", "family_member", "donor", "partner"))


def persons(node: Expr) -> Expr:
    """ "≥ 9 g/dL in women": a bound with the persons it holds for."""
    if not isinstance(node, And) or not node.implied or len(node.operands) != 2:
        return node
    bound, who = node.operands
    if not isinstance(bound, Comparison) or not isinstance(who, Condition) or who.concept.label != "Person":
        return node
    if bound.measure is None or bound.measure.label == "Person" or who.concept.id in _OTHERS:
        return node
    return If(span=node.span, guard=who, then=bound, marks=node.marks)


def tested(node: Expr) -> Expr:
    """ "HIV negative", "hepatitis B and C negative": an infection that a test has not found, or each of several."""
    if isinstance(node, Condition) and _infection(node) and node.qualifiers:
        found = (n for n, q in enumerate(node.qualifiers) if isinstance(q, Condition) and not q.qualifiers)
        at = next((n for n in found if is_a("not_found", _words(node.qualifiers[n]))), None)
        if at is None or node.qualifiers[at].span.start < node.concept.span.end:
            return node
        cue = node.qualifiers[at]
        others = (*node.qualifiers[:at], *node.qualifiers[at + 1 :])
        who = [q for q in others if isinstance(q, Condition) and q.concept.label == "Person"]
        rest = tuple(q for q in others if q not in who)  # "HIV negative | by ELISA"
        inner = hull([node.concept.span, *(q.span for q in rest)])
        bare = replace(node, qualifiers=rest, span=inner, marks=tuple(m for m in node.marks if inner.holds(m)))
        late = tuple(m for m in node.marks if not inner.holds(m))
        marks = tuple(sorted({*late, cue.span, *getattr(cue, "marks", ())}))
        if not who:
            return Not(span=node.span, operand=bare, marks=marks)
        # "HIV-negative | men": persons, of whom it is said
        denied = Not(span=inner.cover(cue.span), operand=bare, marks=(cue.span,))
        rests = tuple(m for m in marks if m != cue.span)
        return And(span=node.span, operands=(denied, *who), implied=True, marks=rests)
    if isinstance(node, And | Or) and node.marks and len(node.operands) > 1:
        *before, behind = node.operands
        if not (isinstance(behind, Not) and _infection(behind.operand) and behind.marks):
            return node
        if behind.marks[-1].start < behind.operand.span.end:
            return node
        if all(isinstance(o, Condition) and _infection(o) and not o.qualifiers for o in before):
            each = tuple(Not(span=o.span, operand=o) for o in before)
            return replace(node, operands=(*each, behind))
    return node


def _words(node: Expr) -> str:
    return node.concept.text if isinstance(node, Condition) else ""


def _infection(node: Expr) -> bool:
    """Whether a node names an infection by its agent, as one that is there."""
    return isinstance(node, Condition) and node.status == "present" and is_a("agent", node.concept.id or "")


def optional(node: Expr) -> Expr:
    """ "asthma with or without steroids or insulin": what may be there or not qualifies the thing, all of the list."""
    if isinstance(node, Condition) and any(isinstance(q, And | Or) and _optional(q) for q in node.qualifiers):
        return replace(node, qualifiers=tuple(map(_as_optional, node.qualifiers)))
    if not isinstance(node, And) or not node.implied:
        return node
    out: list[Expr] = []
    for operand in node.operands:
        free = _as_optional(operand) if out else operand
        said = attach(out[-1], free, ()) if out and _optional(free) and free.span.start >= out[-1].span.end else None
        if said is not None:
            out[-1] = said
        else:
            out.append(free)
    return node if tuple(out) == node.operands else flatten(replace(node, operands=tuple(out)))


def _optional(node: Expr) -> bool:
    """Whether what a node names first may be there or not."""
    if isinstance(node, And | Or):
        return _optional(node.operands[0])
    return isinstance(node, Condition) and node.status == "optional"


def _as_optional(node: Expr) -> Expr:
    if not isinstance(node, And | Or) or not _optional(node):
        return node
    return rewrite(node, lambda n: replace(n, status="optional") if isinstance(n, Condition) else n)


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
    ("tests", tests),
    ("window_scope", window_scope),
    ("persons", persons),
    ("tested", tested),
    ("optional", optional),
    ("share_head", share_head),
    ("share_governor", share_governor),
    ("share_person", share_person),
    ("tiers", tiers),
    ("flatten", flatten),
)


def normalize(node: Expr) -> Expr:
    """The tree after every pass, each applied from the leaves up."""
    for _, step in PASSES:
        node = rewrite(node, step)
    return node


__all__ = ["PASSES", "normalize"]
