"""Plain text: a copy of a registry's web page, or criteria text alone.

The text is the whole file, line ends untouched. Fields are read from a web copy only: a label on a line
of its own with a value of a known form on the next ("Sex", "All"), found once. The long labels of
ClinicalTrials.gov may have the value on their own line. A label without a value leaves its field null.
"""

from __future__ import annotations

import re
from itertools import pairwise

from protocol_nlp.sources import entry as field
from protocol_nlp.sources.entry import Origin
from protocol_nlp.tree import Registration

_SEX_LABELS = frozenset({"sex", "gender", "sexes eligible for study"})
_AGE_LABELS = frozenset({"ages", "ages eligible for study"})
_VOLUNTEER_LABELS = frozenset({"volunteers", "healthy volunteers", "accepts healthy volunteers"})
# "Sex: male" may be a criterion; these can only be the registry's.
_ONE_LINE = re.compile(
    r"(sexes eligible for study|ages eligible for study|accepts healthy volunteers):\s*(?=\S)", re.IGNORECASE
)
_SEX = re.compile(r"all|both|male|female", re.IGNORECASE)
_VOLUNTEERS = re.compile(r"yes|no|(?:no|accepts) healthy volunteers", re.IGNORECASE)
_UNIT = r"(?:year|month|week|day)s?"
_AGES = re.compile(
    rf"(?:(?P<both>\d+)(?P<unit> {_UNIT})? (?:to|-) (?P<high>\d+ {_UNIT})"
    rf"|(?P<low>\d+ {_UNIT}) (?:and|or) older"
    rf"|(?P<plus>\d+)\+(?P<plus_unit> {_UNIT})"
    rf"|up to (?P<only_high>\d+ {_UNIT}))"
    r"(?: old)?(?: \([a-z, ]+\))?",
    re.IGNORECASE,
)


def entry(text: str, origin: Origin) -> Registration:
    """The entry of a text file; its id is the file's stem, its registry is told by the form of that id."""
    rows = [
        " ".join(row.split())
        for line in text.splitlines()
        for row in _ONE_LINE.sub(r"\1\n", line.strip()).split("\n")
        if row
    ]
    low, high = _limits(_value(rows, _AGE_LABELS, _AGES))
    id = origin.id(None)
    return Registration(
        id=id,
        registry=field.registry_of(id),
        sex=field.sex(_value(rows, _SEX_LABELS, _SEX)),
        minimum_age=low,
        maximum_age=high,
        healthy_volunteers=field.volunteers(_value(rows, _VOLUNTEER_LABELS, _VOLUNTEERS)),
        text=text,
        provenance=origin.provenance("text"),
    )


def _value(rows: list[str], labels: frozenset[str], form: re.Pattern[str]) -> str | None:
    """The row below one of the labels, where it has the form; None where that is so twice or never."""
    found = [value for label, value in pairwise(rows) if label.lower().rstrip(":") in labels and form.fullmatch(value)]
    return found[0] if len(found) == 1 else None


def _limits(ages: str | None) -> tuple[str | None, str | None]:
    """Minimum and maximum age; the unit of "18 to 70 years" is that of both numbers."""
    found = _AGES.fullmatch(ages) if ages else None
    if not found:
        return None, None
    if found["both"]:
        unit = found["unit"] or " " + found["high"].split()[1]
        return found["both"] + unit, found["high"]
    if found["plus"]:
        return found["plus"] + found["plus_unit"], None
    return found["low"], found["only_high"]
