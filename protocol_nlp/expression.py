"""The criterion grammar's tree -> expression."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from protocol_nlp.parts import Part
from protocol_nlp.tree import And, Condition, Expr, If, Not, Opaque, Or, Span, TimeWindow, Unless, Within, hull, walk


def join(op: str, operands: list[Expr], marks: list[Span], *, implied: bool) -> Expr:
    """The operands under one operator; a single one stays itself, with the marks put aside by the caller."""
    span = hull([*(o.span for o in operands), *marks])
    kind = And if op == "and" else Or
    return kind(span=span, operands=tuple(operands), implied=implied, marks=tuple(marks))


def within(operand: Expr, window: TimeWindow) -> Expr:
    """The operand under the window."""
    return Within(span=operand.span.cover(window.span), operand=operand, window=window)


def alone(window: TimeWindow) -> Expr:
    """A window that constrains nothing else in its clause: its own anchor is the event asked about."""
    operand: Expr
    if window.anchor is not None and window.side == "after":
        operand = Condition(span=window.anchor.span, concept=window.anchor)
    else:
        operand = Opaque(span=Span(window.span.start, window.span.start), text="", reason="no target in the text")
    return Within(span=window.span, operand=operand, window=window)


def build(node: Any) -> Expr:
    """One node of the parse, whose children are `("part", Part)` leaves or nodes `(name, children)`."""
    name, children = node
    match name:
        case "part":
            part: Part = children
            return part.value  # type: ignore[no-any-return]
        case "criterion":
            operands = _sentences([c for c in children if not _is(c, "STOP")])
            marks = [c[1].span for c in children if _is(c, "STOP")]
            return join("and", operands, marks, implied=True) if marks or len(operands) > 1 else operands[0]
        case "any" | "all":
            joints = [c[1] for c in children if _is(c, "OR", "AND")]
            operands = [build(c) for c in children if not _is(c, "OR", "AND")]
            implied = all(j.cue == "implied" for j in joints)
            return join("or" if name == "any" else "and", operands, [j.span for j in joints], implied=implied)
        case "run":
            return _run(children)
        case "negated":
            cue, operand = children[0][1], build(children[1])
            return Not(span=cue.span.cover(operand.span), operand=operand, marks=(cue.span,))
        case "bracket":
            return _marked(build(children[1]), children[0][1].span, children[2][1].span)
        case "unless":
            rule, cue, exception = build(children[0]), children[1][1], build(children[2])
            return Unless(span=rule.span.cover(exception.span), operand=rule, exception=exception, marks=(cue.span,))
        case "tier" | "guarded" | "duty":
            return _conditional(name, children)
        case "permit":
            rule, cue = build(children[0]), children[1][1]
            return _marked(rule, cue.span)
    raise AssertionError(name)


def _sentences(children: list[Any]) -> list[Expr]:
    """The sentences of an item; one that only permits something is the exception to the one before it."""
    out: list[Expr] = []
    for child in children:
        node = build(child)
        if child[0] == "permit" and out:
            rule = out[-1]
            out[-1] = Unless(span=rule.span.cover(node.span), operand=rule, exception=node)
        else:
            out.append(node)
    return out


def _run(children: list[Any]) -> Expr:
    """Units that stand side by side; each window takes in the units since the window before it."""
    lead = [c[1].value for c in children if _is(c, "LEADWINDOW")]
    done: list[Expr] = []
    open_units: list[Expr] = []
    for child in children:
        if _is(child, "LEADWINDOW"):
            continue
        if child[0] in ("exempt", "only_if"):
            made = _group([*done, *open_units]) if done or open_units else None
            done, open_units = [_aside(child, made)], []
            continue
        if not _is(child, "WINDOW"):
            open_units.append(build(child))
            continue
        window = child[1].value
        if open_units:
            done.append(_under(_group(open_units), window))
            open_units = []
        elif done:
            done[-1] = _under(done[-1], window)
    units = [*done, *open_units]
    if not units:
        first, *rest = lead
        node = alone(first)
        return node if not rest else join("and", [node, *map(alone, rest)], [], implied=True)
    node = _group(units)
    for window in reversed(lead):
        node = within(node, window)
    return node


def _aside(child: Any, rule: Expr | None) -> Expr:
    """A bracket that exempts or guards what stands before it: "(except basal cell carcinoma)", "(if applicable)"."""
    name, (opened, cue, inner, closed) = child
    exception = build(inner)
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
        return If(span=cue.span.cover(then.span), guard=guard, then=then, marks=(cue.span, comma.span))
    first, cue, second = build(children[0]), children[1][1], build(children[2])
    span = first.span.cover(second.span)
    if name == "tier":
        return If(span=span, guard=second, then=first, marks=(cue.span,))
    if not _persons(first):
        # "imaging must be performed within 28 days": subject and predicate of one statement, no guard
        return _stated(first, second, cue.span)
    return If(span=span, guard=first, then=second, marks=(cue.span,))


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
    if isinstance(node, Opaque):
        span = hull([node.span, *spans])
        return And(span=span, operands=(node,), implied=True, marks=spans)
    marks = tuple(sorted((*node.marks, *spans)))
    return replace(node, span=hull([node.span, *spans]), marks=marks)
