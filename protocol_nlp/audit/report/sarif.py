"""The audit as SARIF 2.1.0 (OASIS), for code scanning: all rules declared, also the silent ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from protocol_nlp import __version__
from protocol_nlp.audit.engine import all_rules
from protocol_nlp.audit.finding import Audit, Finding, Severity
from protocol_nlp.audit.report.position import Lines, whole_file
from protocol_nlp.audit.rule import FAMILIES, Rule
from protocol_nlp.export.layout import indented
from protocol_nlp.tree import Span

LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}


def report(audits: Sequence[Audit]) -> str:
    """One run with one result a finding; regions count Unicode code points, logical locations name the criterion
    ("inclusion/I05"), both readings stand in the message, rewrites are fixes."""
    rules = all_rules()
    index = {rule.code: number for number, rule in enumerate(rules)}
    results = [_result(audit, f, Lines(audit.registration.text), index) for audit in audits for f in audit.findings]
    run = {
        "tool": {
            "driver": {"name": "protocol-nlp", "semanticVersion": __version__, "rules": [_rule(r) for r in rules]}
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return indented({"version": "2.1.0", "runs": [run]}) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    told = [text for title, text in rule.page.items() if title != "What it finds"]
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.slug.split("-")),
        "shortDescription": {"text": " ".join(rule.summary.split())},
        "fullDescription": {"text": " ".join(told[0].split())},
        "help": {"text": "\n\n".join(f"{title}\n{text}" for title, text in rule.page.items())},
        "defaultConfiguration": {"enabled": rule.default and not rule.preview, "level": LEVELS[rule.severity]},
        "properties": {"tags": [FAMILIES[rule.family]], "slug": rule.slug},
    }


def _result(audit: Audit, finding: Finding, lines: Lines, index: dict[str, int]) -> dict[str, Any]:
    one, other = finding.readings
    told = f"{finding.message}\nEither: {one}\nOr: {other}\nAsk: {finding.question}"
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": LEVELS[finding.severity],
        "message": {"text": told},
        "locations": [_location(audit, finding.span, lines, finding)],
        "partialFingerprints": {"protocolNlp/v1": finding.fingerprint},
        "properties": {"entry": audit.registration.id, "confidence": finding.confidence},
    }
    if finding.also:
        places = [{"id": n} | _location(audit, span, lines) for n, span in enumerate(finding.also, 1)]
        result["relatedLocations"] = places
    if finding.rewrite and whole_file(audit):
        change = {
            "deletedRegion": _region(finding.rewrite.span, lines),
            "insertedContent": {"text": finding.rewrite.text},
        }
        sure = "Safe rewrite" if finding.rewrite.safe else "Possible rewrite, to be confirmed by the author"
        result["fixes"] = [
            {
                "description": {"text": sure},
                "artifactChanges": [{"artifactLocation": _artifact(audit), "replacements": [change]}],
            }
        ]
    return result


def _location(audit: Audit, span: Span, lines: Lines, finding: Finding | None = None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(audit)}
    if whole_file(audit):
        physical["region"] = _region(span, lines) | (
            {"snippet": {"text": finding.quote}} if finding is not None else {}
        )
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding is not None and finding.criterion is not None:
        role = {"I": "inclusion", "E": "exclusion"}.get(finding.criterion[0], "criteria")
        name = f"{role}/{finding.criterion}"
        location["logicalLocations"] = [{"name": finding.criterion, "fullyQualifiedName": name, "kind": "member"}]
    return location


def _region(span: Span, lines: Lines) -> dict[str, Any]:
    start, end = lines.at(span.start), lines.at(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _artifact(audit: Audit) -> dict[str, str]:
    path = Path(audit.registration.provenance.path)
    return {"uri": path.as_uri() if path.is_absolute() else path.as_posix().replace(" ", "%20")}
