"""Patients against protocols: the state of each criterion, as `tests/screening/*.yml` expects it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import protocol_nlp
from protocol_nlp.screening import Screening, read_patient, screen
from protocol_nlp.tree import Trial

HERE = Path(__file__).parent / "screening"
STATES = ("met", "not met", "unknown")


def cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [pytest.param(held, one, id=f"{path.stem}: {one['name']}") for one in held["patients"]]
    return found


@cache
def trial(text: str | None, file: str | None) -> Trial:
    source: Path | str = Path(__file__).parent.parent / file if file else text or ""
    return protocol_nlp.parse(protocol_nlp.read(source)[0])


def screened(held: dict[str, Any], one: dict[str, Any]) -> Screening:
    content = one["fhir"] if "fhir" in one else {"format": "protocol-nlp-patient/1", **one["patient"]}
    anchors: dict[str, date] = one.get("anchors", held.get("anchors", {}))
    patient = read_patient(json.dumps(content, default=str))
    return screen(trial(held.get("protocol"), held.get("file")), patient, anchors)


@pytest.mark.parametrize(("held", "one"), cases())
def test_each_criterion_is_in_the_state_it_should_be_in(held: dict[str, Any], one: dict[str, Any]) -> None:
    done = screened(held, one)
    states = {j.criterion.id: j.truth for j in done.judgements}
    wanted = {id: state for state in STATES for id in one.get(state, ())}
    if one.get("rest"):
        wanted = {id: wanted.get(id, one["rest"]) for id in states}
    assert states == wanted
    assert done.outcome == one["outcome"]
    missing = {j.criterion.id: " | ".join(j.missing) for j in done.judgements}
    for id, part in one.get("missing", {}).items():
        assert part in missing[id]
    unused = {left.path: left.reason for left in done.patient.unused}
    assert unused.keys() == one.get("unused", {}).keys()
    for path, part in one.get("unused", {}).items():
        assert part in unused[path]


def test_there_are_patients_enough() -> None:
    assert len(cases()) >= 30
