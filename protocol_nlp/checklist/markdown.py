"""The checklist in Markdown; every value is escaped on its way in, so that no registry text is markup."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from markupsafe import Markup

from protocol_nlp.checklist import checklist
from protocol_nlp.checklist.sheet import LOSSES, Checklist
from protocol_nlp.checklist.templating import environment, rendered
from protocol_nlp.export.artifact import Artifact
from protocol_nlp.tree import Trial

# What CommonMark, GitHub or Pandoc reads as markup within a line, and what makes a bare address a link.
# Signs that matter only at the start of a line are left: the template starts every line itself.
MARKUP: Final = re.compile(r"[\\`*_{}\[\]<>#|~&$^]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def export(trial: Trial) -> Artifact:
    """The checklist of a trial in clinical order."""
    return write(checklist(trial))


def ready(templates: Path | None) -> None:
    """Raises ExportError for a folder of templates that cannot be used."""
    environment(templates)


def write(sheet: Checklist, templates: Path | None = None) -> Artifact:
    """The checklist as one Markdown text. Raises ExportError where a template of the folder `templates` fails."""
    # Jinja escapes for HTML only. `finalize` sees each value a template prints, so none is forgotten.
    made = environment(templates, autoescape=False, finalize=escaped)
    made.filters["margin"] = _margin
    return Artifact(rendered(made, "checklist.md.j2", sheet), ".md", LOSSES if sheet.sections else ())


def escaped(value: object) -> object:
    """A value as Markdown that shows just its text; only the template's own margins pass as they are."""
    return value if isinstance(value, Markup) else MARKUP.sub(r"\\\g<0>", str(value))


def _margin(depth: int) -> Markup:
    return Markup("  " * depth)
