"""A bound over the patient's values: which of them count, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from protocol_nlp.display import wording
from protocol_nlp.screening import bounds
from protocol_nlp.screening.patient import Value
from protocol_nlp.screening.result import Evidence
from protocol_nlp.screening.setting import Setting
from protocol_nlp.screening.verdict import Verdict, unknown
from protocol_nlp.screening.windows import Placed, blind, problems
from protocol_nlp.screening.words import content, listed, strange
from protocol_nlp.tree import Comparison, Quantity, Role


def verdict(node: Comparison, setting: Setting, places: Sequence[Placed]) -> Verdict:
    """Whether the value that counts is within the bound.

    Inside a time window only values of the window count, without one the latest; where both decide, it is the latest
    day's, and what an exclusion bounds is left open where an earlier value of the window decides otherwise.
    """
    if reason := bounds.flaw(node):
        return unknown(reason)
    assert node.measure and node.measure.id
    name = wording(node.measure.name or node.measure.text)
    if node.measure.id in listed("attribute"):
        return unknown(f"{name} is said of something, and the file says it of nothing")
    if node.measure.id == "age" and strange(node.measure.text, ("neutral", "age")):
        return unknown(f"an age at another time: “{wording(node.measure.text)}”")
    if node.measure.id == "age":
        return _age(node, setting, places)
    if blind(places):
        return unknown(*problems(places))
    found = [v for v in setting.patient.values if v.measure == node.measure.id]
    if node.measure.id in listed("counted"):
        asked = content(node.measure.text)
        found = [v for v in found if asked <= content(v.name)]
        name = wording(node.measure.text)
    if not found:
        return unknown(f"no value of {name}")
    last = setting.last
    late = [v for v in found if last and v.day and v.day.first > last]
    timely = [v for v in found if v not in late]
    counting, doubtful = _in_places(timely, places)
    if not counting and not doubtful:
        shown = max(found, key=lambda v: v.day.first if v.day else date.min)
        why = "in the time window" if places else f"until {last}"
        return unknown(f"no value of {name} {why}; there is {bounds.told(shown)} of {bounds.when(shown.day)}")
    deciding = bounds.latest(counting)
    earlier = [v for v in counting if v not in deciding] if places else []
    return _decided(node, name, deciding, earlier, doubtful, setting.role)


def _in_places(found: Sequence[Value], places: Sequence[Placed]) -> tuple[list[Value], list[Value]]:
    """The values that lie in all windows, and those of which it is not known."""
    inside: list[Value] = []
    doubtful: list[Value] = []
    for value in found:
        states = [place.day(value.day) if value.day else None for place in places]
        if False in states:
            continue
        (doubtful if None in states else inside).append(value)
    return inside, doubtful


def _decided(
    node: Comparison,
    name: str,
    deciding: Sequence[Value],
    earlier: Sequence[Value],
    doubtful: Sequence[Value],
    role: Role | None,
) -> Verdict:
    evidence = tuple(map(shown, deciding or doubtful))
    found = [bounds.decides(value, node) for value in deciding]
    said = {result for result in found if isinstance(result, bool)}
    if not said:
        reasons = [r for r in found if isinstance(r, str)] or [f"whether {name} lies in the time window is not known"]
        return unknown(*(f"{name}: {reason}" for reason in reasons), evidence=evidence)
    if any(isinstance(result, str) for result in found):
        reasons = [r for r in found if isinstance(r, str)]
        return unknown(*(f"{name}: {reason}" for reason in reasons), evidence=evidence)
    if len(said) > 1:
        return unknown(f"values of {name} on one day, or without a day, decide differently", evidence=evidence)
    truth = said.pop()
    if truth is False and node.quantity.low is not None and node.quantity.low == node.quantity.high:
        return unknown(f"{name}: the entry names one level, and whether others count or a sign was lost is not said")
    if any(bounds.decides(value, node) is not truth for value in doubtful):
        return unknown(
            f"a value of {name} decides otherwise, and whether it lies in the time window is not known",
            evidence=(*evidence, *map(shown, doubtful)),
        )
    others = [value for value in earlier if bounds.decides(value, node) is not truth]
    if others and role != "inclusion":
        return unknown(
            f"an earlier value of {name} in the time window decides otherwise",
            evidence=(*evidence, *map(shown, others)),
        )
    notes = tuple(
        f"the latest value counts; {bounds.told(value)} of {bounds.when(value.day)} decides otherwise"
        for value in others
    )
    return Verdict(truth=truth, evidence=evidence, notes=notes)


def shown(value: Value) -> Evidence:
    return Evidence(path=value.path, what=value.name, value=bounds.told(value), date=bounds.when(value.day))


def _age(node: Comparison, setting: Setting, places: Sequence[Placed]) -> Verdict:
    if places:
        return unknown("an age in a time window")
    if node.alternatives or node.quantity.reference:
        return unknown("the bound of the age was not read for sure")
    return age(node.quantity, setting)


def age(quantity: Quantity, setting: Setting) -> Verdict:
    """Age in completed units (years, months …), on the day of the file and on all days of entering the trial alike."""
    patient = setting.patient
    days = [*([patient.day] if patient.day else []), *setting.entering]
    found = bounds.age(patient, quantity.unit or "a", days)
    if found is None:
        missing = (
            "no date of birth and no age"
            if patient.birth is None and patient.age is None
            else ("no day to tell the age of: date of the file, or --anchor enrollment=DATE")
        )
        return unknown(missing)
    least, greatest = found
    evidence = (
        Evidence(
            path="birth_date" if patient.birth else "age",
            what="age",
            value=f"{least}" if least == greatest else f"{least} to {greatest}",
            date=" to ".join(dict.fromkeys(str(day) for day in (min(days), max(days)))) if days else "",
        ),
    )
    truth = bounds.ages(quantity, least, greatest)
    if truth == "both":
        return unknown(
            "so near to the bound, the age on the deciding day, or how it is counted, matters", evidence=evidence
        )
    return Verdict(truth=truth, evidence=evidence)
