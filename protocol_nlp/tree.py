"""The one tree in the middle: what a criterion says, every piece tied to its place in the source.

Spans are half-open and count Unicode code points of `Registration.text`, the text as given.
A node's `marks` are the connectives, cues and punctuation that the node itself accounts for, so
that the leaves and the marks of a criterion together cover each of its characters.
`str(node)` is one canonical line, for tests and for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import is_
from typing import Any, ClassVar, Literal

from protocol_nlp.concepts import CLOSED, Abbreviation, Code, Concept, Label, Membership, Span, Suggestion, hull
from protocol_nlp.values import Quantity, Reference, Role, Side, Status, TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of the operands; `implied` when layout or precedence joined them, not a word."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["and"] = "and"
    span: Span
    operands: tuple[Expr, ...]
    implied: bool = False
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"all{'~' if self.implied else ''}({'; '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Any of the operands; `implied` when layout or precedence joined them, not a word."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["or"] = "or"
    span: Span
    operands: tuple[Expr, ...]
    implied: bool = False
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"any{'~' if self.implied else ''}({'; '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `count` of the operands ("two of the following")."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["at_least"] = "at_least"
    span: Span
    count: int
    operands: tuple[Expr, ...]
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"at_least({self.count}; {'; '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The operand does not hold; the cue ("no", "without") is among the marks."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["not"] = "not"
    span: Span
    operand: Expr
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"not({self.operand})"


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """`then` is asked only where `guard` holds: "women of childbearing potential must …", a tier of a bound."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["if"] = "if"
    span: Span
    guard: Expr
    then: Expr
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"if({self.guard}; {self.then})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """The operand, but not where the exception holds: "except", "other than", "are allowed"."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["unless"] = "unless"
    span: Span
    operand: Expr
    exception: Expr
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"unless({self.operand}; {self.exception})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The operand, in a time window; `implied` when the window's scope was decided by a rule, not by the text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["within"] = "within"
    span: Span
    operand: Expr
    window: TimeWindow
    implied: bool = False
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"within({self.window}{' ~' if self.implied else ''}; {self.operand})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A measure against a bound; `alternatives` state the same bound in other units.

    `measure` is null where the text names none. `qualifiers` are the pieces of text between measure
    and bound that belong to neither ("calculated by Cockcroft-Gault").
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["comparison"] = "comparison"
    span: Span
    measure: Concept | None
    quantity: Quantity
    alternatives: tuple[Quantity, ...] = ()
    qualifiers: tuple[Expr, ...] = ()
    marks: tuple[Span, ...] = ()
    issues: tuple[str, ...] = ()

    def __str__(self) -> str:
        bounds = " | ".join(map(str, (self.quantity, *self.alternatives)))
        return f"{self.measure or '?'} {bounds}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A thing the patient has, had, takes, is or does; an unlinked concept has no id."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["condition"] = "condition"
    span: Span
    concept: Concept
    status: Status = "present"
    qualifiers: tuple[Expr, ...] = ()
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        head = f"{self.status}:" if self.status != "present" else ""
        tail = f" [{', '.join(map(str, self.qualifiers))}]" if self.qualifiers else ""
        return f"{head}{self.concept}{tail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """Text that was not read, and why; a screener has to read it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["opaque"] = "opaque"
    span: Span
    text: str
    reason: str = "not read"

    def __str__(self) -> str:
        return f'?"{" ".join(self.text.split())}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Two or more readings of the same words, the chosen one first; `reason` is a word of docs/issues.md.

    Each reading accounts for all characters of the span that the marks leave. `children`, `walk` and `leaves` follow
    the chosen one alone, so that a tree still mentions each thing once; a writer that can show more reads `readings`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    kind: Literal["ambiguous"] = "ambiguous"
    span: Span
    readings: tuple[Expr, ...]
    reason: str
    marks: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"either({' | '.join(map(str, self.readings))})"


Expr = And | Or | AtLeast | Not | If | Unless | Within | Comparison | Condition | Ambiguous | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class Governs:
    """What a list's lead says of the items below it.

    `connective` joins them: "at_least" with its `count`; null where neither words nor layout decide. `implied`: no word
    says it. `denied`: "No history of:". `windows` hold for each item that has none of its own, outermost last; they
    stand in the lead's expression too, which alone accounts for their words.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    connective: Literal["and", "or", "at_least"] | None = None
    count: int | None = None
    implied: bool = False
    denied: bool = False
    windows: tuple[TimeWindow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One item of the entry, with the items below it.

    `span` covers the item with all below it; `lead` its own words, without bullet or number.
    `form`: a criterion states something; a list's lead promises the items below it; a heading only groups.
    `entities` are the things named in the lead, in the order of the text, with the boundaries annotators would give
    them; a concept of the expression may be wider ("uncontrolled hypertension").
    `governs`: what a list's lead says of the items below it.
    `list_missing`: the lead promises a list, and the entry holds none: nobody can check it.
    `gathered`: the entry sets the items beside the lead, not below it: where the list ends, it does not say.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    id: str
    role: Role | None
    form: Literal["criterion", "list", "heading"] = "criterion"
    span: Span
    lead: Span
    marker: Span | None = None
    text: str
    expr: Expr | None
    entities: tuple[Concept, ...] = ()
    list_missing: bool = False
    gathered: bool = False
    governs: Governs | None = None
    opaque_share: Decimal = Decimal(0)
    children: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the entry came from; `sha256` is of the bytes as read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    path: str
    format: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A registry entry. `text` is what all spans index: the whole file for text inputs, else the criteria.

    Fields without a value in the source stay null or empty; ages are as written ("18 Years"), sex and phase in the
    words of ClinicalTrials.gov ("ALL", "PHASE1/PHASE2"). A byte order mark is not a part of the text.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    id: str
    registry: str | None = None
    title: str | None = None
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    phase: str | None = None
    sex: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    healthy_volunteers: bool | None = None
    text: str = field(repr=False)
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A registry entry as structured criteria: the waist between readers and writers.

    `memberships` are found only by a model given with --model that tags and lemmatizes.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED
    schema_version: Literal["1.0.0"] = "1.0.0"
    registration: Registration
    criteria: tuple[Criterion, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    memberships: tuple[Membership, ...] = ()
    opaque_share: Decimal = Decimal(0)


def children(node: Expr) -> tuple[Expr, ...]:
    """The expressions directly under a node, in the order of the text."""
    match node:
        case And() | Or() | AtLeast():
            return node.operands
        case Not() | Within():
            return (node.operand,)
        case If():
            return (node.guard, node.then)
        case Unless():
            return (node.operand, node.exception)
        case Comparison() | Condition():
            return node.qualifiers
        case Ambiguous():
            return node.readings[:1]
        case Opaque():
            return ()


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all under it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def over(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The node with `change` applied to each expression directly under it, in all readings; itself where none
    becomes another."""
    below = node.readings if isinstance(node, Ambiguous) else children(node)
    if not below:
        return node
    made = tuple(map(change, below))
    if all(map(is_, made, below)):
        return node
    match node:
        case And() | Or() | AtLeast():
            return replace(node, operands=made)
        case Not() | Within():
            return replace(node, operand=made[0])
        case If():
            return replace(node, guard=made[0], then=made[1])
        case Unless():
            return replace(node, operand=made[0], exception=made[1])
        case Comparison() | Condition():
            return replace(node, qualifiers=made)
        case Ambiguous():
            return replace(node, readings=made)
        case Opaque():
            return node


def rewrite(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The tree with `change` applied to each node, children first, in all readings."""

    def step(child: Expr) -> Expr:
        return change(over(child, step))

    return step(node)


def criteria(trial: Trial) -> Iterator[Criterion]:
    """All criteria of a trial, parents before the items below them."""

    def down(items: tuple[Criterion, ...]) -> Iterator[Criterion]:
        for item in items:
            yield item
            yield from down(item.children)

    yield from down(trial.criteria)


def leaves(node: Expr) -> Iterator[Span]:
    """Every span a tree accounts for: concepts, quantities, windows' parts, opaque text and marks."""
    for n in walk(node):
        yield from getattr(n, "marks", ())
        match n:
            case Opaque():
                yield n.span
            case Condition():
                yield n.concept.span
            case Comparison():
                yield from (q.span for q in (n.quantity, *n.alternatives))
                if n.measure:
                    yield n.measure.span
            case Within():
                for window in n.window.each:
                    yield from (q.span for q in (window.length, *window.alternatives) if q)
                    yield from window.marks
                    if window.anchor:
                        yield window.anchor.span
            case _:
                pass


__all__ = [
    "Abbreviation",
    "Ambiguous",
    "And",
    "AtLeast",
    "Code",
    "Comparison",
    "Concept",
    "Condition",
    "Criterion",
    "Expr",
    "Governs",
    "If",
    "Label",
    "Membership",
    "Not",
    "Opaque",
    "Or",
    "Provenance",
    "Quantity",
    "Reference",
    "Registration",
    "Role",
    "Side",
    "Span",
    "Status",
    "Suggestion",
    "TimeWindow",
    "Trial",
    "Unless",
    "Within",
    "children",
    "criteria",
    "hull",
    "leaves",
    "over",
    "rewrite",
    "walk",
]
