"""An amendment as a report: one format a file, one signature."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from protocol_nlp.amend.compare import Amendment
from protocol_nlp.amend.report.told import summary

FORMATS: Final[dict[str, str]] = {
    "text": "protocol_nlp.amend.report.text",
    "json": "protocol_nlp.amend.report.document",
    "html": "protocol_nlp.amend.report.page",
}
"""Name of each format, and the module whose `report(amendment)` writes it."""


def report(amendment: Amendment, format: str) -> str:
    """The amendment in one of FORMATS."""
    writer = cast(Callable[[Amendment], str], import_module(FORMATS[format]).report)
    return writer(amendment)


__all__ = ["FORMATS", "report", "summary"]
