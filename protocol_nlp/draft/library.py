"""The library of criterion templates (library/*.yml): a wording without a second reading, and the tree it means.

A file holds one topic. `shared` are parameters that several of its templates use under one name; those that all topics
share stand in the file of choices. In `wording` and `tree`, `{name}` stands for a parameter: its words there, its
canonical form here. `{name|line|lines}` is the noun behind a number. Other braces of `tree` are units.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final, cast

from protocol_nlp.draft.document import Node, Table, compose, fault
from protocol_nlp.draft.fields import check_keys, items, nearest, table, text
from protocol_nlp.draft.values import (
    DAYS,
    ConceptsKind,
    EventKind,
    Kind,
    Length,
    LengthKind,
    NumberKind,
    Parameter,
    Value,
    canonical,
    members,
    names_of,
    outside,
    read,
    words,
)
from protocol_nlp.tree import Role

FOLDER: Final = "library"
ORDER: Final = "choices"
"""The file that holds no templates: which of them a new protocol begins with, and the order of the topics."""
_SLOT: Final = re.compile(r"\{([a-z_]+)(?:\|(\w+)\|(\w+))?\}")
_PARAMETER: Final = (
    "type",
    "default",
    "range",
    "unit",
    "decimals",
    "units",
    "of",
    "table",
    "except",
    "class",
    "most",
    "at_most",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A criterion with open parameters. `tree` is its canonical expression (`str(expr)`), `reason` why one asks it.

    `source` is null where none was checked. `topic` is the name of its file.
    """

    id: str
    topic: str
    role: Role
    wording: str
    tree: str
    parameters: Mapping[str, Parameter]
    reason: str
    source: str | None = None

    def filled(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """All parameters: the values given, else the defaults."""
        return {name: values.get(name, p.default) for name, p in self.parameters.items()}

    def words(self, values: Mapping[str, Value]) -> str:
        """The criterion's wording; `values` that are missing are the defaults."""
        full = self.filled(values)

        def said(slot: re.Match[str]) -> str:
            if slot[2]:
                return slot[2] if full[slot[1]] == 1 else slot[3]
            return words(self.parameters[slot[1]].kind, full[slot[1]])

        made = _SLOT.sub(said, self.wording)
        return made[0].upper() + made[1:]

    @property
    def pattern(self) -> str:
        """The wording with the names of its parameters in braces, for people."""
        return _SLOT.sub(lambda slot: slot[3] or slot[0], self.wording)

    def line(self, values: Mapping[str, Value]) -> str:
        """The canonical line of the expression that the wording means."""
        full = self.filled(values)
        return _SLOT.sub(
            lambda m: canonical(self.parameters[m[1]].kind, full[m[1]]) if m[1] in full else m[0], self.tree
        )

    def wrong(self, values: Mapping[str, Value]) -> str | None:
        """Why values that are each in range do not go together, or null."""
        full = self.filled(values)
        for name, parameter in self.parameters.items():
            limit = parameter.at_most
            if limit is not None and _size(full[name]) > _size(full[limit]):
                return f"{name} ({full[name]}) is more than {limit} ({full[limit]})"
        return None


def _size(value: Value) -> Decimal:
    match value:
        case Decimal():
            return value
        case Length():
            return value.days
        case _:
            raise TypeError(f"not a size: {value!r}")


@cache
def templates() -> Mapping[str, Template]:
    """All templates by id, topic by topic in the order in which a protocol lists them. Raises SourceError."""
    made: dict[str, Template] = {}
    for topic in topics():
        for template in _topic(topic):
            if template.id in made:
                fault(_path(topic), 1, f"template {template.id!r} is in {made[template.id].topic}.yml as well")
            made[template.id] = template
    return made


@cache
def topics() -> tuple[str, ...]:
    """The names of the topic files, in their order. Raises SourceError where the list and the folder disagree."""
    named = tuple(text(n, _path(ORDER), "topics") for n in items(choices().get("topics"), _path(ORDER), "topics"))
    there = {f.name.removesuffix(".yml") for f in files("protocol_nlp").joinpath(FOLDER).iterdir()} - {ORDER}
    if odd := there ^ set(named):
        fault(_path(ORDER), 1, f"topics and files disagree about {', '.join(sorted(odd))}")
    return named


@cache
def choices() -> Table:
    """The file of choices, as it stands."""
    return _document(ORDER)


def _path(name: str) -> str:
    return f"{FOLDER}/{name}.yml"


def _document(name: str) -> Table:
    source = files("protocol_nlp").joinpath(FOLDER, f"{name}.yml")
    return compose(source.read_text(encoding="utf-8"), _path(name))


def _topic(topic: str) -> list[Template]:
    path, document = _path(topic), _document(topic)
    check_keys(document, path, needed=("topic", "templates"), allowed=("shared",))
    everywhere = table(choices().get("parameters"), _path(ORDER), "parameters")
    shared = {row.key: row.value for row in (*everywhere, *table(document.get("shared"), path, "shared"))}
    return [
        _template(table(n, path, "template"), topic, shared, path) for n in items(document.get("templates"), path, "")
    ]


def _template(node: Table, topic: str, shared: Mapping[str, Node], path: str) -> Template:
    check_keys(node, path, needed=("id", "role", "wording", "tree", "reason"), allowed=("parameters", "source"))
    role = text(node.get("role"), path, "role")
    if role not in ("inclusion", "exclusion"):
        fault(path, node.line, f"role {role!r} is neither inclusion nor exclusion")
    wording, tree = text(node.get("wording"), path, "wording"), text(node.get("tree"), path, "tree")
    own = {row.key: row.value for row in table(node.get("parameters"), path, "parameters")}
    names = list(dict.fromkeys(slot[1] for slot in _SLOT.finditer(wording)))
    if odd := [name for name in own if name not in names] + [name for name in names if f"{{{name}}}" not in tree]:
        fault(path, node.line, f"parameter {odd[0]!r} does not stand in both wording and tree")
    made = {}
    for name in names:
        spec = own.get(name, shared.get(name))
        if spec is None:
            fault(path, node.line, f"parameter {name!r} is described nowhere{nearest(name, shared)}")
        made[name] = _parameter(name, table(spec, path, name), path)
    source = node.get("source")
    return Template(
        id=text(node.get("id"), path, "id"),
        topic=topic,
        role=cast(Role, role),
        wording=wording,
        tree=tree,
        parameters=made,
        reason=text(node.get("reason"), path, "reason"),
        source=None if source is None else text(source, path, "source"),
    )


def _parameter(name: str, node: Table, path: str) -> Parameter:
    check_keys(node, path, needed=("type", "default"), allowed=_PARAMETER)
    kind = _kind(node, path)
    at_most = node.get("at_most")
    default = read(kind, cast(Node, node.get("default")), path, "default")
    if reason := outside(kind, default):
        fault(path, node.line, f"default of {name}: {reason}")
    return Parameter(
        name=name, kind=kind, default=default, at_most=None if at_most is None else text(at_most, path, "at_most")
    )


def _kind(node: Table, path: str) -> Kind:
    def listed(key: str) -> tuple[str, ...]:
        return tuple(text(n, path, key) for n in items(node.get(key), path, key))

    def number(key: str) -> int:
        return int(text(node.get(key), path, key, line=node.line))

    match text(node.get("type"), path, "type"):
        case "number":
            low, high = map(Decimal, listed("range"))
            unit = node.get("unit")
            decimals = number("decimals") if node.get("decimals") else 0
            return NumberKind(
                low=low, high=high, decimals=decimals, unit="" if unit is None else text(unit, path, "unit")
            )
        case "length":
            least, most = (Length(int(n), u.removesuffix("s")) for n, u in (said.split() for said in listed("range")))
            return LengthKind(low=least, high=most, units=listed("units") or tuple(DAYS))
        case "event":
            known = {row.key: text(row.value, path, row.key) for row in table(choices().get("events"), path, "events")}
            return EventKind(words={id: known[id] for id in listed("of")})
        case "concepts":
            name = text(node.get("table"), path, "table")
            wanted = node.get("class")
            among = names_of(name) if wanted is None else members(name, text(wanted, path, "class"))
            kept = tuple(id for id in among if id not in listed("except"))
            return ConceptsKind(table=name, among=kept, most=number("most"))
        case other:
            fault(path, node.line, f"unknown type {other!r}{nearest(other, ('number', 'length', 'event', 'concepts'))}")


__all__ = ["Template", "choices", "templates", "topics"]
