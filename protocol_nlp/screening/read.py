"""A patient file -> Patient, whichever of the two formats it is in."""

from __future__ import annotations

from pathlib import Path

from protocol_nlp.errors import PatientError, SourceError
from protocol_nlp.screening import fhir, own
from protocol_nlp.screening.fields import document
from protocol_nlp.screening.patient import Patient
from protocol_nlp.sources.decode import decode


def read_patient(source: Path | bytes | str, *, name: str | None = None) -> Patient:
    """The patient of a file (a Path) or of its content, called `name` in messages.

    Raises PatientError, with the line or the JSON path, for a file that cannot be used as a whole.
    """
    path = name or (source.as_posix() if isinstance(source, Path) else "patient")
    try:
        raw = source.read_bytes() if isinstance(source, Path) else source
        text = decode(raw, path) if isinstance(raw, bytes) else raw
    except OSError as error:
        raise PatientError(path, f"cannot be opened: {error.strerror or error}") from error
    except SourceError as error:
        raise PatientError(path, error.reason, error.position) from error
    top = document(text, path)
    if "resourceType" in top.held:
        return fhir.patient(top)
    if "format" not in top.held:
        raise PatientError(
            path, f'neither a patient file ("format": "{own.FORMAT}") nor a FHIR Bundle ("resourceType")'
        )
    return own.patient(top)


__all__ = ["read_patient"]
