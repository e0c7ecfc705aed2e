"""The screening as the file that the checklist's page loads."""

from __future__ import annotations

from protocol_nlp.export.layout import indented
from protocol_nlp.screening.answers import sheet
from protocol_nlp.screening.result import Screening


def report(screening: Screening) -> str:
    """The JSON text."""
    return indented(sheet(screening)[1]) + "\n"
