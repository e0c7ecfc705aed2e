"""What a statement is held against: a patient, the dates of events, and where the statement stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from protocol_nlp.screening.patient import Patient
from protocol_nlp.screening.words import listed
from protocol_nlp.tree import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`text` is the entry's; `anchors` are the dates of events by the ids of the table of anchors.

    `ever`: what is past counts like what is present. `persons`: kinds of persons decide, where a criterion says for
    whom it is.
    """

    patient: Patient
    anchors: Mapping[str, date]
    role: Role | None
    text: str
    ever: bool = False
    persons: bool = False

    @property
    def entering(self) -> list[date]:
        """The days of entering the trial, as far as they are given."""
        return [day for event, day in self.anchors.items() if event in listed("entry")]

    @property
    def last(self) -> date | None:
        """The day after which nothing counts any more: that of the file, else the last of entering the trial."""
        return self.patient.day or max(self.entering, default=None)
