"""JSON with its places: every value knows its path, and what is wrong with it is said with file and path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from protocol_nlp.errors import PatientError
from protocol_nlp.screening.patient import Day, day

DEEPEST: Final = 60
LONGEST: Final = 30_000_000
"""Code points; ten thousand observations of a FHIR server have some ten million."""


class _Twice(Exception):
    """A key that stands twice in one object."""


def document(text: str, path: str) -> Fields:
    """The JSON object of a text. Raises PatientError for what is none, with its line, or the key that stands twice."""
    if len(text) > LONGEST:
        raise PatientError(path, f"longer than {LONGEST:,} characters")
    if _depth(text) > DEEPEST:
        raise PatientError(path, f"JSON nested more than {DEEPEST} levels deep")
    try:
        held = json.loads(
            text, object_pairs_hook=_once, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        raise PatientError(path, f"not valid JSON: {error.msg}", f"{error.lineno}:{error.colno}") from error
    except _Twice as error:
        key = str(error)
        lines = [text.count("\n", 0, m.start()) + 1 for m in re.finditer(rf"{re.escape(json.dumps(key))}\s*:", text)]
        where = str(lines[1]) if len(lines) == 2 else None
        raise PatientError(path, f"the key {key!r} stands twice in one object", where) from error
    except ValueError as error:
        raise PatientError(path, f"not valid JSON: {error}") from error
    if not isinstance(held, dict):
        raise PatientError(path, "no JSON object: a patient file begins with {")
    return Fields(file=path, path="", held=held)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _depth(text: str) -> int:
    """How deep the brackets of a JSON text nest; what stands in strings does not count."""
    deepest = depth = 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        sign = found[0]
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A JSON object at its path; each getter raises PatientError where another kind of value stands."""

    file: str
    path: str
    held: dict[str, Any]

    def at(self, key: str) -> str:
        """The path of a field."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, reason: str) -> PatientError:
        return PatientError(self.file, reason, self.at(key) if key else self.path or None)

    def only(self, *known: str) -> None:
        """Refuse keys that nobody reads."""
        for key in self.held:
            if key not in known:
                near = get_close_matches(key, known, n=1, cutoff=0.6)
                hint = f'; did you mean "{near[0]}"?' if near else f": known are {', '.join(known)}"
                raise self.wrong(key, f"unknown key{hint}")

    def text(self, key: str) -> str | None:
        """The text of a field without blanks around it; null where it is missing or null."""
        value = self.held.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"{_told(value)} stands where text is asked for")
        return value.strip()

    def number(self, key: str) -> Decimal | None:
        value = self.held.get(key)
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise self.wrong(key, f"{_told(value)} stands where a number is asked for")
        return value

    def flag(self, key: str) -> bool:
        value = self.held.get(key)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.wrong(key, f"{_told(value)} stands where true or false is asked for")
        return value

    def day(self, key: str) -> Day | None:
        """The date of a field, or of the part of a date and time before its "T"."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return day(text.partition("T")[0])
        except ValueError as error:
            raise self.wrong(key, f'"{text}" is no date of the calendar: write YYYY-MM-DD, YYYY-MM or YYYY') from error

    def choice(self, key: str, known: Sequence[str]) -> str | None:
        text = self.text(key)
        if text is not None and text not in known:
            raise self.wrong(key, f'"{text}" is not one of {", ".join(known)}')
        return text

    def object(self, key: str) -> Fields | None:
        value = self.held.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(key, f"{_told(value)} stands where an object is asked for")
        return Fields(file=self.file, path=self.at(key), held=value)

    def objects(self, key: str) -> Iterator[Fields]:
        for number, value in enumerate(self.list(key)):
            if not isinstance(value, dict):
                raise self.wrong(f"{key}[{number}]", f"{_told(value)} stands where an object is asked for")
            yield Fields(file=self.file, path=f"{self.at(key)}[{number}]", held=value)

    def list(self, key: str) -> list[Any]:
        value = self.held.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(key, f"{_told(value)} stands where a list is asked for")
        return value


def _told(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value[:40]}"'
        case Decimal():
            return str(value)
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return "null"
