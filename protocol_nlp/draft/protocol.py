"""A protocol as its author writes it: templates with their values, or sentences of the author's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, cast, get_args

from protocol_nlp.draft.document import Node, Table, Text, compose, fault
from protocol_nlp.draft.fields import check_keys, items, nearest, table, text
from protocol_nlp.draft.library import Template, templates
from protocol_nlp.draft.values import Value
from protocol_nlp.tree import Role

FORMAT: Final = "protocol-nlp/1"
ANCHOR: Final = "anchor"
"""The parameter that the protocol's own `anchor` fills wherever a criterion does not say otherwise."""
PHASES: Final = ("EARLY_PHASE1", "PHASE1", "PHASE1/PHASE2", "PHASE2", "PHASE2/PHASE3", "PHASE3", "PHASE4", "NA")
SEXES: Final = ("ALL", "FEMALE", "MALE")
"""In the words of ClinicalTrials.gov."""
_LINES: Final = ("id", "title", "phase", "sex")
_LISTS: Final = ("conditions", "interventions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One criterion: a template with the values that differ from its defaults, or `own` words."""

    role: Role
    line: int
    template: Template | None = None
    values: Mapping[str, Value]
    own: str = ""

    @property
    def words(self) -> str:
        return self.template.words(self.values) if self.template else self.own

    @property
    def tree(self) -> str | None:
        """The canonical line that a template states; null for the author's own words."""
        return self.template.line(self.values) if self.template else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A protocol file: the registry's fields, and the criteria in their order."""

    id: str
    title: str | None = None
    phase: str | None = None
    sex: str | None = None
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    items: tuple[Item, ...]


def load(content: str, path: str) -> Protocol:
    """The protocol of a YAML text; `path` names it in messages and, where it has no id of its own, names it.

    Raises SourceError with path, line and the nearest known word: not YAML, an alias, a key twice or unknown, another
    format, phase or sex, an unknown template or parameter, a template of the other section, a value out of range,
    values that do not go together, the same criterion twice.
    """
    document = compose(content, path)
    check_keys(document, path, needed=("format",), allowed=(*_LINES, *_LISTS, ANCHOR, *get_args(Role)))
    format = text(document.get("format"), path, "format")
    if format != FORMAT:
        fault(path, document.line, f"format {format!r} is unknown: this release reads {FORMAT}")
    lines = {key: _optional(document.get(key), path, key) for key in _LINES}
    lists = {key: tuple(text(n, path, key) for n in items(document.get(key), path, key)) for key in _LISTS}
    for key, known in (("phase", PHASES), ("sex", SEXES)):
        if (said := lines[key]) is not None and said not in known:
            fault(path, cast(Node, document.get(key)).line, f"{key} {said!r} is unknown{nearest(said, known)}")
    anchor = document.get(ANCHOR)
    made: list[Item] = []
    for role in get_args(Role):
        made += (_item(node, role, anchor, path) for node in items(document.get(role), path, role))
    if not made:
        fault(path, document.line, "no criteria: 'inclusion' and 'exclusion' are both empty")
    _once(made, path)
    return Protocol(
        id=lines["id"] or PurePath(path).stem,
        title=lines["title"],
        phase=lines["phase"],
        sex=lines["sex"],
        conditions=lists["conditions"],
        interventions=lists["interventions"],
        items=tuple(made),
    )


def _optional(node: Node | None, path: str, key: str) -> str | None:
    return None if node is None or node == Text(node.line, "") else text(node, path, key)


def _item(node: Node, role: Role, anchor: Node | None, path: str) -> Item:
    row = table(node, path, f"a criterion under {role}")
    if row.get("text") is not None:
        check_keys(row, path, needed=("text",))
        return Item(role=role, line=row.line, values={}, own=text(row.get("text"), path, "text"))
    check_keys(row, path, needed=("use",), allowed=("with",))
    id = text(row.get("use"), path, "use")
    template = templates().get(id)
    if template is None:
        fault(path, row.line, f"unknown template {id!r}{nearest(id, templates())}")
    if template.role != role:
        fault(path, row.line, f"{id} is of the {template.role} criteria and stands under {role}")
    return Item(role=role, line=row.line, template=template, values=_values(row, template, anchor, path))


def _values(row: Table, template: Template, anchor: Node | None, path: str) -> dict[str, Value]:
    given = table(row.get("with"), path, "with")
    check_keys(given, path, allowed=template.parameters)
    values = {r.key: template.parameters[r.key].read(r.value, path) for r in given}
    if anchor is not None and ANCHOR in template.parameters and ANCHOR not in values:
        values[ANCHOR] = template.parameters[ANCHOR].read(anchor, path)
    if reason := template.wrong(values):
        fault(path, given.line if given.rows else row.line, f"{template.id}: {reason}")
    return values


def _once(made: list[Item], path: str) -> None:
    seen: dict[tuple[Role, str], int] = {}
    for item in made:
        first = seen.setdefault((item.role, item.words.casefold()), item.line)
        if first != item.line:
            fault(path, item.line, f"the same criterion as in line {first}")


__all__ = ["FORMAT", "Item", "Protocol", "load"]
