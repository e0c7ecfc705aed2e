"""What the screening checklist shows: the trial as rows of plain text, ready for a template.

It knows no markup; `checklist_md.py` and `checklist_html.py` write it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from pathlib import PurePosixPath
from typing import Final

from protocol_nlp.display import wording
from protocol_nlp.plain import Facts, Point, facts_of, points
from protocol_nlp.tree import Comparison, Condition, Criterion, Opaque, Role, Trial, Within, criteria, walk

NOT_CHECKABLE: Final = "NOT CHECKABLE — the list this criterion promises is not in the entry"
NOT_READ: Final = "Not read by the program. Judge it from the original wording."
SECTIONS: Final[tuple[tuple[Role | None, str, str], ...]] = (
    ("inclusion", "Inclusion criteria", "“Met” means: the patient fulfils the criterion."),
    ("exclusion", "Exclusion criteria", "“Met” means: the criterion applies, and the patient is EXCLUDED."),
    (None, "Criteria of unknown role", "The entry does not say whether meeting these includes or excludes."),
)
ANSWERS: Final = ("Met", "Not met", "Unknown", "Not applicable")
ANSWERS_EXCLUSION: Final = ("Met – excluded", *ANSWERS[1:])


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion; every text is on one line, and `depth` is 0 at the top.

    `unread` counts the parts that were not read; `answers` are the boxes to tick, none where there is nothing
    to judge (a heading, a promised list that is missing).
    """

    id: str
    depth: int
    role: Role | None
    heading: bool
    list_missing: bool
    answers: tuple[str, ...]
    reading: Point
    facts: Facts
    unread: int
    original: str


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one role, parents before the rows under them."""

    role: Role | None
    title: str
    meaning: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A whole checklist; `facts` are the name and the value of each line of the title block."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    not_checkable: str = NOT_CHECKABLE


def checklist(trial: Trial) -> Checklist:
    """The trial as a checklist: any tree gives one, an entry without criteria one without sections."""
    registration = trial.registration
    sections = []
    for role, title, meaning in SECTIONS:
        top = (c for c in trial.criteria if c.role == role)
        rows = tuple(row for criterion in top for row in _rows(criterion, registration.text, 0))
        if rows:
            sections.append(Section(role, title, meaning, rows))
    return Checklist(
        id=wording(registration.id),
        title=wording(registration.title or ""),
        facts=tuple((name, value) for name, value in _title_block(trial) if value),
        sections=tuple(sections),
    )


def losses(trial: Trial) -> tuple[str, ...]:
    """What the tree says and no checklist shows."""
    return ("places of the words in the source", "identifiers and codes of concepts") if trial.criteria else ()


def _title_block(trial: Trial) -> Iterator[tuple[str, str]]:
    entry, source = trial.registration, trial.registration.provenance
    yield "Registry", wording(entry.registry or "")
    yield "Phase", wording(entry.phase or "")
    yield "Conditions", wording("; ".join(entry.conditions))
    yield "Interventions", wording("; ".join(entry.interventions))
    yield "Sex", wording(entry.sex or "")
    yield "Minimum age", wording(entry.minimum_age or "")
    yield "Maximum age", wording(entry.maximum_age or "")
    yield "Healthy volunteers", {True: "yes", False: "no", None: ""}[entry.healthy_volunteers]
    name = PurePosixPath(source.path.replace("\\", "/")).name
    yield "Source", wording(f"{name or source.path} (SHA-256 {source.sha256[:12]}…)")
    yield "Criteria", _counted(trial)
    yield "Share of the text read", _percent(1 - trial.opaque_share)
    yield "Not checkable", str(sum(c.list_missing for c in criteria(trial)))


def _counted(trial: Trial) -> str:
    """How many criteria there are, and of which role; headings are none."""
    roles = [c.role for c in criteria(trial) if c.form != "heading"]
    named = (("inclusion", "inclusion"), ("exclusion", "exclusion"), (None, "of unknown role"))
    parts = [f"{roles.count(role)} {name}" for role, name in named if role in roles]
    return f"{len(roles)} ({', '.join(parts)})" if parts else "0"


def _percent(share: Decimal) -> str:
    # Rounded down: "100 %" is said only where all of the text was read.
    return f"{(share * 100).quantize(Decimal('0.1'), rounding=ROUND_FLOOR).normalize():f} %"


def _rows(criterion: Criterion, text: str, depth: int) -> Iterator[Row]:
    heading = criterion.form == "heading"
    reading, unread = _reading(criterion)
    if heading or criterion.list_missing:
        answers: tuple[str, ...] = ()
    else:
        answers = ANSWERS_EXCLUSION if criterion.role == "exclusion" else ANSWERS
    yield Row(
        id=wording(criterion.id) or "(no id)",
        depth=depth,
        role=criterion.role,
        heading=heading,
        list_missing=criterion.list_missing,
        answers=answers,
        reading=reading,
        facts=facts_of(criterion),
        unread=unread,
        original=wording(text[criterion.lead.start : criterion.lead.end] or criterion.text),
    )
    for child in criterion.children:
        yield from _rows(child, text, depth + 1)


def _reading(criterion: Criterion) -> tuple[Point, int]:
    """The criterion in plain language, and how many of its parts were not read."""
    expr = criterion.expr
    nodes = list(walk(expr)) if expr else []
    # Brackets around nothing but words that were not read would only repeat the original.
    if expr is None or not any(isinstance(node, Condition | Comparison | Within) for node in nodes):
        return Point(NOT_READ), 0
    told = points(expr)
    # "pH" and "eGFR" keep their small letter.
    if told.text.split(" ", 1)[0].rstrip(":,;").islower():
        told = replace(told, text=told.text[0].upper() + told.text[1:])
    return told, sum(isinstance(node, Opaque) for node in nodes)
