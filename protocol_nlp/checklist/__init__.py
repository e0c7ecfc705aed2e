"""The screening checklist: the trial's criteria as questions in the order in which screeners work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from pathlib import PurePosixPath

from protocol_nlp.checklist.outline import Block, Outline
from protocol_nlp.checklist.registered import registered
from protocol_nlp.checklist.sheet import Checklist, Event, Note, Order, Paper, Row, Section
from protocol_nlp.checklist.topics import TITLES
from protocol_nlp.display import wording
from protocol_nlp.tree import Role, Trial, criteria

ROLES: tuple[tuple[Role | None, str, str], ...] = (
    ("inclusion", "Inclusion criteria", "“Yes” keeps the patient eligible."),
    ("exclusion", "Exclusion criteria", "“Yes” excludes the patient."),
    (None, "Criteria of unknown role", "The entry does not say whether meeting these includes or excludes."),
)


def checklist(
    trial: Trial,
    *,
    order: Order = "clinical",
    dates: Mapping[str, date] | None = None,
    notes: Iterable[Note] = (),
    paper: Paper = "a4",
) -> Checklist:
    """The trial as a checklist: any tree gives one, an entry without criteria one without sections.

    `dates` are those of the events that windows are counted from, by the id of the table of anchors; `notes` stand
    beside the first row of their criterion, or before all rows where they name none.
    """
    notes = tuple(map(_shown, notes))
    by_criterion: dict[str, list[Note]] = {}
    for note in notes:
        if note.criterion is not None:
            by_criterion.setdefault(note.criterion, []).append(note)
    known = dict(dates or {})
    outline = Outline(trial, known, by_criterion)
    fields = list(registered(trial))
    blocks = [*(block for block, _ in fields), *outline.blocks()]
    sections = tuple(_clinical(blocks) if order == "clinical" else _as_written(blocks))
    entry = trial.registration
    return Checklist(
        id=wording(entry.id),
        title=wording(entry.title or ""),
        sha256=wording(entry.provenance.sha256),
        facts=tuple((name, value) for name, value in _title_block(trial) if value),
        order=order,
        paper=paper,
        events=tuple(_events([row for section in sections for row in section.rows], known)),
        sections=sections,
        judged=(*(judged for _, judged in fields), *outline.judged),
        notes=tuple(note for note in notes if note.criterion is None),
    )


def _clinical(blocks: Sequence[Block]) -> Iterator[Section]:
    for id, title in TITLES.items():
        rows = tuple(_merged(block.rows for block in blocks if block.topic == id))
        if rows:
            yield Section(
                id=id, title=title, meaning="", rows=rows, table=any(row.bound for row in rows) and id == "organ"
            )


def _as_written(blocks: Sequence[Block]) -> Iterator[Section]:
    for role, title, meaning in ROLES:
        rows = tuple(_merged(block.rows for block in blocks if block.rows[0].role == role))
        if rows:
            yield Section(id=role or "unknown", title=title, meaning=meaning, rows=rows)


def _merged(blocks: Iterable[tuple[Row, ...]]) -> Iterator[Row]:
    """All rows; a heading once where blocks under it follow each other."""
    heads: list[str] = []
    for rows in blocks:
        inner = [row.criterion for row in rows if row.kind == "group"]
        for row in rows:
            if row.kind == "group" and row.criterion in heads:
                continue
            yield row
        if inner or rows[0].depth == 0:
            heads = inner


def _events(rows: Sequence[Row], known: Mapping[str, date]) -> Iterator[Event]:
    """What windows are counted from, in the order of the rows; of events without a name each row asks itself."""
    seen: set[str] = set()
    for counted in (window for row in rows for window in row.windows):
        if counted.event and counted.event_name and counted.event not in seen:
            seen.add(counted.event)
            day = known.get(counted.event)
            yield Event(key=counted.event, name=counted.event_name, date=day.isoformat() if day else "")


def _shown(note: Note) -> Note:
    """A finding quotes the entry: its words are cleaned like the entry's own."""
    return replace(
        note,
        code=wording(note.code),
        slug=wording(note.slug),
        message=wording(note.message),
        question=wording(note.question),
    )


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


__all__ = ["Checklist", "Note", "checklist"]
