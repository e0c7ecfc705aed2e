"""The registry's fields of sex and age over a patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protocol_nlp.display import wording
from protocol_nlp.registered import Limit, limits, stated_otherwise
from protocol_nlp.screening.measured import age
from protocol_nlp.screening.result import TRUTHS, Evidence, Field, Judgement
from protocol_nlp.screening.setting import Setting
from protocol_nlp.screening.verdict import Verdict, unknown
from protocol_nlp.tree import Registration, Span
from protocol_nlp.values import Quantity

NOWHERE = Span(0, 0)  # a field has no place in the criteria


def fields(entry: Registration, setting: Setting, judgements: Sequence[Judgement]) -> Iterator[Field]:
    """Each field that limits who may take part, in three values. All of them are inclusions.

    Where the criteria state another age, a patient whom the field alone would turn away is left open: which of the two
    is right, the entry does not say.
    """
    for limit in limits(entry):
        verdict = _sex(limit, setting) if limit.name == "sex" else _age(limit, setting)
        if verdict.truth is False and (other := stated_otherwise(limit, (j.criterion for j in judgements))):
            said = f"the criteria state another age: “{wording(other.text)}”"
            verdict = unknown(said, evidence=verdict.evidence)
        yield Field(
            name=limit.name,
            stated=limit.stated,
            truth=TRUTHS[verdict.truth],
            effect="open" if verdict.truth is None else "for" if verdict.truth else "against",
            evidence=verdict.evidence,
            missing=verdict.missing,
        )


def _sex(limit: Limit, setting: Setting) -> Verdict:
    if limit.sex is None:
        return _unread(limit)
    if setting.patient.sex is None:
        return unknown("no sex")
    evidence = Evidence(path="sex", what="sex", value=setting.patient.sex)
    return Verdict(truth=setting.patient.sex == limit.sex, evidence=(evidence,))


def _age(limit: Limit, setting: Setting) -> Verdict:
    if limit.age is None:
        return _unread(limit)
    number, unit = limit.age
    if limit.name == "minimum_age":
        return age(Quantity(span=NOWHERE, low=number, low_inclusive=True, unit=unit), setting)
    return age(Quantity(span=NOWHERE, high=number, high_inclusive=True, unit=unit), setting)


def _unread(limit: Limit) -> Verdict:
    return unknown(f"the field was not read: “{wording(limit.stated)}”")


__all__ = ["fields"]
