"""Writers: each takes a Trial and gives an Artifact; one format a file, loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import Final, cast

from protocol_nlp.errors import ExportError
from protocol_nlp.export.artifact import Artifact, file_name, write
from protocol_nlp.tree import Trial

FORMATS: Final[dict[str, str]] = {
    "json": "protocol_nlp.export.document",
    "facts": "protocol_nlp.export.facts",
    "checklist-md": "protocol_nlp.checklist.markdown",
    "checklist-html": "protocol_nlp.checklist.html",
    "text": "protocol_nlp.export.wording",
}
"""Name of each format, and the module whose `export(trial)` writes it."""


def export(trial: Trial, format: str) -> Artifact:
    """The trial in one of FORMATS, with what that format had no place for.

    Raises ExportError for an unknown format; it names the known ones and the nearest. Odd registry text never
    raises.
    """
    if format not in FORMATS:
        near = get_close_matches(format, FORMATS, n=1, cutoff=0.5)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise ExportError(f'unknown output format "{format}": known are {", ".join(FORMATS)}{hint}')
    writer = cast(Callable[[Trial], Artifact], import_module(FORMATS[format]).export)
    return writer(trial)


__all__ = ["FORMATS", "Artifact", "export", "file_name", "write"]
