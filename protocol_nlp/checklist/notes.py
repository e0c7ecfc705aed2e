"""The audit's findings and verdicts as notes in the margin of a checklist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit import Audit, Finding, Settings, Verdict, audit
from protocol_nlp.audit.finding import Decidable, Severity
from protocol_nlp.audit.report.position import DECIDABLE, by_verdict
from protocol_nlp.checklist.sheet import Note
from protocol_nlp.tree import Trial

GRAVE: Final[dict[Decidable, Severity]] = {"decidable": "info", "guess": "warning", "undecidable": "error"}


def notes(trial: Trial) -> tuple[Note, ...]:
    """The errors and warnings of the audit, each once: one of several places names the other criteria it is about.
    Before them the verdict on the entry, and on each criterion that cannot be decided without a guess."""
    done = audit(trial, Settings())
    return (*_verdicts(done), *(_note(finding) for finding in done.findings if finding.severity != "info"))


def _verdicts(done: Audit) -> Iterator[Note]:
    if done.verdicts:
        counts = ", ".join(f"{number} {DECIDABLE[level]}" for level, number in by_verdict([done]).items())
        yield _verdict(None, done.decidable, f"of {len(done.verdicts)} criteria {counts}")
    for verdict in done.verdicts:
        if verdict.decidable != "decidable":
            yield _verdict(verdict.criterion, verdict.decidable, _told(verdict))


def _told(verdict: Verdict) -> str:
    unread = [reason for reason in verdict.reasons if reason.endswith(("was not read", "is missing"))]
    return "; ".join((f"{DECIDABLE[verdict.decidable]} as written", *unread))


def _verdict(criterion: str | None, level: Decidable, message: str) -> Note:
    return Note(criterion=criterion, code="verdict", slug=level, severity=GRAVE[level], message=message)


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
