"""What a checklist shows: sections of rows, all as plain text on one line each, ready for any writer.

No markup here, and no layout: `html.py`, `markdown.py`, `pdf.py` and `docx.py` write it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from protocol_nlp.checklist.dates import Counted
from protocol_nlp.tree import Expr, Role, Span

Order = Literal["clinical", "as-written"]
Paper = Literal["a4", "letter"]
Kind = Literal["ask", "group", "exception", "tier", "missing"]
Severity = Literal["error", "warning", "info"]
# true, false, unknown, na: what a box says of the question beside it, in three-valued logic; na takes the row out.
Value = Literal["true", "false", "unknown", "na"]
Logic = tuple["str | Logic", ...]
"""`("row", key)`, or an operator and its operands: `("not", …)`, `("all", …)`, `("any", …)`,
`("but_not", rule, exception)`, `("instead", rule, tier)`."""

YES_NO: Final[tuple[tuple[Value, str], ...]] = (
    ("true", "Yes"),
    ("false", "No"),
    ("unknown", "Unknown"),
    ("na", "Not applicable"),
)
# Where the entry does not say which answer speaks for the patient, the boxes ask for the outcome itself.
OUTCOME: Final[tuple[tuple[Value, str], ...]] = (
    ("true", "Keeps eligible"),
    ("false", "Excludes"),
    ("unknown", "Unknown"),
    ("na", "Not applicable"),
)
CLARIFIED: Final[tuple[tuple[Value, str], ...]] = (
    ("true", "Clarified: keeps eligible"),
    ("false", "Clarified: excludes"),
    ("unknown", "Not clarified"),
)
NOT_CHECKABLE: Final = (
    "NOT CHECKABLE: no list stands under this criterion, which promises one. It was lost, or stands in the lines below"
    " as if each of them were a criterion. Ask the sponsor."
)
LOSSES: Final = ("places of the words in the source", "identifiers and codes of concepts")
"""What the tree says and no checklist shows."""
NOT_READ: Final = "Not read by the program. Judge it from the original wording."


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A finding about a criterion's wording, with the question to the entry's author; `span` as in the tree."""

    criterion: str | None
    code: str
    slug: str
    severity: Severity
    message: str
    question: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the checklist.

    `key` names the row in saved answers, and is unique; a row without boxes (`answers` empty) has none.
    `keeps` is the answer that keeps the patient eligible, or what stands in its place; `bound` and `other_unit`
    are filled where the row asks for one value. `original` is empty where the question is the entry's own wording,
    or where the wording stands with a row above. `expr` is what was read of the question, for whoever answers it from
    data; no writer shows it.
    """

    key: str
    id: str
    criterion: str
    role: Role | None
    kind: Kind
    depth: int
    question: str
    answers: tuple[tuple[Value, str], ...] = ()
    keeps: str = ""
    bound: str = ""
    other_unit: str = ""
    windows: tuple[Counted, ...] = ()
    remarks: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    original: str = ""
    unread: bool = False
    expr: Expr | None = field(default=None, repr=False)

    @property
    def asked(self) -> bool:
        """Whether there is something to tick."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows under one title; `table` says that most of them ask for a laboratory value."""

    id: str
    title: str
    meaning: str
    rows: tuple[Row, ...]
    table: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How the answers decide one criterion: an inclusion has to come out true, an exclusion false."""

    id: str
    role: Role | None
    logic: Logic


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that windows are counted from; `date` is ISO 8601, empty where it was not given."""

    key: str
    name: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A whole checklist; `facts` are the name and the value of each line of the title block."""

    id: str
    title: str
    sha256: str
    facts: tuple[tuple[str, str], ...]
    order: Order
    paper: Paper
    events: tuple[Event, ...]
    sections: tuple[Section, ...]
    judged: tuple[Judged, ...]
    notes: tuple[Note, ...] = ()
    """Findings about the entry as a whole."""
