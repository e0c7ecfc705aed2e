"""Criteria -> rows of the checklist, and how the answers of the rows decide each criterion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from protocol_nlp.checklist.asking import (
    DONE_WORDS,
    EXCEPTION,
    OWN_EXCEPTION,
    PERMITTED,
    defines,
    permits,
    worded_against,
)
from protocol_nlp.checklist.bounds import Part, trusted
from protocol_nlp.checklist.dates import Counted, counted
from protocol_nlp.checklist.diagnoses import states
from protocol_nlp.checklist.groups import names_group
from protocol_nlp.checklist.places import Under, heads, sections, siblings
from protocol_nlp.checklist.reading import ambiguous, parts, unread, windows
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
from protocol_nlp.checklist.wording import names_people, says, starts, without_verdict
from protocol_nlp.display import issue, wording
from protocol_nlp.plain import plain
from protocol_nlp.tree import Comparison, Condition, Criterion, Expr, Role, Trial, Unless, Within, walk

AGAINST: Final = "Worded against its heading: the entry does not say which answer excludes. Ask the author."
LISTED: Final = "The entry does not say whether all or any of the lines below are needed: judge them together here."
DEFINES: Final = "A definition: it asks something only of the patients it speaks of."
DONE: Final = "Says what will be done: it asks nothing of the patient."
_ALL_OR_ANY: Final = {"and": "all", "or": "any"}
GATHERED: Final = "The entry sets the lines of this list beside it, not below it: check where the list ends."
REFERS: Final = "Goes on about a line before it: read them together."
RIVALS: Final = "{}: other values of one thing. The entry does not say whether they hold for different patients."
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
        for number, (heading, items) in enumerate(sections(self.trial), 1):
            if heading:
                head = Row(
                    key="",
                    id="Heading",
                    criterion=f"heading {number}",
                    role=items[0].role,
                    kind="group",
                    depth=0,
                    question=heading,
                )
                yield from _under(head, list(self._blocks(items, Under(depth=1, group=True, part=True))))
            else:
                yield from self._blocks(items, Under())

    def _blocks(self, items: Sequence[Criterion], under: Under) -> Iterator[Block]:
        """Criteria that are judged for themselves; those of which one is enough are judged together."""
        either: list[tuple[Criterion, Under]] = []
        for criterion, place in siblings(items, under, self.trial.registration.text):
            if not place.either:
                yield from self._top(criterion, place)
                continue
            either.append((criterion, place))
            if wording(criterion.id) == place.either[-1]:
                yield self._either(either)
                either = []

    def _either(self, items: Sequence[tuple[Criterion, Under]]) -> Block:
        """Lines joined by "or" as rows that stay together."""
        made = [self._unit(criterion, under) for criterion, under in items]
        logic: Logic = ("any", *(each for _, each in made if each))
        self.judged.append(Judged(id=" or ".join(items[0][1].either), role=items[0][0].role, logic=logic))
        words = " ".join(_all_words(criterion) for criterion, _ in items)
        return Block(topic(items[0][0].expr, words), tuple(row for rows, _ in made for row in rows))

    def _top(self, criterion: Criterion, under: Under) -> Iterator[Block]:
        """A criterion that is judged for itself."""
        if heads(criterion):
            head = self._head(criterion, under)
            blocks = list(self._blocks(criterion.children, under.below(criterion)))
            yield from _under(head, blocks) if blocks else [Block("consent", (head,))]
        elif self._spreads(criterion):
            head = self._head(criterion, under)
            below = under.below(criterion, tuple(self._windows(criterion.expr)))
            yield from _under(head, list(self._blocks(criterion.children, below)))
        elif not criterion.children and not criterion.list_missing:
            yield from self._plain(criterion, under)
        else:
            rows, logic = self._unit(criterion, under)
            self.judged.append(Judged(id=criterion.id, role=criterion.role, logic=logic))
            yield Block(topic(criterion.expr, _all_words(criterion)), tuple(rows))

    def _plain(self, criterion: Criterion, under: Under) -> Iterator[Block]:
        """The parts of a criterion without items below it, each in its own section."""
        logics: list[Logic] = []
        for number, (part, rows, logic) in enumerate(self._parts(criterion, under)):
            logics.append(logic)
            if number:
                rows = [replace(rows[0], original=_original(part.question, wording(part.text))), *rows[1:]]
            # "Age ≥ 18 years on the day of signing the consent form" is about the age.
            place = "demographics" if part.question.startswith("Age ") else topic(part.expr, wording(part.text))
            yield Block(place, tuple(rows))
        self.judged.append(Judged(id=criterion.id, role=criterion.role, logic=_joined(criterion.role, logics)))

    def _unit(self, criterion: Criterion, under: Under) -> tuple[list[Row], Logic]:
        """A criterion with all below it as rows that stay together."""
        if criterion.list_missing:
            return self._missing(criterion, under)
        below = under.below(criterion, tuple(self._windows(criterion.expr)) if criterion.form == "list" else ())
        if criterion.role == "inclusion" and _operator(criterion) == "any":
            below = replace(below, choice=True)
        children = list(siblings(criterion.children, below, self.trial.registration.text))
        if heads(criterion):
            made = [self._unit(c, u) for c, u in children]
            rows = [self._head(criterion, under), *(r for each, _ in made for r in each)]
            return rows, _joined(criterion.role, [logic for _, logic in made])
        own = list(self._parts(criterion, under)) if not _operator(criterion) else []
        rows = [r for _, each, _ in own for r in each] or [self._head(criterion, under)]
        if own and criterion.gathered:
            rows[0] = replace(rows[0], remarks=(*rows[0].remarks, GATHERED))
        logic = _joined(criterion.role, [each for *_, each in own]) if own else ()
        exempt = [(c, u) for c, u in children if exempts(c)]
        listed = [(c, u) for c, u in children if not exempts(c)]
        made = [self._unit(c, u) for c, u in listed]
        # A list whose join is not said is judged as a whole; so are the words under an item of a list.
        whole = bool(own) and (criterion.form in ("list", "heading") or under.listed or _names_below(criterion, listed))
        if made and whole:
            rows[0] = replace(rows[0], remarks=(*rows[0].remarks, LISTED))
            rows += [_silent(r) for each, _ in made for r in each]
        elif made:
            rows += [r for each, _ in made for r in each]
            name = _operator(criterion) or ("any" if criterion.role == "exclusion" else "all")
            # What only goes on about the list is not one of those of which any is enough.
            aside = [not said.answers or bool({DEFINES, REFERS, DONE} & set(said.remarks)) for (said, *_), _ in made]
            counted_in = [each for (_, each), off in zip(made, aside, strict=True) if name == "all" or not off]
            logic = (name, *((logic,) if logic else ()), *(counted_in or [each for _, each in made]))
        excludes = criterion.role == "exclusion" and bool(logic) and rows[0].answers != OUTCOME
        # Among lines of which each excludes, an exception may be one from the line before it, or from all.
        loose = excludes and ((bool(made) and not own) or any(PERMITTED.match(wording(c.text)) for c, _ in exempt))
        for child, place in exempt:
            exceptions, exempting = self._unit(child, replace(place, exempt=excludes and not loose, windows=()))
            if loose:
                rows += exceptions
                logic = ("any", logic, exempting)
            elif excludes:
                rows += [_as_exception(r) for r in exceptions]
                logic = ("but_not", logic, exempting)
            else:
                rows += [replace(_silent(r), kind="exception", remarks=(EXEMPT,)) for r in exceptions]
        return rows, logic

    def _parts(self, criterion: Criterion, under: Under) -> Iterator[tuple[Part, list[Row], Logic]]:
        found = parts(criterion.expr, criterion.lead, criterion.role, self.trial.registration.text)
        for number, part in enumerate(found, 1):
            label = criterion.id if len(found) == 1 else f"{criterion.id} ({number})"
            row = self._row(criterion, part, label, under, "ask")
            rows, logic = [row], self._asked(row)
            deeper = replace(under, depth=under.depth + 1)
            if part.tier:
                tier = self._row(criterion, part.tier, f"{label} tier", deeper, "tier")
                rows.append(replace(tier, original="", notes=()))
                logic = ("instead", logic, self._asked(tier))
            if part.exception and row.answers == YES_NO:
                exempt = self._row(criterion, part.exception, f"{label} exception", deeper, "exception")
                rows.append(_as_exception(replace(exempt, original="", notes=())))
                logic = ("but_not", logic, ("row", exempt.key))
            yield part, rows, logic

    def _row(self, criterion: Criterion, part: Part, label: str, under: Under, kind: Kind) -> Row:
        against = worded_against(criterion.role, part.text) and kind == "ask"
        # A bound stands for itself; any other line may belong to the list that is missing above it.
        stray = bool(under.exception_of or under.among) and kind == "ask" and not part.bound
        rival = bool(under.rivals) and kind == "ask" and criterion.role == "inclusion"
        turned = (against or not criterion.role or stray or rival) and not under.exempt
        told = wording(part.text)
        defining = criterion.role == "inclusion" and not part.bound and defines(told)
        # A line that stands in brackets as a whole explains the one before it.
        excepts = (
            criterion.role == "inclusion" and re.match(EXCEPTION.pattern + r"|\([^()]*\)\W*$", told, re.I) is not None
        )
        refers = excepts or (
            criterion.role == "inclusion"
            and starts("goes_on_about", told)
            and (starts("note", told) or not says("demands", told))
        )
        done = criterion.role == "inclusion" and DONE_WORDS.search(told) is not None and not names_people(told)
        some = part.some or defining or refers or done or permits(part.text, part.expr)
        remarks = [AGAINST] if against and criterion.role else []
        if kind == "ask":
            remarks += [REFERS] if refers else [DEFINES] if defining else [DONE] if done else []
        if stray and under.exception_of:
            remarks.append(
                f"May belong to the list of {under.exception_of}, which is missing and changes what it means."
            )
        elif stray:
            remarks.append(
                f"{under.among[0]} to {under.among[-1]}: the entry does not say whether one of these is enough."
            )
        if rival:
            remarks.append(RIVALS.format(", ".join(under.rivals)))
        if under.tied and kind == "ask":
            remarks.append(f"May be asked of the patients of {under.tied} alone: the entry does not say.")
        text = self.trial.registration.text
        question = part.question or "(no words)"
        if criterion.role == "exclusion" and kind == "ask" and not turned:
            question = without_verdict(question)
        return Row(
            key=self._key(label),
            id=wording(label) or "(no id)",
            criterion=criterion.id,
            role=criterion.role,
            kind=kind,
            depth=under.depth,
            question=question,
            answers=OUTCOME if turned else YES_NO,
            keeps="not clear" if turned else _keeps(criterion, under, some=some),
            bound=part.bound,
            other_unit=part.other_unit,
            windows=tuple(self._windows(part.expr)) or under.windows,
            remarks=(*remarks, *_remarks(part)),
            notes=self._notes(criterion),
            original=_original(question, wording(text[criterion.lead.start : criterion.lead.end] or criterion.text)),
            unread=bool(unread(part.expr)) or part.expr is None,
            expr=part.expr,
        )

    def _head(self, criterion: Criterion, under: Under) -> Row:
        """A heading, or the lead of a list whose lines are asked one by one."""
        return Row(
            key="",
            id=wording(criterion.id) or "(no id)",
            criterion=criterion.id,
            role=criterion.role,
            kind="group",
            depth=under.depth,
            question=wording(criterion.text) or "(no words)",
            windows=tuple(self._windows(criterion.expr)),
            remarks=(GATHERED,) if criterion.gathered else (),
            notes=self._notes(criterion),
        )

    def _missing(self, criterion: Criterion, under: Under) -> tuple[list[Row], Logic]:
        key = self._key(criterion.id)
        row = replace(
            self._head(criterion, under),
            key=key,
            kind="missing",
            answers=CLARIFIED,
            keeps="not clear",
            remarks=(NOT_CHECKABLE,),
            original=wording(criterion.text),
        )
        below = under.below(criterion)
        rows = [row, *(_silent(r) for c in criterion.children for r in self._unit(c, below)[0])]
        return rows, ("not", ("row", key)) if criterion.role == "exclusion" else ("row", key)

    def _asked(self, row: Row) -> Logic:
        """The row as a statement about the patient, which an exclusion wants false."""
        plainly: Logic = ("row", row.key)
        return ("not", plainly) if row.answers == OUTCOME and row.role == "exclusion" else plainly

    def _windows(self, expr: Expr | None) -> Iterator[Counted]:
        """The windows that lead to dates, or that say why they do not, each once."""
        text = self.trial.registration.text
        made = dict.fromkeys(counted(window, self.dates) for window in windows(expr, text))
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
        return _operator(criterion) == "all" and not any(exempts(c) for c in criterion.children)


def _keeps(criterion: Criterion, under: Under, *, some: bool) -> str:
    """The answer that keeps the patient eligible, and of which patients it is asked."""
    keeps = {"inclusion": "Yes", "exclusion": "No"}.get(criterion.role or "", "")
    told: list[str] = []
    joined = under.within if under.either else under.group or names_group(wording(criterion.text))
    if joined and not under.tied:
        told.append(f"in this {'part' if under.part else 'group'} alone")
    if under.either:
        told.append(f"one of {', '.join(under.either[:-1])} and {under.either[-1]} is enough")
    elif under.tied:
        told.append(f"perhaps in the group of {under.tied} alone")
    elif under.choice:
        told.append("one line of the list is enough")
    if some and criterion.role == "inclusion":
        keeps += ", or not applicable"
    return f"{keeps} ({'; '.join(told)})" if told else keeps


def _names_below(criterion: Criterion, listed: Sequence[tuple[Criterion, Under]]) -> bool:
    """Whether the lines below an inclusion without a verb only name things, so that how they are joined is not said."""
    lines = [c for c, _ in listed]
    bounded = any(isinstance(n, Comparison) and trusted(n) for c in lines for n in (walk(c.expr) if c.expr else ()))
    said = [criterion, *lines]
    return (
        criterion.role == "inclusion"
        and len(lines) > 1
        and not bounded
        and not any(states(wording(c.text)) for c in said)
    )


def _operator(criterion: Criterion) -> str:
    """How the lines below a list's lead are joined: "all", "any", or empty where neither words nor lines say it."""
    if criterion.form != "list" or not any(not exempts(c) for c in criterion.children):
        return ""
    lead = wording(criterion.text)
    if criterion.role == "exclusion" and worded_against("exclusion", lead):
        return ""
    said = criterion.governs
    if said and said.connective == "at_least" and said.count != 1:
        return ""
    if says("any", lead) or (said and said.connective == "or" and not said.implied and not _each_bounded(criterion)):
        return "any"
    if criterion.role == "inclusion" and re.search(r"\b(?:must|should|shall)(?: have| be| meet)?\W*$", lead):
        return "all"
    if says("all", lead) and (criterion.role != "exclusion" or (said and said.connective == "and")):
        return "all"
    if criterion.role == "exclusion":
        return "any"
    # "Clearance ≥ 70 mL/min, or creatinine by age as follows:": the lead asks for something of its own.
    own = any(
        isinstance(n, Comparison) and n.measure and (n.quantity.unit or n.quantity.reference)
        for n in (walk(criterion.expr) if criterion.expr else ())
    )
    if own and re.search(r"\bor\b", lead):
        return ""
    comparing = [
        any(isinstance(n, Comparison) and trusted(n) for c in _with_headed(child) if c.expr for n in walk(c.expr))
        for child in criterion.children
    ]
    if criterion.gathered and said and said.connective in _ALL_OR_ANY:  # their kind says it, even where signs are lost
        return _ALL_OR_ANY[said.connective]
    return "all" if comparing and sum(comparing) * 2 > len(criterion.children) else ""


def _each_bounded(criterion: Criterion) -> bool:
    """Whether the lines of an inclusion mostly bound measures of their own, so that the "or" before the last of them
    joins the last two: "ANC ≥ 1.0; platelets ≥ 75; bilirubin normal; creatinine ≤ 1.5 or / clearance ≥ 60"."""
    if criterion.role != "inclusion" or len(criterion.children) < 4:
        return False
    found = [
        next((n.measure.id for n in walk(c.expr) if isinstance(n, Comparison) and n.measure), None)
        for c in criterion.children
        if c.expr
    ]
    named = [name for name in found if name]
    return len(set(named)) > 2 and len(set(named)) == len(named) and 2 * len(named) > len(criterion.children)


def _with_headed(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion, with the lines below it where it is but their heading: "Renal function:"."""
    yield criterion
    if criterion.form == "heading":
        yield from criterion.children


def _joined(role: Role | None, logics: Sequence[Logic]) -> Logic:
    held = [logic for logic in logics if logic]
    return held[0] if len(held) == 1 else ("any" if role == "exclusion" else "all", *held)


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
    remarks = tuple(remark for remark in row.remarks if remark != AGAINST)
    return replace(row, kind="exception", answers=YES_NO, keeps="Yes, where the line above is “Yes”", remarks=remarks)


def _original(question: str, words: str) -> str:
    """The wording, where the question says more or less than it."""
    return "" if question.strip(" ,;:.?") == words.strip(" ,;:.?") else words


def ruleless(expr: Expr | None) -> bool:
    """Whether this is what is exempt from a rule in the item above."""
    return isinstance(expr, Unless) and expr.operand.span.start == expr.operand.span.end


def exempts(criterion: Criterion) -> bool:
    """Whether a criterion is an exception from the one above it, and not a rule that has an exception of its own."""
    return ruleless(criterion.expr) and OWN_EXCEPTION.match(wording(criterion.text)) is None


def _all_words(criterion: Criterion) -> str:
    return " ".join([wording(criterion.text), *map(_all_words, criterion.children)])


def _remarks(part: Part) -> Iterator[str]:
    expr = part.expr
    if expr is None or not any(isinstance(n, Condition | Comparison | Within) for n in walk(expr)):
        yield NOT_READ
    elif words := [w for w in unread(expr) if not _SMALL.fullmatch(w)]:
        yield f"Not read by the program: {'; '.join(f'“{w}”' for w in words)}."
    for node in ambiguous(expr):
        told = "; ".join(f"({n}) {plain(r)}" for n, r in enumerate(node.readings, 1))
        yield f"This can be read in more than one way: {told}. Ask the author which is meant."
    if expr is not None:
        doubts = dict.fromkeys(issue(i) for n in walk(expr) if isinstance(n, Comparison) for i in _issues(n))
        if unsaid := [doubt for doubt in doubts if doubt not in part.question]:
            yield f"Doubtful in the entry: {'; '.join(unsaid)}."


def _issues(node: Comparison) -> Iterator[str]:
    yield from node.issues
    for quantity in (node.quantity, *node.alternatives):
        yield from quantity.issues
