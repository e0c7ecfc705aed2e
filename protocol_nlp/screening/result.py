"""What screening says: of each criterion whether it is met, by what, and what is missing to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from protocol_nlp.registered import FieldName
from protocol_nlp.screening.patient import Patient
from protocol_nlp.tree import Criterion, Trial

Truth = Literal["met", "not met", "unknown"]
TRUTHS: Final[Mapping[bool | None, Truth]] = {True: "met", False: "not met", None: "unknown"}
Outcome = Literal["eligible", "not eligible", "undecided"]
Effect = Literal["for", "against", "open", "part"]
"""What a criterion does to the outcome; "part": it is decided with the list or item it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece of the patient file that decided something: its path, what it is, its value and date in words."""

    path: str
    what: str
    value: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One criterion. `met` says that the statement holds of the patient: of an exclusion, that it excludes.

    `applies` is false where it is asked of other patients only. `missing` says what is not known, and why.
    """

    criterion: Criterion
    truth: Truth
    effect: Effect
    applies: bool = True
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the registry's own fields, as `stated` there: who may take part by sex and age, whatever the text says."""

    name: FieldName
    stated: str
    truth: Truth
    effect: Literal["for", "against", "open"]
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A patient against a trial; `anchors` are the dates that time was counted from."""

    trial: Trial
    patient: Patient
    anchors: Mapping[str, date]
    judgements: tuple[Judgement, ...]
    fields: tuple[Field, ...] = ()

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What each field and each criterion does to the outcome."""
        return (*(field.effect for field in self.fields), *(judgement.effect for judgement in self.judgements))

    @property
    def outcome(self) -> Outcome:
        """Not eligible where anything stands against; eligible where all is decided."""
        if "against" in self.effects:
            return "not eligible"
        return "eligible" if self.effects and "open" not in self.effects else "undecided"

    @property
    def against(self) -> tuple[Judgement, ...]:
        return tuple(j for j in self.judgements if j.effect == "against")

    @property
    def open(self) -> tuple[Judgement, ...]:
        return tuple(j for j in self.judgements if j.effect == "open")


__all__ = [
    "TRUTHS",
    "Effect",
    "Evidence",
    "Field",
    "Judgement",
    "Outcome",
    "Screening",
    "Truth",
]
