"""Whether two names are of one thing. One entry of the vocabulary is not enough: "live vaccine" and "vaccine" share
one, and an amendment may be about that very word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from protocol_nlp import lexicon
from protocol_nlp.tree import (
    Comparison,
    Concept,
    Condition,
    Expr,
    Not,
    Quantity,
    Span,
    Unless,
    Within,
    walk,
)

_WORD: Final = re.compile(r"[^\W_]+")
_EMPTY: Final = frozenset({"a", "an", "the", "of", "any", "for", "to"})
# What may turn a meaning round or narrow it wherever it stands, and any number.
_TURNS: Final = re.compile(
    r"\d+(?:[.,]\d+)*|"
    r"\b(?:no|not|non|never|none|neither|nor|without|except|excluding|unless|only|until|other than|known)\b",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """The text without differences of case, blanks, or the mark at its end."""
    return " ".join(text.casefold().split()).rstrip(" .;,:")


def words(text: str) -> frozenset[str]:
    """The words that say something, each in its singular and its American spelling, as far as rules reach."""
    return frozenset(_stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY)


def _stem(word: str) -> str:
    word = next((w for w in lexicon.variants(word) if w != word and len(w) < len(word)), word)
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    return word[:-2] + "is" if word.endswith("ses") else word.removesuffix("s")


def same_thing(a: Concept, b: Concept, *, loosely: bool = False) -> bool:
    """Whether two names are of one thing: the same words, or one entry of the vocabulary under names that have no word
    in common, or of which one abbreviates the other. `loosely`: one entry is enough, for measures and events."""
    if folded(a.text) == folded(b.text) or words(a.text) == words(b.text):
        return a.id == b.id
    if a.id is None or a.id != b.id:
        return False
    if loosely:
        return True
    ours, theirs = words(a.text), words(b.text)
    return not ours & theirs or _abbreviated(a.text, b.text) or _abbreviated(b.text, a.text)


def _abbreviated(short: str, long: str) -> bool:
    """ "HIV infection", "human immunodeficiency virus infection": initials stand for words, the rest is the same."""
    long_words = [w for w in _WORD.findall(long.casefold()) if w not in _EMPTY]
    for word in _WORD.findall(short):
        if word.isupper() and len(word) > 1:
            rest = [w for w in _WORD.findall(short.casefold()) if w != word.casefold() and w not in _EMPTY]
            spelled = [w for w in long_words if _stem(w) not in {_stem(r) for r in rest}]
            if "".join(w[0] for w in spelled) == word.casefold() and len(spelled) + len(rest) == len(long_words):
                return True
    return False


def turning(text: str, start: int, expr: Expr) -> Counter[str]:
    """The numbers and the words of denial in a criterion's text that no bound, window, denial or exception holds.

    `start` is the place of the text in the source. Where these differ, trees that agree do not show that the meaning
    is the same.
    """
    held = list(_held(expr))
    return Counter(
        found[0].casefold()
        for found in _TURNS.finditer(text)
        if not any(span.start <= start + found.start() < span.end for span in held)
    )


def _held(expr: Expr) -> Iterator[Span]:
    for node in walk(expr):
        match node:
            case Not() | Unless():
                yield from node.marks
            case Within():
                for window in node.window.each:
                    lengths = (window.length, *window.alternatives)
                    yield from (q.span for q in lengths if isinstance(q, Quantity))
                    yield from window.marks
            case Comparison():
                yield from (q.span for q in (node.quantity, *node.alternatives))
                if node.measure:
                    yield node.measure.span
            case Condition():
                yield node.concept.span
                yield from node.marks if node.status == "optional" else ()
            case _:
                pass


__all__ = ["folded", "same_thing", "turning", "words"]
