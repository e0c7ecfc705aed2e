"""Criteria -> rows of the checklist, and how the answers of the rows decide each criterion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from protocol_nlp.checklist.conversion import other_unit
from protocol_nlp.checklist.dates import Counted, counted
from protocol_nlp.checklist.reading import Part, ambiguous, parts, trusted, unread, windows
from protocol_nlp.checklist.sheet import (
    CLARIFIED,
    NOT_CHECKABLE,
    NOT_READ,
    OUTCOME,
    YES_NO,
    Judged,
    Kind,
    Logic,
    Note,
    Row,
)
from protocol_nlp.checklist.topics import topic
from protocol_nlp.checklist.wording import says
from protocol_nlp.display import issue, wording
from protocol_nlp.phrases import signs
from protocol_nlp.plain import plain
from protocol_nlp.tree import Comparison, Condition, Criterion, Expr, Trial, Unless, Within, walk

AGAINST: Final = "Worded against its heading: the entry does not say which answer excludes. Ask the author."
LISTED: Final = "The entry does not say whether all or any of the lines below are needed: judge them together here."
EXEMPT: Final = "An exception in the entry; take it into account above."
# One short word that was left over ("from", "under"): the question shows it anyway.
_SMALL: Final = re.compile(r"[a-z]{1,5}|\W+")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that stay together, and the section they belong to."""

    topic: str
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Outline:
    """The rows of a trial as blocks in the entry's order, and what decides each criterion.

    `dates` are those of the events; `notes` are the findings of each criterion by its id.
    """

    trial: Trial
    dates: Mapping[str, date]
    notes: Mapping[str, Sequence[Note]]
    judged: list[Judged] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _noted: set[str] = field(default_factory=set)

    def blocks(self) -> Iterator[Block]:
        for criterion in self.trial.criteria:
            yield from self._top(criterion, 0, ())

    def _top(self, criterion: Criterion, depth: int, above: tuple[Counted, ...]) -> Iterator[Block]:
        """A criterion that is judged for itself."""
        if criterion.form == "heading":
            head = self._head(criterion, depth)
            blocks = [b for c in criterion.children for b in self._top(c, depth + 1, above)]
            yield from _under(head, blocks) if blocks else [Block("consent", (head,))]
        elif self._spreads(criterion):
            head = self._head(criterion, depth)
            below = tuple(self._windows(criterion.expr)) or above
            blocks = [b for c in criterion.children for b in self._top(c, depth + 1, below)]
            yield from _under(head, blocks)
        elif not criterion.children and not criterion.list_missing:
            yield from self._plain(criterion, depth, above)
        else:
            rows, logic = self._unit(criterion, depth, above)
            self.judged.append(Judged(id=criterion.id, role=criterion.role, logic=logic))
            yield Block(topic(criterion.expr, _all_words(criterion)), tuple(rows))

    def _plain(self, criterion: Criterion, depth: int, above: tuple[Counted, ...]) -> Iterator[Block]:
        """The parts of a criterion without items below it, each in its own section."""
        logics: list[Logic] = []
        for number, (part, rows, logic) in enumerate(self._parts(criterion, depth, above)):
            logics.append(logic)
            if number:
                rows = [replace(rows[0], original=_original(part.question, wording(part.text))), *rows[1:]]
            yield Block(topic(part.expr, wording(part.text)), tuple(rows))
        self.judged.append(Judged(id=criterion.id, role=criterion.role, logic=_joined(criterion, logics)))

    def _unit(self, criterion: Criterion, depth: int, above: tuple[Counted, ...]) -> tuple[list[Row], Logic]:
        """A criterion with all below it as rows that stay together."""
        if criterion.list_missing:
            return self._missing(criterion, depth)
        if criterion.form == "heading":
            made = [self._unit(c, depth + 1, above) for c in criterion.children]
            return [self._head(criterion, depth), *(r for rows, _ in made for r in rows)], _joined(
                criterion, [logic for _, logic in made]
            )
        if not criterion.children:
            own = list(self._parts(criterion, depth, above))
            return [r for _, rows, _ in own for r in rows], _joined(criterion, [logic for *_, logic in own])
        exempt = [c for c in criterion.children if _ruleless(c.expr)]
        below = [c for c in criterion.children if c not in exempt]
        inherited = tuple(self._windows(criterion.expr)) or above
        operator = _operator(criterion) if below else ""
        if criterion.form == "criterion" or not below or not operator:
            own = list(self._parts(criterion, depth, above))
            rows, logic = [r for _, rs, _ in own for r in rs], _joined(criterion, [x for *_, x in own])
        else:
            rows, logic = [self._head(criterion, depth)], ()
        if criterion.form == "list" and below and not operator:
            rows[0] = replace(rows[0], remarks=(*rows[0].remarks, LISTED))
            for child in below:
                rows += [_silent(r) for r in self._unit(child, depth + 1, inherited)[0]]
        elif below:
            made = [self._unit(c, depth + 1, inherited) for c in below]
            rows += [r for rs, _ in made for r in rs]
            name = operator if criterion.form == "list" else "all" if criterion.role == "inclusion" else "any"
            logic = (name, *((logic,) if logic else ()), *(x for _, x in made))
        for child in exempt:
            exceptions, exempting = self._unit(child, depth + 1, inherited)
            if criterion.role == "exclusion" and any(r.asked for r in rows):
                rows += [_as_exception(r) for r in exceptions]
                logic = ("but_not", logic, exempting)
            else:
                rows += [replace(_silent(r), kind="exception", remarks=(EXEMPT,)) for r in exceptions]
        return rows, logic

    def _parts(
        self, criterion: Criterion, depth: int, above: tuple[Counted, ...]
    ) -> Iterator[tuple[Part, list[Row], Logic]]:
        found = parts(criterion.expr, criterion.lead, criterion.role, self.trial.registration.text)
        for number, part in enumerate(found, 1):
            label = criterion.id if len(found) == 1 else f"{criterion.id} ({number})"
            row = self._row(criterion, part, label, depth, "ask", above)
            rows, logic = [row], self._asked(row)
            if part.tier:
                tier = self._row(criterion, part.tier, f"{label} tier", depth + 1, "tier", above)
                rows.append(replace(tier, original="", notes=()))
                logic = ("instead", logic, self._asked(tier))
            if part.exception:
                exempt = self._row(criterion, part.exception, f"{label} exception", depth + 1, "exception", above)
                rows.append(_as_exception(replace(exempt, original="", notes=())))
                logic = ("but_not", logic, ("row", exempt.key))
            yield part, rows, logic

    def _row(
        self, criterion: Criterion, part: Part, label: str, depth: int, kind: Kind, above: tuple[Counted, ...]
    ) -> Row:
        against = {"exclusion": "admits", "inclusion": "bars"}.get(criterion.role or "", "")
        turned = kind == "ask" and (not against or says(against, _main_clauses(part.text)))
        keeps = {"inclusion": "Yes", "exclusion": "No"}.get(criterion.role or "", "")
        mine = tuple(self._windows(part.expr)) or above
        bound = part.bound
        text = self.trial.registration.text
        return Row(
            key=self._key(label),
            id=wording(label) or "(no id)",
            criterion=criterion.id,
            role=criterion.role,
            kind=kind,
            depth=depth,
            question=part.question or "(no words)",
            answers=OUTCOME if turned else YES_NO,
            keeps="not clear" if turned else keeps,
            bound=signs(bound.quantity) if bound else "",
            other_unit=other_unit(bound) if bound else "",
            windows=mine,
            remarks=tuple(_remarks(part, turned=turned and bool(against))),
            notes=self._notes(criterion),
            original=_original(
                part.question, wording(text[criterion.lead.start : criterion.lead.end] or criterion.text)
            ),
            unread=bool(unread(part.expr)) or part.expr is None,
        )

    def _head(self, criterion: Criterion, depth: int) -> Row:
        """A heading, or the lead of a list whose lines are asked one by one."""
        return Row(
            key="",
            id=wording(criterion.id) or "(no id)",
            criterion=criterion.id,
            role=criterion.role,
            kind="group",
            depth=depth,
            question=wording(criterion.text) or "(no words)",
            windows=tuple(self._windows(criterion.expr)),
            notes=self._notes(criterion),
        )

    def _missing(self, criterion: Criterion, depth: int) -> tuple[list[Row], Logic]:
        key = self._key(criterion.id)
        row = replace(
            self._head(criterion, depth),
            key=key,
            kind="missing",
            answers=CLARIFIED,
            keeps="not clear",
            remarks=(NOT_CHECKABLE,),
            original=wording(criterion.text),
        )
        rows = [row, *(_silent(r) for c in criterion.children for r in self._unit(c, depth + 1, ())[0])]
        return rows, ("not", ("row", key)) if criterion.role == "exclusion" else ("row", key)

    def _asked(self, row: Row) -> Logic:
        """The row as a statement about the patient, which an exclusion wants false."""
        plainly: Logic = ("row", row.key)
        return ("not", plainly) if row.answers == OUTCOME and row.role == "exclusion" else plainly

    def _windows(self, expr: Expr | None) -> Iterator[Counted]:
        """The windows that lead to dates, or that say why they do not, each once."""
        made = dict.fromkeys(counted(window, self.dates) for window in windows(expr))
        return (window for window in made if window.edges or window.remark)

    def _notes(self, criterion: Criterion) -> tuple[Note, ...]:
        """The findings of a criterion, beside its first row alone."""
        if criterion.id in self._noted:
            return ()
        self._noted.add(criterion.id)
        return tuple(self.notes.get(criterion.id, ()))

    def _key(self, label: str) -> str:
        key, number = label, 2
        while key in self._keys:
            key, number = f"{label}#{number}", number + 1
        self._keys.add(key)
        return key

    def _spreads(self, criterion: Criterion) -> bool:
        """Whether the lines of a list are needed one by one, so that each may stand in its own section."""
        if criterion.form != "list" or criterion.list_missing or criterion.role != "inclusion":
            return False
        return _operator(criterion) == "all" and not any(_ruleless(c.expr) for c in criterion.children)


def _operator(criterion: Criterion) -> str:
    """How the lines below a list's lead are joined: "all", "any", or empty where neither words nor lines say it."""
    lead = wording(criterion.text)
    if says("any", lead):
        return "any"
    if says("all", lead) and criterion.role != "exclusion":
        return "all"
    if criterion.role == "exclusion":
        return "any"
    comparing = [
        any(isinstance(n, Comparison) and trusted(n) for n in walk(c.expr)) for c in criterion.children if c.expr
    ]
    return "all" if comparing and sum(comparing) * 2 > len(criterion.children) else ""


def _joined(criterion: Criterion, logics: Sequence[Logic]) -> Logic:
    if len(logics) == 1:
        return logics[0]
    return ("any" if criterion.role == "exclusion" else "all", *logics)


def _under(head: Row, blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks below a heading; the heading stands again wherever the section changes."""
    last = None
    for block in blocks:
        rows = block.rows if block.topic == last else (head, *block.rows)
        if last is not None and block.topic != last:
            rows = (replace(head, notes=()), *block.rows)
        last = block.topic
        yield Block(block.topic, rows)


def _silent(row: Row) -> Row:
    """The row without boxes."""
    return replace(row, answers=(), key="", keeps="") if row.asked else row


def _as_exception(row: Row) -> Row:
    if not row.asked:
        return row
    return replace(row, kind="exception", answers=YES_NO, keeps="Yes, where the line above is “Yes”")


def _original(question: str, words: str) -> str:
    """The wording, where the question says more or less than it."""
    return "" if question.strip(" ,;:.?") == words.strip(" ,;:.?") else words


def _ruleless(expr: Expr | None) -> bool:
    """Whether this is what is exempt from a rule in the item above."""
    return isinstance(expr, Unless) and expr.operand.span.start == expr.operand.span.end


def _all_words(criterion: Criterion) -> str:
    return " ".join([wording(criterion.text), *map(_all_words, criterion.children)])


def _main_clauses(text: str) -> str:
    """The words without "who must …", which tells of whom the sentence speaks, not what is asked."""
    words = wording(text).split(" ")
    kept = [
        w
        for i, w in enumerate(words)
        if not {"who", "that", "which"} & {v.casefold() for v in words[max(0, i - 2) : i]}
    ]
    return " ".join(kept)


def _remarks(part: Part, *, turned: bool) -> Iterator[str]:
    expr = part.expr
    if turned:
        yield AGAINST
    if expr is None or not any(isinstance(n, Condition | Comparison | Within) for n in walk(expr)):
        yield NOT_READ
    elif words := [w for w in unread(expr) if not _SMALL.fullmatch(w)]:
        yield f"Not read by the program: {'; '.join(f'“{w}”' for w in words)}."
    for node in ambiguous(expr):
        told = "; ".join(f"({n}) {plain(r)}" for n, r in enumerate(node.readings, 1))
        yield f"This can be read in more than one way: {told}. Ask the author which is meant."
    if expr is not None and not part.question.endswith(")?"):
        doubts = dict.fromkeys(i for n in walk(expr) if isinstance(n, Comparison) for i in _issues(n))
        if doubts and part.bound is None:
            yield f"Doubtful in the entry: {'; '.join(map(issue, doubts))}."


def _issues(node: Comparison) -> Iterator[str]:
    yield from node.issues
    for quantity in (node.quantity, *node.alternatives):
        yield from quantity.issues
