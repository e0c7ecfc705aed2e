"""The audit's findings as notes in the margin of a checklist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocol_nlp.audit import Settings, audit
from protocol_nlp.checklist.sheet import Note
from protocol_nlp.tree import Trial


def notes(trial: Trial) -> tuple[Note, ...]:
    """The errors and warnings of the audit; one of several criteria stands with each of them, its question once."""
    return tuple(_noted(trial))


def _noted(trial: Trial) -> Iterator[Note]:
    for finding in audit(trial, Settings()).findings:
        if finding.severity == "info":
            continue
        note = Note(
            criterion=finding.criterion,
            code=finding.code,
            slug=finding.slug,
            severity=finding.severity,
            message=finding.message,
            question=finding.question,
            span=finding.span,
        )
        yield note
        for other in finding.criteria:
            if other != finding.criterion:
                yield replace(note, criterion=other, question="")
