"""Items and what was read of each -> criteria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from protocol_nlp.account import account, opaque_share, visible
from protocol_nlp.annotate import Reading
from protocol_nlp.annotate.tokens import Token
from protocol_nlp.bind import bind
from protocol_nlp.clauses import clauses
from protocol_nlp.expression import exempted
from protocol_nlp.governs import counts, exempts, governs, measure
from protocol_nlp.grammar import expression, parts
from protocol_nlp.normalize import normalize
from protocol_nlp.parts import written
from protocol_nlp.readings import doubts, readings
from protocol_nlp.segment import Item
from protocol_nlp.tree import Concept, Criterion, Expr, Opaque, Registration, Role, Trial, criteria, hull

DEEPEST = 20  # brackets in brackets: what is nested deeper is no sentence


def flat(items: Sequence[Item]) -> Iterator[Item]:
    """All items, parents before the items below them."""
    for item in items:
        yield item
        yield from flat(item.children)


def read(
    tokens: Sequence[Token], heading: Concept | None = None, role: Role | None = None, *, exempt: bool = False
) -> Expr | None:
    """The expression that the tokens of one item state; null for an item without any. `role` is its section's;
    `exempt` items stand below a lead such as "with the following exceptions:"."""
    if _depth(tokens) > DEEPEST:
        return _unread(tokens)
    try:
        terminals = clauses(bind(parts(tokens), heading), role)
        found = expression(terminals)
        if found is not None:
            found = readings(normalize(exempted(found) if exempt else found), doubts(terminals))
        return account(found, tokens)
    except RecursionError:  # denials of denials without end, which nobody could follow either
        return _unread(tokens)


def _depth(tokens: Sequence[Token]) -> int:
    """How many brackets are open at once."""
    deepest = depth = 0
    for token in tokens:
        depth += (token.kind == "LPAR") - (token.kind == "RPAR" and depth > 0)
        deepest = max(deepest, depth)
    return deepest


def _unread(tokens: Sequence[Token]) -> Opaque:
    span = hull([t.span for t in tokens])
    return Opaque(span=span, text=written(tokens), reason="nested too deeply")


def trial(registration: Registration, items: Sequence[Item], reading: Reading) -> Trial:
    """The structured entry; the leads of `reading` are those of each item in the order of `flat(items)`."""
    by_item = dict(zip((id(item) for item in flat(items)), reading.leads, strict=True))
    text = registration.text

    def criterion(item: Item, heading: Concept | None, *, exempt: bool = False) -> Criterion:
        own, entities = by_item[id(item)]
        expr = read(own, heading, item.role, exempt=exempt)
        named, excepting = measure(own) or heading, exempts(own)
        items = [criterion(child, named, exempt=excepting) for child in item.children]
        below = [by_item[id(child)][0] for child in item.children]
        return Criterion(
            id=item.id,
            role=item.role,
            form=item.form,
            span=item.span,
            lead=item.lead,
            marker=item.marker,
            text=text[item.lead.start : item.lead.end],
            expr=expr,
            entities=entities,
            list_missing=item.list_missing,
            gathered=item.gathered,
            opaque_share=opaque_share(expr, text, item.lead),
            governs=governs(own, below, expr, item.role, items) if item.form == "list" or counts(own) else None,
            children=tuple(items),
        )

    made = Trial(registration=registration, criteria=tuple(criterion(item, None) for item in items))
    sizes = [(c, visible(c.text)) for c in criteria(made)]
    total = sum(n for _, n in sizes)
    unread = sum((c.opaque_share * n for c, n in sizes), Decimal(0))
    share = (unread / total).quantize(Decimal("0.001")) if total else Decimal(0)
    return replace(made, abbreviations=reading.abbreviations, memberships=reading.memberships, opaque_share=share)
