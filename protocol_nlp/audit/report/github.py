"""The audit as workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from protocol_nlp.audit.finding import Audit, Finding, Severity
from protocol_nlp.audit.report.position import Lines, whole_file

COMMANDS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}


def report(audits: Sequence[Audit]) -> str:
    """One line a finding: `::warning file=…,line=…,col=…,endLine=…,endColumn=…,title=…::message`."""
    return "".join(line for audit in audits for line in _lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    lines = Lines(audit.registration.text)
    for finding in audit.findings:
        start, end = lines.at(finding.span.start), lines.at(finding.span.end)
        place: dict[str, str | int] = {"file": audit.registration.provenance.path}
        if whole_file(audit):
            place |= {"line": start.line, "endLine": end.line}
            if start.line == end.line:
                # Columns count only within one line.
                place |= {"col": start.column, "endColumn": end.column}
        where = f" ({audit.registration.id} {finding.criterion or 'entry'})"
        place["title"] = f"{finding.code} {finding.slug}{where}"
        told = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
        yield f"::{COMMANDS[finding.severity]} {told}::{_data(_message(finding))}\n"


def _message(finding: Finding) -> str:
    one, other = finding.readings
    return f"{finding.message}\nEither: {one}\nOr: {other}\nAsk: {finding.question}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
