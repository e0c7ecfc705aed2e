"""Safe rewrites, put into a text file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from protocol_nlp.audit.finding import Audit, Finding, Rewrite


class Fixed(NamedTuple):
    """The whole file before and after, byte order mark and line ends kept, and how many places changed."""

    before: str
    after: str
    number: int


def fixed(audit: Audit) -> Fixed | None:
    """The audited file with its safe rewrites; null where the audited text is not the file's own UTF-8 text."""
    text = audit.registration.text
    try:
        with Path(audit.registration.provenance.path).open(encoding="utf-8", newline="") as stream:
            before = stream.read()
    except (OSError, UnicodeDecodeError):
        return None
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    if before != mark + text:
        return None
    number = sum(1 for _ in _apart(text, audit.findings))
    return Fixed(before, mark + rewritten(text, audit.findings), number)


def rewritten(text: str, findings: Iterable[Finding]) -> str:
    """The text with the safe rewrites of the findings."""
    for rewrite in _apart(text, findings):
        text = text[: rewrite.span.start] + rewrite.text + text[rewrite.span.end :]
    return text


def difference(path: str, before: str, after: str) -> str:
    """The change as a unified diff."""
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), path, path)
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def _apart(text: str, findings: Iterable[Finding]) -> Iterator[Rewrite]:
    """The safe rewrites from the end of the text to its beginning; of two that overlap, the later one."""
    safe = {f.rewrite for f in findings if f.rewrite and f.rewrite.safe}
    reached = len(text) + 1
    for rewrite in sorted(safe, key=lambda r: r.span, reverse=True):
        if rewrite.span.end <= reached:
            reached = rewrite.span.start
            yield rewrite
