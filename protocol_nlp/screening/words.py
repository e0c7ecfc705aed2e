"""The words by which a tree is trusted or not (`lexicons/screening_words.tsv`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from protocol_nlp.lexicon import cells

_WORD: Final = re.compile(r"[^\W\d_]+(?:/[^\W\d_]+)?|\d+")


@cache
def listed(kind: str) -> frozenset[str]:
    """The words, or identifiers, of one kind."""
    return _kinds()[kind]


@cache
def _kinds() -> dict[str, frozenset[str]]:
    return {row["kind"]: frozenset(row["words"].split("|")) for row in cells("screening_words", "kind", "words")}


def words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, without signs; "and/or" is one."""
    return _WORD.findall(text.lower())


def strange(text: str, kinds: Iterable[str]) -> list[str]:
    """The words of a text that none of the kinds holds."""
    held = frozenset[str]().union(*map(listed, kinds))
    return [word for word in words(text) if word not in held]


def core(text: str) -> str:
    """A name without the words around it that do not make it another ("prior treatment with …")."""
    pieces = text.split()
    light = listed("core")
    while len(pieces) > 1 and pieces[0].lower().strip(",()") in light:
        pieces = pieces[1:]
    while len(pieces) > 1 and pieces[-1].lower().strip(",()") in light:
        pieces = pieces[:-1]
    return " ".join(pieces).strip(" ,()")


def content(text: str) -> frozenset[str]:
    """The words that tell a name from another, in the singular as far as a rule reaches."""
    return frozenset(_singular(word) for word in words(text) if word not in listed("same"))


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    return word[:-2] + "is" if word.endswith("ses") else word.removesuffix("s")
