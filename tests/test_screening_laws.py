"""Laws of screening: silence and what was not read decide nothing, more facts never turn a state round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import strategies
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import protocol_nlp
from protocol_nlp.screening import Patient, screen
from protocol_nlp.screening.evaluate import Evaluation
from protocol_nlp.screening.patient import Day, Fact, Value
from protocol_nlp.tree import And, Opaque, Or, Span, Trial, criteria

HERE: Final = Path(__file__).parent / "screening"
# A busy machine makes any strategy slow, and says nothing about it.
SLOW: Final = [HealthCheck.too_slow]
ANCHORS: Final = {"first_dose": date(2027, 1, 15), "enrollment": date(2027, 1, 12)}
NOBODY: Final = Patient(id="p", path="p.json")
THINGS: Final = {
    "conditions": (
        "condition:stroke condition:pregnancy condition:asthma condition:diabetes_mellitus condition:hypertension"
        " condition:tuberculosis condition:liver_metastasis condition:heart_failure histology:liposarcoma"
        " histology:leiomyosarcoma histology:sarcoma condition:myocardial_infarction"
    ).split(),
    "drugs": "drug:doxorubicin drug:nivolumab drug:gemcitabine drug:pazopanib class:chemotherapy".split(),
    "procedures": "procedure:radiotherapy procedure:palliative_radiotherapy procedure:surgery".split(),
}
MEASURES: Final = (
    ("hemoglobin", "g/dL"),
    ("platelets", "10*9/L"),
    ("creatinine", "mg/dL"),
    ("alt", "U/L"),
    ("ecog", None),
    ("qtc", "ms"),
)
DAYS: Final = st.integers(0, 60).map(lambda back: Day(*[date(2027, 1, 15) - timedelta(days=back)] * 2))


@st.composite
def facts(draw: st.DrawFn, path: str = "extra") -> Fact:
    section = draw(st.sampled_from(("conditions", "drugs", "procedures")))
    start, end = draw(st.none() | DAYS), draw(st.none() | DAYS)
    if start and end and end < start:
        start, end = end, start
    return Fact(
        path=path,
        section=section,
        name="a thing",
        id=draw(st.none() | st.sampled_from(THINGS[section])),
        state=draw(st.sampled_from(("active", "resolved", "absent", "never", "suspected"))),
        start=start,
        end=end,
        confirmed=draw(st.booleans()),
    )


@st.composite
def values(draw: st.DrawFn) -> Value:
    measure, unit = draw(st.sampled_from(MEASURES))
    return Value(
        path="value",
        name=measure,
        measure=measure,
        amount=Decimal(draw(st.integers(0, 600))) / draw(st.sampled_from((1, 10))),
        unit=unit,
        day=draw(DAYS),
        high=draw(st.sampled_from((None, Decimal(40)))),
    )


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    return replace(
        NOBODY,
        day=draw(st.sampled_from((None, date(2027, 1, 15)))),
        age=draw(st.sampled_from((None, Decimal(40)))),
        sex=draw(st.sampled_from((None, "male", "female"))),
        values=tuple(draw(st.lists(values(), max_size=5))),
        facts=tuple(replace(f, path=f"facts[{i}]") for i, f in enumerate(draw(st.lists(facts(), max_size=5)))),
    )


@cache
def protocols() -> tuple[Trial, ...]:
    found = []
    for path in sorted(HERE.glob("*.yml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "protocol" in held:
            found.append(protocol_nlp.parse(protocol_nlp.read(held["protocol"])[0]))
    return tuple(found)


def states(trial: Trial, patient: Patient) -> dict[str, str]:
    return {j.criterion.id: j.truth for j in screen(trial, patient, ANCHORS).judgements}


@settings(deadline=None, suppress_health_check=SLOW)
@given(strategies.trials(), patients())
def test_any_tree_is_screened_and_each_criterion_is_judged_at_most_once(trial: Trial, patient: Patient) -> None:
    done = screen(trial, patient, ANCHORS)
    judged = [id(j.criterion) for j in done.judgements]
    assert len(set(judged)) == len(judged)
    assert set(judged) <= {id(c) for c in criteria(trial)}
    assert done.outcome != "eligible" or not done.open


@settings(deadline=None, suppress_health_check=SLOW)
@given(strategies.trials())
def test_a_file_that_says_nothing_decides_nothing_in_any_tree(trial: Trial) -> None:
    assert {j.truth for j in screen(trial, NOBODY, ANCHORS).judgements} <= {"unknown"}


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(patients(), st.sampled_from(("inclusion", "exclusion")), st.data())
def test_what_was_not_read_decides_nothing_whatever_stands_beside_it(
    patient: Patient, role: str, data: st.DataObject
) -> None:
    trial = data.draw(st.sampled_from(protocols()))
    known = data.draw(st.sampled_from([c.expr for c in criteria(trial) if c.expr]))
    text = trial.registration.text
    unread = Opaque(span=Span(0, 9), text=text[:9])
    bench = Evaluation(patient=patient, anchors=ANCHORS, role=role, text=text)  # type: ignore[arg-type]
    alone = bench.verdict(known)
    # What is denied stays denied with more asked for; "or" beside unread words may reach over what was read.
    stated = bench.verdict(And(span=known.span, operands=(known, unread)))
    assert stated.truth is (False if alone.applies and alone.truth is False else None)
    assert bench.verdict(Or(span=known.span, operands=(known, unread))).truth is None
    for kind in (And, Or):
        implied = bench.verdict(kind(span=known.span, operands=(known, unread), implied=True))
        assert implied.truth is None
        assert implied.applies
    assert bench.verdict(unread).truth is None


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(patients(), facts(), st.data())
def test_one_more_fact_never_turns_a_known_state_into_its_opposite(
    patient: Patient, extra: Fact, data: st.DataObject
) -> None:
    trial = data.draw(st.sampled_from(protocols()))
    before = states(trial, patient)
    after = states(trial, replace(patient, facts=(*patient.facts, extra)))
    turned = {id for id in before if {before[id], after[id]} == {"met", "not met"}}
    assert not turned


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(patients(), values(), st.data())
def test_one_more_value_of_the_same_day_never_turns_a_known_state_into_its_opposite(
    patient: Patient, extra: Value, data: st.DataObject
) -> None:
    trial = data.draw(st.sampled_from(protocols()))
    day = Day(date(2027, 1, 10), date(2027, 1, 10))
    held = replace(patient, values=tuple(replace(v, day=day) for v in patient.values))
    before = states(trial, held)
    after = states(trial, replace(held, values=(*held.values, replace(extra, day=day, path="extra"))))
    assert not {id for id in before if {before[id], after[id]} == {"met", "not met"}}


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(patients(), st.data())
def test_the_order_of_the_file_decides_nothing(patient: Patient, data: st.DataObject) -> None:
    trial = data.draw(st.sampled_from(protocols()))
    other = replace(patient, facts=patient.facts[::-1], values=patient.values[::-1])
    assert states(trial, patient) == states(trial, other)


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(patients(), st.data())
def test_without_dates_of_events_nothing_is_known_that_was_unknown_with_them(
    patient: Patient, data: st.DataObject
) -> None:
    trial = data.draw(st.sampled_from(protocols()))
    dated = replace(patient, day=date(2027, 1, 15))
    bare = {j.criterion.id: j.truth for j in screen(trial, dated, {}).judgements}
    full = states(trial, dated)
    assert not {id for id in full if bare[id] not in ("unknown", full[id])}


@pytest.mark.parametrize("trial", protocols(), ids=lambda t: t.criteria[0].text[:20])
def test_silence_decides_nothing(trial: Trial) -> None:
    assert set(states(trial, NOBODY).values()) == {"unknown"}
