"""Items and what was read of each -> criteria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from protocol_nlp.account import account, opaque_share
from protocol_nlp.annotate import Reading
from protocol_nlp.annotate.tokens import Token
from protocol_nlp.bind import bind
from protocol_nlp.clauses import clauses
from protocol_nlp.expression import exempted
from protocol_nlp.grammar import expression, parts
from protocol_nlp.normalize import normalize
from protocol_nlp.segment import Item
from protocol_nlp.tree import Concept, Criterion, Expr, Registration, Role, Trial, criteria


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
    found = expression(clauses(bind(parts(tokens), heading), role))
    if found is not None:
        found = normalize(exempted(found) if exempt else found)
    return account(found, tokens)


def trial(registration: Registration, items: Sequence[Item], reading: Reading) -> Trial:
    """The structured entry; the leads of `reading` are those of each item in the order of `flat(items)`."""
    by_item = dict(zip((id(item) for item in flat(items)), reading.leads, strict=True))
    text = registration.text

    def criterion(item: Item, heading: Concept | None, *, exempt: bool = False) -> Criterion:
        own, entities = by_item[id(item)]
        expr = read(own, heading, item.role, exempt=exempt)
        below = _measure(own) or heading
        exempts = _excepts(own)
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
            opaque_share=opaque_share(expr, text, item.lead),
            children=tuple(criterion(child, below, exempt=exempts) for child in item.children),
        )

    made = Trial(registration=registration, criteria=tuple(criterion(item, None) for item in items))
    sizes = [(c, sum(not x.isspace() for x in c.text)) for c in criteria(made)]
    total = sum(n for _, n in sizes)
    unread = sum((c.opaque_share * n for c, n in sizes), Decimal(0))
    share = (unread / total).quantize(Decimal("0.001")) if total else Decimal(0)
    return replace(made, abbreviations=reading.abbreviations, memberships=reading.memberships, opaque_share=share)


def _excepts(tokens: Sequence[Token]) -> bool:
    """Whether the words of an item end in the announcement of exceptions, which are then the items below it."""
    said = [t.kind for t in tokens if t.kind not in ("COLON", "PERIOD", "DASH", "COMMA", "MARK", "SEMICOLON")]
    return bool(said) and said[-1] == "EXCEPT"


def _measure(tokens: Sequence[Token]) -> Concept | None:
    """The one measure that a heading or list lead names and does not bound ("Life expectancy", "Age:")."""
    found = [t for t in tokens if t.kind == "MEASURE"]
    if len({t.concept().id for t in found}) == 1 and not any(t.kind == "NUMBER" for t in tokens):
        return found[0].concept()
    return None
