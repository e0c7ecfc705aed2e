"""Word lists of the rules, matched word by word: never inside a word, any case unless the row has a capital."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from protocol_nlp.lexicon import cells, spellings

_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*|[^\w\s]|_")


class Word(NamedTuple):
    """A word or sign of a cleaned text, in lower case, with its place in that text."""

    folded: str
    text: str
    start: int
    end: int


class Hit(NamedTuple):
    """A row of a list found in a cleaned text; `first` and `last` count its words."""

    row: Mapping[str, str]
    start: int
    end: int
    first: int
    last: int


def words(text: str) -> tuple[Word, ...]:
    """The words and signs of a text; hyphens between words are left out, so that "well-controlled" is two words."""
    found = (Word(m[0].lower(), m[0], m.start(), m.end()) for m in _WORD.finditer(text))
    return tuple(w for w in found if w.text != "-")


@dataclass(frozen=True)
class WordList:
    """The table `lexicons/<table>.tsv`: a column `surface` with spellings (`|`, `{a,b}`) and the columns named."""

    table: str
    columns: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> tuple[Mapping[str, str], ...]:
        """The rows as they stand, by column."""
        return cells(self.table, "surface", *self.columns)

    @cached_property
    def _tree(self) -> _Node:
        """All phrases, word by word; the spellings of a choice share their beginnings."""
        root = _Node()
        for row in self.rows:
            for listed in row["surface"].split("|"):
                for surface in spellings(listed):
                    phrase = words(surface)
                    node = root
                    for word in phrase:
                        node = node.after.setdefault(word.folded, _Node())
                    cased = tuple(w.text if w.text != w.folded else None for w in phrase)
                    node.ends.append((cased if any(cased) else None, row))
        return root

    def find(self, text: Sequence[Word]) -> Iterator[Hit]:
        """The rows that stand in a text, in its order, none overlapping; at each word the longest that begins there."""
        root = self._tree.after
        at = 0
        while at < len(text):
            node = root.get(text[at].folded)
            end = at
            best: tuple[int, Mapping[str, str]] | None = None
            while node is not None:
                end += 1
                if node.ends and (found := node.row(text[at:end])) is not None:
                    best = end, found
                node = node.after.get(text[end].folded) if end < len(text) else None
            if best is None:
                at += 1
                continue
            end, row = best
            yield Hit(row, text[at].start, text[end - 1].end, at, end - 1)
            at = end


@dataclass(slots=True)
class _Node:
    """A beginning of phrases: what may follow, and the rows that end here, with their capitals where they have any."""

    after: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[tuple[str | None, ...] | None, Mapping[str, str]]] = field(default_factory=list)

    def row(self, piece: Sequence[Word]) -> Mapping[str, str] | None:
        """The first row whose capitals the piece has."""
        for cased, row in self.ends:
            if cased is None or all(c is None or c == w.text for c, w in zip(cased, piece, strict=True)):
                return row
        return None
