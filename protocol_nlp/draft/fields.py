"""What stands in a mapping, asked for by name: a missing key, one too many, another kind of value is one message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from protocol_nlp.draft.document import Items, Node, Table, Text, fault


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: "; did you mean 'age_minimum'?", or all that is known."""
    names = list(dict.fromkeys(known))
    if near := get_close_matches(word, names, n=1, cutoff=0.6):
        return f"; did you mean {near[0]!r}?"
    return f"; known are {', '.join(names)}" if 0 < len(names) <= 12 else ""


def check_keys(table: Table, path: str, *, needed: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
    """Raise SourceError for a key that nobody knows, or one that has to be there and is not."""
    needed = tuple(needed)
    known = (*needed, *allowed)
    for row in table:
        if row.key not in known:
            fault(path, row.line, f"unknown key {row.key!r}{nearest(row.key, known)}")
    for key in needed:
        if table.get(key) is None:
            fault(path, table.line, f"{key!r} is missing")


def text(node: Node | None, path: str, what: str, *, line: int = 1) -> str:
    """One line of text that is not blank, its white space evened."""
    if not isinstance(node, Text):
        fault(path, node.line if node else line, f"{what} has to be one value, no list and no keys")
    words = " ".join(node.value.split())
    if any(not c.isprintable() for c in words):
        fault(path, node.line, f"{what} holds a character that cannot be printed")
    if not words:
        fault(path, node.line, f"{what} is empty")
    return words


def items(node: Node | None, path: str, what: str, *, line: int = 1) -> tuple[Node, ...]:
    """The members of a list; of nothing at all, none."""
    if node is None or (isinstance(node, Text) and not node.value):
        return ()
    if not isinstance(node, Items):
        fault(path, node.line, f"{what} has to be a list")
    return node.items


def table(node: Node | None, path: str, what: str) -> Table:
    """The mapping; of nothing at all, an empty one."""
    if node is None or (isinstance(node, Text) and not node.value):
        return Table(node.line if node else 1, ())
    if not isinstance(node, Table):
        fault(path, node.line, f"{what} has to be keys and values")
    return node


__all__ = ["check_keys", "items", "nearest", "table", "text"]
