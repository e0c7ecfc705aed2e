"""The criterion grammar's tree -> expression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from protocol_nlp.parts import Part
from protocol_nlp.tree import (
    And,
    AtLeast,
    Comparison,
    Concept,
    Condition,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Span,
    TimeWindow,
    Unless,
    Within,
    hull,
    walk,
)
from protocol_nlp.waiver import waived

_NO_RULE = "the rule stands in another item"


def join(op: str, operands: list[Expr], marks: list[Span], *, implied: bool) -> Expr:
    """The operands under one operator; a single one stays itself, with the marks put aside by the caller."""
    span = hull([*(o.span for o in operands), *marks])
    kind = And if op == "and" else Or
    return kind(span=span, operands=tuple(operands), implied=implied, marks=tuple(m for m in marks if m.end > m.start))


def within(operand: Expr, window: TimeWindow) -> Expr:
    """The operand under the window."""
    return Within(span=operand.span.cover(window.span), operand=operand, window=window)


def alone(window: TimeWindow) -> Expr:
    """A window that constrains nothing else in its clause: its own anchor is the event asked about."""
    operand: Expr
    if window.anchor is not None and window.side == "during":
        # "on dialysis": the thing itself, which only its words name
        thing = Concept(span=window.anchor.span, text=window.anchor.text)
        operand = Condition(span=thing.span, concept=thing)
    elif window.anchor is not None and window.side == "after":
        operand = Condition(span=window.anchor.span, concept=window.anchor)
    else:
        operand = Opaque(span=Span(window.span.start, window.span.start), text="", reason="no target in the text")
    # the anchor may stand behind: "within 4 weeks and after the last dose"
    return Within(span=window.span.cover(operand.span), operand=operand, window=window)


def build(node: Any) -> Expr:
    """One node of the parse, whose children are `("part", Part)` leaves or nodes `(name, children)`."""
    name, children = node
    match name:
        case "part":
            part: Part = children
            return part.value  # type: ignore[no-any-return]
        case "criterion":
            return _criterion(children)
        case "any" | "all":
            joints = [c[1] for c in children if _is(c, "OR", "AND")]
            operands = [build(c) for c in children if not _is(c, "OR", "AND")]
            implied = all(j.cue == "implied" for j in joints)
            return join("or" if name == "any" else "and", operands, [j.span for j in joints], implied=implied)
        case "run":
            return _run(children)
        case "scoped":
            return build(children[1])
        case "counted":
            return _counted(children[0][1], build(children[1]))
        case "negated":
            cue, operand = children[0][1], build(children[1])
            return Not(span=cue.span.cover(operand.span), operand=operand, marks=(cue.span,))
        case "bracket":
            return _marked(build(children[1]), children[0][1].span, children[2][1].span)
        case "example":
            return _example(build(children[0]), children[1][1], build(children[2]))
        case "unless":
            rule, cue, exception = build(children[0]), children[1][1], build(children[2])
            return Unless(span=rule.span.cover(exception.span), operand=rule, exception=exception, marks=(cue.span,))
        case "tier" | "guarded" | "duty":
            return _conditional(name, children)
        case "prohibited":
            return _prohibited(children)
        case "permit" | "exemption":
            return _permission(node).exempt
        case "exempt" | "only_if":
            return _aside(node, None)
    raise AssertionError(name)


@dataclass(frozen=True, slots=True)
class _Permission:
    """What a sentence permits; `cue` says in which words, `about` what these name."""

    exempt: Expr
    cue: str | None
    about: str = ""


def _criterion(children: list[Any]) -> Expr:
    """The sentences of an item; one that only permits something is the exception to all that stands before it."""
    out: list[Expr] = []
    marks: list[Span] = []
    ops: list[str | None] = []
    for child in children:
        if _is(child, "STOP"):
            marks.append(child[1].span)
            ops.append(child[1].cue)
            continue
        permission = _permitted(child)
        first = permission is not None and permission.cue in ("eligible_here", "duty", "outside") and not out
        if permission is None or permission.cue == "states" or first:
            duty = permission is None or permission.cue == "duty"
            out.append(build(child) if duty or permission is None else permission.exempt)
        elif out and not all(map(_ruleless, out)):
            rule = _stops(out, marks[: len(out) - 1], ops)
            if permission.cue == "outside" and isinstance(permission.exempt, Unless):
                # "steroids. Replacement therapy is not considered a form of treatment": said again of the rule
                again = permission.exempt
                exempt = _marked(again.exception, *again.marks)
                more = join("and", [exempt, again.operand], [], implied=True)
                permission = replace(permission, exempt=more)
            cue = marks[len(out) - 1 :]
            whole = Unless(span=rule.span.cover(permission.exempt.span), operand=rule, exception=permission.exempt)
            out = [waived(rule, permission.exempt, permission.about) or whole]
            out[0] = _marked(out[0], *cue) if cue else out[0]
            marks, ops = [], []
        else:
            out.append(exempted(permission.exempt))
    return _stops(out, marks, ops)


def exempted(node: Expr) -> Expr:
    """The node as what is exempt from a rule that stands in another item."""
    if _ruleless(node):
        return node
    at = node.span
    rule = Opaque(span=Span(at.start, at.start), text="", reason=_NO_RULE)
    return Unless(span=at, operand=rule, exception=node)


def _ruleless(node: Expr) -> bool:
    return isinstance(node, Unless) and node.operand.span.start == node.operand.span.end


def _stops(operands: list[Expr], marks: list[Span], ops: list[str | None]) -> Expr:
    """Sentences are joined as "and" by layout; pieces between semicolons by the word that joins them. Those that are
    alternatives stand closer than what is said of them."""
    if len(operands) == 1:
        return _marked(operands[0], *marks) if marks else operands[0]
    groups: list[list[Expr]] = [operands[:1]]
    joined: list[list[Span]] = [[]]
    for n, operand in enumerate(operands[1:]):
        op = ops[n] if n < len(ops) else None
        stops = [m for m in marks if groups[-1][-1].span.end <= m.start and m.end <= operand.span.start]
        if op == "EACH":  # the stop belongs to its sentence: a group without marks is one that no window reaches over
            groups[-1][-1] = _marked(groups[-1][-1], *stops)
        elif op == "OR":
            joined[-1] += stops
        else:
            groups.append([])
            joined.append([])
        groups[-1].append(operand)
    made = [
        join("or", group, held, implied=True) if len(group) > 1 else group[0]
        for group, held in zip(groups, joined, strict=True)
    ]
    if len(made) == 1:
        return made[0]
    rest = [m for m in marks if not any(o.span.holds(m) for o in made)]
    return join("and", made, rest, implied=True)


def _permitted(node: Any) -> _Permission | None:
    """The permission that a sentence is, under its provisos ("are allowed if …"); null for any other sentence."""
    name, children = node
    if name in ("permit", "exemption"):
        return _permission(node)
    if name in ("run", "scoped") and (inner := _only(node)) is not None:
        return _permitted(inner)
    if name == "bracket" and (inside := _permitted(children[1])) is not None:
        return replace(inside, exempt=_marked(inside.exempt, children[0][1].span, children[2][1].span))
    if name == "duty" and children[1][1].cue == "exempt" and not _permitted(children[0]):
        # among exclusions: "patients with treated metastases must be stable" are the exempt ones
        exempt, cue, more = build(children[0]), children[1][1], build(children[2])
        return _Permission(join("and", [exempt, more], [cue.span], implied=True), "duty")
    if name in ("tier", "unless", "example", "duty") and (inner := _permitted(children[0])) is not None:
        cue, more = children[1][1], build(children[2])
        if name == "unless":
            span = inner.exempt.span.cover(more.span)
            return replace(inner, exempt=Unless(span=span, operand=inner.exempt, exception=more, marks=(cue.span,)))
        if name == "tier" and inner.cue == "eligible_here":
            # "patients with metastases are eligible if stable": asked of those who have them
            span = inner.exempt.span.cover(more.span)
            guarded = If(span=span, guard=inner.exempt, then=more, marks=(cue.span,))
            return _Permission(guarded, "states")
        if name == "example":
            return replace(inner, exempt=_example(inner.exempt, cue, more))
        return replace(inner, exempt=join("and", [inner.exempt, more], [cue.span], implied=True))
    return None


def _only(node: Any) -> Any:
    """The one thing that a run or scope holds; null where it holds more."""
    held = [c for c in node[1] if not _is(c, "SCOPE", "END")]
    return held[0] if len(held) == 1 and held[0][0] != "part" else None


def _permission(node: Any) -> _Permission:
    name, children = node
    if name == "exemption":
        cue, exempt = children[0][1], build(children[1])
        return _Permission(_marked(exempt, cue.span), cue.cue, str(cue.value) if cue.cue == "announced" else "")
    exempt, cue = build(children[0]), children[1][1]
    if isinstance(exempt, Not):
        cue = cue.changed(cue="states")  # "no overlap is permitted"
    tail = build(children[2]) if len(children) > 2 else None
    if tail is None:
        return _Permission(_marked(exempt, cue.span), cue.cue)
    if cue.cue == "outside":
        # "hair loss is not included in unresolved toxicities": the rule stands behind
        span = exempt.span.cover(tail.span)
        return _Permission(Unless(span=span, operand=tail, exception=exempt, marks=(cue.span,)), "outside")
    return _Permission(join("and", [exempt, tail], [cue.span], implied=True), cue.cue)


def _prohibited(children: list[Any]) -> Expr:
    """ "X is not allowed" denies X; among exclusions it says once more that X excludes."""
    operand, cue = build(children[0]), children[1][1]
    if len(children) > 2:
        operand = join("and", [operand, build(children[2])], [], implied=True)
    if cue.cue == "again":
        return _marked(operand, cue.span)
    return Not(span=operand.span.cover(cue.span), operand=operand, marks=(cue.span,))


def _counted(cue: Part, group: Expr) -> Expr:
    """ "Two of the following": at least so many of the group; one is "any", "all of" is "all"."""
    number = {"count_2": 2, "count_3": 3}.get(cue.cue or "")
    if number is None or not isinstance(group, And | Or):
        if isinstance(group, And | Or) and group.implied:
            group = replace(group, implied=False)
        return _marked(group, cue.span)
    span = cue.span.cover(group.span)
    return AtLeast(span=span, count=number, operands=group.operands, marks=(cue.span, *group.marks))


def _example(rule: Expr, cue: Part, listed: Expr) -> Expr:
    """ "Heart disease such as A or B": the list says more of the thing before it, and adds nothing that it has not."""
    marks = () if cue.cue == "again" else (cue.span,)
    if orphan(listed):
        assert isinstance(listed, Within)
        return _marked(_onto(rule, listed), *marks)
    listed, last = _trailing(listed)
    made = _of_its_sort(rule, listed, marks) or attach(rule, listed, marks)
    if made is None and cue.cue == "definition" and not any(isinstance(n, Comparison) for n in walk(listed)):
        made = _defined(rule, listed, marks)
    made = made if made is not None else join("and", [rule, listed], list(marks), implied=True)
    if last is None:
        return made
    return replace(last, operand=made, span=made.span.cover(last.window.span), implied=True)


def _of_its_sort(node: Expr, listed: Expr, marks: tuple[Span, ...]) -> Expr | None:
    """ "Autoimmune disease requiring steroids, specifically lupus or psoriasis": the list is of the disease, and not of
    what stands nearest to it; null where that is of its sort, or nothing else is."""
    if not isinstance(node, And) or not node.implied:
        return None
    things = listed.operands if isinstance(listed, And | Or) else (listed,)
    sorts = {o.concept.label for o in things if isinstance(o, Condition)} - {None}
    labels = [o.concept.label if isinstance(o, Condition) else None for o in node.operands]
    last = node.operands[-1]
    while isinstance(last, And) and last.implied:
        last = last.operands[-1]
    nearest = last.concept.label if isinstance(last, Condition) else None
    if len(sorts) != 1 or nearest in (None, *sorts) or not sorts & set(labels):
        return None
    at = max(n for n, label in enumerate(labels) if label in sorts)
    said = attach(node.operands[at], listed, marks)
    assert said is not None
    operands = (*node.operands[:at], said, *node.operands[at + 1 :])
    return replace(node, operands=operands, span=hull([node.span, said.span]))


def _defined(node: Expr, more: Expr, marks: tuple[Span, ...]) -> Expr | None:
    """ "At most 2 prior lines of therapy, defined as …": the definition asks for nothing; it says what is counted."""
    span = hull([node.span, more.span, *marks])
    match node:
        case Comparison():
            marks = tuple(sorted((*node.marks, *marks)))
            return replace(node, span=span, qualifiers=(*node.qualifiers, more), marks=marks)
        case And():
            inner = _defined(node.operands[-1], more, marks)
            return inner and replace(node, span=span, operands=(*node.operands[:-1], inner))
        case _:
            return None


def orphan(node: Expr) -> bool:
    """Whether the node is a window without words of its own."""
    if not isinstance(node, Within):
        return False
    inner, anchor = node.operand, node.window.anchor
    if isinstance(inner, Opaque):
        return inner.span.start == inner.span.end
    return orphan(inner) or (isinstance(inner, Condition) and anchor is not None and inner.span == anchor.span)


def _onto(node: Expr, window: Within) -> Expr:
    """The node under a window that stands apart from it: in brackets, behind a colon."""
    inner = _onto(node, window.operand) if isinstance(window.operand, Within) else node
    return replace(window, operand=inner, span=inner.span.cover(window.span))


def _trailing(node: Expr) -> tuple[Expr, Within | None]:
    """The node without the window behind its last member, if that is its only one: in "drugs such as A or B within
    4 weeks" it is about the drugs."""
    timed = [n for n in walk(node) if isinstance(n, Within)]
    if len(timed) != 1:
        return node, None
    if isinstance(node, Within) and node.window.span.start >= node.operand.span.end and not node.marks:
        return node.operand, node
    if isinstance(node, And | Or):
        inner, window = _trailing(node.operands[-1])
        if window is not None and all(m.end <= inner.span.end for m in node.marks):
            span = hull([*(o.span for o in (*node.operands[:-1], inner)), *node.marks])
            return replace(node, operands=(*node.operands[:-1], inner), span=span), window
    return node, None


def attach(node: Expr, more: Expr, marks: tuple[Span, ...]) -> Expr | None:
    """The node with `more` as a qualifier of its last condition; null where its last leaf is none."""
    span = hull([node.span, more.span, *marks])
    match node:
        case Condition():
            qualifiers = (*node.qualifiers, more)
            return replace(node, span=span, qualifiers=qualifiers, marks=tuple(sorted((*node.marks, *marks))))
        case And() | Or():
            inner = attach(node.operands[-1], more, marks)
            return inner and replace(node, span=span, operands=(*node.operands[:-1], inner))
        case Not() | Within():
            inner = attach(node.operand, more, marks)
            return inner and replace(node, span=span, operand=inner)
        case If():
            inner = attach(node.then, more, marks)
            return inner and replace(node, span=span, then=inner)
        case _:
            return None


def _run(children: list[Any]) -> Expr:
    """Units that stand side by side; each window takes in the units since the window before it."""
    lead = [c[1].value for c in children if _is(c, "LEADWINDOW")]
    done: list[Expr] = []
    open_units: list[Expr] = []
    ended: Expr | None = None
    for child in children:
        if _is(child, "LEADWINDOW"):
            continue
        if child[0] in ("exempt", "only_if"):
            made = _group([*done, *open_units]) if done or open_units else None
            if made is None and lead:
                # "fever at screening or during the study (except …)": of all that the window is said of
                made, lead = _lone(lead), []
            done, open_units = [_aside(child, made)], []
            continue
        if not _is(child, "WINDOW"):
            unit = build(child)
            before = open_units or done
            if before and child[0] == "bracket" and (inside := _permitted(child)) and inside.cue == "permit":
                # "hormonal therapy (birth control is allowed)"
                rule = _group([*done, *open_units])
                span = rule.span.cover(inside.exempt.span)
                done, open_units = [Unless(span=span, operand=rule, exception=inside.exempt)], []
                continue
            if before and child[0] == "bracket" and orphan(unit):
                assert isinstance(unit, Within)
                before[-1] = _onto(before[-1], unit)
                continue
            said = attach(before[-1], unit, ()) if before and child[0] == "bracket" else None
            if said is not None:
                ended = said if before[-1] is ended else None
                before[-1] = said
            else:
                ended = unit if child[0] == "negated" and child[1][0][1].value == "ended" else None
                open_units.append(unit)
            continue
        window = child[1].value
        if open_units:
            # "stop steroids 2 weeks before …": from then on there are none
            group = _group(open_units)
            done.append(within(group, window) if open_units == [ended] else _under(group, window))
            open_units = []
        elif done:
            done[-1] = _under(done[-1], window)
    units = [*done, *open_units]
    if not units:
        return _lone(lead)
    node = _group(units)
    for window in reversed(lead):
        node = within(node, window)
    return node


def _lone(lead: list[TimeWindow]) -> Expr:
    """Windows with nothing else in their clause."""
    first, *rest = lead
    node = alone(first)
    return node if not rest else join("and", [node, *map(alone, rest)], [], implied=True)


def _aside(child: Any, rule: Expr | None) -> Expr:
    """A bracket that exempts or guards what stands before it: "(except basal cell carcinoma)", "(if applicable)"."""
    name, (opened, cue, inner, closed) = child
    permission = _permitted(inner)
    exception = build(inner) if permission is None else permission.exempt
    marks = (opened[1].span, cue[1].span, closed[1].span)
    if rule is None:
        return _marked(exception, *marks)
    span = rule.span.cover(closed[1].span)
    if name == "exempt":
        return Unless(span=span, operand=rule, exception=exception, marks=marks)
    return If(span=span, guard=exception, then=rule, marks=marks)


def _group(units: list[Expr]) -> Expr:
    return units[0] if len(units) == 1 else join("and", units, [], implied=True)


def _under(node: Expr, window: TimeWindow) -> Expr:
    """The node under a window; "no X within …" denies X in the window."""
    if isinstance(node, Not):
        return replace(node, operand=_under(node.operand, window), span=node.span.cover(window.span))
    return within(node, window)


def _is(node: Any, *kinds: str) -> bool:
    return node[0] == "part" and node[1].kind in kinds


def _conditional(name: str, children: list[Any]) -> Expr:
    if name == "guarded":
        cue, guard, comma, then = children[0][1], build(children[1]), children[2][1], build(children[3])
        marks = tuple(m for m in (cue.span, comma.span) if m.end > m.start)
        return If(span=cue.span.cover(then.span), guard=guard, then=then, marks=marks)
    first, cue, second = build(children[0]), children[1][1], build(children[2])
    span = first.span.cover(second.span)
    marks = (cue.span,) if cue.span.end > cue.span.start else ()
    if name == "tier":
        return If(span=span, guard=second, then=first, marks=marks)
    if cue.cue not in ("who", "exempt") and not _persons(first):
        # "imaging must be performed within 28 days": subject and predicate of one statement, no guard
        return _stated(first, second, cue.span)
    return If(span=span, guard=first, then=second, marks=marks)


def _persons(node: Expr) -> bool:
    """Whether the words before "must" say who: "women of childbearing potential must …"."""
    return any(isinstance(n, Condition) and n.concept.label == "Person" for n in walk(node))


def _stated(subject: Expr, predicate: Expr, mark: Span) -> Expr:
    if isinstance(predicate, Within) and not isinstance(predicate.operand, And | Or):
        inner = join("and", [subject, predicate.operand], [mark], implied=True)
        return replace(predicate, operand=inner, span=inner.span.cover(predicate.span))
    return join("and", [subject, predicate], [mark], implied=True)


def _marked(node: Expr, *spans: Span) -> Expr:
    """The node with more marks; a leaf that holds none is wrapped so that nothing is lost."""
    spans = tuple(s for s in spans if s.end > s.start)
    if isinstance(node, Opaque):
        span = hull([node.span, *spans])
        return And(span=span, operands=(node,), implied=True, marks=spans)
    marks = tuple(sorted({*node.marks, *spans}))
    return replace(node, span=hull([node.span, *spans]), marks=marks)


__all__ = ["alone", "attach", "build", "exempted", "join", "orphan", "within"]
