"""Names, codes and units of a patient file -> rows of the tables; by exact spelling and exact code alone, never by
likeness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from protocol_nlp.lexicon import Entry, Measure, Unit, entries, measures, units
from protocol_nlp.link import names
from protocol_nlp.nomenclature import obsolete
from protocol_nlp.screening.patient import Section
from protocol_nlp.tree import Code, Label

LABELS: Final[dict[Section, frozenset[Label]]] = {
    "conditions": frozenset({"Condition", "Observation", "Person"}),
    "drugs": frozenset({"Drug"}),
    "procedures": frozenset({"Procedure", "Device", "Visit"}),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What a file calls a thing: its words, and its codes as (system, value); a system "" is one of our ids."""

    words: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        told = [*self.words[:1], *(f"{system}:{value}" if system else value for system, value in self.codes)]
        return told[0] if told else "(no name)"


class Unresolved(Exception):
    """A name, code or unit that leads to no row, or to more than one; its text says why."""


def measure(named: Named) -> Measure:
    """The one measure that is named. Raises Unresolved."""
    known = _measures()
    found = {id: None for code in named.codes for id in _coded(code) if id in known}
    if not found:
        for words in named.words:
            found.update({row.id: None for row in names.exact(words) if row.measure})
    return known[_one(found, named, "measure")]


def thing(named: Named, section: Section) -> tuple[str, str]:
    """The id of the one thing that is named, and the words that named it, empty where a code did. Raises Unresolved."""
    rows = {id: row for id, row in names.by_id().items() if not row.measure}
    coded = {id: None for code in named.codes for id in _coded(code) if id in rows}
    worded: dict[str, str] = {}
    for words in named.words:
        gone = obsolete().get(words.lower())
        if gone is not None and gone.verdict != "renamed":
            raise Unresolved(f'"{words}" was given up by a newer classification and may be one of several things')
        worded.update({row.id: words for row in names.exact(words) if not row.measure})
    if coded and worded and not coded.keys() & worded.keys():
        raise Unresolved("its code and its name are of different things")
    found = coded or dict.fromkeys(worded)
    fitting = {id: None for id in found if rows[id].label in LABELS[section]}
    if found and not fitting:
        label = rows[next(iter(found))].label
        raise Unresolved(f"it is known as {label}, which does not belong to {section}")
    id = _one(fitting, named, "thing")
    return id, "" if coded else worded[id]


def unit(text: str | None, code: str | None = None) -> Unit | None:
    """The unit of a UCUM code, or of a spelling that stands for one unit without doubt; null for none at all.

    Raises Unresolved.
    """
    if code is not None and code in _ucum():
        return _ucum()[code]
    for written in (text, code):
        if written is None:
            continue
        if written in _ucum():
            return _ucum()[written]
        joined = "".join(written.split())
        found = _spelled().get(joined) or _spelled().get(joined.lower())
        if found is not None:
            return found
    if text is None and code is None:
        return None
    raise Unresolved(f'unknown unit "{code or text}"')


def _one(found: dict[str, None], named: Named, what: str) -> str:
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise Unresolved(f"it may be more than one {what}: {', '.join(found)}")
    if not named.words and not named.codes:
        raise Unresolved("it has neither a name nor a code")
    raise Unresolved(f"no {what} of the tables has this name or code")


def _coded(code: tuple[str, str]) -> Iterator[str]:
    system, value = code
    if not system:
        yield value
    yield from _codes().get(Code(system=system.upper(), value=value), ())


@cache
def _codes() -> dict[Code, tuple[str, ...]]:
    found: dict[Code, tuple[str, ...]] = {}
    rows: list[Entry | Measure] = [*entries(), *measures()]
    for row in rows:
        for code in row.codes:
            found[code] = (*found.get(code, ()), row.id)
    return found


@cache
def _measures() -> dict[str, Measure]:
    return {row.id: row for row in measures()}


@cache
def _ucum() -> dict[str, Unit]:
    return {row.ucum: row for row in units()}


@cache
def _spelled() -> dict[str, Unit]:
    """The spellings that stand for one unit without doubt, without blanks: as written where the case counts, else in
    lower case."""
    found: dict[str, dict[str, Unit]] = {}
    for row in units():
        for spelling in row.surfaces:
            joined = "".join(spelling.split())
            found.setdefault(joined if row.cased else joined.lower(), {})[f"{row.ucum} {row.issue or ''}"] = row
    return {s: row for s, rows in found.items() if len(rows) == 1 and (row := next(iter(rows.values()))).issue is None}
