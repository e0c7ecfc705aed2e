"""The amendment as JSON: every criterion of both versions stands in it once (docs/protocols.md has the fields)."""

from __future__ import annotations

from typing import Any

from protocol_nlp.amend.compare import Amendment, Change
from protocol_nlp.export.layout import indented
from protocol_nlp.tree import Criterion, Registration


def report(amendment: Amendment) -> str:
    """The JSON text."""
    told = {
        "schema_version": "1.0.0",
        "before": _entry(amendment.before),
        "after": _entry(amendment.after),
        "counts": dict(amendment.counts),
        "changes": [_change(change) for change in amendment.changes],
    }
    return indented(told) + "\n"


def _entry(entry: Registration) -> dict[str, Any]:
    return {"id": entry.id, "path": entry.provenance.path, "sha256": entry.provenance.sha256}


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "moved": change.moved,
        "note": change.note or None,
        "before": _criterion(change.before),
        "after": _criterion(change.after),
        "steps": [{"relation": s.relation, "before": s.before or None, "after": s.after or None} for s in change.steps],
    }


def _criterion(criterion: Criterion | None) -> dict[str, Any] | None:
    if criterion is None:
        return None
    return {"id": criterion.id, "role": criterion.role, "span": list(criterion.lead), "text": criterion.text}
