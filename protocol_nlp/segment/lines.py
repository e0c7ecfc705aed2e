"""Text -> lines: the pieces between line breaks, where one ends and how far it is indented."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from protocol_nlp.tree import Span

TAB = 8
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Some exports write a whole entry on one line, with "~" for each line break.
_TILDE = re.compile(r"~+")
_TILDE_LAYOUT = re.compile(r"criteria\s*:?\s*~", re.IGNORECASE)
_MANY, SENTENCE = 3, 6
_RANGE_END = re.compile(r"\s?[0-9]+(?:\.[0-9]|(?![0-9]*[.)]))")
# A role heading in the middle of a line begins a new one: "... 6 months. Exclusion Criteria: 1. Pregnancy".
_INNER = re.compile(
    r"\b(?:(?:Key|Main|Major|KEY|MAIN|MAJOR)\s)?(?:(?:In|Ex)clusion|INCLUSION|EXCLUSION)"
    r"(?P<full>\s(?:[Cc]riteria|CRITERIA))?\s?:(?P<first>[^\S\r\n]?(?:1[.)]|[-–•*]\s))?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text between breaks, trimmed; `indent` and `right` are columns.

    `blank`: an empty line stands before it, or else nothing that it could continue.
    """

    start: int
    end: int
    indent: int
    right: int
    blank: bool


def _is_break(text: str, start: int, end: int) -> bool:
    """Whether a "~" parts two lines: "20~80", "0 ~ 1", "(~ 5 cm)" and "\\~" do not."""
    before = text[max(0, start - 8) : start].rstrip()[-1:]
    if text[max(0, start - 1) : start] in ("\\", "("):
        return False
    number = _RANGE_END.match(text, end)
    return not (number and (before.isdigit() or text[start - 1 : start].isspace()))


def _breaks(text: str) -> list[Span]:
    found = [Span(*m.span()) for m in _BREAK.finditer(text)]
    tildes = text.count("~")
    if tildes and (_TILDE_LAYOUT.search(text) or (tildes >= _MANY and len(found) < _MANY)):
        found += (Span(*m.span()) for m in _TILDE.finditer(text) if _is_break(text, *m.span()))
        found.sort()
    return found


def _inner_headings(text: str) -> list[int]:
    """Where a role heading begins inside a line: after the end of a sentence, a gap, or before a list's "1.".

    So does one at the end of a line with many words before it: "… enrolled in the study Exclusion Criteria:".
    """
    found = []
    for m in _INNER.finditer(text):
        gap = text[max(0, m.start() - 2) : m.start()]
        if m["first"] or gap.isspace() or gap.rstrip()[-1:] in tuple(".;:)]!?~"):
            found.append(m.start())
        elif m["full"] and text[m.end() : m.end() + 1] in ("\n", "\r", "~", ""):
            before = text[max(0, m.start() - 200) : m.start()].rpartition("\n")[2]
            if len(before.split()) > SENTENCE:
                found.append(m.start())
    return found


def _columns(text: str, start: int, stop: int) -> int:
    """How many columns the characters from start to stop take, tabs set at every eighth."""
    if "\t" not in text[start:stop]:
        return stop - start
    return len(text[start:stop].expandtabs(TAB))


def lines(text: str) -> tuple[list[Line], list[Span]]:
    """The lines that hold a letter or digit, and beside them what is only a sign: "~" as break, "-----"."""
    found: list[Line] = []
    signs: list[Span] = []
    inner = _inner_headings(text)
    blank = True
    begin = 0
    for stop, following in [*_breaks(text), Span(len(text), len(text))]:
        piece = text[begin:stop]
        start = begin + len(piece) - len(piece.lstrip())
        end = begin + len(piece.rstrip())
        if start >= end:
            blank = True
        elif not any(c.isalnum() for c in piece):
            signs.append(Span(start, end))
            blank = True
        else:
            indent = _columns(text, begin, start)
            edges = [start, *inner[bisect_left(inner, start + 1) : bisect_left(inner, end)], end]
            for a, b in pairwise(edges):
                b = a + len(text[a:b].rstrip())
                found.append(Line(a, b, indent, indent + _columns(text, a, b), blank or a > start))
            blank = False
        if text[stop:following].strip():
            signs.append(Span(stop, following))
            blank = True
        begin = following
    return found, signs
