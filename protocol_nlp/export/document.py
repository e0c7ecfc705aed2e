"""The trial as one JSON document, exact both ways; the only room of pydantic.

The document is the tree of `tree.py` and nothing else: every field of every node, spans as `[start, end]`,
numbers of the text as decimal strings.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from typing import Any, Final, cast, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator

from protocol_nlp.errors import SourceError
from protocol_nlp.export.artifact import Artifact
from protocol_nlp.export.layout import indented
from protocol_nlp.tree import Expr, Trial

SYNTAX: Final = re.compile(r" at line (\d+) column (\d+)$")


def export(trial: Trial) -> Artifact:
    """The whole trial; this format loses nothing."""
    plain = SchemaSerializer(core_schema()).to_python(trial, mode="json")
    return Artifact(indented(plain) + "\n", ".json")


def loads(text: str | bytes, *, name: str = "document") -> Trial:
    """The trial that `export` wrote, equal in every field.

    Raises SourceError with `name`, the place (line:column, or the path of the field) and the reason when
    the text is no JSON, lacks a field, has one too many, or states another schema version.
    """
    try:
        return cast(Trial, _validator().validate_json(text, strict=True))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason, position = str(first["msg"]), _place(first["loc"])
        if found := SYNTAX.search(reason):
            reason, position = reason[: found.start()], f"{found[1]}:{found[2]}"
        raise SourceError(name, reason, position=position) from error


@cache
def core_schema() -> CoreSchema:
    """How pydantic reads and writes a Trial, with the expression nodes told apart by their `kind`.

    A plain union would try each kind in turn at every level, and take time that doubles with each level.
    """
    drawn = TypeAdapter(Trial).core_schema
    named = {d["ref"]: d for d in drawn["definitions"]} if drawn["type"] == "definitions" else {}
    return cast(CoreSchema, _tagged(drawn, named))


@cache
def _validator() -> SchemaValidator:
    return SchemaValidator(core_schema())


def _tagged(schema: Any, named: dict[str, Any]) -> Any:
    """The schema with each union of nodes turned into one that looks at `kind` first."""
    if isinstance(schema, list):
        return [_tagged(part, named) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _tagged(part, named) for key, part in schema.items()}
    if changed.get("type") != "union":
        return changed
    kinds = {_kind(named.get(choice.get("schema_ref"), choice)): choice for choice in changed["choices"]}
    if None in kinds:
        return changed
    return {"type": "tagged-union", "discriminator": "kind", "choices": kinds}


def _kind(schema: dict[str, Any]) -> str | None:
    """The `kind` a dataclass states for itself."""
    if schema.get("type") != "dataclass":
        return None
    return next((str(field.default) for field in fields(schema["cls"]) if field.name == "kind"), None)


def _place(location: tuple[int | str, ...]) -> str | None:
    """`criteria[0].expr.operands[1].span`: pydantic's path without the kinds it names on its way down."""
    kinds = {field.default for node in get_args(Expr) for field in fields(node) if field.name == "kind"}
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step not in kinds)
    return "".join(steps).lstrip(".") or None
