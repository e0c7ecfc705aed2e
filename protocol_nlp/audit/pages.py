"""The pages of the rules: one for `explain`, all of them for docs/rules.md, and a list for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from protocol_nlp.audit.rule import FAMILIES, Rule


def page(rule: Rule, level: int = 1) -> str:
    """The page of one rule in Markdown, its title at a heading level."""
    told = [f"{'#' * level} {rule.code} {rule.slug}", f"*{_standing(rule)}*"]
    for title, text in rule.page.items():
        examples = title in ("Example", "Use instead")
        told += [f"{'#' * (level + 1)} {title}" if level < 3 else f"**{title}**", _quoted(text) if examples else text]
    return "\n\n".join(told) + "\n"


def catalogue(rules: Sequence[Rule]) -> str:
    """All pages, by family, as docs/rules.md holds them."""
    told = [
        "# The rules of the audit\n",
        "Written by `protocol-nlp rules --format md` from the rules themselves; a test keeps this page current.\n",
        "- error: two careful screeners may decide opposite, or nothing can be decided",
        "- warning: edge patients differ",
        "- info: style and policy\n",
        "| code | rule | severity | what it finds |\n|---|---|---|---|",
        *(
            f"| [{r.code}](#{r.code.lower()}-{r.slug}) | {r.slug} | {_standing(r)} | {_line(r.summary)} |"
            for r in rules
        ),
    ]
    for family, title in FAMILIES.items():
        some = [rule for rule in rules if rule.family == family]
        if some:
            told += [f"\n## {family}: {title}\n", "\n".join(page(rule, 3) for rule in some).rstrip()]
    return "\n".join(told) + "\n"


def table(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """The rules as rows for a machine."""
    return [
        {
            "code": rule.code,
            "slug": rule.slug,
            "family": FAMILIES[rule.family],
            "severity": rule.severity,
            "default": rule.default,
            "preview": rule.preview,
            "summary": _line(rule.summary),
            "page": rule.page,
        }
        for rule in rules
    ]


def _standing(rule: Rule) -> str:
    extra = ", preview" if rule.preview else "" if rule.default else ", off unless selected"
    return rule.severity + extra


def _line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
