"""The JSON Schema of the JSON document, drawn from the tree.

`python -m protocol_nlp.export.schema [FILE]` writes it.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema as core

from protocol_nlp.export.artifact import write
from protocol_nlp.export.document import core_schema
from protocol_nlp.export.layout import indented

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER: Final = "urn:protocol-nlp:trial:1.0.0"
# What `str` makes of a finite Decimal.
DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of every document `export(trial, "json")` writes.

    Objects are closed and all their fields required, since the writer leaves none out; the nodes of an
    expression are told apart by `kind`.
    """
    expression: dict[str, Any] = {}
    drawn = _shared(_Drawing().generate(core_schema(), mode="serialization"), expression)
    definitions = drawn.pop("$defs") | {"Expr": {"title": "Expr"} | expression}
    head = {"$schema": DIALECT, "$id": IDENTIFIER, "title": "Structured eligibility criteria of one trial"}
    body = {key: part for key, part in drawn.items() if key != "title"}
    return head | body | {"$defs": dict(sorted(definitions.items()))}


@cache
def schema_text() -> str:
    """The schema as the text of `docs/trial.schema.json`."""
    return indented(schema()) + "\n"


class _Drawing(GenerateJsonSchema):
    """Pydantic's drawing of a document as written: nothing optional, decimals as strings, few titles."""

    def field_is_required(self, *_: Any, **__: Any) -> bool:
        return True

    def field_title_should_be_set(self, *_: Any, **__: Any) -> bool:
        return False

    def default_schema(self, schema: core.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def decimal_schema(self, schema: core.DecimalSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": DECIMAL}

    def int_schema(self, schema: core.IntSchema) -> JsonSchemaValue:
        # Every whole number of the document counts something: characters or operands.
        return {"type": "integer", "minimum": 0}


def _shared(part: Any, expression: dict[str, Any]) -> Any:
    """The schema with its choice of nodes written once, as `Expr`; `expression` receives that choice."""
    if isinstance(part, list):
        return [_shared(item, expression) for item in part]
    if not isinstance(part, dict):
        return part
    if "discriminator" in part:
        expression.update(part)
        return {"$ref": "#/$defs/Expr"}
    return {key: _shared(item, expression) for key, item in part.items()}


def main() -> None:
    """Writes the schema to the file named, or to docs/trial.schema.json."""
    write(schema_text(), sys.argv[1] if len(sys.argv) > 1 else "docs/trial.schema.json")


if __name__ == "__main__":
    main()
