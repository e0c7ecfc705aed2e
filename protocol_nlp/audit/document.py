"""A trial as the rules read it: criteria with their cleaned text, and each node with the nodes around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar, cast

from protocol_nlp.annotate.view import View, view
from protocol_nlp.audit.words import Hit, Word, WordList, begins, words
from protocol_nlp.phrase_words import is_neoplasm
from protocol_nlp.tree import (
    Condition,
    Criterion,
    Expr,
    If,
    Not,
    Registration,
    Role,
    Span,
    Trial,
    Unless,
    Within,
    children,
)

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Place:
    """A node and the nodes around it, the outermost first."""

    node: Expr
    path: tuple[Expr, ...] = ()

    @property
    def parent(self) -> Expr | None:
        return self.path[-1] if self.path else None

    @property
    def in_exception(self) -> bool:
        """Whether the node stands in what an "except" exempts."""
        return any(isinstance(n, Unless) and n.exception is below for n, below in self._steps())

    @property
    def in_guard(self) -> bool:
        """Whether the node only says for whom something else is asked."""
        return any(isinstance(n, If) and n.guard is below for n, below in self._steps())

    @property
    def denied(self) -> bool:
        """Whether an odd number of "not" stands around the node."""
        return sum(isinstance(n, Not) for n in self.path) % 2 == 1

    def _steps(self) -> Iterator[tuple[Expr, Expr]]:
        yield from zip(self.path, (*self.path, self.node)[1:], strict=True)


def places(node: Expr, path: tuple[Expr, ...] = ()) -> Iterator[Place]:
    """A node and all under it with their surroundings, parents first; of two readings the chosen one."""
    yield Place(node, path)
    for child in children(node):
        yield from places(child, (*path, node))


class Item:
    """One criterion's own words (not those of the items below it), ready for rules."""

    def __init__(self, criterion: Criterion, parent: Item | None, registration: Registration) -> None:
        self.criterion = criterion
        self.parent = parent
        self.registration = registration
        self.children: list[Item] = []
        self.kept: dict[object, Any] = {}
        """What others worked out for this item, by who did (`wording.py`)."""
        self._hits: dict[str, tuple[Hit, ...]] = {}

    @property
    def role(self) -> Role | None:
        return self.criterion.role

    @property
    def lead(self) -> Span:
        """The place of the item's own words."""
        return self.criterion.lead

    @cached_property
    def view(self) -> View:
        """The own words with escapes, line wraps and odd characters folded, and the way back to the source."""
        return view(self.registration.text, self.criterion.lead)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words and signs of the cleaned text."""
        return words(self.view.text)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All nodes of the item's expression."""
        return tuple(places(self.criterion.expr)) if self.criterion.expr else ()

    def find(self, wordlist: WordList) -> tuple[Hit, ...]:
        """The rows of a word list that stand in the item's own words; `span(hit.start, hit.end)` is their place."""
        found = self._hits.get(wordlist.table)
        if found is None:
            # Most lists begin nowhere in an item: this is the quickest way to see it.
            none = wordlist.openings.isdisjoint(self._openings)
            found = self._hits[wordlist.table] = () if none else tuple(wordlist.find(self.words, self._where))
        return found

    def nodes(self, kind: type[Node]) -> Sequence[tuple[Node, Place]]:
        """The nodes of one kind, each with its surroundings."""
        return cast("Sequence[tuple[Node, Place]]", self._nodes.get(kind, ()))

    def span(self, start: int, end: int) -> Span:
        """The source span of a piece of the cleaned text."""
        return self.view.span(start, end)

    def source(self, span: Span) -> str:
        """The wording at a span, as given."""
        return self.registration.text[span.start : span.end]

    def said(self, span: Span) -> tuple[str, ...]:
        """The words and signs at a span, in lower case."""
        return self._folded(self.index(span.start), self.index(span.end))

    def before(self, span: Span, number: int) -> tuple[str, ...]:
        """The last words and signs before a span, at most so many, in the order of the text."""
        last = self.index(span.start)
        return self._folded(max(0, last - number), last)

    def after(self, span: Span, number: int) -> tuple[str, ...]:
        """The first words and signs behind a span, at most so many."""
        first = self.index(span.end)
        return self._folded(first, first + number)

    def same_sentence(self, one: Span, other: Span) -> bool:
        """Whether no full stop with a capital behind it stands between two places of the item."""
        start, end = sorted((one.start, other.start))
        inside = self.words[self.index(start) : self.index(end + 1)]
        return not any(a.text == "." and b.text[:1].isupper() for a, b in pairwise(inside))

    def quote(self, span: Span) -> str:
        """The wording at a span on one line."""
        return " ".join(self.source(span).split())

    def index(self, offset: int) -> int:
        """The first word that begins at or behind a place of the source; the number of words where none does."""
        return bisect_left(self._starts, offset)

    def nearest(self, offset: int) -> int:
        """The first word that begins at or behind a place of the source; the last word where none does."""
        return min(self.index(offset), len(self.words) - 1)

    def _folded(self, first: int, stop: int) -> tuple[str, ...]:
        return tuple([word.folded for word in self.words[first:stop]])

    @cached_property
    def _starts(self) -> list[int]:
        starts = self.view.starts
        return [starts[word.start] for word in self.words]

    @cached_property
    def _where(self) -> dict[str, list[int]]:
        return begins(self.words)

    @cached_property
    def _openings(self) -> frozenset[str]:
        """The words of the item, and each two that follow each other with a blank, in lower case."""
        return self.vocabulary.union(f"{a.folded} {b.folded}" for a, b in pairwise(self.words))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words and signs of the item, each once, in lower case."""
        return frozenset(self._where)

    @cached_property
    def _nodes(self) -> dict[type, list[tuple[Expr, Place]]]:
        found: dict[type, list[tuple[Expr, Place]]] = {}
        for place in self.places:
            node = place.node
            # of times that "or" joins, each is a window for itself
            each: Sequence[Expr] = (node,)
            if isinstance(node, Within) and node.window.others:
                each = [replace(node, window=time) for time in node.window.each]
            found.setdefault(type(node), []).extend((n, place) for n in each)
        return found

    def above(self) -> Iterator[Item]:
        """The items this one stands below, the nearest first."""
        item = self.parent
        while item is not None:
            yield item
            item = item.parent


class Document:
    """One entry with all its items, parents before the items below them."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.registration = trial.registration
        self.items: list[Item] = []
        for criterion in trial.criteria:
            self._add(criterion, None)
        self._sorted = sorted(self.items, key=lambda item: item.criterion.span.start)
        self._starts = [item.criterion.span.start for item in self._sorted]

    def _add(self, criterion: Criterion, parent: Item | None) -> None:
        item = Item(criterion, parent, self.registration)
        self.items.append(item)
        if parent is not None:
            parent.children.append(item)
        for child in criterion.children:
            self._add(child, item)

    @cached_property
    def of_tumours(self) -> bool:
        """Whether the entry is for people with a tumour: a condition of the registration, or one that lets in."""
        if any(is_neoplasm(word) for said in self.registration.conditions for word in said.split()):
            return True
        return any(
            item.role == "inclusion" and not place.denied and not place.in_exception
            for node, place, item in self.nodes(Condition)
            if any(map(is_neoplasm, node.concept.text.split()))
        )

    def quote(self, span: Span) -> str:
        """The wording at a span on one line."""
        return " ".join(self.text[span.start : span.end].split())

    @property
    def text(self) -> str:
        """The text that all spans index."""
        return self.registration.text

    def stated(self) -> Iterator[Item]:
        """The items that state something: all but headings."""
        return (item for item in self.items if item.criterion.form != "heading")

    def nodes(self, kind: type[Node]) -> Iterator[tuple[Node, Place, Item]]:
        """The nodes of one kind in all items, in the order of the text."""
        for item in self.items:
            for node, place in item.nodes(kind):
                yield node, place, item

    def at(self, span: Span) -> Item | None:
        """The innermost item that holds the beginning of a span."""
        before = reversed(self._sorted[: bisect_right(self._starts, span.start)])
        return next((item for item in before if span.start < item.criterion.span.end), None)
