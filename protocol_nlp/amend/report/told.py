"""What all reports say of a change, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from protocol_nlp.amend.compare import Amendment, Change, Kind
from protocol_nlp.amend.step import Step
from protocol_nlp.tree import Criterion

MEANINGS: Final[Mapping[Kind, str]] = {
    "added": "new in this version",
    "removed": "no longer asked",
    "loosened": "more people may take part",
    "tightened": "fewer people may take part",
    "both": "some more people may take part, and some fewer",
    "changed": "read both wordings: whom it lets in could not be decided",
    "reworded": "other words, the same meaning",
    "unchanged": "the same words",
}
_LETS_IN: Final = {"wider": "lets in more", "narrower": "lets in fewer", "both": "both ways", "unclear": "unclear"}


def summary(amendment: Amendment) -> str:
    """ "2 tightened, 1 added, 40 unchanged"; "no criteria" for two empty entries."""
    counts = amendment.counts
    return ", ".join(f"{counts[kind]} {kind}" for kind in MEANINGS if counts[kind]) or "no criteria"


def ids(change: Change) -> str:
    """ "I05 → I04", or the one id where it stayed or stands alone."""
    found = dict.fromkeys(c.id for c in (change.before, change.after) if c)
    return " → ".join(found)


def notes(change: Change) -> Iterator[str]:
    """What else there is to say: that it was moved, that a part of it went elsewhere."""
    if change.note:
        yield change.note
    elif change.moved:
        yield "moved"


def wording(criterion: Criterion | None) -> str:
    """The criterion's words on one line; empty for null."""
    return " ".join(criterion.text.split()) if criterion else ""


def step(one: Step) -> str:
    """ "platelets at least 75 … → platelets at least 100 …: lets in fewer"."""
    if one.before and one.after:
        said = f"{one.before} → {one.after}"
    else:
        said = f"added: {one.after}" if one.after else f"removed: {one.before}"
    return f"{said} ({_LETS_IN[one.relation]})" if one.relation in _LETS_IN else said


__all__ = ["MEANINGS", "ids", "notes", "step", "summary", "wording"]
