"""A screening as a file: one format a file, one signature."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from protocol_nlp.screening.report.told import reasons, summary
from protocol_nlp.screening.result import Screening

FORMATS: Final[dict[str, str]] = {
    "text": "protocol_nlp.screening.report.text",
    "json": "protocol_nlp.screening.report.document",
    "html": "protocol_nlp.screening.report.page",
    "answers": "protocol_nlp.screening.report.saved",
}
"""Name of each format, and the module whose `report(screening)` writes it. "answers" is what the checklist's page
loads."""


def report(screening: Screening, format: str) -> str:
    """The screening in one of FORMATS."""
    writer = cast(Callable[[Screening], str], import_module(FORMATS[format]).report)
    return writer(screening)


__all__ = ["FORMATS", "reasons", "report", "summary"]
