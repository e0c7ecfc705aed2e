"""The audit as JSON: the findings of all entries in one list, and the verdicts entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from protocol_nlp import __version__
from protocol_nlp.audit.finding import Audit, Finding
from protocol_nlp.audit.report.position import Lines, by_severity, by_verdict
from protocol_nlp.export.layout import indented


def report(audits: Sequence[Audit]) -> str:
    """One object: `findings`, `entries` with the verdict on each criterion, and the counts. Spans are `[start, end)`
    in code points of the text as given; lines and columns count from 1."""
    whole = {
        "schema_version": "1.0.0",
        "tool": {"name": "protocol-nlp", "version": __version__},
        "counts": by_severity(f for a in audits for f in a.findings),
        "criteria": dict(by_verdict(audits)),
        "entries": [_entry(a) for a in audits],
        "findings": [row for a in audits for row in _findings(a)],
    }
    return indented(whole) + "\n"


def _entry(audit: Audit) -> dict[str, Any]:
    entry = audit.registration
    return {
        "id": entry.id,
        "path": entry.provenance.path,
        "decidable": audit.decidable,
        "silenced": len(audit.silenced),
        "criteria": [{"id": v.criterion, "decidable": v.decidable, "reasons": list(v.reasons)} for v in audit.verdicts],
    }


def _findings(audit: Audit) -> list[dict[str, Any]]:
    lines = Lines(audit.registration.text)
    return [_finding(audit, finding, lines) for finding in audit.findings]


def _finding(audit: Audit, finding: Finding, lines: Lines) -> dict[str, Any]:
    line, column = lines.at(finding.span.start)
    rewrite = finding.rewrite
    return {
        "entry": audit.registration.id,
        "path": audit.registration.provenance.path,
        "code": finding.code,
        "slug": finding.slug,
        "severity": finding.severity,
        "criterion": finding.criterion,
        "span": list(finding.span),
        "line": line,
        "column": column,
        "quote": finding.quote,
        "message": finding.message,
        "readings": list(finding.readings),
        "question": finding.question,
        "rewrite": rewrite and {"span": list(rewrite.span), "text": rewrite.text, "safe": rewrite.safe},
        "confidence": finding.confidence,
        "fingerprint": finding.fingerprint,
        "also": [list(span) for span in finding.also],
        "criteria": list(finding.criteria),
    }
