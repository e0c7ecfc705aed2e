"""The audit for a terminal: each finding with its line and a mark under the words, the readings, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from protocol_nlp.audit.finding import Audit, Finding
from protocol_nlp.audit.report.position import DECIDABLE, Lines, by_severity, by_verdict
from protocol_nlp.display import wording

Style = Literal["plain", "place", "error", "warning", "info", "quiet", "strong"]
WIDTH: Final = 100
# Words shown before the marked ones, so that they stand in their sentence.
BEFORE: Final = 30


class Piece(NamedTuple):
    """A piece of the report and what it is, for whoever gives it a colour."""

    text: str
    style: Style = "plain"


def report(audits: Sequence[Audit]) -> str:
    """The whole report without colours."""
    return "".join(piece.text for piece in pieces(audits))


def pieces(audits: Sequence[Audit]) -> Iterator[Piece]:
    """The whole report, piece by piece."""
    for audit in audits:
        lines = Lines(audit.registration.text)
        for finding in audit.findings:
            yield from _finding(audit, finding, lines)
    yield from _summary(audits)


def statistics(audits: Sequence[Audit]) -> str:
    """One line for each rule that found something, the most frequent first."""
    counts = Counter((f.code, f.slug, f.severity) for a in audits for f in a.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "".join(f"{number:5}  {code}  {severity:7}  {slug}\n" for (code, slug, severity), number in rows)


def _finding(audit: Audit, finding: Finding, lines: Lines) -> Iterator[Piece]:
    line, column = lines.at(finding.span.start)
    yield Piece(f"{wording(audit.registration.provenance.path)}:{line}:{column}", "place")
    yield Piece(f" {finding.criterion or 'entry'} ", "quiet")
    yield Piece(finding.severity, finding.severity)
    yield Piece(f" {finding.code} ", "strong")
    yield Piece(f"{finding.slug}: {wording(finding.message)}\n")
    yield from _quoted(finding, lines, line, column)
    yield Piece(f"   either: {wording(finding.readings.one)}\n   or:     {wording(finding.readings.other)}\n")
    yield Piece(f"   ask:    {wording(finding.question)}\n")
    if finding.rewrite:
        sure = "safe rewrite" if finding.rewrite.safe else "perhaps"
        yield Piece(f"   {sure}: {wording(finding.rewrite.text)}\n")
    if finding.also:
        more = ", ".join("{}:{}".format(*lines.at(span.start)) for span in finding.also)
        yield Piece(f"   also at {more}\n", "quiet")
    yield Piece("\n")


def _quoted(finding: Finding, lines: Lines, line: int, column: int) -> Iterator[Piece]:
    """The line of the text, cut to a width, and the mark under the words."""
    text = lines.line(line)
    start = max(0, column - 1 - BEFORE) if len(text) > WIDTH else 0
    shown = text[start : start + WIDTH]
    marked = min(len(finding.quote), len(shown) - (column - 1 - start), len(text) - column + 1)
    margin = " " * len(str(line))
    yield Piece(f" {margin} |\n {line} | ", "quiet")
    # One cell for each code point, so that the mark stands where it should.
    yield Piece("".join(c if c.isprintable() else " " for c in shown) + "\n")
    yield Piece(f" {margin} | ", "quiet")
    yield Piece(" " * (column - 1 - start) + "^" * max(1, marked) + "\n", finding.severity)


def _summary(audits: Sequence[Audit]) -> Iterator[Piece]:
    counts = by_severity(f for a in audits for f in a.findings)
    told = ", ".join(
        f"{number} {name}{'s' if number != 1 and name != 'info' else ''}" for name, number in counts.items()
    )
    total = sum(counts.values())
    yield Piece(f"{total} {'finding' if total == 1 else 'findings'}: {told}\n" if total else "No findings.\n", "strong")
    verdicts = by_verdict(audits)
    if total := sum(verdicts.values()):
        parts = ", ".join(f"{number} {DECIDABLE[level]}" for level, number in verdicts.items())
        yield Piece(f"{total} criteria: {parts}\n")
    silenced = sum(len(a.silenced) for a in audits)
    if silenced:
        yield Piece(f"answered by suppressions or the baseline: {silenced}\n", "quiet")
