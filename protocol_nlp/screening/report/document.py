"""The screening as JSON: every criterion of the trial stands in it once (docs/screening.md has the fields)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from protocol_nlp.export.layout import indented
from protocol_nlp.screening.result import Field, Judgement, Screening


def report(screening: Screening) -> str:
    """The JSON text."""
    entry, patient = screening.trial.registration, screening.patient
    told = {
        "schema_version": "1.1.0",
        "trial": {"id": entry.id, "path": entry.provenance.path, "sha256": entry.provenance.sha256},
        "patient": {
            "id": patient.id,
            "path": patient.path,
            "date": patient.day.isoformat() if patient.day else None,
        },
        "anchors": {event: day.isoformat() for event, day in sorted(screening.anchors.items())},
        "outcome": screening.outcome,
        "against": [j.criterion.id for j in screening.against],
        "open": [j.criterion.id for j in screening.open],
        "fields": [_field(field) for field in screening.fields],
        "criteria": [_judgement(judgement) for judgement in screening.judgements],
        "unused": [asdict(left) for left in patient.unused],
    }
    return indented(told) + "\n"


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "stated": field.stated,
        "state": field.truth,
        "effect": field.effect,
        "evidence": [asdict(e) for e in field.evidence],
        "missing": list(field.missing),
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    criterion = judgement.criterion
    return {
        "id": criterion.id,
        "role": criterion.role,
        "form": criterion.form,
        "span": list(criterion.lead),
        "text": criterion.text,
        "state": judgement.truth,
        "effect": judgement.effect,
        "applies": judgement.applies,
        "evidence": [asdict(e) for e in judgement.evidence],
        "notes": list(judgement.notes),
        "missing": list(judgement.missing),
    }
