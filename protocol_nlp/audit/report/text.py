"""The audit for a terminal: each finding with its line and a mark under the words, the readings, and a summary."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from protocol_nlp.audit.finding import Audit, Finding
from protocol_nlp.audit.report.position import DECIDABLE, Lines, by_severity, by_theme, by_verdict, grouped, whole_file
from protocol_nlp.display import wording
from protocol_nlp.export.layout import indented

Style = Literal["plain", "place", "error", "warning", "info", "quiet", "strong"]
WIDTH: Final = 100
# Cells shown before the marked words, so that they stand in their sentence.
BEFORE: Final = 30
# Further places of a finding that are told; the other reports hold all.
MORE: Final = 8


class Piece(NamedTuple):
    """A piece of the report and what it is, for whoever gives it a colour."""

    text: str
    style: Style = "plain"


def report(audits: Sequence[Audit]) -> str:
    """The whole report without colours."""
    return "".join(piece.text for piece in pieces(audits))


def pieces(audits: Sequence[Audit]) -> Iterator[Piece]:
    """The whole report, piece by piece: entry by entry, criterion by criterion, the gravest first."""
    for audit in audits:
        yield from _title(audit)
        lines = Lines(audit.registration.text)
        for finding in grouped(audit.findings):
            yield from _finding(audit, finding, lines)
        yield from _verdicts(audit)
    yield from _summary(audits)


def statistics(audits: Sequence[Audit], *, as_json: bool = False) -> str:
    """How often each rule that found something speaks, the most frequent first: a line each, or a JSON list."""
    counts = Counter((f.code, f.slug, f.severity) for a in audits for f in a.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    if as_json:
        names = ("code", "slug", "severity")
        return indented([dict(zip(names, key, strict=True)) | {"count": number} for key, number in rows]) + "\n"
    return "".join(f"{number:5}  {code}  {severity:7}  {slug}\n" for (code, slug, severity), number in rows)


def _title(audit: Audit) -> Iterator[Piece]:
    entry = audit.registration
    title = f" {' '.join(wording(entry.title).split())}" if entry.title else ""
    yield Piece(f"{wording(entry.id)}{title}\n\n", "strong")


def _finding(audit: Audit, finding: Finding, lines: Lines) -> Iterator[Piece]:
    line, column = lines.at(finding.span.start)
    path, entry = wording(audit.registration.provenance.path), wording(audit.registration.id)
    # Within a study of JSON or XML, lines count in the text of the criteria.
    yield Piece(f"{path}:{line}:{column}" if whole_file(audit) else f"{path}[{entry}]:{line}:{column}", "place")
    yield Piece(f" {finding.criterion or 'entry'} ", "quiet")
    yield Piece(finding.severity, finding.severity)
    yield Piece(f" {finding.code} ", "strong")
    yield Piece(f"{finding.slug}: {wording(finding.message)}\n")
    yield from _quoted(finding, lines, line, column)
    yield Piece(f"   either: {wording(finding.readings.one)}\n   or:     {wording(finding.readings.other)}\n")
    yield Piece(f"   ask:    {wording(finding.question)}\n")
    if finding.rewrite:
        sure = "safe rewrite" if finding.rewrite.safe else "perhaps"
        yield Piece(f"   {sure}: {wording(finding.rewrite.text) or '(leave it out)'}\n")
    if finding.also:
        more = ["{}:{}".format(*lines.at(span.start)) for span in finding.also]
        rest = f" and {len(more) - MORE} more" if len(more) > MORE else ""
        yield Piece(f"   also at {', '.join(more[:MORE])}{rest}\n", "quiet")
    yield Piece(f"   id:     {finding.fingerprint}\n\n", "quiet")


def _quoted(finding: Finding, lines: Lines, line: int, column: int) -> Iterator[Piece]:
    """The line of the text, cut to a width, and the mark under the words."""
    text = lines.line(line)
    start = column - 1
    begin = 0
    if cells(text) > WIDTH:
        while cells(text[begin:start]) > BEFORE:
            begin += 1
    stop = begin
    while stop < len(text) and cells(text[begin : stop + 1]) <= WIDTH:
        stop += 1
    end = max(start, min(finding.span.end - finding.span.start + start, stop))
    ahead, behind = "…" if begin else "", "…" if stop < len(text) else ""
    margin = " " * len(str(line))
    yield Piece(f" {margin} |\n {line} | ", "quiet")
    yield Piece(ahead + _printable(text[begin:stop]) + behind + "\n")
    yield Piece(f" {margin} | ", "quiet")
    mark = " " * cells(ahead + text[begin:start]) + "^" * max(1, cells(text[start:end]))
    last = lines.at(finding.span.end).line
    yield Piece(mark + (f" to line {last}" if last > line else "") + "\n", finding.severity)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for a wide character, none for a mark over another."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _verdicts(audit: Audit) -> Iterator[Piece]:
    """Which criteria cannot be decided as they stand, and which only with a guess."""
    yield Piece(f"{wording(audit.registration.id)} as a whole: {DECIDABLE[audit.decidable]}\n", "strong")
    for level in ("undecidable", "guess", "decidable"):
        some = [v.criterion for v in audit.verdicts if v.decidable == level]
        if some:
            yield Piece(f"   {DECIDABLE[level]}: {', '.join(some)}\n")
    yield Piece("\n")


def _summary(audits: Sequence[Audit]) -> Iterator[Piece]:
    found = [f for a in audits for f in a.findings]
    counts = by_severity(found)
    told = ", ".join(
        f"{number} {name}{'s' if number != 1 and name != 'info' else ''}" for name, number in counts.items()
    )
    total = len(found)
    where = f" in {len(audits)} entries" if len(audits) > 1 else ""
    head = f"{total} {'finding' if total == 1 else 'findings'}{where}: {told}" if total else f"No findings{where}."
    yield Piece(head + "\n", "strong")
    if total:
        yield Piece(f"about: {', '.join(f'{theme} {number}' for theme, number in by_theme(found).items())}\n")
    verdicts = by_verdict(audits)
    if total := sum(verdicts.values()):
        parts = ", ".join(f"{number} {DECIDABLE[level]}" for level, number in verdicts.items())
        yield Piece(f"{total} {'criterion' if total == 1 else 'criteria'}: {parts}\n")
    silenced = sum(len(a.silenced) for a in audits)
    if silenced:
        yield Piece(f"answered by suppressions or the baseline: {silenced}\n", "quiet")
    safe = sum(1 for a in audits if whole_file(a) for f in a.findings if f.rewrite and f.rewrite.safe)
    if safe:
        yield Piece(f"safe rewrites: {safe} (--diff shows them, --fix writes them)\n", "quiet")
