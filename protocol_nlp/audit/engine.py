"""Runs rules over a trial: total, deterministic, each fault of a place once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Audit, Draft, Finding
from protocol_nlp.audit.rule import Rule
from protocol_nlp.audit.settings import Settings
from protocol_nlp.audit.verdicts import overall, verdict
from protocol_nlp.audit.wording import ALLOWED
from protocol_nlp.tree import Span, Trial, criteria

NEAR: Final = 3
"""How many words before a place, and behind it, tell it from others of the same words."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """All rules of the package `rules`, one from each of its modules, by code."""
    from protocol_nlp.audit import rules as home

    found: list[Rule] = []
    for module in iter_modules(home.__path__):
        here = import_module(f"{home.__name__}.{module.name}")
        found += [thing for thing in vars(here).values() if isinstance(thing, Rule)]
    return tuple(sorted(found, key=lambda rule: rule.code))


def audit(trial: Trial, settings: Settings | None = None) -> Audit:
    """The findings of the rules that the settings choose, in the order of the text, with the verdicts.

    The verdicts rest on all default rules, so that selecting few rules never makes an entry look decidable.
    """
    settings = settings or Settings()
    chosen = settings.chosen(all_rules())
    judging = [rule for rule in all_rules() if (rule.default and not rule.preview) or rule in chosen]
    everything = findings(trial, judging)
    asked = {rule.code for rule in chosen}
    shown = [f for f in everything if f.code in asked]
    answered = [f for f in shown if settings.silences(trial.registration.id, f)]
    verdicts = tuple(verdict(c, everything) for c in criteria(trial) if c.form != "heading")
    return Audit(
        registration=trial.registration,
        findings=tuple(f for f in shown if f not in answered),
        verdicts=verdicts,
        decidable=overall(verdicts, everything),
        silenced=tuple(answered),
    )


def findings(trial: Trial, chosen: Sequence[Rule]) -> tuple[Finding, ...]:
    """What the given rules find; at the places where a gate rule speaks, only what the gate rules find."""
    document = Document(trial)
    gates = [draft for rule in chosen if rule.gate for draft in _drafts(document, rule, _allowed(document))]
    shut = [("", place) for _, draft in gates for place in (draft.span, *draft.also)]
    found = gates
    if not gates or any(not any(p.overlaps(item.lead) for _, p in shut) for item in document.stated() if item.words):
        silent = [*_allowed(document), *shut]
        found = gates + [d for rule in chosen if not rule.gate for d in _drafts(document, rule, silent)]
    found.sort(key=lambda made: (made[1].span, made[0].code))
    return tuple(_named(document, found))


def _drafts(document: Document, rule: Rule, silent: Sequence[tuple[str, Span]]) -> list[tuple[Rule, Draft]]:
    """What a rule finds outside of the places where it has to be silent, each place once."""
    quiet = [span for code, span in silent if rule.code.startswith(code)]
    taken: set[Span] = set()
    found: list[tuple[Rule, Draft]] = []
    for draft in rule.check(document):
        places = [
            p for p in dict.fromkeys((draft.span, *draft.also)) if p not in taken and not any(s.holds(p) for s in quiet)
        ]
        if places and places[0] == draft.span:
            taken.update(places)
            found.append((rule, draft if len(places) == 1 + len(draft.also) else replace(draft, also=(*places[1:],))))
    return found


def _allowed(document: Document) -> list[tuple[str, Span]]:
    """Places where a rule has to stay silent: the beginning of its code ("" for all), and the place."""
    return [
        (code, item.span(hit.start, hit.end))
        for item in document.items
        for hit in item.find(ALLOWED)
        for code in hit.row["codes"].split("|")
    ]


def _named(document: Document, found: Iterable[tuple[Rule, Draft]]) -> Iterator[Finding]:
    """The findings with their fingerprints: the rule, the quote without case and blanks, where the fault is of one
    place the words next to it, and of several that agree in all this its how-manieth."""
    seen: Counter[tuple[str, ...]] = Counter()
    for rule, draft in found:
        items = [document.at(span) for span in (draft.span, *draft.also)]
        first = items[0]
        quote, *others = (document.text[span.start : span.end] for span in (draft.span, *draft.also))
        near = () if rule.document_wide or first is None else _near(first, draft.span)
        key = (rule.code, " ".join(quote.casefold().split()), *near)
        seen[key] += 1
        digest = hashlib.sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass"))
        yield Finding(
            code=rule.code,
            slug=rule.slug,
            severity=draft.severity or rule.severity,
            criterion=first.criterion.id if first else None,
            span=draft.span,
            quote=quote,
            message=draft.message,
            readings=draft.readings,
            question=draft.question,
            rewrite=draft.rewrite,
            confidence=draft.confidence,
            fingerprint=digest.hexdigest()[:16],
            also=draft.also,
            also_quotes=tuple(others),
            criteria=tuple(dict.fromkeys(item.criterion.id for item in items if item)),
        )


def _near(item: Item, span: Span) -> tuple[str, ...]:
    """The words next to a place in its criterion, and whether that lets in or keeps out."""
    return (item.role or "", *item.before(span, NEAR), "\1", *item.after(span, NEAR))
