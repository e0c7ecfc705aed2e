"""The JSON Schema of a protocol file, made from the library: editors complete templates and values by it."""

from __future__ import annotations

import json
from typing import Any, Final, get_args

from protocol_nlp.draft.library import Template, templates
from protocol_nlp.draft.protocol import ANCHOR, FORMAT, PHASES, SEXES
from protocol_nlp.draft.values import ConceptsKind, EventKind, Kind, Length, LengthKind, NumberKind, Parameter, Value
from protocol_nlp.tree import Role

_LINE: Final = {"type": "string", "minLength": 1}
_LINES: Final = {"type": ["array", "null"], "items": _LINE}


def schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of the protocol format that this release reads.

    It says less than the reader of protocols does: which values go together, and that no criterion stands twice, is
    found when the file is converted.
    """
    lists: dict[str, Any] = {}
    anchor = next(p for t in templates().values() for p in t.parameters.values() if p.name == ANCHOR)
    sections = {role: _section(role, lists) for role in get_args(Role)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Protocol of protocol-nlp",
        "type": "object",
        "additionalProperties": False,
        "required": ["format"],
        "properties": {
            "format": {"const": FORMAT},
            "id": _LINE,
            "title": _LINE,
            "phase": {"enum": list(PHASES)},
            "sex": {"enum": list(SEXES)},
            "conditions": _LINES,
            "interventions": _LINES,
            ANCHOR: {**_value(anchor, lists), "description": "The event that windows count from."},
            **sections,
        },
        "$defs": lists,
    }


def schema_text() -> str:
    """The schema as JSON text."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _section(role: Role, lists: dict[str, Any]) -> dict[str, Any]:
    own = {
        "type": "object",
        "additionalProperties": False,
        "required": ["text"],
        "properties": {"text": {**_LINE, "description": "A sentence of your own."}},
    }
    known = [_template(t, lists) for t in templates().values() if t.role == role]
    return {"type": ["array", "null"], "items": {"anyOf": [own, *known]}}


def _template(template: Template, lists: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "object",
        "title": template.id,
        "description": f"{template.pattern}. {template.reason}",
        "additionalProperties": False,
        "required": ["use"],
        "properties": {"use": {"const": template.id}},
    }
    if template.parameters:
        values = {p.name: _value(p, lists) for p in template.parameters.values()}
        made["properties"]["with"] = {"type": ["object", "null"], "additionalProperties": False, "properties": values}
    return made


def _value(parameter: Parameter, lists: dict[str, Any]) -> dict[str, Any]:
    made = {**_kind(parameter.kind, lists), "default": _plain(parameter.default)}
    return made if "$ref" in made else {"description": parameter.range, **made}


def _kind(kind: Kind, lists: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case NumberKind(low=low, high=high):
            return {"type": "number", "minimum": float(low), "maximum": float(high)}
        case LengthKind(units=units):
            return {"type": "string", "pattern": f"^[1-9][0-9]{{0,4}} ({'|'.join(units)})s?$"}
        case EventKind(words=words):
            return {"enum": list(words)}
        case ConceptsKind(table=table, among=among, most=most):
            names = next((name for name, ids in lists.items() if ids == {"enum": list(among)}), f"{table}_{len(lists)}")
            lists[names] = {"enum": list(among)}
            one = {"$ref": f"#/$defs/{names}"}
            several = {"type": "array", "items": one, "minItems": 1, "maxItems": most, "uniqueItems": True}
            return {"anyOf": [several, one]}


def _plain(value: Value) -> object:
    match value:
        case tuple():
            return list(value)
        case Length() | str():
            return str(value)
        case _:
            return float(value) if value % 1 else int(value)


__all__ = ["schema", "schema_text"]
