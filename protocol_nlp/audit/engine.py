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

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Audit, Draft, Finding
from protocol_nlp.audit.rule import Rule
from protocol_nlp.audit.settings import Settings
from protocol_nlp.audit.verdicts import overall, verdict
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span, Trial, criteria

ALLOWED: Final = WordList("audit_allowed", ("codes", "why"))


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
    """What the given rules find; where a gate rule speaks, only what the gate rules find."""
    document = Document(trial)
    gates = [rule for rule in chosen if rule.gate]
    found = list(_run(document, gates))
    if not found:
        found = list(_run(document, [rule for rule in chosen if not rule.gate]))
    found.sort(key=lambda f: (f.span, f.code))
    return tuple(_named(found))


def _run(document: Document, chosen: Iterable[Rule]) -> Iterator[Finding]:
    allowed = _allowed(document)
    for rule in chosen:
        taken: set[Span] = set()
        for draft in rule.check(document):
            if draft.span in taken or any(rule.code.startswith(code) and s.holds(draft.span) for code, s in allowed):
                continue
            taken.add(draft.span)
            yield _finding(document, rule, draft)


def _allowed(document: Document) -> list[tuple[str, Span]]:
    """Places where a rule has to stay silent: the beginning of its code ("" for all), and the place."""
    return [
        (code, item.span(hit.start, hit.end))
        for item in document.items
        for hit in item.find(ALLOWED)
        for code in hit.row["codes"].split("|")
    ]


def _finding(document: Document, rule: Rule, draft: Draft) -> Finding:
    where = [item.criterion.id for span in (draft.span, *draft.also) if (item := document.at(span))]
    first = document.at(draft.span)
    return Finding(
        code=rule.code,
        slug=rule.slug,
        severity=draft.severity or rule.severity,
        criterion=first.criterion.id if first else None,
        span=draft.span,
        quote=document.text[draft.span.start : draft.span.end],
        message=draft.message,
        readings=draft.readings,
        question=draft.question,
        rewrite=draft.rewrite,
        confidence=draft.confidence,
        fingerprint="",
        also=draft.also,
        criteria=tuple(dict.fromkeys(where)),
    )


def _named(found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with their fingerprints: the rule, the quote without case and blanks, and its how-manieth."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in found:
        key = (finding.code, " ".join(finding.quote.casefold().split()))
        seen[key] += 1
        digest = hashlib.sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass"))
        yield replace(finding, fingerprint=digest.hexdigest()[:16])
