"""The registry's fields of sex and age as rows of the checklist, where no criterion asks for the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.checklist.outline import Block
from protocol_nlp.checklist.sheet import YES_NO, Judged, Row
from protocol_nlp.display import wording
from protocol_nlp.registered import Limit, in_criteria, limits, stated_otherwise
from protocol_nlp.tree import Trial, criteria

NAMES: Final = {"sex": "Sex", "minimum_age": "Minimum age", "maximum_age": "Maximum age"}


def registered(trial: Trial) -> Iterator[tuple[Block, Judged]]:
    """A row of the demographics for each such field, and how its answer decides."""
    for limit in limits(trial.registration):
        if not in_criteria(limit, trial):
            row = _row(limit, trial)
            yield (
                Block("demographics", (row,)),
                Judged(id=row.criterion, role="inclusion", logic=("row", row.key)),
            )


def _row(limit: Limit, trial: Trial) -> Row:
    other = stated_otherwise(limit, criteria(trial))
    return Row(
        key=limit.key,
        id="Registry",
        criterion=limit.key,
        role="inclusion",
        kind="ask",
        depth=0,
        question=_question(limit),
        answers=YES_NO,
        keeps="Yes",
        bound=_bound(limit),
        remarks=(f"{other.id} states another age. Ask the author which holds.",) if other else (),
        original=f"{NAMES[limit.name]}: {wording(limit.stated)} (a field of the registry, not in the criteria)",
        unread=limit.sex is None and limit.age is None,
    )


def _question(limit: Limit) -> str:
    if limit.sex:
        return f"Sex {limit.sex}?"
    return f"Age {_bound(limit)}?" if limit.age else f"{NAMES[limit.name]}: {wording(limit.stated)}"


def _bound(limit: Limit) -> str:
    """ "at least 18 years"."""
    if not limit.age:
        return ""
    return f"at {'least' if limit.name == 'minimum_age' else 'most'} {wording(limit.stated).lower()}"


__all__ = ["registered"]
