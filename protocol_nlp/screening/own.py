"""Our own patient file (docs/screening.md, patient.schema.json) -> Patient."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Final, Literal, cast, get_args

from protocol_nlp.lexicon import anchors
from protocol_nlp.screening.build import Builder
from protocol_nlp.screening.fields import Fields
from protocol_nlp.screening.patient import SECTIONS, Complete, Day, Patient, Section, Sex, State
from protocol_nlp.screening.resolve import Named

FORMAT: Final = "protocol-nlp-patient/1"
TOP: Final = (
    "$schema format id date birth_date age sex observations conditions drugs procedures complete events".split()
)
OBSERVATION: Final = "name code value comparator unit date low high".split()
STATES: Final[dict[Section, tuple[State, ...]]] = {
    "conditions": ("active", "resolved", "absent", "never", "suspected", "family", "planned"),
    "drugs": ("active", "resolved", "absent", "never", "planned", "ordered"),
    "procedures": ("active", "resolved", "absent", "never", "planned", "ordered"),
}
FACT: Final = "name code status date start end confirmed".split()


def schema_text() -> str:
    """The JSON Schema of patient files."""
    return (files("protocol_nlp.screening") / "patient.schema.json").read_text(encoding="utf-8")


def patient(top: Fields) -> Patient:
    """The patient of a file. Raises PatientError for a key, a kind of value or a date that no such file may hold."""
    top.only(*TOP)
    if top.text("format") != FORMAT:
        raise top.wrong("format", f'it is not "{FORMAT}"')
    builder = Builder(top.file)
    for held in top.objects("observations"):
        _observation(held, builder)
    for section in SECTIONS:
        for held in top.objects(section):
            _fact(held, section, builder)
    described = top.day("date")
    if described is not None and described.first != described.last:
        raise top.wrong("date", f'"{described}" is no whole date: write YYYY-MM-DD')
    age, birth = top.number("age"), top.day("birth_date")
    if age is not None and not 0 <= age <= 130:
        raise top.wrong("age", f"{age} is no age in years")
    if birth is not None and described is not None and birth.first > described.first:
        raise top.wrong("birth_date", f"{birth} is after the day the file describes ({described})")
    return builder.patient(
        top.text("id") or "patient",
        day=described.first if described else None,
        birth=birth,
        age=age,
        sex=cast("Sex | None", top.choice("sex", get_args(Sex))),
        complete=frozenset(_complete(top)),
        events=_events(top),
    )


def _observation(held: Fields, builder: Builder) -> None:
    held.only(*OBSERVATION)
    builder.value(
        held.path,
        _named(held),
        held.number("value"),
        sign=cast(Literal["<", "<=", ">=", ">"] | None, held.choice("comparator", ("<", "<=", ">=", ">"))),
        written=(held.text("unit"), None),
        day=held.day("date"),
        limits=(held.number("low"), held.number("high")),
    )


def _fact(held: Fields, section: Section, builder: Builder) -> None:
    held.only(*FACT)
    point, start, end = held.day("date"), held.day("start"), held.day("end")
    if point and (start or end):
        raise held.wrong("date", "a single day, beside start or end")
    given = held.choice("status", STATES[section])
    state = cast(State, given or ("resolved" if end else "active"))
    builder.fact(
        held.path,
        section,
        _named(held),
        state,
        start=point or start,
        end=end,
        point=point is not None,
        confirmed=held.flag("confirmed"),
    )


def _named(held: Fields) -> Named:
    name, code = held.text("name"), held.text("code")
    if name is None and code is None:
        raise held.wrong("", "neither name nor code")
    codes: tuple[tuple[str, str], ...] = ()
    if code is not None:
        system, colon, value = code.partition(":")
        codes = ((system, value),) if colon and system.isupper() else (("", code),)
    return Named(words=(name,) if name else (), codes=codes)


def _complete(top: Fields) -> list[Complete]:
    found = []
    for number, name in enumerate(top.list("complete")):
        if name not in get_args(Complete):
            raise top.wrong(f"complete[{number}]", f"{name!r} is not one of {', '.join(get_args(Complete))}")
        found.append(cast(Complete, name))
    return found


def _events(top: Fields) -> dict[str, date]:
    held = top.object("events")
    if held is None:
        return {}
    held.only(*(row.id for row in anchors()))
    found: dict[str, date] = {}
    for key in held.held:
        day: Day | None = held.day(key)
        if day is None or day.first != day.last:
            raise held.wrong(key, "no whole date: write YYYY-MM-DD")
        found[key] = day.first
    return found
