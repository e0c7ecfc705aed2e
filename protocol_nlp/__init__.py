"""Free-text eligibility criteria of trial registrations -> structured criteria, and back to what people can use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from protocol_nlp.errors import ExportError, LexiconError, ModelError, PatientError, ProtocolNlpError, SourceError

if TYPE_CHECKING:
    from datetime import date

    from protocol_nlp.screening.patient import Patient
    from protocol_nlp.screening.result import Screening
    from protocol_nlp.tree import Registration, Trial

__version__ = "0.1.0"


def read(source: Path | bytes | str, *, name: str | None = None, format: str | None = None) -> list[Registration]:
    """The registry entries of a file (a Path) or of its content (bytes or text, called `name` in messages).

    The format is recognised from the content; `format` overrides. Raises SourceError.
    """
    from protocol_nlp import sources

    return sources.read(source, name=name, format=format)


def parse(registration: Registration, *, model: str | None = None, link: bool = True) -> Trial:
    """One entry as structured criteria; `model` names an installed spaCy or scispaCy pipeline to use as well.

    Without `link`, concepts have the identifiers of the tables' exact words alone, and nothing is suggested.
    """
    from protocol_nlp.annotate import annotator
    from protocol_nlp.assemble import flat, trial
    from protocol_nlp.gather import gather
    from protocol_nlp.segment import outline

    items = outline(registration.text)
    reading = annotator(model).read(registration.text, [item.lead for item in flat(items)])
    made = trial(registration, gather(items, reading.leads), reading)
    if not link:
        return made
    from protocol_nlp.link import link as linked

    return linked(made)


def convert(source: Path | bytes | str, to: str = "json", *, name: str | None = None, model: str | None = None) -> str:
    """The first entry of a file or its content as the text of one output format (`json`, `facts`, …)."""
    from protocol_nlp.export import export

    return export(parse(read(source, name=name)[0], model=model), to).text


def screen(trial: Trial, patient: Patient | Path | bytes | str, anchors: Mapping[str, date] | None = None) -> Screening:
    """Each criterion of a trial over a patient: met, not met or unknown, with the evidence and what is missing.

    `patient` is a file of our own or a FHIR R4 Bundle (a Path), or its content. `anchors` are dates of events by the
    ids of the table of anchors ("first_dose"). Raises PatientError.
    """
    from protocol_nlp.screening import judge, read
    from protocol_nlp.screening.patient import Patient as Read

    return judge.screen(trial, patient if isinstance(patient, Read) else read.read_patient(patient), anchors)


__all__ = [
    "ExportError",
    "LexiconError",
    "ModelError",
    "PatientError",
    "ProtocolNlpError",
    "SourceError",
    "__version__",
    "convert",
    "parse",
    "read",
    "screen",
]
