"""Templates of the checklist: the package's own, or those of a folder that the user names."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from protocol_nlp.checklist.dates import ARITHMETIC
from protocol_nlp.checklist.sheet import Checklist
from protocol_nlp.checklist.wording import capital
from protocol_nlp.errors import ExportError

NAMES: Final = ("checklist.html.j2", "checklist.md.j2", "checklist.pdf.j2")
"""The templates that a folder may hold; what it lacks is taken from the package."""
BUILT_IN: Final = "built-in"
"""A folder's template can extend the package's: `{% extends "built-in/checklist.html.j2" %}`."""


def environment(folder: Path | None, **settings: Any) -> Environment:
    """Where templates are looked up; a name that a template does not know is an error.

    Raises ExportError for a folder that holds none of NAMES.
    """
    own = PackageLoader("protocol_nlp.checklist")
    found = [FileSystemLoader(folder)] if folder else []
    if folder and not folder.is_dir():
        raise ExportError(f"{folder}: no such folder of templates")
    if folder and not any((folder / name).is_file() for name in NAMES):
        raise ExportError(f"{folder}: holds no template of a checklist; one of {', '.join(NAMES)} is looked for")
    made = Environment(
        loader=ChoiceLoader([*found, own, PrefixLoader({BUILT_IN: own})]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **settings,
    )
    made.filters["capital"] = capital
    return made


def rendered(made: Environment, name: str, sheet: Checklist, **values: Any) -> str:
    """The template filled in. Raises ExportError with file and line where a template fails."""
    try:
        return made.get_template(name).render(list=sheet, arithmetic=ARITHMETIC, **values)
    except TemplateSyntaxError as error:
        raise ExportError(f"{error.filename or error.name}:{error.lineno}: {_said(error)}") from error
    except Exception as error:
        # Whatever a template calls may fail in any way; the place is the last line of a template on the way there.
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
        if not frames and not isinstance(error, TemplateError):
            raise
        place = f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""
        raise ExportError(f"{place}the template fails: {_said(error)}") from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
