"""Reports of an audit: each takes the audits of a run and gives a text; one format a file, loaded when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, cast

from protocol_nlp.audit.finding import Audit

FORMATS: Final[dict[str, str]] = {
    "text": "protocol_nlp.audit.report.text",
    "json": "protocol_nlp.audit.report.json",
    "sarif": "protocol_nlp.audit.report.sarif",
    "github": "protocol_nlp.audit.report.github",
    "html": "protocol_nlp.audit.report.html",
}
"""Name of each format, and the module whose `report(audits)` writes it."""


def report(audits: Sequence[Audit], format: str) -> str:
    """The findings of one or more entries in one of FORMATS."""
    return cast(Callable[[Sequence[Audit]], str], import_module(FORMATS[format]).report)(audits)
