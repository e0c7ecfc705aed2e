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
    make = tuple.__new__  # several times as fast as the class's own, and there are many words
    return tuple([make(Word, (said.lower(), said, *m.span())) for m in _WORD.finditer(text) if (said := m[0]) != "-"])


def begins(text: Sequence[Word]) -> dict[str, list[int]]:
    """Where each word of a text stands, by its lower case: all that a list needs to see where its phrases may begin."""
    found: dict[str, list[int]] = {}
    for at, word in enumerate(text):
        found.setdefault(word.folded, []).append(at)
    return found


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
    def _start(self) -> _Node:
        """Where all phrases begin. Choices are ways of a graph, so that many small ones stay small together."""
        start = _Node()
        for row in self.rows:
            for listed in row["surface"].split("|"):
                for node in _ways(start, listed):
                    node.rows.append(row)
        return start

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words with which the phrases begin, in lower case."""
        return frozenset(self._start.after)

    @cached_property
    def _second(self) -> dict[str, frozenset[str] | None]:
        """By the first word of phrases the words that may follow it; null where a phrase may end with the first."""
        found: dict[str, frozenset[str] | None] = {}
        for word, edges in self._start.after.items():
            ends = any(node.rows for _, node in edges)
            found[word] = None if ends else frozenset(after for _, node in edges for after in node.after)
        return found

    @cached_property
    def openings(self) -> frozenset[str]:
        """How the phrases begin: the first word where one may end with it, else the first two with a blank."""
        return frozenset(
            opening
            for word, follow in self._second.items()
            for opening in ([word] if follow is None else [f"{word} {after}" for after in follow])
        )

    def find(self, text: Sequence[Word], where: Mapping[str, Sequence[int]] | None = None) -> Iterator[Hit]:
        """The rows that stand in a text, in its order, none overlapping; at each word the longest that begins there,
        of several as long the first of the table. `where` is what `begins` says of the text."""
        where = begins(text) if where is None else where
        after = self._start.after
        reached, last = 0, len(text) - 1
        begun: list[int] = []
        for word in self.first_words.intersection(where):
            follow = self._second[word]
            # Most phrases end here: the next word is none of those that may follow.
            begun += [i for i in where[word] if follow is None or (i < last and text[i + 1].folded in follow)]
        begun.sort()
        for at in begun:
            if at < reached:
                continue
            edges: Sequence[tuple[str | None, _Node]] = after[text[at].folded]
            end = at
            best: tuple[int, Mapping[str, str]] | None = None
            while edges:
                said = text[end].text
                nodes = [node for cased, node in edges if cased is None or cased == said]
                end += 1
                ended = next((row for node in nodes for row in node.rows), None)
                if ended is not None:
                    best = end, ended
                if end == len(text):
                    break
                edges = [edge for node in nodes for edge in node.after.get(text[end].folded, ())]
            if best is not None:
                reached, row = best
                yield Hit(row, text[at].start, text[reached - 1].end, at, reached - 1)


@dataclass(slots=True)
class _Node:
    """A place within phrases: the words that may follow, with the capitals they need, and the rows that end here."""

    after: dict[str, list[tuple[str | None, _Node]]] = field(default_factory=dict)
    rows: list[Mapping[str, str]] = field(default_factory=list)

    def to(self, word: Word, node: _Node) -> None:
        self.after.setdefault(word.folded, []).append((word.text if word.text != word.folded else None, node))


_CHUNK: Final = re.compile(r"(?:\{[^{}]*\}|[^\s{}])+")


def _ways(start: _Node, listed: str) -> list[_Node]:
    """Adds the spellings that one listed spelling stands for; returns the places where they end."""
    ends = [start]
    for chunk in _CHUNK.findall(listed):
        joint = _Node()
        begun: dict[tuple[str, ...], _Node] = {}
        optional = False
        for surface in spellings(chunk):
            phrase = words(surface)
            optional |= not phrase
            here = ends
            for i, word in enumerate(phrase, 1):
                said = tuple(w.text for w in phrase[:i])
                last = i == len(phrase)
                if last or said not in begun:
                    node = joint if last else begun.setdefault(said, _Node())
                    for before in here:
                        before.to(word, node)
                here = [joint] if last else [begun[said]]
        ends = [*ends, joint] if optional else [joint]
    return ends
