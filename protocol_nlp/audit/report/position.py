"""Offsets of a text as lines and columns, the order of a report for people, and the counts it ends with."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from protocol_nlp.audit.finding import SEVERITIES, Audit, Decidable, Finding

DECIDABLE: Final[dict[Decidable, str]] = {
    "decidable": "decidable now",
    "guess": "decidable with a stated guess",
    "undecidable": "not decidable",
}
THEMES: Final[dict[str, tuple[str, ...]]] = {
    "feasibility": ("OPS", "TIM007", "SUB007"),
    "suitability": ("INC",),
    "consistency": ("CON", "DUP", "SAF"),
    "clarity": ("",),
}
"""What recruiters find wrong with criteria (Cragg 2021, Trials 22:736), and the beginnings of the codes that tell it;
the first that fits counts."""
WHOLE_FILE: Final = "text"
"""The format whose text is the file itself, so that lines and columns lead into the file."""
_BREAK: Final = re.compile(r"\r\n|\r|\n")


class Position(NamedTuple):
    """Line and column, both from 1, in Unicode code points."""

    line: int
    column: int


class Lines:
    """The lines of a text, without their ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        breaks = [(m.start(), m.end()) for m in _BREAK.finditer(text)]
        self._starts = [0, *(end for _, end in breaks)]
        self._ends = [*(start for start, _ in breaks), len(text)]

    def at(self, offset: int) -> Position:
        """Where an offset stands."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1."""
        return self.text[self._starts[number - 1] : self._ends[number - 1]]


def by_severity(found: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each severity, the gravest first."""
    counts = Counter(f.severity for f in found)
    return {severity: counts[severity] for severity in SEVERITIES}


def by_verdict(audits: Iterable[Audit]) -> dict[Decidable, int]:
    """How many criteria can be decided, how many with a guess, how many not at all."""
    counts = Counter(v.decidable for a in audits for v in a.verdicts)
    return {level: counts[level] for level in DECIDABLE}


def by_theme(found: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each theme, the most frequent first."""
    counts = Counter(next(t for t, codes in THEMES.items() if f.code.startswith(codes)) for f in found)
    return dict(counts.most_common())


def grouped(found: Iterable[Finding]) -> list[Finding]:
    """The findings criterion by criterion in the order of the text, in each criterion the gravest first."""
    listed = list(found)
    begin: dict[str | None, int] = {}
    for finding in listed:
        begin[finding.criterion] = min(begin.get(finding.criterion, finding.span.start), finding.span.start)
    return sorted(listed, key=lambda f: (begin[f.criterion], SEVERITIES.index(f.severity), f.span))


def whole_file(audit: Audit) -> bool:
    """Whether lines and columns of the audited text are those of the file."""
    return audit.registration.provenance.format == WHOLE_FILE
