"""One reading of things: what the tables match and what the model finds, by a stated rule of precedence.

1. Words of logic, comparators, limits and time words are the tables' alone; the model never sees them.
2. A table's thing with the model's span keeps its code and takes the model's label, which knows the sentence; but a
   drug or a tumour by its name is one in any sentence.
3. A table's thing inside the model's longer span lends it its code when it is the head (the last word); the span is
   the model's. A measure stays a measure, so that numbers still bind to it.
4. A model's span inside or across a table's thing is dropped: the longer, exact name stands.
5. A model's span that no table knows stands unlinked, with the model's label.
6. A denial at the head of a model's span ("absent reflexes") is none of the name: the tables' denial stands. So does
   "non-" before a single word ("non-diabetic"), unless a table knows the two as one name.
7. A participle that only leads to its object ("treated with", "infected with") is no thing beside it, whatever the
   model says; a treatment is mentioned by it all the same, a condition is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from protocol_nlp.annotate.scan import Lexeme
from protocol_nlp.annotate.select import Found
from protocol_nlp.annotate.tables import Reading
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import Label

_THINGS = ("CONCEPT", "MEASURE")
_WITH = re.compile(r"\s+with\b")


@dataclass(frozen=True, slots=True)
class Entity:
    """A model's find: character positions in the view, and its label (null where it has no counterpart here)."""

    start: int
    end: int
    label: Label | None


def leading(entities: Iterable[Entity], text: str) -> list[Entity]:
    """Those of the model's finds that are participles before their object ("infected with")."""
    return [e for e in entities if _leads(text[e.start : e.end], text, e.end)]


def _leads(word: str, text: str, end: int) -> bool:
    return word.endswith("ed") and is_a("governor", word) and _WITH.match(text, end) is not None


def reconcile(found: list[Found], entities: list[Entity], lexemes: list[Lexeme], text: str) -> list[Found]:
    """The table's finds with the model's, each stretch of words at most once among the things; `text` is the
    view's, which the lexemes' places count."""
    gone: set[int] = set()
    out: list[Found] = []
    tables = [f for f in found if f.reading.kind in _THINGS]
    denials = {f.start: f.end for f in sorted(found, key=lambda f: f.end) if f.reading.value in ("not", "denied")}
    for entity in entities:
        span = _lexemes(entity, lexemes)
        if span is None:
            continue
        start, end = span
        start = _behind_prefix(denials.get(start, start), end, tables, lexemes, text)
        if start >= end:
            continue
        near = [f for f in tables if f.start < end and start < f.end]
        same = [f for f in near if (f.start, f.end) == (start, end)]
        if same:
            for f in same:
                if isinstance(f.reading.value, Term) and entity.label is not None and not certain(f.reading.value):
                    gone.add(id(f))
                    value = replace(f.reading.value, label=entity.label)
                    out.append(Found(start, end, replace(f.reading, value=value)))
            continue
        if any(not (start <= f.start and f.end <= end) for f in near):
            continue
        if len({f.reading.value.id for f in near if isinstance(f.reading.value, Term)}) > 1 and any(
            f.reading.kind == "MEASURE" for f in near
        ):
            continue  # "Karnofsky or Lansky score" are two
        heads = [f for f in near if f.end == end]
        head = max(heads, key=lambda f: f.end - f.start, default=None)
        if head is not None and _other(text, lexemes, head):
            head, near = None, []  # "non-breast malignancies" are all but those of the breast
        if head is not None and isinstance(head.reading.value, Term):
            term = head.reading.value
            value = term if head.reading.kind == "MEASURE" else replace(term, label=entity.label or term.label)
            out.append(Found(start, end, Reading(head.reading.kind, value)))
        elif any(f.reading.kind == "MEASURE" for f in near):
            continue
        else:
            out.append(Found(start, end, Reading("CONCEPT", Term(id=None, name=None, label=entity.label))))
    return [*(f for f in found if id(f) not in gone), *out]


def certain(term: Term) -> bool:
    """Whether a name has one label wherever it stands."""
    return (term.id or "").startswith(("drug:", "histology:"))


def _behind_prefix(start: int, end: int, tables: list[Found], lexemes: list[Lexeme], text: str) -> int:
    """Where a model's span begins without the prefix "non-" that denies its only word; its end where it has none."""
    words = [i for i in range(start, end) if text[lexemes[i].start : lexemes[i].end] != "-"]
    prefixed = len(words) in (1, 2) and text[lexemes[words[0]].start : lexemes[words[0]].end].lower() == "non"
    return start if not prefixed or any((f.start, f.end) == (start, end) for f in tables) else [*words, end][1]


def _other(text: str, lexemes: list[Lexeme], head: Found) -> bool:
    """Whether "non-" stands right before a name of several words, and denies the first of them."""
    first = lexemes[head.start]
    before = text[: first.start].rstrip("- ").lower()
    return before.endswith("non") and not before[-4:-3].isalpha() and head.end - head.start > 1


def _lexemes(entity: Entity, lexemes: list[Lexeme]) -> tuple[int, int] | None:
    """The lexemes an entity covers; null where it holds a bound, which is no part of a name."""
    first = bisect_right(lexemes, entity.start, key=lambda x: x.end)
    last = bisect_left(lexemes, entity.end, lo=first, key=lambda x: x.start)
    if first == last or any(x.kind in ("comparator", "unit", "times") for x in lexemes[first:last]):
        return None
    return first, last
