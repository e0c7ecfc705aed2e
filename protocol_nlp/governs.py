"""What the words of a list's lead say of the items below it: connective, denial, windows, a measure, exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

from protocol_nlp.annotate.tokens import Token
from protocol_nlp.phrase_words import is_a, is_neoplasm
from protocol_nlp.tree import And, Comparison, Concept, Condition, Criterion, Expr, Governs, Role, Within, walk

Connective = Literal["and", "or", "at_least"]

_COUNTS: Final[dict[str, tuple[Connective, int | None]]] = {
    "count_any": ("or", None),
    "count_none": ("or", None),
    "count_all": ("and", None),
    "count_2": ("at_least", 2),
    "count_3": ("at_least", 3),
}
_SMALL: Final = frozenset({"COLON", "PERIOD", "DASH", "COMMA", "MARK", "SEMICOLON"})
_WORDS: Final[dict[str, Connective]] = {"AND": "and", "OR": "or", "AND_OR": "or", "NOR": "or"}


def governs(
    own: Sequence[Token], below: Sequence[Sequence[Token]], expr: Expr | None, role: Role | None, items: list[Criterion]
) -> Governs | None:
    """What `own`, the words of an item, say of the items below it; null where there are none, or where they are the
    exceptions to it."""
    if not items or exempts(own):
        return None
    connective, count, implied = _connective(own, below, role, items)
    windows = []
    node = expr
    while isinstance(node, Within) or (isinstance(node, And) and node.implied and len(node.operands) == 1):
        if isinstance(node, Within):
            windows.append(node.window)
            node = node.operand
        else:
            node = node.operands[0]
    return Governs(
        connective=connective, count=count, implied=implied, denied=_denied(own), windows=tuple(reversed(windows))
    )


def _connective(
    own: Sequence[Token], below: Sequence[Sequence[Token]], role: Role | None, items: list[Criterion]
) -> tuple[Connective | None, int | None, bool]:
    """The connective with its count, and whether only the layout says it. What the lead counts goes before the words at
    the ends of lines, which join the list where the last has one or most have; without either, each line of an
    exclusion excludes for itself, bounds must all hold, and examples and tumours are alternatives. How other lines of
    an inclusion stand together is not decided."""
    if counted := counts(own):
        return *_COUNTS[counted[-1]], False
    joints = [_edge(line, -1) or _edge(after, 0) for line, after in pairwise(below)]
    edges = [word for word in joints if word]
    # "A; B; or C" says it at the last joint; a word between two lines in the middle joins those two alone
    said = bool(joints) and (joints[-1] is not None or 2 * len(edges) > len(joints))
    if edges and said and len(set(edges)) == 1:
        return edges[0], None, False
    if edges and (role != "exclusion" or set(edges) != {"or"}):
        return None, None, True
    if role == "inclusion" and any(map(_bounded, items)):
        return "and", None, True
    shown = any(t.kind == "EXAMPLE" and is_a("illustrates", t.text.split()[0]) for t in own)
    if shown or role == "exclusion" or all(map(_tumour, items)):
        return "or", None, True
    return None, None, True


def counts(own: Sequence[Token]) -> list[str]:
    """How many of the items below are asked for, in the words of the table of cues ("count_any")."""
    return [str(t.value) for t in own if t.kind == "COUNT" and str(t.value) in _COUNTS]


def _edge(line: Sequence[Token], at: int) -> Connective | None:
    """The connective that a line begins or ends with."""
    said = [t for t in line if t.kind not in _SMALL]
    return _WORDS.get(said[at].kind) if said else None


def _bounded(item: Criterion) -> bool:
    return item.expr is not None and any(isinstance(n, Comparison) and n.measure for n in walk(item.expr))


def _tumour(item: Criterion) -> bool:
    return isinstance(item.expr, Condition) and is_neoplasm(item.expr.concept.text)


def _denied(own: Sequence[Token]) -> bool:
    """ "No history of:", "must not have any of the following conditions:": the denial is of what stands below."""
    said = [t for t in own if t.kind not in _SMALL]
    at = next((i for i in range(len(said) - 1, -1, -1) if said[i].kind == "NOT" or said[i].value == "count_none"), None)
    if at is None:
        return False
    return all(t.kind in ("COUNT", "EXAMPLE", "STATUS", "SUBJECT") or _empty(t) for t in said[at + 1 :])


def _empty(token: Token) -> bool:
    words = token.text.split()
    return all(is_a("class", w) or is_a("filler", w) for w in words)


def exempts(tokens: Sequence[Token]) -> bool:
    """Whether an item ends in the announcement of exceptions, which are then the items below it: "…, except:", "The
    following exceptions are permitted:"."""
    said = [t for t in tokens if t.kind not in _SMALL]
    at = max((i for i, t in enumerate(said) if t.kind == "EXCEPT"), default=-1)
    return at >= 0 and all(t.kind in ("EXAMPLE", "PERMIT", "COUNT") or _empty(t) for t in said[at + 1 :])


def measure(own: Sequence[Token]) -> Concept | None:
    """The one measure that a heading or list lead names and does not bound ("Life expectancy", "Age:")."""
    last = max((i for i, t in enumerate(own) if t.kind == "NUMBER"), default=-1)
    found = [t for t in own[last + 1 :] if t.kind == "MEASURE"]
    if last >= 0:
        # "… ≥ 70 mL/min or a serum creatinine based on age as follows:" leads in its list with what stands last
        leads = own[-1].kind == "COLON" and not any(t.kind == "EXCEPT" for t in own)
        found = [t for t in found if t.concept().id != "age"] if leads else []
    return found[0].concept() if len({t.concept().id for t in found}) == 1 else None


__all__ = ["counts", "exempts", "governs", "measure"]
