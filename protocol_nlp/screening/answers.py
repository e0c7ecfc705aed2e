"""A screening as answers on the checklist: what the page would save if somebody had ticked what the file decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from protocol_nlp.checklist import Checklist, checklist
from protocol_nlp.checklist.html import filled
from protocol_nlp.checklist.notes import notes
from protocol_nlp.checklist.sheet import YES_NO, Logic, Row
from protocol_nlp.registered import field_key
from protocol_nlp.screening.judge import Bench, bench_of
from protocol_nlp.screening.result import Evidence, Screening
from protocol_nlp.screening.verdict import Verdict

ANSWERS: Final = {True: "true", False: "false"}


def sheet(screening: Screening, *, audit: bool = True) -> tuple[Checklist, dict[str, Any]]:
    """The trial's checklist, and its answers as its page saves and loads them.

    Only what the file decides is ticked, with the value, its date and its place in the file; what is not known stays
    without a tick. Rows that ask for an outcome, and tiers, are left to a person.
    """
    trial = screening.trial
    made = checklist(trial, dates=screening.anchors, notes=notes(trial) if audit else ())
    bench = bench_of(trial, screening.patient, screening.anchors)
    ticked: dict[str, str] = {}
    fields = dict(_heads(screening))
    of_fields = {field_key(field.name): field for field in screening.fields if field.truth != "unknown"}
    for row in (row for section in made.sections for row in section.rows):
        if field := of_fields.get(row.key):
            ticked[row.key] = ANSWERS[field.truth == "met"]
            fields.update(_record(row, field.evidence))
        if row.expr is None or row.answers != YES_NO or row.kind != "ask":
            continue
        verdict = _verdict(row, bench)
        if not verdict.applies:
            ticked[row.key] = "na"
        elif verdict.truth is not None:
            ticked[row.key] = ANSWERS[verdict.truth]
            fields.update(_record(row, verdict.evidence))
    decided = of_fields.keys() | {j.criterion.id for j in bench.judgements if j.truth != "unknown"}
    for judged in made.judged:
        if judged.id not in decided and outcome(judged.logic, ticked) != "unknown":
            # Ticks that would decide for the page what the screening left open: a person gives them.
            for key in _rows(judged.logic):
                ticked.pop(key, None)
                fields = {name: text for name, text in fields.items() if not name.endswith(f" of {key}")}
    return made, filled(made, ticked, fields)


def outcome(logic: Logic, ticked: Mapping[str, str]) -> str:
    """What answers make of a criterion's logic, as the page computes it: "true", "false", "unknown" or "na"."""
    name, *rest = logic
    if name == "row":
        return ticked.get(str(rest[0]), "unknown")
    parts = [outcome(part, ticked) for part in rest if isinstance(part, tuple)]
    match name:
        case "not":
            return {"true": "false", "false": "true"}.get(parts[0], parts[0])
        case "instead":
            return parts[0] if parts[1] == "na" else parts[1]
        case "but_not" if parts[1] == "na":
            return parts[0]
        case "but_not":
            parts[1] = {"true": "false", "false": "true"}.get(parts[1], parts[1])
            return _joined(parts, "false", "true")
        case "all":
            return _joined(parts, "false", "true")
        case _:
            return _joined(parts, "true", "false")


def _joined(parts: Sequence[str], stop: str, otherwise: str) -> str:
    held = [part for part in parts if part != "na"]
    if not held:
        return "na"
    return stop if stop in held else "unknown" if "unknown" in held else otherwise


def _rows(logic: Logic) -> Iterator[str]:
    if logic[0] == "row":
        yield str(logic[1])
    else:
        for part in logic[1:]:
            if isinstance(part, tuple):
                yield from _rows(part)


def _verdict(row: Row, bench: Bench) -> Verdict:
    criterion, place = bench.places[row.criterion]
    return bench.stated(criterion, row.expr, place)


def _heads(screening: Screening) -> Iterator[tuple[str, str]]:
    yield "Patient", screening.patient.id
    if screening.patient.day:
        yield "Date", screening.patient.day.isoformat()
    for event, day in screening.anchors.items():
        yield f"event {event}", day.isoformat()


def _record(row: Row, evidence: tuple[Evidence, ...]) -> Iterator[tuple[str, str]]:
    """The record of a row: its values, the day where all have one and the same, and where they stand in the file."""
    yield f"Value of {row.key}", "; ".join(dict.fromkeys(f"{e.what}: {e.value}" for e in evidence))
    days = {e.date for e in evidence}
    if len(days) == 1 and len(day := days.pop()) == 10:
        yield f"Date of {row.key}", day
    yield f"Source of {row.key}", "; ".join(dict.fromkeys(e.path for e in evidence))


__all__ = ["outcome", "sheet"]
