"""Typed tokens: what the grammars read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from protocol_nlp.lexicon import Unit
from protocol_nlp.tree import Code, Concept, Label, Span

Kind = Literal[
    "NUMBER", "COMPARATOR", "TRAILING", "PLUS", "UNIT", "TIME_UNIT", "TIMES", "LIMIT", "NORMAL", "RANGE", "PAIR",
    "BETWEEN", "SCALE", "LATE", "CUE",
    "WITHIN", "PAST", "NEXT", "FOR", "BEFORE", "AFTER", "SINCE", "DURING", "UNTIL", "AT", "OF", "AGO", "APART",
    "MEASURE", "CONCEPT", "ANCHOR", "PICK",
    "AND", "OR", "AND_OR", "NOR", "EITHER", "NOT", "PSEUDO", "EXCEPT", "UNLESS", "PERMIT", "IF", "MUST", "SUBJECT",
    "EXAMPLE", "COUNT", "PROHIBIT", "STATUS",
    "COMMA", "SEMICOLON", "COLON", "PERIOD", "LPAR", "RPAR", "SLASH", "DASH", "MARK", "WORD",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a table (or a model) knows of a phrase.

    `dimensions` only for measures, `plain` if they take bare numbers; `event` when time can be counted from it;
    `amount` says that the name is of a number of the thing ("measurable lesions"), not of the thing itself.
    """

    id: str | None
    name: str | None
    label: Label | None
    codes: tuple[Code, ...] = ()
    dimensions: frozenset[str] = frozenset()
    clear: bool = True
    plain: bool = False
    event: str | None = None
    amount: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A typed piece of a criterion: `span` in the source, `text` as cleaned, `value` by kind."""

    kind: Kind
    span: Span
    text: str
    value: Decimal | str | Unit | Term | None = None
    issues: tuple[str, ...] = ()

    def retyped(self, kind: Kind, **change: object) -> Token:
        """The same piece under another kind."""
        return replace(self, kind=kind, **change)  # type: ignore[arg-type]

    def concept(self) -> Concept:
        """The token as a concept of the tree."""
        term = self.value if isinstance(self.value, Term) else Term(id=None, name=None, label=None)
        return Concept(span=self.span, text=self.text, id=term.id, name=term.name, label=term.label, codes=term.codes)
