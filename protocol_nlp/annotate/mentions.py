"""The entities of a lead: things named in it, with the boundaries of the model that knows the sentence.

The expression may group words otherwise ("uncontrolled hypertension" is one concept of it, "hypertension" the entity):
there the tables' longer name decides what is checked, here annotators' habits decide what is named.

1. What the model finds is an entity, without stray punctuation and "(s)" at its end; a table's name of the same words
   lends it its identifier and its codes, and a drug's or a tumour's its label. "Non-" before its only word is a denial
   and no part of it. A visit is none where a single word says that somebody came or left ("admitted") or names the
   event that time is counted from ("discharge").
2. A condition that only a table knows is one too, unless a single word says how something is and names nothing
   ("infected", "life-threatening"). The tables' other names (drugs, procedures, qualities, persons) are none: on text
   that the model had not seen, three in four of them were no entity of that sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from protocol_nlp.annotate.reconcile import Entity, certain
from protocol_nlp.annotate.tokens import Term, Token
from protocol_nlp.annotate.view import View
from protocol_nlp.phrase_words import is_attribute, is_modifier
from protocol_nlp.tree import Concept, Span

_DENIED: Final = re.compile(r"non[ -]+(\w+)", re.IGNORECASE)


def mentions(entities: Iterable[Entity], tokens: Sequence[Token], seen: View) -> tuple[Concept, ...]:
    """The entities of one lead in the order of the text, each with a label; none overlaps another."""
    named = {t.span: t.value for t in tokens if isinstance(t.value, Term)}
    prefixes = {t.span.start for t in tokens if t.kind == "NOT" and t.text.lower() == "non"}
    out: list[Concept] = []
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        text = _trimmed(seen.text[entity.start : entity.end])
        if entity.label is None or text.lower() in ("", "non"):
            continue
        start, end = entity.start, entity.start + len(text)
        if seen.starts[start] in prefixes and (denied := _DENIED.fullmatch(text)):
            start, text = start + denied.start(1), denied[1]
        span = seen.span(start, end)
        if out and span.overlaps(out[-1].span):
            continue
        term = named.get(span, Term(id=None, name=None, label=None))
        if entity.label == "Visit" and " " not in text and (term.event or is_modifier(text)):
            continue
        span = _singular(seen, start, end)
        label = term.label if certain(term) else entity.label
        out.append(Concept(span=span, text=text, id=term.id, name=term.name, label=label, codes=term.codes))
    known = [
        t.concept()
        for t in tokens
        if isinstance(t.value, Term) and t.kind == "CONCEPT" and t.value.label == "Condition" and t.value.id
        if not (is_modifier(t.text) or is_attribute(t.text))
    ]
    out += [c for c in known if not any(c.span.overlaps(o.span) for o in out)]
    return tuple(sorted(out, key=lambda c: c.span))


def _singular(seen: View, start: int, end: int) -> Span:
    """The place of a name without "(s)", which the view folds into the letter before it."""
    span, last = seen.span(start, end), seen.span(end - 1, end)
    folded = seen.text[end - 1].isascii() and seen.text[end - 1].isalpha() and last.end - last.start == len("x(s)")
    return Span(span.start, last.start + 1) if folded else span


def _trimmed(text: str) -> str:
    """Without punctuation that belongs to what follows, and without half of a bracket."""
    while text and (text[-1] in " (-,;:/" or (text[-1] == ")" and text.count(")") > text.count("("))):
        text = text[:-1]
    return text


__all__ = ["mentions"]
