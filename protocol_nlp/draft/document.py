"""YAML text as plain nodes that know their line; the only room of PyYAML.

Only PyYAML's event parser and composer are used, never a constructor: every value stays the text that stands in the
file, so that 1.50 keeps its zero, "no" is a word, and no tag can make an object. PyYAML rather than ruamel.yaml,
because its composed nodes carry their marks, it has no extension loader to switch off, and it is there already for
the tests. Anchors, aliases, tags and merge keys are refused: a protocol needs none, and an alias bomb needs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

import yaml

from protocol_nlp.errors import SourceError

DEEPEST: Final = 12
LONGEST: Final = 1_000_000
"""Code points; a protocol of a hundred criteria has some thirty thousand."""
# The same reader in C, where PyYAML was built with it: the library loads in a fifth of the time.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written, without its quotes; empty where nothing stands."""

    line: int
    value: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A key with its value."""

    line: int
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping: its rows in the order of the file, each key once."""

    line: int
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def get(self, key: str) -> Node | None:
        return next((row.value for row in self.rows if row.key == key), None)


Node = Text | Items | Table


def compose(text: str, path: str) -> Table:
    """The one mapping that a YAML text is.

    Raises SourceError with path and line for what is no YAML, for several documents, a document that is no mapping, a
    key that stands twice or is no plain word, an anchor, alias, tag or merge key, and for nesting without end.
    """
    if len(text) > LONGEST:
        raise SourceError(path, f"longer than {LONGEST:,} characters: no protocol is")
    try:
        _guard(text, path)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = f"not valid YAML: {error.problem or error.context}"
        if mark and text.splitlines()[mark.line : mark.line + 1][0:1] and "\t" in text.splitlines()[mark.line]:
            why += " (a tab; YAML indents with blanks alone)"
        raise SourceError(path, why, position=str(mark.line + 1) if mark else None) from error
    except yaml.YAMLError as error:
        raise SourceError(path, f"not valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:  # flow brackets without end
        raise SourceError(path, "nested too deeply for a protocol") from error
    if not isinstance(root, yaml.MappingNode):
        raise SourceError(path, "no keys and values: a protocol begins with a line such as 'format: protocol-nlp/1'")
    return _table(root, path)


def _guard(text: str, path: str) -> None:
    """Refuse what a protocol does not need, before anything is composed of it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            fault(path, line, f"an alias (*{anchor}): write the value out")
        if anchor:
            fault(path, line, f"an anchor (&{anchor}): a protocol needs none")
        if tag:
            fault(path, line, f"a tag ({tag}): a protocol needs none")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                fault(path, line, "nested too deeply for a protocol")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _node(node: yaml.Node, path: str) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _table(node, path)
    if isinstance(node, yaml.SequenceNode):
        return Items(line, tuple(_node(item, path) for item in node.value))
    return Text(line, str(node.value))


def _table(node: yaml.MappingNode, path: str) -> Table:
    rows: dict[str, Row] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not key.value or key.value == "<<":
            fault(path, line, "a key has to be one plain word")
        if key.value in rows:
            fault(path, line, f"{key.value!r} stands twice; first in line {rows[key.value].line}")
        rows[key.value] = Row(line, key.value, _node(value, path))
    return Table(node.start_mark.line + 1, tuple(rows.values()))


def fault(path: str, line: int, reason: str) -> NoReturn:
    """Raise the SourceError of one line."""
    raise SourceError(path, reason, position=str(line))


__all__ = ["Items", "Node", "Row", "Table", "Text", "compose", "fault"]
