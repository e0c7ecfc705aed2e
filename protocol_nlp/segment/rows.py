"""Lines -> rows: a row is what one item says itself, over all lines that a hard wrap has made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from .lines import Line
from .markers import Belief, Marker, candidates

NARROW = range(50, 116)
MARGIN, MANY, MOST, SOME = 6, 4, 0.7, 0.4
_HEADING = re.compile(
    r"\W*(?:\w+\s){0,4}(?:in|ex)clusions?(?:\s+criteria)?\W*(?:$|for\b|:|(?<=\()(?:subjects|patients|participants)\b)",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"(?:[\s,(]e\.g\.|[\s,(]i\.e\.),?\s*$", re.IGNORECASE)
_OPEN_END = re.compile(r"[:;.!?；：。][\"')\]]*\s*$")


@dataclass(frozen=True, slots=True)
class Row:
    """`[start, end)` are the words without the marker; `indent` is the column of the marker or first word.

    `blank`: an empty line stands before it. `inner`: it begins behind a marker of the same line ("* 1.").
    """

    start: int
    end: int
    indent: int
    marker: Marker | None
    blank: bool
    inner: bool = False

    @property
    def style(self) -> str:
        return self.marker.style if self.marker else ""

    @property
    def value(self) -> int:
        return self.marker.value if self.marker else 0


@dataclass(frozen=True, slots=True)
class _Wrap:
    """Whether a text is hard-wrapped, and at which column."""

    width: int
    wrapped: bool

    @classmethod
    def of(cls, text: str, found: list[Line], marked: set[int]) -> _Wrap:
        """A wrapped line is full: the next line's first word would not have fitted. Most lines say it.

        A few short criteria on lines of their own may look so by chance: they count only where the whole text
        is set in from the margin, as an export that wraps lines does.
        """
        edges = sorted(line.right for line in found)
        width = edges[len(edges) * 98 // 100] if edges else 0
        if width not in NARROW:
            return cls(width, False)
        wrap = cls(width, True)
        pairs = [(a, b) for a, b in pairwise(found) if not b.blank and b.start not in marked]
        full = sum(wrap.fills(text, a, b) for a, b in pairs)
        lower = sum(text[b.start].islower() for _, b in pairs)
        enough = len(pairs) >= MANY and lower > len(pairs) * SOME
        exported = bool(pairs) and min(line.indent for line in found) >= MARGIN
        return cls(width, (enough or exported) and full > len(pairs) * MOST)

    def fills(self, text: str, line: Line, following: Line) -> bool:
        head = text[following.start : following.start + self.width].split(maxsplit=1)[0]
        return line.right + 1 + len(head) > self.width


def rows(text: str, found: list[Line]) -> list[Row]:
    """The rows of a text in order; a bullet with a number behind it gives two, the first without words."""
    maybe = {line.start: candidates(text, line.start, line.end) for line in found}
    seconds = {
        m.end: candidates(text, _skip(text, m.end, line.end), line.end) for line in found for m in maybe[line.start][:1]
    }
    belief = Belief.of(text, (m for group in (maybe, seconds) for ms in group.values() for m in ms))
    marked = {start for start, ms in maybe.items() if ms}
    wrap = _Wrap.of(text, found, marked)
    reader = _Reader(text, belief, wrap)
    for line in found:
        reader.read(line, maybe[line.start])
    return reader.rows


def read_again(text: str, row: Row) -> list[Row]:
    """The rows of the rest of a row behind a heading; a marker may stand at its start."""
    if "\n" in text[row.start : row.end]:
        return [row]
    return rows(text, [Line(row.start, row.end, row.indent, row.indent + row.end - row.start, True)])


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


class _Reader:
    """Goes over the lines once; `last` are the counts so far, which tell the letter i from the number."""

    def __init__(self, text: str, belief: Belief, wrap: _Wrap) -> None:
        self.text = text
        self.belief = belief
        self.wrap = wrap
        self.rows: list[Row] = []
        self.last: dict[str, int] = {}
        self.previous: Line | None = None

    def read(self, line: Line, maybe: list[Marker]) -> None:
        joined = not line.blank and self.wrap.wrapped and bool(self.rows)
        marker = self.pick(maybe, joined=joined)
        if marker is None and self.continues(line):
            row = self.rows[-1]
            self.rows[-1] = replace(row, start=row.start if row.start < row.end else line.start, end=line.end)
        else:
            self.add(line, marker)
        self.previous = line

    def pick(self, maybe: list[Marker], *, joined: bool) -> Marker | None:
        believed = [m for m in maybe if self.belief.holds(self.text, m, joined=joined)]
        if len(believed) > 1:
            following = [m for m in believed if self.last.get(m.style) == m.value - 1]
            believed = following or believed[::-1]
        for marker in believed[:1]:
            self.last[marker.style] = marker.value
            return marker
        return None

    def add(self, line: Line, marker: Marker | None) -> None:
        start = _skip(self.text, marker.end, line.end) if marker else line.start
        row = Row(start, line.end, line.indent, marker, line.blank)
        second = self.second(marker, start, line.end) if marker and start < line.end else None
        if not second:
            self.rows.append(row)
            return
        self.rows.append(replace(row, end=start))
        column = line.indent + start - line.start
        begin = _skip(self.text, second.end, line.end)
        self.rows.append(Row(begin, line.end, column, second, False, True))

    def second(self, first: Marker, start: int, end: int) -> Marker | None:
        """A marker right behind a marker: "* •", "-  8.1", "3. a)", but not "1. 2 weeks" or "* - 5"."""
        found = [
            m
            for m in candidates(self.text, start, end)
            if m.style != first.style and m.style != "1 " and (m.counted or not m.weak)
        ]
        if first.counted:
            found = [m for m in found if not m.counted or m.style[0] != "1" or m.style.startswith("1.1")]
        return self.pick(found, joined=False)

    def continues(self, line: Line) -> bool:
        """Whether a line without marker goes on with the row before it.

        A line that stands deeper than the marker above it does, and so does, in a hard-wrapped text, one
        below a full line. A line below a colon begins what the colon promised, and one below "e.g." names the example.
        """
        if not self.rows or self.previous is None:
            return False
        if _EXAMPLE.search(self.text[self.rows[-1].start : self.rows[-1].end]):
            return True
        if line.blank:
            return False
        row, above = self.rows[-1], self.previous
        if _HEADING.match(self.text, line.start, line.end) or _HEADING.fullmatch(self.text, row.start, row.end):
            return False
        full = self.wrap.wrapped and self.wrap.fills(self.text, above, line)
        if self.text[row.start : row.end].endswith(":") and not full:
            return False
        if row.start == row.end:
            return True
        if row.marker and line.indent > (self.rows[-2].indent if row.inner else row.indent):
            return True
        return full and not (row.marker and not self.unfinished(above))

    def unfinished(self, line: Line) -> bool:
        return not _OPEN_END.search(self.text[line.start : line.end])
