"""Parts: the pieces of an item between the two grammars, in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from protocol_nlp.annotate.tokens import Term, Token
from protocol_nlp.tree import Concept, Quantity, Span

# Issues of connectives and exceptions that may be read in two ways (docs/issues.md).
MIXED, SLASH, STATEMENT, EXCEPTION = "logic:mixed", "logic:slash", "logic:statement", "scope:exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A quantity as the grammar read it, with what binding needs to know of it.

    `dimension` of its unit (null without one), `multiple` of a limit such as ULN, the `scale` named inside it
    ("≥ grade 2"), the `comparator` and `trailing` words ("older than", "or older"),
    `pair` when a slash joins two numbers ("140/90"),
    `stated` when the text says a direction or a range, `op` which direction (ge, gt, le, lt).
    """

    quantity: Quantity
    dimension: str | None = None
    multiple: bool = False
    scale: Token | None = None
    trailing: Token | None = None
    pair: bool = False
    stated: bool = False
    op: str | None = None
    comparator: Token | None = None
    unit_span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A token passed on, or what the grammar or a binding pass made of several.

    kind: a token's kind, or QUANTITY (value Bound), QUANTITIES (a tuple of them), AGE (Bound), LENGTH (TimeWindow and
    Bound), WINDOW (TimeWindow), EXPR (Expr); ANCHOR, MEASURE and CONCEPT hold a Term.
    `cue` is what opened a window ("within", "past", …), or why a comma is a connective ("list", "implied").
    """

    kind: str
    span: Span
    text: str
    value: Any = None
    cue: str | None = None
    marks: tuple[Span, ...] = ()
    issues: tuple[str, ...] = ()

    def term(self) -> Term | None:
        return self.value if isinstance(self.value, Term) else None

    def concept(self) -> Concept:
        """The part as a concept of the tree."""
        term = self.term() or Term(id=None, name=None, label=None)
        return Concept(span=self.span, text=self.text, id=term.id, name=term.name, label=term.label, codes=term.codes)

    def thing(self) -> Concept:
        """The part as a concept where no number stands: "measurable lesions" are then lesions, not their number."""
        term = self.term()
        made = self.concept()
        return replace(made, id=None, name=None, codes=()) if term is not None and term.amount else made

    def event(self) -> str | None:
        """The event the part names, if time can be counted from it."""
        term = self.term()
        return term.event if term is not None else None

    def changed(self, **change: Any) -> Part:
        return replace(self, **change)


def plain(token: Token) -> Part:
    """A token as a part."""
    return Part(kind=token.kind, span=token.span, text=token.text, value=token.value, issues=token.issues)


def written(pieces: Sequence[Token | Part]) -> str:
    """The words of tokens or parts with blanks where the source has something between them ("PD-1", not "PD - 1")."""
    out = ""
    for n, piece in enumerate(pieces):
        apart = n and pieces[n - 1].span.end < piece.span.start
        out += f" {piece.text}" if apart and out else piece.text
    return out
