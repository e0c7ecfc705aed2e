"""The tables' spellings as an index over lexemes: which of them stand where in a text.

A spelling is cut into lexemes when a text first holds a word that begins as it does: an entry needs a few hundred of
the fifty thousand, and to cut them all took longer than to read a hundred entries. (spaCy's PhraseMatcher wants a Doc
of each at the start.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Cut = Callable[[str], Iterable[str]]


class PhraseIndex:
    """Finds spellings in a sequence of words; a spelling with a capital letter counts only as written.

    `cut` yields the words of a spelling one after the other.
    """

    def __init__(self, spellings: Iterable[str], cut: Cut) -> None:
        self._cut = cut
        self._loose = _Words()
        self._exact = _Words()
        for spelling in spellings:
            words = self._loose if spelling == spelling.lower() else self._exact
            words.waiting.setdefault(_beginning(spelling), []).append(spelling)

    def find(self, words: Sequence[str]) -> list[tuple[int, int, str]]:
        """All spellings that stand in `words`, overlapping as they may: first word, one past the last, spelling."""
        return [*self._found(self._loose, [word.lower() for word in words]), *self._found(self._exact, words)]

    def _found(self, known: _Words, words: Sequence[str]) -> Iterable[tuple[int, int, str]]:
        for start, word in enumerate(words):
            if (begins := _beginning(word)) in known.waiting:
                known.take(begins, self._cut)
            node = known.tree.get(word)
            end = start + 1
            while node is not None:
                for spelling in node.get("", ()):
                    yield start, end, spelling
                node = node.get(words[end]) if end < len(words) else None
                end += 1


_RUN = re.compile(r"\w*")


def _beginning(text: str) -> str:
    """What a spelling and its first word have in common: the letters and digits at its head, or a sign."""
    run = _RUN.match(text)
    return (run and run[0]) or text[:1]


class _Words:
    """A tree over words, grown one beginning at a time; the key "" holds the spellings that end at a node."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[str]] = {}  # by their beginning
        self.tree: dict[str, Any] = {}

    def take(self, beginning: str, cut: Cut) -> None:
        for spelling in self.waiting.pop(beginning):
            node = self.tree
            for piece in cut(spelling):
                node = node.setdefault(piece, {})
            node.setdefault("", []).append(spelling)
