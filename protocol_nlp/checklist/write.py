"""A trial -> one document of its checklist, with the options of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Final

from protocol_nlp.checklist import checklist
from protocol_nlp.checklist.sheet import Order, Paper
from protocol_nlp.export.artifact import Artifact
from protocol_nlp.tree import Trial

FORMATS: Final = {
    "html": "protocol_nlp.checklist.html",
    "md": "protocol_nlp.checklist.markdown",
    "pdf": "protocol_nlp.checklist.pdf",
    "docx": "protocol_nlp.checklist.docx",
}
"""Name of each format, and the module whose `write(sheet, templates)` makes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a checklist is made: `dates` by the ids of the table of anchors, `templates` a folder, `audit` for notes."""

    format: str = "html"
    order: Order = "clinical"
    paper: Paper = "a4"
    dates: Mapping[str, date] = field(default_factory=dict)
    templates: Path | None = None
    audit: bool = True


def ready(options: Options) -> None:
    """Whether a checklist can be made at all, before any input is read.

    Raises ExportError for an extra that is not installed, for a folder without templates, and for templates of a
    format that takes none.
    """
    import_module(FORMATS[options.format]).ready(options.templates)


def write(trial: Trial, options: Options) -> Artifact:
    """The document. Raises ExportError where a template fails or an extra is missing."""
    noted = import_module("protocol_nlp.checklist.notes").notes(trial) if options.audit else ()
    sheet = checklist(trial, order=options.order, dates=options.dates, notes=noted, paper=options.paper)
    made: Artifact = import_module(FORMATS[options.format]).write(sheet, options.templates)
    return made
