"""Word lists of the rules, matched word by word: never inside a word, any case unless the row has a capital."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    def _by_first(self) -> dict[str, list[tuple[tuple[Word, ...], Mapping[str, str]]]]:
        found: dict[str, list[tuple[tuple[Word, ...], Mapping[str, str]]]] = {}
        for row in self.rows:
            for listed in row["surface"].split("|"):
                for surface in spellings(listed):
                    phrase = words(surface)
                    found.setdefault(phrase[0].folded, []).append((phrase, row))
        for entries in found.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return found

    def find(self, text: Sequence[Word]) -> Iterator[Hit]:
        """The rows that stand in a text, in its order, none overlapping; at each word the longest that begins there."""
        at = 0
        while at < len(text):
            for phrase, row in self._by_first.get(text[at].folded, ()):
                piece = text[at : at + len(phrase)]
                if len(piece) == len(phrase) and all(map(_meets, phrase, piece)):
                    yield Hit(row, piece[0].start, piece[-1].end, at, at + len(phrase) - 1)
                    at += len(phrase) - 1
                    break
            at += 1


def _meets(listed: Word, found: Word) -> bool:
    return listed.folded == found.folded and (listed.text == listed.folded or listed.text == found.text)
