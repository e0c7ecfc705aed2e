"""Whether a criterion, and an entry, can be decided as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from protocol_nlp.audit.finding import Decidable, Finding, Verdict
from protocol_nlp.tree import Criterion

UNREAD: Final = Decimal("0.1")
"""The share of a criterion's text that may stay unread before a person has to guess."""
LONGEST: Final = 80
"""Of the quote in a reason, in characters."""


def verdict(criterion: Criterion, findings: Iterable[Finding]) -> Verdict:
    """Decidable now; decidable with a stated guess; or not decidable, with the reasons, gravest first.

    Not decidable: an error stands in it, or the list it promises is missing. A guess: a warning stands in it, or more
    than UNREAD of its text was not read.
    """
    here = [f for f in findings if criterion.id in f.criteria]
    grave = [_reason(f, criterion) for f in here if f.severity == "error"]
    mild = [_reason(f, criterion) for f in here if f.severity == "warning"]
    if criterion.list_missing:
        grave.insert(0, "the list it promises is missing")
    if criterion.opaque_share > UNREAD:
        mild.append(f"{criterion.opaque_share:.0%} of its text was not read")
    level: Decidable = "undecidable" if grave else "guess" if mild else "decidable"
    return Verdict(criterion=criterion.id, decidable=level, reasons=tuple(dict.fromkeys((*grave, *mild))))


def overall(verdicts: Sequence[Verdict], findings: Iterable[Finding]) -> Decidable:
    """The verdict on an entry: that of its least decidable criterion; an entry without criteria cannot be decided."""
    levels = {v.decidable for v in verdicts}
    outside = {f.severity for f in findings if f.criterion is None}
    if not verdicts or "undecidable" in levels or "error" in outside:
        return "undecidable"
    return "guess" if "guess" in levels or "warning" in outside else "decidable"


def _reason(finding: Finding, criterion: Criterion) -> str:
    quote = " ".join(finding.quote_in(criterion.span).split())
    return f"{finding.code} {finding.slug}: {quote if len(quote) <= LONGEST else quote[: LONGEST - 1] + '…'}"
