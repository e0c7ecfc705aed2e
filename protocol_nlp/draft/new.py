"""A new protocol: the criteria that a disease, a line of treatment and classes of drugs ask for, as YAML to edit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Final, get_args

from protocol_nlp import lexicon
from protocol_nlp.draft.document import Table
from protocol_nlp.draft.fields import items, nearest, table, text
from protocol_nlp.draft.library import Template, choices, templates, topics
from protocol_nlp.draft.protocol import ANCHOR, FORMAT, load
from protocol_nlp.draft.values import Kind, Length, Value, names_of
from protocol_nlp.errors import DraftError
from protocol_nlp.nomenclature import ancestors
from protocol_nlp.tree import Role

_PATH: Final = "library/choices.yml"
_WIDTH: Final = 110


@dataclass(slots=True)
class _Choice:
    """What was asked for, as it fills up: template ids with the values that differ, and why each came in."""

    reasons: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, Value]] = field(default_factory=dict)

    def add(self, ids: Iterable[str], because: str) -> None:
        for id in ids:
            self.reasons.setdefault(id, []).extend([because] if because else [])

    def take(self, row: Table, because: str) -> None:
        """A row of the choices: what it adds, and the values it sets."""
        self.add(_words(row, "add"), because)
        for setting in table(row.get("with"), _PATH, "with"):
            template = templates()[setting.key]
            given = table(setting.value, _PATH, setting.key)
            read = {r.key: template.parameters[r.key].read(r.value, _PATH) for r in given}
            self.values.setdefault(setting.key, {}).update(read)


def new(
    disease: str,
    line: str | None = None,
    classes: Sequence[str] = (),
    *,
    title: str | None = None,
    id: str = "my-trial",
) -> str:
    """A draft as YAML text with comments: for each criterion its wording, the reason, the source and the ranges.

    `disease` is a disease of the library or any sarcoma of the lexicon, by any of its names; `classes` are classes of
    study treatment. Raises DraftError for one that nobody knows; it names the nearest.
    """
    choice = _Choice()
    choice.add(_words(choices(), "base"), "")
    name, histologies = _disease(disease, choice)
    for row, what, asked in (*_lines(line), *(("classes", "class", c) for c in classes)):
        found = _row(row, what, asked)
        choice.take(found, f"{text(found.get('name'), _PATH, what)}: {text(found.get('reason'), _PATH, what)}")
    choice.values.setdefault("histology", {})["histologies"] = histologies
    head = {"id": id, "title": title, "conditions": [name]}
    told = "\n".join(_document(head, choice))
    load(told, f"{id}.yml")
    return told


def _lines(line: str | None) -> tuple[tuple[str, str, str], ...]:
    return () if line is None else (("lines", "line", line),)


def _words(row: Table, key: str) -> tuple[str, ...]:
    return tuple(text(n, _PATH, key) for n in items(row.get(key), _PATH, key))


def _rows(key: str) -> Iterator[Table]:
    for node in items(choices().get(key), _PATH, key):
        yield table(node, _PATH, key)


def _names(row: Table) -> tuple[str, ...]:
    return text(row.get("name"), _PATH, "name"), *_words(row, "names")


def _row(key: str, what: str, asked: str) -> Table:
    """The row of a name. Raises DraftError."""
    known = {_folded(name): row for row in _rows(key) for name in _names(row)}
    if (row := known.get(_folded(asked)) or _of_concept(asked, key)) is None:
        raise DraftError(f"unknown {what} {asked!r}{nearest(_folded(asked), known) or _all(_rows(key))}")
    return row


def _of_concept(asked: str, key: str) -> Table | None:
    """The row of a drug or class of the lexicon, by any of its names: the first row that one of its classes is in."""
    wanted = _folded(asked)
    ids = {e.id for e in lexicon.entries() if e.table == "drugs" and wanted in map(_folded, (e.name, *e.aliases))}
    above = {id.partition(":")[2] for one in ids for id in (one, *ancestors().get(one, ()))}
    return next((row for row in _rows(key) if above & {*_words(row, "concepts")}), None)


def _all(rows: Iterable[Table]) -> str:
    return f"; known are {', '.join(_names(row)[0] for row in rows)}"


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _disease(asked: str, choice: _Choice) -> tuple[str, tuple[str, ...]]:
    """The disease's name and its histologies; what it adds is taken."""
    wanted = _folded(asked)
    listed = {_folded(name): row for row in _rows("diseases") for name in _names(row)}
    if row := listed.get(wanted):
        name = _names(row)[0]
        choice.take(row, name)
        return name, _words(row, "histologies")
    sarcomas = {_folded(a): e for e in lexicon.entries() if e.table == "histologies" for a in (e.name, *e.aliases)}
    if entry := sarcomas.get(wanted):
        return entry.name, (entry.id.removeprefix("histology:"),)
    end = nearest(wanted, (*listed, *sarcomas)) or _all(_rows("diseases"))
    raise DraftError(f"unknown disease {asked!r}{end}")


def _document(head: Mapping[str, object], choice: _Choice) -> Iterator[str]:
    yield from _comment(
        "A draft, written by `protocol-nlp new`. Take out what the trial does not need, and change the values; "
        "`protocol-nlp convert FILE --to text` shows the registry wording, and docs/protocols.md says the rest."
    )
    yield f"format: {FORMAT}"
    for key, value in head.items():
        if value is not None:
            yield f"{key}: {json.dumps(value, ensure_ascii=False)}"
    yield ""
    yield from _comment("The event that all windows count from, unless a criterion says otherwise.")
    anchor = next(p for t in templates().values() for p in t.parameters.values() if p.name == ANCHOR)
    yield f"{ANCHOR}: {anchor.default}  # {anchor.range}"
    for role in get_args(Role):
        yield from ("", f"{role}:")
        yield from _section(role, choice)
    yield ""


def _section(role: Role, choice: _Choice) -> Iterator[str]:
    unknown = set(choice.reasons) - templates().keys()
    assert not unknown, f"{_PATH} names unknown templates: {unknown}"
    last = None
    for topic in topics():
        for template in templates().values():
            if template.topic == topic and template.role == role and template.id in choice.reasons:
                if topic != last:
                    yield from ("", f"  # == {topic.replace('_', ' ')}")
                    last = topic
                yield from _item(template, choice.values.get(template.id, {}), choice.reasons[template.id])


def _item(template: Template, values: Mapping[str, Value], reasons: Sequence[str]) -> Iterator[str]:
    yield ""
    yield from _comment(template.pattern, "  ")
    yield from _comment(f"Why: {template.reason}", "  ")
    for reason in reasons:
        yield from _comment(f"For {reason}", "  ")
    if template.source:
        yield from _comment(f"Source: {template.source}", "  ")
    yield f"  - use: {template.id}"
    parameters = [p for p in template.parameters.values() if p.name != ANCHOR]
    if parameters:
        yield "    with:"
    for p in parameters:
        yield f"      {p.name}: {_value(p.kind, values.get(p.name, p.default))}  # {p.range}"


def _value(kind: Kind, value: Value) -> str:
    match value:
        case tuple():
            return f"[{', '.join(value)}]"
        case Length() | str():
            return str(value)
        case _:
            return f"{value:f}"


def _comment(words: str, margin: str = "") -> Iterator[str]:
    yield from wrap(words, _WIDTH, initial_indent=f"{margin}# ", subsequent_indent=f"{margin}# ")


def diseases() -> Mapping[str, tuple[str, ...]]:
    """The diseases of the library with their histologies by name; any other sarcoma of the lexicon may be asked for."""
    return {
        _names(row)[0]: tuple(names_of("histology")[h] for h in _words(row, "histologies")) for row in _rows("diseases")
    }


def names(key: str) -> tuple[str, ...]:
    """The names of the `lines` or the `classes`."""
    return tuple(_names(row)[0] for row in _rows(key))


__all__ = ["diseases", "names", "new"]
