"""The audit's findings as notes in the margin of a checklist."""

from __future__ import annotations

from protocol_nlp.audit import Finding, Settings, audit
from protocol_nlp.checklist.sheet import Note
from protocol_nlp.tree import Trial


def notes(trial: Trial) -> tuple[Note, ...]:
    """The errors and warnings of the audit, each once: one of several places names the other criteria it is about."""
    return tuple(_note(finding) for finding in audit(trial, Settings()).findings if finding.severity != "info")


def _note(finding: Finding) -> Note:
    others = [id for id in finding.criteria if id != finding.criterion]
    also = f" (also {', '.join(others)})" if others else ""
    return Note(
        criterion=finding.criterion,
        code=finding.code,
        slug=finding.slug,
        severity=finding.severity,
        message=finding.message + also,
        question=finding.question,
        span=finding.span,
    )
