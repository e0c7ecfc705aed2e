"""The JSON document: exact both ways, and judged by the published schema."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from strategies import trials
from trees import example, trial

from protocol_nlp.errors import SourceError
from protocol_nlp.export import export
from protocol_nlp.export.document import loads
from protocol_nlp.export.layout import indented, line
from protocol_nlp.export.schema import main, schema, schema_text
from protocol_nlp.tree import Criterion, Expr, Not, Opaque, Span, TimeWindow, Trial, Within

PUBLISHED = Path(__file__).parent.parent / "docs" / "trial.schema.json"
JUDGE = Draft202012Validator(schema())


@settings(max_examples=150, deadline=None)
@given(trials())
def test_the_round_trip_is_exact_and_fits_the_schema(trial: Trial) -> None:
    text = export(trial, "json").text
    again = loads(text)
    assert again == trial
    # Equal decimals may be written in different ways: 1.5 and 1.50.
    assert repr(again) == repr(trial)
    JUDGE.validate(json.loads(text))


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), "run: python -m protocol_nlp.export.schema"


def test_the_schema_command_writes_the_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["schema", str(tmp_path / "s.json")])
    main()
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_closed_schema_of_the_stated_dialect() -> None:
    drawn = schema()
    Draft202012Validator.check_schema(drawn)
    assert drawn["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert drawn["$id"] == "urn:protocol-nlp:trial:1.0.0"
    assert drawn["title"]
    objects = [drawn, *(d for d in drawn["$defs"].values() if d.get("type") == "object")]
    for each in objects:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    kinds = {d["properties"]["kind"]["const"] for d in objects[1:] if "kind" in d["properties"]}
    union = drawn["$defs"]["Expr"]
    assert union["discriminator"]["propertyName"] == "kind"
    assert kinds == set(union["discriminator"]["mapping"])
    assert len(kinds) == len(union["oneOf"]) == len(get_args(Expr))


def _nodes(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(n for v in inner for n in _nodes(v))]


def test_the_schema_refuses_an_extra_and_a_missing_field_anywhere() -> None:
    text = export(example(), "json").text
    JUDGE.validate(json.loads(text))
    shapes = {tuple(node): i for i, node in enumerate(_nodes(json.loads(text)))}
    assert len(shapes) == 17
    for i in shapes.values():
        document = json.loads(text)
        _nodes(document)[i]["extra"] = 1
        assert not JUDGE.is_valid(document)
        with pytest.raises(SourceError):
            loads(json.dumps(document))
        document = json.loads(text)
        _nodes(document)[i].popitem()
        assert not JUDGE.is_valid(document)


def test_decimals_are_written_as_in_the_text() -> None:
    document = json.loads(export(replace(example(), opaque_share=Decimal("1E-7")), "json").text)
    assert document["opaque_share"] == "1E-7"
    assert document["criteria"][1]["children"][0]["expr"]["quantity"]["low"] == "1.50"


def test_spans_stand_on_one_line() -> None:
    text = export(example(), "json").text
    assert '"span": [24, 53],\n' in text
    assert '  {\n   "id": "I01",' in text


def test_deep_trees_take_no_time() -> None:
    expr: Any = Opaque(span=Span(0, 1), text="a")
    for i in range(60):
        window = TimeWindow(span=Span(0, 1))
        wrap = i % 2
        expr = Within(span=Span(0, 1), operand=expr, window=window) if wrap else Not(span=Span(0, 1), operand=expr)
    item = Criterion(id="I01", role="inclusion", span=Span(0, 1), lead=Span(0, 1), text="a", expr=expr)
    deep = trial("a", [item])
    assert loads(export(deep, "json").text) == deep


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t[:100], r"^x\.json:\d+:\d+: Invalid JSON"),
        (lambda t: "", r"^x\.json:1:0: Invalid JSON"),
        (lambda t: t.replace('"1.0.0"', '"9.0.0"'), r"^x\.json:schema_version: .*'1\.0\.0'"),
        (lambda t: t.replace('"kind": "not"', '"kind": "nor"'), r"^x\.json:criteria\[5\]\.expr: .*'nor'"),
        (
            lambda t: t.replace('"status": "history"', '"status": 3'),
            r"expr\.exception\.operands\[1\]\.status: ",
        ),
        (lambda t: "[]", r"^x\.json: "),
    ],
)
def test_a_damaged_document_is_one_clear_error(change: Any, message: str) -> None:
    text = change(export(example(), "json").text)
    with pytest.raises(SourceError, match=message) as caught:
        loads(text, name="x.json")
    assert "\n" not in str(caught.value)


def test_half_a_surrogate_pair_does_not_stop_the_writer() -> None:
    text = export(trial("a \ud800 b"), "json").text
    assert "\\ud800" in text
    assert json.loads(text)["registration"]["text"] == "a \ud800 b"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("5.0"), "5"),
        (Decimal("100"), "100"),
        (Decimal("1.50"), "1.5"),
        (Decimal("-0"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+400"), "1E+400"),
        (Decimal("0.123456789012345678901234567890"), "0.12345678901234567890123456789"),
        (Decimal("NaN"), "null"),
        ({"a": [1, None, True, "é\n"]}, '{"a": [1, null, true, "é\\n"]}'),
    ],
)
def test_a_line_of_json(value: object, text: str) -> None:
    assert line(value) == text
    json.loads(line(value))


def test_only_json_values_are_written() -> None:
    with pytest.raises(TypeError):
        line(1.5)


def test_long_flat_lists_are_broken() -> None:
    text = indented({"a": ["word" * 10] * 5, "b": [], "c": {}})
    assert text.count("\n") == 10
    assert json.loads(text) == {"a": ["word" * 10] * 5, "b": [], "c": {}}
