"""What the audit hands back: findings, and how far the entry can be decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from protocol_nlp.tree import Registration, Span

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
Decidable = Literal["decidable", "guess", "undecidable"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")
"""The gravest first. error: two careful screeners may decide opposite, or nothing can be decided; warning: edge
patients differ; info: style and policy."""


class Readings(NamedTuple):
    """How two careful screeners would decide, best with a patient on whom they differ."""

    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """`text` in the place of `span`; `safe` only where the meaning cannot change."""

    span: Span
    text: str
    safe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a rule reports: where, what, how two people would read it, what to ask the author.

    `also` are the further places of a fault of the whole document. `severity` overrides the rule's own.
    """

    span: Span
    message: str
    readings: Readings
    question: str
    rewrite: Rewrite | None = None
    confidence: Confidence = "high"
    also: tuple[Span, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault of one place, or of the whole document with all its places (`also` holds the further ones).

    `criterion` is the innermost criterion that holds the place, null outside of all. `quote` is exactly the text of
    `span`. `fingerprint` names the finding for suppressions and baselines: it stays the same when the text is edited
    elsewhere, also where the same words come to stand earlier in it.
    """

    code: str
    slug: str
    severity: Severity
    criterion: str | None
    span: Span
    quote: str
    message: str
    readings: Readings
    question: str
    rewrite: Rewrite | None
    confidence: Confidence
    fingerprint: str
    also: tuple[Span, ...] = ()
    also_quotes: tuple[str, ...] = ()
    """The texts of `also`, in its order."""
    criteria: tuple[str, ...] = ()
    """The ids of all criteria that hold one of the places."""

    @property
    def places(self) -> tuple[Span, ...]:
        return (self.span, *self.also)

    def quote_in(self, span: Span) -> str:
        """What stands at its first place within a span; `quote` where it has none there."""
        quotes = zip(self.places, (self.quote, *self.also_quotes), strict=True)
        return next((quote for place, quote in quotes if span.start <= place.start < span.end), self.quote)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a criterion can be decided as it stands, and the reasons why not."""

    criterion: str
    decidable: Decidable
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The audit of one entry: findings in the order of the text, a verdict for each criterion and for the entry.

    `silenced` are the findings that a suppression or the baseline answers; the verdicts still count them.
    """

    registration: Registration
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    decidable: Decidable
    silenced: tuple[Finding, ...] = ()
