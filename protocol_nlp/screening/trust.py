"""Whether a node of the tree says all that its words say: where a word was left over that may change it, it decides
nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from protocol_nlp import lexicon
from protocol_nlp.link import names
from protocol_nlp.nomenclature import obsolete
from protocol_nlp.screening.words import core, listed, strange, words
from protocol_nlp.tree import And, AtLeast, Condition, Expr, Opaque, Or

_BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "and": ("neutral", "and"),
    "or": ("neutral", "or"),
    "at_least": ("neutral", "at_least"),
    "not": ("neutral", "not"),
    "if": ("neutral", "if"),
    "unless": ("neutral", "unless"),
    "within": ("neutral",),
    "comparison": ("neutral", "comparison"),
    "ambiguous": ("neutral", "and", "or"),
}
_STATUS: Final[dict[str, tuple[str, ...]]] = {
    "present": ("neutral", "past", "core"),
    "history": ("neutral", "history", "core"),
    "planned": ("neutral", "planned"),
    "suspected": ("neutral", "suspected"),
    "family": ("neutral", "family"),
}


def flaw(node: Expr, text: str) -> str:
    """Why a node cannot be trusted, but for what stands below it; empty where it can. `text` is the entry's."""
    match node:
        case Opaque():
            return f"not read: “{' '.join(node.text.split())}”" if words(node.text) else ""
        case Condition():
            return _thing(node, text)
        case And() | Or() if node.implied and (unread := [o for o in node.operands if _unread(o)]):
            # How words that were not read hang together with their neighbours nobody said.
            told = "; ".join(f"“{' '.join(text[o.span.start : o.span.end].split())}”" for o in unread)
            return f"not read, and not joined to the rest by a word: {told}"
        case _:
            return _beside(node, _BESIDE[node.kind], text)


def past(node: Condition, text: str) -> bool:
    """Whether the words speak of the past, too: "prior chemotherapy"."""
    said = [node.concept.text, *(text[m.start : m.end] for m in node.marks)]
    return node.status == "history" or any(word in listed("past") for part in said for word in words(part))


def qualified(node: Condition, text: str) -> tuple[str, bool, bool]:
    """What qualifies a thing: the words, whether they only ask for a confirmed diagnosis, and whether they only
    narrow."""
    parts = [q for q in node.qualifiers if strange(text[q.span.start : q.span.end], ("core", "neutral"))]
    told = "; ".join(f"“{' '.join(text[q.span.start : q.span.end].split())}”" for q in parts)
    confirming = all(_confirming(q, text) for q in parts)
    narrowing = all(
        not strange(text[q.span.start : q.span.end], ("narrowing", "core", "neutral", "confirmed")) for q in parts
    )
    return told, confirming, narrowing or confirming


def _confirming(node: Expr, text: str) -> bool:
    if isinstance(node, Condition) and node.concept.id == "procedure:histology_exam":
        return not node.qualifiers
    return not strange(text[node.span.start : node.span.end], ("confirmed", "core", "neutral"))


def _unread(node: Expr) -> bool:
    while isinstance(node, And | Or) and len(node.operands) == 1:
        node = node.operands[0]
    return bool(isinstance(node, Opaque) and words(node.text)) or (
        isinstance(node, Condition) and node.concept.id is None
    )


def _thing(node: Condition, text: str) -> str:
    concept = node.concept
    said = " ".join(concept.text.split())
    if concept.id is None:
        return f"“{said}” is not linked to the tables"
    if node.status not in _STATUS:
        return f"“{said}” is said to be {node.status}"
    if concept.id in _measures():
        return f"“{said}” is a measure without a bound that was read"
    if concept.suggestion is not None or ((gone := obsolete().get(said.lower())) and gone.verdict != "renamed"):
        return f"“{said}” may be one of several things"
    if concept.id not in {row.id for form in (said, core(said)) for row in names.exact(form)}:
        return f"only a part of “{said}” is linked to the tables"
    return _beside(node, _STATUS[node.status], text)


def _beside(node: Expr, kinds: Sequence[str], text: str) -> str:
    marks = "" if isinstance(node, Opaque) else " ".join(text[m.start : m.end] for m in node.marks)
    left = strange(marks, kinds)
    if isinstance(node, AtLeast):
        left = [word for word in left if word != str(node.count)]
    return f"words that may change the meaning: “{' '.join(dict.fromkeys(left))}”" if left else ""


@cache
def _measures() -> frozenset[str]:
    return frozenset(row.id for row in lexicon.measures())


__all__ = ["flaw", "past", "qualified"]
