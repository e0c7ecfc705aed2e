"""One reading of things: what the tables match and what the model finds, by a stated rule of precedence.

1. Words of logic, comparators, limits and time words are the tables' alone; the model never sees them.
2. A table's thing with the model's span keeps its code and takes the model's label, which knows the sentence.
3. A table's thing inside the model's longer span lends it its code when it is the head (the last word); the span is
   the model's. A measure stays a measure, so that numbers still bind to it.
4. A model's span inside or across a table's thing is dropped: the longer, exact name stands.
5. A model's span that no table knows stands unlinked, with the model's label.
6. A denial at the head of a model's span ("absent reflexes") is none of the name: the tables' denial stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from protocol_nlp.annotate.scan import Lexeme
from protocol_nlp.annotate.select import Found
from protocol_nlp.annotate.tables import Reading
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.tree import Label

_THINGS = ("CONCEPT", "MEASURE")


@dataclass(frozen=True, slots=True)
class Entity:
    """A model's find: character positions in the view, and its label (null where it has no counterpart here)."""

    start: int
    end: int
    label: Label | None


def reconcile(found: list[Found], entities: list[Entity], lexemes: list[Lexeme]) -> list[Found]:
    """The table's finds with the model's, each stretch of words at most once among the things."""
    out = list(found)
    tables = [f for f in found if f.reading.kind in _THINGS]
    denials = {f.start: f.end for f in sorted(found, key=lambda f: f.end) if f.reading.value in ("not", "denied")}
    for entity in entities:
        span = _lexemes(entity, lexemes)
        if span is None:
            continue
        start, end = span
        start = denials.get(start, start)
        if start >= end:
            continue
        near = [f for f in tables if f.start < end and start < f.end]
        same = [f for f in near if (f.start, f.end) == (start, end)]
        if same:
            for f in same:
                if isinstance(f.reading.value, Term) and entity.label is not None:
                    out.remove(f)
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
        if head is not None and isinstance(head.reading.value, Term):
            term = head.reading.value
            value = term if head.reading.kind == "MEASURE" else replace(term, label=entity.label or term.label)
            out.append(Found(start, end, Reading(head.reading.kind, value)))
        elif any(f.reading.kind == "MEASURE" for f in near):
            continue
        else:
            out.append(Found(start, end, Reading("CONCEPT", Term(id=None, name=None, label=entity.label))))
    return out


def _lexemes(entity: Entity, lexemes: list[Lexeme]) -> tuple[int, int] | None:
    """The lexemes an entity covers; null where it holds a bound, which is no part of a name."""
    inside = [i for i, x in enumerate(lexemes) if x.start < entity.end and entity.start < x.end]
    if not inside or any(lexemes[i].kind in ("comparator", "unit", "times") for i in inside):
        return None
    return inside[0], inside[-1] + 1
