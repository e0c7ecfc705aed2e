"""What all reports say of a screening, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protocol_nlp.display import wording
from protocol_nlp.screening.result import Evidence, Field, Judgement, Screening

CAUTION = (
    "Decided by a program from what the file says, over criteria that a program read. “Eligible” means that nothing in"
    " it speaks against; a person decides."
)


def summary(screening: Screening) -> str:
    """ "P-001 for NCT04172805: undecided (4 for, 0 against, 13 open)"."""
    counts = ", ".join(f"{screening.effects.count(effect)} {effect}" for effect in ("for", "against", "open"))
    patient, trial = wording(screening.patient.id), wording(screening.trial.registration.id)
    return f"{patient} for {trial}: {screening.outcome} ({counts})"


def reasons(judgement: Judgement) -> Iterator[str]:
    """What decided it, then what is to be noted, then what is missing."""
    if not judgement.applies:
        yield "asked of other patients only"
    yield from _said(judgement.evidence, judgement.notes, judgement.missing)


def field_reasons(one: Field) -> Iterator[str]:
    """What decided a field of the registry, then what is missing."""
    return _said(one.evidence, (), one.missing)


def _said(found: Sequence[Evidence], notes: Sequence[str], missing: Sequence[str]) -> Iterator[str]:
    yield from (evidence(e) for e in found)
    yield from notes
    yield from (f"missing: {wording(said)}" for said in missing)


def evidence(one: Evidence) -> str:
    """ "haemoglobin: 9.5 g/dL, 2027-01-08"."""
    told = f"{wording(one.what)}: {wording(one.value)}" if one.value else wording(one.what)
    return f"{told}, {one.date}" if one.date else told


def field(one: Field) -> str:
    """ "minimum age 18 Years"."""
    return f"{one.name.replace('_', ' ')} {wording(one.stated)}"


def state(judgement: Judgement) -> str:
    """ "met", "not met", "unknown", or that it does not apply."""
    return judgement.truth if judgement.applies else "does not apply"


__all__ = ["CAUTION", "evidence", "field", "field_reasons", "reasons", "state", "summary"]
