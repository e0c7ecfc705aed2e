"""Ages of the registry's own fields: "18 Years" as a number and a unit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

UNITS: Final = {"year": "a", "month": "mo", "week": "wk", "day": "d"}
"""The registry's words for units of age, and their UCUM codes."""
_LIMIT = re.compile(rf"\s*(\d+)\s*({'|'.join(UNITS)})s?\s*", re.IGNORECASE)


def limit(field: str | None) -> tuple[Decimal, str] | None:
    """The number and the UCUM unit of an age limit; None for a field that is empty or says anything else."""
    found = _LIMIT.fullmatch(field or "")
    return (Decimal(found[1]), UNITS[found[2].lower()]) if found else None


__all__ = ["UNITS", "limit"]
