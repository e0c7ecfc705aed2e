"""The checklist in Markdown; every value is escaped on its way in, so that no registry text is markup."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from protocol_nlp.export.artifact import Artifact
from protocol_nlp.export.checklist import checklist, losses
from protocol_nlp.tree import Trial

# What CommonMark, GitHub or Pandoc reads as markup within a line, and what makes a bare address a link.
# Signs that matter only at the start of a line are left: the template starts every line itself.
MARKUP: Final = re.compile(r"[\\`*_{}\[\]<>#|~&$^]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def export(trial: Trial) -> Artifact:
    """The checklist as one Markdown text."""
    return Artifact(_template().render(list=checklist(trial)), ".md", losses(trial))


def escaped(value: object) -> object:
    """A value as Markdown that shows just its text; only the template's own margins pass as they are."""
    return value if isinstance(value, Markup) else MARKUP.sub(r"\\\g<0>", str(value))


def _margin(depth: int) -> Markup:
    return Markup("  " * depth)


@cache
def _template() -> Template:
    # Jinja escapes for HTML only. `finalize` sees each value a template prints, so none is forgotten.
    environment = Environment(
        loader=PackageLoader("protocol_nlp.export"),
        autoescape=False,
        finalize=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["margin"] = _margin
    environment.filters["rendered"] = Markup  # the template's own text, whose values were escaped on their way in
    return environment.get_template("checklist.md.j2")
