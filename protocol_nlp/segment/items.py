"""Nodes -> Items: ids, forms, and what of the text is no item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from protocol_nlp.tree import Role, Span

from .inline import apart, split
from .lines import lines
from .nesting import nest
from .nodes import Node
from .rows import rows
from .sections import read_sections
from .titles import group_word, is_title, promises, says_following
from .words import plain, words

Form = Literal["criterion", "list", "heading"]
_LETTER = {"inclusion": "I", "exclusion": "E", None: "C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A criterion as it stands in the entry; spans are half-open and count code points of the text as given.

    `id` is "I03", "E07.2", or "C01" where the role is unknown: top-level items are numbered for each role
    over the whole entry. `span` covers the item with all below it, without its marker; `lead` its own words,
    which may run over wrapped lines; `marker` its bullet or number. A "list" has children because its lead
    introduces them, a "heading" only groups. `list_missing`: the lead promises a list, and nothing is below;
    `gathered`: what is below stood beside it, and is of the kind it promises.
    """

    id: str
    role: Role | None
    form: Form
    span: Span
    lead: Span
    marker: Span | None
    list_missing: bool
    gathered: bool = False
    children: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text taken apart: its items, the headings of its sections, and what belongs to neither.

    Each character that is no white space lies in a lead, a marker, a heading or in `outside` (the narrative
    and furniture of a web copy, announcements, signs such as "~" for a line break, bullets without words).
    """

    items: tuple[Item, ...]
    headings: tuple[Span, ...]
    outside: tuple[Span, ...]


def read_text(text: str) -> Reading:
    """Take a text apart. Never raises for odd text: what has no layout is one item."""
    found, signs = lines(text)
    parts = read_sections(text, rows(text, found))
    outside = [*parts.outside, *signs]
    placed: list[tuple[Role | None, Node]] = []
    for section in parts.sections:
        nodes = _worded(text, nest(text, apart(text, section.rows)), outside)
        placed += [(section.role, node) for node in _worded(text, split(text, nodes), outside)]
    names = ids([role for role, _ in placed])
    return Reading(
        items=tuple(_item(text, node, role, name) for (role, node), name in zip(placed, names, strict=True)),
        headings=tuple(sorted(_trim(text, *s) for s in parts.headings)),
        outside=tuple(sorted(_trim(text, *s) for s in outside)),
    )


def ids(roles: Sequence[Role | None]) -> list[str]:
    """The ids of top-level items, by their roles in the order of the text: each role is counted for itself."""
    total, count = Counter(roles), Counter[Role | None]()
    made = []
    for role in roles:
        count[role] += 1
        width = max(2, len(str(total[role])))
        made.append(f"{_LETTER[role]}{count[role]:0{width}}")
    return made


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def _marker(node: Node) -> Span | None:
    """The bullet or number of a node, with those of the parents that had no words of their own."""
    if not node.row or not node.row.marker:
        return None
    marker = node.row.marker
    return Span(marker.start if node.outer is None else node.outer, marker.end)


def _worded(text: str, nodes: list[Node], outside: list[Span]) -> list[Node]:
    """The nodes without those that have no words: "3. a) …" is one item, its marker "3. a)"."""
    found: list[Node] = []
    for node in nodes:
        node.children = _worded(text, node.children, outside)
        if text[node.start : node.end].strip():
            found.append(node)
            continue
        if marker := _marker(node):
            first = node.children[0] if node.children else None
            own = _marker(first) if first else None
            if first and own and not text[marker.end : own.start].strip():
                first.outer = marker.start
            else:
                outside.append(marker)
        found += node.children
    return found


def _item(text: str, node: Node, role: Role | None, name: str) -> Item:
    lead = _trim(text, node.start, node.end)
    children = tuple(_item(text, child, role, f"{name}.{n}") for n, child in enumerate(node.children, 1))
    words_of = text[lead.start : lead.end]
    form = _form(words_of, node, bool(children))
    return Item(
        id=name,
        role=role,
        form=form,
        span=Span(lead.start, max([lead.end, *(c.span.end for c in children)])),
        lead=lead,
        marker=_marker(node),
        list_missing=not children and not node.kept and form != "heading" and promises(words_of),
        children=children,
    )


def _form(lead: str, node: Node, parent: bool) -> Form:
    known = plain(lead) in words("topic") or plain(lead) in words("pdq")
    if node.rank or (known and (parent or lead.endswith(":"))):
        return "heading"
    if not parent:
        return "criterion"
    if lead.endswith(":") and group_word(lead) and not says_following(lead):
        return "heading"
    if not (node.row and node.row.marker) and is_title(lead) and not says_following(lead):
        return "heading"
    return "list" if promises(lead) else "criterion"


def walk(items: tuple[Item, ...]) -> Iterator[Item]:
    """All items, each before those below it."""
    for item in items:
        yield item
        yield from walk(item.children)
