"""Two expressions: for whom the second holds and the first does not, and the other way round.

The tree is monotone: more members of an "or", fewer of an "and", a longer look-back, a lower minimum make it hold for
more; a denial, a guard and an exception turn that round. Where two nodes are of different kinds, each way of taking one
of them off is tried, and the one that explains most is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from protocol_nlp.amend.bounds import bounds, complement, doubtful, on_scale, ranged, windows
from protocol_nlp.amend.step import Relation, Step, flipped, relation
from protocol_nlp.amend.tiers import changes, tiered
from protocol_nlp.amend.words import folded, same_thing, words
from protocol_nlp.phrases import window
from protocol_nlp.plain import plain
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
    Unless,
    Within,
    children,
    rewrite,
    walk,
)

Group = And | Or
_DEEPEST: Final = 12


def differences(a: Expr, b: Expr) -> list[Step]:
    """The steps from the first reading to the second; none where they mean the same."""
    steps = list(dict.fromkeys(_compare(_normal(a), _normal(b), 0)))
    # one window over a thing and a denial ("hemoglobin ≥ 9 without transfusion within 14 days"): whose it is, is unsure
    both = {(s.before, s.after) for s in steps if s.relation == "wider"}
    both &= {(s.before, s.after) for s in steps if s.relation == "narrower"}
    unsure = (replace(s, relation="unclear") if (s.before, s.after) in both else s for s in steps)
    return list(dict.fromkeys(unsure))


def meant(expr: Expr, role: str | None) -> Expr:
    """The expression as a rule of its section. Among inclusions an exception to a bound or to a denial waives it ("no
    other cancer except skin cancer"), where one to a disease narrows it ("sarcoma except Kaposi sarcoma")."""
    return rewrite(expr, _asked if role == "inclusion" else _excluded)


def _asked(node: Expr) -> Expr:
    if not isinstance(node, Unless):
        return node
    inside = [n for n in walk(node.operand) if not isinstance(n, Within | And | Or)]
    waives = all(isinstance(n, Comparison | Not | If) for n in inside[:1]) or _ruleless(node)
    if waives and (not isinstance(node.operand, And | Or) or all(isinstance(n, Comparison) for n in inside)):
        return Or(span=node.span, operands=(node.operand, node.exception), marks=node.marks)
    if all(isinstance(n, Condition) and _disease(n) for n in inside):
        return node
    return _unsure(node)


def _disease(node: Condition) -> bool:
    if node.concept.id and node.concept.id.startswith("histology:"):
        return True
    return node.concept.label == "Condition" and not node.qualifiers


def _excluded(node: Expr) -> Expr:
    # "use of A is not allowed, except B, which is allowed": the whole may have been taken for what is allowed
    unsure = isinstance(node, Unless) and _ruleless(node) and isinstance(node.exception, Unless)
    return _unsure(node) if isinstance(node, Unless) and unsure else node


def permits(expr: Expr) -> bool:
    """Whether a criterion only says what is allowed all the same."""
    return isinstance(expr, Unless) and _ruleless(expr)


def _ruleless(node: Unless) -> bool:
    return isinstance(node.operand, Opaque) and node.operand.span.start == node.operand.span.end


def _unsure(node: Unless) -> Expr:
    """The rule beside its exception as a text: a change of it has no sure direction."""
    exception = Opaque(span=node.exception.span, text=plain(node.exception), reason="an exception")
    return And(span=node.span, operands=(node.operand, exception), marks=node.marks)


def parts(expr: Expr, *, conjunctive: bool) -> tuple[Expr, ...]:
    """What a criterion consists of: the members of its "and" where all have to hold, else those of its "or".

    "Adequate organ function: platelets …" holds where the function and each bound of its definition do.
    """
    node = _normal(expr)
    if isinstance(node, And if conjunctive else Or):
        bundles = tiered(node.operands).bundles()
        if len(bundles) == 1 and len(bundles[0]) > 1:
            return (node,)
        joined = (b[0] if len(b) == 1 else replace(node, operands=b) for b in bundles)
        return tuple(part for member in joined for part in parts(member, conjunctive=conjunctive))
    if conjunctive and isinstance(node, Condition) and node.status == "present" and _defined(node):
        return replace(node, qualifiers=()), *(p for q in node.qualifiers for p in parts(q, conjunctive=True))
    return (node,)


def between(ours: Sequence[Expr], theirs: Sequence[Expr], *, conjunctive: bool) -> list[Step]:
    """The steps from some parts to others."""
    return list(dict.fromkeys(_members(And if conjunctive else Or, ours, theirs, 0)))


def _defined(node: Condition) -> bool:
    """Whether bounds alone say what is meant."""
    return bool(node.qualifiers) and all(
        isinstance(n, Comparison | And | Within | If) for q in node.qualifiers for n in walk(q)
    )


def _normal(node: Expr) -> Expr:
    """The same meaning in one shape: windows at the members of a group, inside exceptions; groups of one kind flat;
    denials at the members, and a denied bound as the bound that is left."""
    match node:
        case Within(operand=operand):
            inner = _normal(operand)
            match inner:
                case And() | Or():
                    spread = tuple(_normal(replace(node, operand=o)) for o in inner.operands)
                    return replace(inner, operands=spread)
                case Unless():
                    return replace(inner, operand=_normal(replace(node, operand=inner.operand)))
                case Not():
                    # "no transfusion within 7 days" denies what happened in that time
                    return replace(inner, operand=_normal(replace(node, operand=inner.operand)))
                case _:
                    return replace(node, operand=inner)
        case And() | Or():
            flat: list[Expr] = []
            for operand in map(_normal, node.operands):
                flat += operand.operands if isinstance(operand, type(node)) else [operand]
            if isinstance(node, Or):
                # "A, or B in patients with C": whoever has no C gets in by A alone
                tiers = tiered(flat).tiers
                flat = [_normal(_both(o)) if isinstance(o, If) and o not in tiers else o for o in flat]
            return replace(node, operands=tuple(ranged(flat) if isinstance(node, And) else flat))
        case Not():
            return _denied(node, _normal(node.operand))
        case AtLeast():
            return replace(node, operands=tuple(map(_normal, node.operands)))
        case If():
            return replace(node, guard=_normal(node.guard), then=_normal(node.then))
        case Unless():
            return replace(node, operand=_normal(node.operand), exception=_normal(node.exception))
        case _:
            return node


def _both(node: If) -> Expr:
    return And(span=node.span, operands=(node.guard, node.then), marks=node.marks)


def _denied(node: Not, inner: Expr) -> Expr:
    match inner:
        case Not():
            return inner.operand
        case And() | Or():
            operands = tuple(_denied(replace(node, operand=o), o) for o in inner.operands)
            made = Or if isinstance(inner, And) else And
            return _normal(made(span=node.span, operands=operands, implied=inner.implied, marks=inner.marks))
        case Comparison(qualifiers=(), alternatives=(), issues=()) if (left := complement(inner.quantity)) is not None:
            return replace(inner, quantity=left)
        case _:
            return replace(node, operand=inner)


def _compare(a: Expr, b: Expr, depth: int) -> list[Step]:
    if depth > _DEEPEST:
        return [_unclear(a, b)]
    match a, b:
        case Not(), Not():
            steps = flipped(_compare(a.operand, b.operand, depth + 1))
            return [_unclear(a, b)] if steps and (_unsure_denial(a) or _unsure_denial(b)) else steps
        case Within(), Within():
            return [*_compare(a.operand, b.operand, depth + 1), *windows(a.window, b.window)]
        case Unless(), Unless():
            inner = _compare(a.operand, b.operand, depth + 1)
            exempt = flipped(_compare(a.exception, b.exception, depth + 1))
            # "surgery, other than for diagnosis, within 4 weeks": the look-back may be that of the rule
            unsure = exempt and (_looks_back_alone(a) or _looks_back_alone(b))
            return [_unclear(a, b)] if unsure else [*inner, *exempt]
        case If(), If():
            then = _compare(a.then, b.then, depth + 1)
            guard = flipped(_compare(a.guard, b.guard, depth + 1))
            # bounds of one measure on both sides of "if" are two tiers that were read as one
            return [_unclear(a, b)] if guard and _named(a.guard) & _named(a.then) else [*guard, *then]
        case AtLeast(), AtLeast():
            return _counted(a, b, depth)
        case And() | Or(), And() | Or() if type(a) is type(b):
            return _members(type(a), a.operands, b.operands, depth)
        case And() | Or(), And() | Or() if not (a.implied or b.implied) and _one_to_one(a, b, depth):
            return [Step(relation="wider" if isinstance(b, Or) else "narrower", before=plain(a), after=plain(b))]
        case Comparison(), Comparison():
            return _bound(a, b, depth)
        case Condition(), Condition():
            return _thing(a, b, depth)
        case Opaque(), Opaque() if folded(a.text) == folded(b.text):
            return []
        case Ambiguous(), Ambiguous() if a.reason == b.reason and len(a.readings) == len(b.readings):
            pairs = zip(a.readings, b.readings, strict=True)
            each = [_compare(x, y, depth + 1) for x, y in pairs]
            told = {relation(steps) for steps in each}
            return each[0] if len(told) == 1 and "unclear" not in told else [_unclear(a, b)]
        case _:
            return _unlike(a, b, depth)


def _looks_back_alone(node: Unless) -> bool:
    inside = (n.window.length for n in walk(node.exception) if isinstance(n, Within))
    upper = any(length is not None and length.high is not None for length in inside)
    return upper and not any(isinstance(n, Within) for n in walk(node.operand))


def _unsure_denial(node: Not) -> bool:
    """Whether it is doubtful what is denied: "no chemotherapy at least 2 weeks before" asks for a pause, and a longer
    "no sperm donation for 6 months after" asks for more, "unable to use contraception for 6 months after" for less;
    "without active disease (DNA < 1000)" may define what is there; an age is hardly ever denied with what is beside it.
    """
    inside = list(walk(node.operand))
    windows = (n.window for n in inside if isinstance(n, Within))
    if any(w.length is not None and w.length.low is not None for w in windows):
        return True
    if any(isinstance(n, Comparison) and n.measure and n.measure.id == "age" for n in inside):
        return True
    unknown = (n for n in inside if isinstance(n, Condition) and n.concept.id is None)
    return any(isinstance(n, Comparison) for u in unknown for q in u.qualifiers for n in walk(q))


def _unclear(a: Expr, b: Expr) -> Step:
    return Step(relation="unclear", before=plain(a), after=plain(b))


def _one_to_one(a: Group, b: Group, depth: int) -> bool:
    """Whether two groups of different kinds have the same members."""
    return len(a.operands) == len(b.operands) and not _members(Or, a.operands, b.operands, depth)


def _unlike(a: Expr, b: Expr, depth: int) -> list[Step]:
    """Nodes of different kinds: something was put round one of them, or taken off."""
    tried: list[list[Step]] = []
    for before, outer, inner, step in (*_taken_off(a, gone=True), *_taken_off(b, gone=False)):
        rest = _compare(inner, b, depth + 1) if before else _compare(a, inner, depth + 1)
        tried.append([*rest, step] if outer else rest)
    for kind in (And, Or):
        if isinstance(a, kind) != isinstance(b, kind):
            ours = a.operands if isinstance(a, kind) else (a,)
            theirs = b.operands if isinstance(b, kind) else (b,)
            if any(_pairs(x, y, depth) is not None for x, y in product(ours, theirs)):
                tried.append(_members(kind, ours, theirs, depth))
    clear = [steps for steps in tried if relation(steps) != "unclear"]
    return min(clear, key=len) if clear else [_unclear(a, b)]


def _pairs(a: Expr, b: Expr, depth: int) -> list[Step] | None:
    """The steps between two members of a group, or null where one has not become the other."""
    steps = _compare(a, b, depth + 1)
    return steps if not steps or relation(steps) != "unclear" or _akin(a, b) else None


def _taken_off(node: Expr, *, gone: bool) -> list[tuple[bool, bool, Expr, Step]]:
    """What is inside a node that restricts or relaxes it, and the step that its going or its coming is."""

    def step(made: Relation, told: str) -> Step:
        (turned,) = flipped([Step(relation=made)])
        return Step(relation=turned.relation, before=told) if gone else Step(relation=made, after=told)

    match node:
        case Unless():
            return [(gone, True, node.operand, step("narrower", f"except {plain(node.exception)}"))]
        case Within():
            return [(gone, True, node.operand, step("narrower", window(node.window)))]
        case If():
            return [(gone, True, node.then, step("wider", f"only if {plain(node.guard)}"))]
        case _:
            return []


def _members(kind: type[Group], ours: Sequence[Expr], theirs: Sequence[Expr], depth: int) -> list[Step]:
    """Members of two groups, paired so that the least is unclear; what is left was removed or added."""
    before, after = tiered(ours), tiered(theirs)
    if before.tiers or after.tiers:
        told = changes(before, after, lambda a, b: _compare(a, b, depth + 1))
        return [*_members(kind, before.rules, after.rules, depth + 1), *told]
    found = []
    for (i, a), (j, b) in product(enumerate(ours), enumerate(theirs)):
        steps = _pairs(a, b, depth)
        if steps is not None:
            found.append((relation(steps) == "unclear", len(steps), abs(i - j), i, j, steps))
    found.sort(key=lambda pair: pair[:5])
    left, right = dict(enumerate(ours)), dict(enumerate(theirs))
    out: list[Step] = []
    became: list[Expr] = []
    for *_, i, j, steps in found:
        if i in left and j in right:
            del left[i], right[j]
            out += steps
            became += (ours[i], theirs[j]) if steps else ()
    less: Relation = "wider" if kind is And else "narrower"
    more: Relation = "narrower" if kind is And else "wider"
    if any(_unread(n) or _person(n) for n in (*left.values(), *right.values())) or (
        left and right and (kind is And or not _all_known(left, right))
    ):
        less = more = "unclear"
    if _related(left.values(), (*right.values(), *became)) or _related(right.values(), became):
        less = more = "unclear"
    out += (Step(relation=less, before=plain(node)) for node in left.values())
    out += (Step(relation=more, after=plain(node)) for node in right.values())
    return out


def _unread(node: Expr) -> bool:
    """Whether a part was not read, or a bound is not sure ("age 18", without a direction)."""
    return any(isinstance(n, Opaque) or (isinstance(n, Comparison) and doubtful(n.quantity)) for n in walk(node))


def _person(node: Expr) -> bool:
    """Whether only people are named: "pregnant women" are no fewer than the pregnant, "adult women" are."""
    return isinstance(node, Condition) and node.concept.label == "Person"


def _related(some: Iterable[Expr], others: Iterable[Expr]) -> bool:
    """Whether both name something: one may be a case of the other, or hold what the other held before."""
    return any(_named(a) & _named(b) for a, b in product(some, others))


def _all_known(*sides: dict[int, Expr]) -> bool:
    """Whether the vocabulary holds all that was replaced: other words for one thing may be the same thing."""
    named = [n for side in sides for node in side.values() for n in walk(node)]
    return not any(isinstance(n, Condition) and n.concept.id is None for n in named)


def _akin(a: Expr, b: Expr) -> bool:
    """Whether one node may have become the other: they name the same thing, or share most of their words."""
    ours, theirs = _named(a), _named(b)
    return bool(ours and theirs) and 2 * len(ours & theirs) > min(len(ours), len(theirs))


def _named(node: Expr) -> frozenset[str]:
    out: set[str] = set()
    for n in walk(node):
        match n:
            case Condition():
                out |= {n.concept.id} if n.concept.id else words(n.concept.text)
            case Comparison() if n.measure:
                out |= {n.measure.id} if n.measure.id else words(n.measure.text)
            case Opaque():
                out |= words(n.text)
            case _:
                pass
    return frozenset(out)


def _counted(a: AtLeast, b: AtLeast, depth: int) -> list[Step]:
    out = _members(Or, a.operands, b.operands, depth)
    if a.count != b.count:
        more: Relation = "narrower" if b.count > a.count else "wider"
        out.append(Step(relation=more, before=f"at least {a.count} of them", after=f"at least {b.count} of them"))
    return out


def _bound(a: Comparison, b: Comparison, depth: int) -> list[Step]:
    if (a.measure is None) != (b.measure is None) or a.issues != b.issues:
        return [_unclear(a, b)]
    if a.measure and b.measure and not same_thing(a.measure, b.measure, loosely=True):
        return [_unclear(a, b)]
    if _qualified(a, b, depth):
        return [_unclear(a, b)]
    told = bounds(on_scale(a), on_scale(b))
    if told == "unclear" and not (doubtful(a.quantity) or doubtful(b.quantity)):
        # the first unit of one version may be the second of the other
        ways = {bounds(x, y) for x, y in product((a.quantity, *a.alternatives), (b.quantity, *b.alternatives))}
        told = ways.pop() if len(ways := ways - {"unclear"}) == 1 else "unclear"
    elif {bounds(x, y) for x, y in zip(a.alternatives, b.alternatives, strict=False)} - {told, "unclear"}:
        told = "unclear"  # the same bound in another unit was changed otherwise
    return [] if told == "same" else [Step(relation=told, before=plain(a), after=plain(b))]


def _thing(a: Condition, b: Condition, depth: int) -> list[Step]:
    if a.status != b.status or not same_thing(a.concept, b.concept):
        return [_unclear(a, b)]
    steps = _qualified(a, b, depth)
    # A definition by bounds, or one of several things named ("hypersensitivity to A or B"), may be wider or narrower;
    # what any other qualifier does is not known.
    if steps and not all(map(_monotone, (*a.qualifiers, *b.qualifiers))):
        return [_unclear(a, b)]
    return steps


def _monotone(qualifier: Expr) -> bool:
    nodes = list(walk(qualifier))
    if any(isinstance(n, Comparison) for n in nodes):
        return True
    return all(isinstance(n, Or) or (isinstance(n, Condition) and n.status == "present") for n in nodes)


def _qualified(a: Comparison | Condition, b: Comparison | Condition, depth: int) -> list[Step]:
    if len(children(a)) != len(children(b)):
        return [_unclear(a, b)]
    return [s for x, y in zip(a.qualifiers, b.qualifiers, strict=True) for s in _compare(x, y, depth + 1)]


__all__ = ["differences"]
