"""Typed tokens -> parts, and parts -> expression: the only room of Lark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from lark import Lark, Tree
from lark import Token as Leaf
from lark.common import LexerConf
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from protocol_nlp.annotate.tokens import Token
from protocol_nlp.expression import alone, join
from protocol_nlp.expression import build as expression_of
from protocol_nlp.parts import Part, plain
from protocol_nlp.quantity import quantities
from protocol_nlp.tree import Expr, TimeWindow

# Where an item may be cut so that a fault stays local.
_CLAUSE_ENDS = frozenset({"SEMICOLON", "PERIOD", "COMMA", "AND", "OR", "LPAR", "RPAR"})


class ReadyTokens(Lexer):
    """Lark takes the tokens as they come."""

    def __init__(self, lexer_conf: LexerConf) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Leaf]:  # type: ignore[override]
        for item in data:
            leaf = Leaf(item.kind, "")
            leaf.value = item
            yield leaf


def grammar_text(*names: str) -> str:
    """The named files of grammars/ as one text; in an editable install they lie beside the package."""
    inside = resources.files("protocol_nlp").joinpath("grammars")
    folder: Any = inside if inside.is_dir() else Path(__file__).parent.parent / "grammars"
    return "\n".join(folder.joinpath(f"{name}.lark").read_text(encoding="utf-8") for name in names)


def build(start: str, *names: str, strict: bool = False) -> Lark:
    """A LALR parser over ready tokens; `strict` fails on any conflict (tests)."""
    return Lark(grammar_text(*names), parser="lalr", lexer=ReadyTokens, start=start, strict=strict)


@cache
def _phrase_parser() -> Lark:
    return build("phrase", "tokens", "quantity", "window", "phrase")


@cache
def _passed_on() -> frozenset[str]:
    """The kinds that the phrase grammar passes on as they came."""
    return frozenset(s.name for rule in _phrase_parser().rules if rule.origin.name == "plain" for s in rule.expansion)


def parts(tokens: Sequence[Token]) -> list[Part]:
    """An item's tokens with quantities and periods read; what does not parse is passed on clause by clause."""
    if all(token.kind in _passed_on() for token in tokens):
        return [plain(token) for token in tokens]  # as the grammar would, without its work
    try:
        tree = _phrase_parser().parse(tokens)
    except UnexpectedInput:
        pieces = _clauses(tokens)
        if len(pieces) == 1:
            return [plain(t) for t in tokens]
        return [p for piece in pieces for p in parts(piece)]
    return [p for child in tree.children for p in _part(child)]


def _clauses(tokens: Sequence[Token]) -> list[list[Token]]:
    out: list[list[Token]] = [[]]
    for token in tokens:
        out[-1].append(token)
        if token.kind in _CLAUSE_ENDS:
            out.append([])
    return [piece for piece in out if piece]


def _part(node: Any) -> list[Part]:
    match node.data:
        case "plain":
            return [plain(node.children[0].value)]
        case "period":
            cue: Token = node.children[0].value
            inner = _part(node.children[1])
            head, *rest = inner
            bound = head.value
            window = TimeWindow(span=cue.span.cover(head.span), length=bound.quantity, marks=(cue.span, *head.marks))
            part = Part(
                kind="LENGTH",
                span=window.span,
                text=f"{cue.text} {head.text}",
                value=(window, bound),
                cue=str(cue.value),
                issues=head.issues,
            )
            return [part, *rest]
        case _:
            return quantities(node.data, _leaves(node))


def _leaves(node: Tree[Leaf]) -> list[Any]:
    """The node's tokens in order, sub-trees as (name, tokens)."""
    return [child.value if isinstance(child, Leaf) else (str(child.data), _leaves(child)) for child in node.children]


@cache
def _criterion_parser() -> Lark:
    return build("criterion", "tokens", "criterion")


def expression(terminals: Sequence[Part]) -> Expr | None:
    """The logic of an item's terminals; null without any. What does not parse is read clause by clause."""
    if not terminals:
        return None
    if len(terminals) == 1 and terminals[0].kind == "EXPR":
        return expression_of(("criterion", [("run", [("part", terminals[0])])]))  # as the grammar would
    try:
        tree = _criterion_parser().parse(terminals)
    except UnexpectedInput:
        pieces = _pieces(terminals)
        if len(pieces) > 1:
            read = [e for piece in pieces if (e := expression(piece)) is not None]
            return join("and", read, [], implied=True) if len(read) > 1 else read[0] if read else None
        read = [p.value if p.kind == "EXPR" else alone(p.value) for p in terminals if p.kind in _OPERANDS]
        return join("and", read, [], implied=True) if len(read) > 1 else read[0] if read else None
    return expression_of(_tree(tree))


_OPERANDS = frozenset({"EXPR", "WINDOW", "LEADWINDOW"})


def _pieces(terminals: Sequence[Part]) -> list[list[Part]]:
    """The terminals cut at their coarsest separators, which are dropped; the caller accounts for them."""
    for cut in ({"STOP"}, {"EXCEPT", "UNLESS", "IF", "MUST", "PERMIT", "THEN"}, {"LPAR", "RPAR"}, {"AND", "OR"}):
        out: list[list[Part]] = [[]]
        for part in terminals:
            if part.kind in cut:
                out.append([])
            else:
                out[-1].append(part)
        kept = [piece for piece in out if piece]
        if len(kept) > 1:
            return kept
    return [list(terminals)]


def _tree(node: Any) -> Any:
    if isinstance(node, Leaf):
        return ("part", node.value)
    return (str(node.data), [_tree(c) for c in node.children])


__all__ = ["build", "expression", "grammar_text", "parts"]
