"""Tiers of a bound: "≤ 2.5 × ULN (≤ 5 × ULN if liver metastases)" puts another bound in the place of the first for
some people. One that is added lets more of them in where it is the wider bound, although it is one more thing to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from protocol_nlp.amend.step import Relation, Step, flipped, relation
from protocol_nlp.plain import plain
from protocol_nlp.tree import And, Comparison, Expr, If, hull, walk

Compare = Callable[[Expr, Expr], list[Step]]


class Tiered(NamedTuple):
    """Members of a group: the rules, and the tiers that replace one of them."""

    rules: tuple[Expr, ...]
    tiers: tuple[If, ...]

    def bundles(self) -> list[tuple[Expr, ...]]:
        """The members, each tier with the rules that it replaces."""
        out: list[tuple[Expr, ...]] = [(rule,) for rule in self.rules]
        for tier in self.tiers:
            mine = [b for b in out if any(not isinstance(r, If) and _measures(r) & _measures(tier.then) for r in b)]
            out = [b for b in out if b not in mine]
            out.append((*(r for b in mine for r in b), tier))
        return out


def tiered(operands: Sequence[Expr]) -> Tiered:
    """A tier bounds nothing but measures that a rule beside it bounds too."""
    bounded = frozenset[str]().union(*(_measures(o) for o in operands if not isinstance(o, If)))
    tiers = tuple(o for o in operands if isinstance(o, If) and _measures(o.then) and _measures(o.then) <= bounded)
    return Tiered(tuple(o for o in operands if o not in tiers), tiers)


def changes(before: Tiered, after: Tiered, compare: Compare) -> list[Step]:
    """The steps between the tiers of two groups; those between their rules are told elsewhere."""
    gone, come = list(before.tiers), list(after.tiers)
    out: list[Step] = []
    for same_guard in (True, False):
        for a in tuple(gone):
            b = next((t for t in come if _measures(t.then) == _measures(a.then)), None)
            if same_guard:
                b = next(
                    (t for t in come if not compare(a.guard, t.guard) and _measures(t.then) == _measures(a.then)), None
                )
            if b is not None:
                gone.remove(a)
                come.remove(b)
                out += compare(a.then, b.then)
                out += [] if same_guard else _guards(a, b, before, after, compare)
    out += (_step(flipped(_against(t, after, compare)), before=plain(t)) for t in gone)
    out += (_step(_against(t, before, compare), after=plain(t)) for t in come)
    return [step for step in out if step.relation != "same"]


def _guards(a: If, b: If, before: Tiered, after: Tiered, compare: Compare) -> list[Step]:
    """More people under a wider bound are more people who may take part; under a narrower one, fewer."""
    steps = compare(a.guard, b.guard)
    ways = {relation(_against(a, before, compare)), relation(_against(b, after, compare))}
    if ways == {"wider"}:
        return steps
    if ways == {"narrower"}:
        return flipped(steps)
    return [Step(relation="unclear", before=plain(a.guard), after=plain(b.guard))]


def _against(tier: If, group: Tiered, compare: Compare) -> list[Step]:
    """How the tier's bound stands to the rule of a group that it replaces."""
    rules = [rule for rule in group.rules if _measures(rule) & _measures(tier.then)]
    if not rules or any(isinstance(rule, If) for rule in rules):
        return [Step(relation="unclear")]
    rule = rules[0] if len(rules) == 1 else And(span=hull([r.span for r in rules]), operands=tuple(rules))
    return compare(rule, tier.then)


def _step(steps: list[Step], *, before: str = "", after: str = "") -> Step:
    told: Relation = relation(steps)
    return Step(relation=told, before=before, after=after)


def _measures(node: Expr) -> frozenset[str]:
    found = (n.measure for n in walk(node) if isinstance(n, Comparison) and n.measure)
    return frozenset(m.id or m.text.casefold() for m in found)


__all__ = ["Tiered", "changes", "tiered"]
