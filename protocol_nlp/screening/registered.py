"""The registry's own fields over a patient: sex and the limits of age, which many entries state nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from protocol_nlp.ages import limit
from protocol_nlp.display import wording
from protocol_nlp.screening.measured import age
from protocol_nlp.screening.result import TRUTHS, Evidence, Field, FieldName, Judgement
from protocol_nlp.screening.setting import Setting
from protocol_nlp.screening.verdict import Verdict, unknown
from protocol_nlp.tree import Comparison, Registration, Span, walk
from protocol_nlp.values import Quantity

NOWHERE = Span(0, 0)  # a field has no place in the criteria


def fields(entry: Registration, setting: Setting, judgements: Sequence[Judgement]) -> Iterator[Field]:
    """Each field that limits who may take part, in three values. All of them are inclusions.

    Where the criteria state another age, a patient whom the field alone would turn away is left open: which of the two
    is right, the entry does not say.
    """
    if entry.sex and entry.sex.upper() != "ALL":
        yield _field("sex", entry.sex, _sex(entry.sex, setting))
    sides: tuple[tuple[FieldName, str | None], ...] = (
        ("minimum_age", entry.minimum_age),
        ("maximum_age", entry.maximum_age),
    )
    for name, stated in sides:
        if stated is None:
            continue
        verdict = _age(name, stated, setting)
        if verdict.truth is False and (other := _stated_otherwise(name, stated, judgements)):
            verdict = unknown(f"the criteria state another age: “{other}”", evidence=verdict.evidence)
        yield _field(name, stated, verdict)


def _sex(stated: str, setting: Setting) -> Verdict:
    if stated.upper() not in ("FEMALE", "MALE"):
        return unknown(f"the field was not read: “{wording(stated)}”")
    if setting.patient.sex is None:
        return unknown("no sex")
    evidence = Evidence(path="sex", what="sex", value=setting.patient.sex)
    return Verdict(truth=setting.patient.sex == stated.lower(), evidence=(evidence,))


def _age(name: FieldName, stated: str, setting: Setting) -> Verdict:
    bound = limit(stated)
    if bound is None:
        return unknown(f"the field was not read: “{wording(stated)}”")
    number, unit = bound
    if name == "minimum_age":
        return age(Quantity(span=NOWHERE, low=number, low_inclusive=True, unit=unit), setting)
    return age(Quantity(span=NOWHERE, high=number, high_inclusive=True, unit=unit), setting)


def _stated_otherwise(name: FieldName, stated: str, judgements: Sequence[Judgement]) -> str:
    """The words of an inclusion with another limit of age; empty where there is none."""
    wanted = limit(stated)
    for judgement in judgements:
        criterion = judgement.criterion
        if criterion.role != "inclusion" or criterion.expr is None:
            continue
        for node in walk(criterion.expr):
            if isinstance(node, Comparison) and node.measure and node.measure.id == "age":
                low, high = node.quantity.low, node.quantity.high
                value: Decimal | None = low if name == "minimum_age" else high
                if value is not None and (value, node.quantity.unit or "a") != wanted:
                    return wording(criterion.text)
    return ""


def _field(name: FieldName, stated: str, verdict: Verdict) -> Field:
    return Field(
        name=name,
        stated=stated,
        truth=TRUTHS[verdict.truth],
        effect="open" if verdict.truth is None else "for" if verdict.truth else "against",
        evidence=verdict.evidence,
        missing=verdict.missing,
    )


__all__ = ["fields"]
