"""What all registry formats share: where an entry came from, and one vocabulary for its fields.

Ages stay as written. Sex, phase and healthy volunteers are closed lists that every registry spells
in its own way, so they are given in the words of the ClinicalTrials.gov API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from protocol_nlp.tree import Provenance

_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_EU_CT = re.compile(r"20\d\d-5\d{5}-\d\d(?:-\d\d)?")
_NOTHING = {"n/a", "na", "none", "no limit", "not applicable", "-"}
_PHASE = re.compile(r"(?:EARLY )?PHASE [0-4](?:/PHASE [0-4])*|N/?A|NOT APPLICABLE")
_VOLUNTEERS = {
    "no": False,
    "no healthy volunteers": False,
    "yes": True,
    "accepts healthy volunteers": True,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """The file an entry was read from; `sha256` is of its bytes."""

    path: str
    stem: str
    sha256: str

    def provenance(self, format: str) -> Provenance:
        return Provenance(path=self.path, format=format, sha256=self.sha256)

    def id(self, stated: str | None, index: int = 0, count: int = 1) -> str:
        """The id the entry states, else the file's stem, numbered from 1 where the file holds several."""
        stem = self.stem if self.stem.strip("-") else "stdin"
        return stated or (f"{stem}-{index + 1}" if count > 1 else stem)


def registry_of(id: str) -> str | None:
    """The registry an id belongs to by its form, or None."""
    if _NCT.fullmatch(id):
        return "ClinicalTrials.gov"
    return "CTIS" if _EU_CT.fullmatch(id) else None


def at(document: object, *keys: str) -> object:
    """What lies under a path of keys in parsed JSON; None where there is no such path."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def line(value: object) -> str | None:
    """A one-line string, its white space evened; None for anything else and for blanks."""
    return " ".join(value.split()) or None if isinstance(value, str) else None


def lines(values: Iterable[object]) -> tuple[str, ...]:
    """The one-line strings among the values, each once, in their order."""
    return tuple(dict.fromkeys(text for value in values if (text := line(value))))


def elements(value: object) -> list[object]:
    """The elements of a JSON array; none for anything else."""
    return list(value) if isinstance(value, list) else []


def age(value: object) -> str | None:
    """An age limit as written ("18 Years"); None where there is no limit or none is stated."""
    text = line(value)
    return None if text is None or text.lower() in _NOTHING else text


def sex(value: object) -> str | None:
    """One of "ALL", "FEMALE" and "MALE"; a wording that is none of these is given as written."""
    text = line(value)
    if text is None or text.lower() in _NOTHING:
        return None
    low = text.lower()
    if low in {"all", "both"}:
        return "ALL"
    answers = dict(re.findall(r"\b(female|male)s?\s*:\s*(yes|no)\b", low))
    words = {word.removesuffix("s") for word in re.findall(r"[a-z]+", low)}
    named = {key for key, answer in answers.items() if answer == "yes"} or words - {"and", "or"}
    if named == {"female", "male"}:
        return "ALL"
    return named.pop().upper() if named in ({"female"}, {"male"}) else text


def phase(value: object) -> str | None:
    """As in "PHASE1/PHASE2", "EARLY_PHASE1", "NA"; a wording that is none of these is given as written."""
    text = line(value)
    if text is None or not _PHASE.fullmatch(text.upper()):
        return text
    if not text.upper().count("PHASE"):
        return "NA"
    return text.upper().replace("PHASE ", "PHASE").replace(" ", "_")


def volunteers(value: object) -> bool | None:
    """Whether healthy volunteers may take part; None where it is not stated, or not plainly."""
    if isinstance(value, bool):
        return value
    text = line(value)
    return _VOLUNTEERS.get(text.lower()) if text else None
