"""The checklist as one HTML page that needs nothing else: no script, no picture, no other file."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from protocol_nlp.export.artifact import Artifact
from protocol_nlp.export.checklist import checklist, losses
from protocol_nlp.tree import Trial


def export(trial: Trial) -> Artifact:
    """The checklist as one HTML text, to fill in on the screen or on paper."""
    return Artifact(_template().render(list=checklist(trial)), ".html", losses(trial))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("protocol_nlp.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("checklist.html.j2")
