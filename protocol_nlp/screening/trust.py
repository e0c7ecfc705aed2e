"""Whether a node of the tree says all that its words say: where a word was left over that may change it, it decides
nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from protocol_nlp import lexicon
from protocol_nlp.link import names
from protocol_nlp.nomenclature import obsolete
from protocol_nlp.screening import bounds
from protocol_nlp.screening.words import core, listed, strange, words
from protocol_nlp.tree import And, AtLeast, Comparison, Condition, Expr, If, Not, Opaque, Or, Within, walk

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
            return f"not read: “{' '.join(node.text.split())}”" if _says(node.text) else ""
        case Condition(status="optional"):
            return ""  # it may be there or not
        case Condition():
            return _thing(node, text)
        case And() | Or() if (unread := [o for o in node.operands if _unsure(o, text, deep=node.implied)]) and (
            node.implied or isinstance(node, Or)
        ):
            # How words that were not read hang together with their neighbours nobody said.
            told = "; ".join(f"“{' '.join(text[o.span.start : o.span.end].split())}”" for o in unread)
            return f"not read for sure, beside what was: {told}"
        case If() if any(isinstance(n, If) for n in walk(node) if n is not node):
            return "a condition within a condition: which is of what was not read for sure"
        case If() if _bounded(node.guard):
            return "whom the condition is about was not read for sure"
        case _:
            return _beside(node, _BESIDE[node.kind], text)


def past(node: Condition, text: str) -> bool:
    """Whether the words speak of the past, too: "prior chemotherapy"."""
    said = [node.concept.text, *(text[m.start : m.end] for m in node.marks)]
    return node.status == "history" or any(word in listed("past") for part in said for word in words(part))


def qualified(node: Condition, text: str) -> tuple[str, bool, bool]:
    """What qualifies a thing: the words, whether they only ask for a confirmed diagnosis, and whether they only
    narrow."""
    asked = [q for q in node.qualifiers if not optional(q)]
    parts = [q for q in asked if strange(text[q.span.start : q.span.end], ("core", "neutral"))]
    told = "; ".join(f"“{' '.join(text[q.span.start : q.span.end].split())}”" for q in parts)
    confirming = all(_confirming(q, text) for q in parts)
    narrowing = all(
        not strange(text[q.span.start : q.span.end], ("narrowing", "core", "neutral", "confirmed")) for q in parts
    )
    return told, confirming, narrowing or confirming


def optional(node: Expr) -> bool:
    """Whether a node asks for nothing: all that it names may be there or not."""
    things = [n for n in walk(node) if isinstance(n, Condition)]
    rest = all(isinstance(n, Condition | And | Or) for n in walk(node))
    return bool(things) and rest and things[0].status == "optional"


def _confirming(node: Expr, text: str) -> bool:
    if isinstance(node, Condition) and node.concept.id == "procedure:histology_exam":
        return not node.qualifiers
    return not strange(text[node.span.start : node.span.end], ("confirmed", "core", "neutral"))


def bare(group: And | Or, text: str) -> frozenset[int]:
    """The places of the operands that words at another operand may be said of, too.

    "Stroke or seizure requiring treatment", "active infection or hepatitis", "surgery, or radiotherapy within 2 weeks":
    what stands behind the last or before the first may be meant of all.
    """
    found = set()
    for at, operand in enumerate(group.operands):
        if not isinstance(operand, Condition | Comparison | Not):
            continue
        if not isinstance(operand, Not) and operand.qualifiers:
            continue
        before, after = group.operands[:at], group.operands[at + 1 :]
        if any(_leading(o, text) for o in before) or any(_trailing(o) for o in after):
            found.add(at)
    return frozenset(found)


def _leading(node: Expr, text: str) -> bool:
    """Whether words before a thing say more of it: "active", "uncontrolled"."""
    if not isinstance(node, Condition):
        return False
    first = words(node.concept.text)[:1]
    return bool(first and first[0] in listed("leading")) or any(
        q.span.start < node.concept.span.start and _says_more(q, text) for q in node.qualifiers
    )


def _trailing(node: Expr) -> bool:
    """Whether words behind a thing say more of it, or when."""
    match node:
        case Within():
            return True
        case Condition():
            return any(q.span.start >= node.concept.span.end for q in node.qualifiers)
        case And() if node.implied:
            return any(isinstance(o, Within | Not) or _trailing(o) for o in node.operands)
        case _:
            return False


def _says_more(node: Expr, text: str) -> bool:
    return bool(strange(text[node.span.start : node.span.end], ("core", "neutral")))


def _bounded(guard: Expr) -> bool:
    """Whether a condition holds bounds of anything but age: a tier that was taken for one."""
    found = [n for n in walk(guard) if isinstance(n, Comparison)]
    return any(n.measure is None or n.measure.id != "age" for n in found)


def _says(text: str) -> bool:
    return bool(words(text)) or any(sign in text for sign in "≥≤<>=±×+")


def _unsure(node: Expr, text: str, *, deep: bool) -> bool:
    """Whether a part of a group was not read; `deep`: or is one that nothing can be decided by."""
    while isinstance(node, And | Or) and len(node.operands) == 1:
        node = node.operands[0]
    match node:
        case Opaque():
            return _says(node.text)
        case Condition(status="optional"):
            return False
        case Condition():
            return node.concept.id in (None, *_measures()) or (deep and bool(_thing(node, text)))
        case Comparison():
            return deep and bool(bounds.flaw(node))
        case _:
            return False


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


__all__ = ["bare", "flaw", "past", "qualified"]
