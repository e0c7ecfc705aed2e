"""Free-text eligibility criteria of trial registrations -> structured criteria, and back to what people can use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protocol_nlp.errors import ExportError, LexiconError, ModelError, ProtocolNlpError, SourceError

if TYPE_CHECKING:
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
    from protocol_nlp.segment import outline

    items = outline(registration.text)
    reading = annotator(model).read(registration.text, [item.lead for item in flat(items)])
    made = trial(registration, items, reading)
    if not link:
        return made
    from protocol_nlp.link import link as linked

    return linked(made)


def convert(source: Path | bytes | str, to: str = "json", *, name: str | None = None, model: str | None = None) -> str:
    """The first entry of a file or its content as the text of one output format (`json`, `facts`, …)."""
    from protocol_nlp.export import export

    return export(parse(read(source, name=name)[0], model=model), to).text


__all__ = [
    "ExportError",
    "LexiconError",
    "ModelError",
    "ProtocolNlpError",
    "SourceError",
    "__version__",
    "convert",
    "parse",
    "read",
]
