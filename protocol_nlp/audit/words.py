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


@dataclass(slots=True)
class _Branch:
    next: dict[str, _Branch] = field(default_factory=dict)
    ends: list[tuple[tuple[Word, ...], Mapping[str, str]]] = field(default_factory=list)


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
    def _tree(self) -> _Branch:
        """The phrases as a tree of their words: each branch holds the next words, and the phrases that end there."""
        root = _Branch()
        for row in self.rows:
            for listed in row["surface"].split("|"):
                for surface in spellings(listed):
                    phrase, at = words(surface), root
                    for word in phrase:
                        at = at.next.setdefault(word.folded, _Branch())
                    at.ends.append((phrase, row))
        return root

    def find(self, text: Sequence[Word]) -> Iterator[Hit]:
        """The rows that stand in a text, in its order, none overlapping; at each word the longest that begins there."""
        start = 0
        first = self._tree.next
        while start < len(text):
            best: Hit | None = None
            branch, at = first.get(text[start].folded), start
            while branch is not None:
                for phrase, row in branch.ends:
                    if all(map(_meets, phrase, text[start : at + 1])):
                        best = Hit(row, text[start].start, text[at].end, start, at)
                        break
                at += 1
                branch = branch.next.get(text[at].folded) if at < len(text) else None
            if best is None:
                start += 1
            else:
                yield best
                start = best.last + 1


def _meets(listed: Word, found: Word) -> bool:
    """Whether a word with a capital in the list has the same case in the text."""
    return listed.text == listed.folded or listed.text == found.text
