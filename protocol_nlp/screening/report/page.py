"""The screening as the checklist's page, filled in with what the file decides."""

from __future__ import annotations

from protocol_nlp.checklist.html import write
from protocol_nlp.screening.answers import sheet
from protocol_nlp.screening.result import Screening


def report(screening: Screening) -> str:
    """The page."""
    made, saved = sheet(screening)
    return write(made, saved=saved).text
