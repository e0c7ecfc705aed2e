"""The committed audit readings fit the records they were made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RECORDS = {"audit_gold": 6, "audit_gold5": 4, "audit_gold6": 32, "audit_gold7": 12}
TEXTS = Path(__file__).parents[2] / "shared" / "registry" / "sarcoma"
READINGS = sorted(path for gold in RECORDS for path in (HERE / gold).glob("a?/*.audit.jsonl"))


@pytest.mark.parametrize("gold", RECORDS)
def test_there_are_two_readings_of_each_record(gold: str) -> None:
    one, two = ({p.name for p in (HERE / gold / reader).glob("*.audit.jsonl")} for reader in ("a1", "a2"))
    assert len(one) == RECORDS[gold]
    assert one == two


@pytest.mark.parametrize("path", READINGS, ids=lambda p: f"{p.parent.name}-{p.name.split('.')[0]}")
def test_every_quote_is_the_slice_of_its_record(path: Path) -> None:
    record = TEXTS / f"{path.name.split('.')[0]}.txt"
    if not record.exists():
        pytest.skip("the registry records are not beside the project")
    with record.open(encoding="utf-8", newline="") as source:
        text = source.read()
    for one in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        start, end = one["span"]
        assert text[start:end] == one["quote"], one
        assert len(one["readings"]) == 2
        assert one["severity"] in ("error", "warning", "info")
        assert all(0 <= a < b <= len(text) for a, b in one.get("also", []))
