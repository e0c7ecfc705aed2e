"""EU Clinical Trials Information System: one trial, or a list of trials.

A trial lists its criteria one by one, so the text is composed: "Inclusion criteria:", a line for each
criterion ("1. ..."), then "Exclusion criteria:" likewise. A section without criteria has no heading.
A criterion that brings its own number or bullet keeps it, for one field often holds a whole list.

`ageGroup` ("18-64 years") names the age bands a trial touches, not its limits, so no age is read from it.
"""

from __future__ import annotations

import re

from protocol_nlp.errors import SourceError
from protocol_nlp.sources import entry as field
from protocol_nlp.sources.entry import Origin, at, elements
from protocol_nlp.tree import Registration

_PART_I = (("authorizedApplication", "authorizedPartI"), ("authorizedPartI",))
_SECTIONS = {
    "Inclusion criteria:": "principalInclusionCriteria",
    "Exclusion criteria:": "principalExclusionCriteria",
}
_OWN_MARKER = re.compile(r"\(?(?:\d{1,2}[.)](?!\d)|(?:[a-z]|[ivx]{2,4})[.)]\s)|[-*\u2022\u00b7\u2013]\s")


def fits(document: object) -> bool:
    """A trial with its part I, or a list that begins with one."""
    first = document[0] if isinstance(document, list) and document else document
    return _part_one(first) is not None


def entries(document: object, origin: Origin) -> list[Registration]:
    """All trials of the file; SourceError for an element that is no trial."""
    trials = document if isinstance(document, list) else [document]
    return [_trial(trial, origin, n, len(trials)) for n, trial in enumerate(trials)]


def _part_one(trial: object) -> dict[str, object] | None:
    parts = (at(trial, *keys) for keys in _PART_I)
    return next((part for part in parts if isinstance(part, dict)), None)


def _trial(trial: object, origin: Origin, index: int, count: int) -> Registration:
    part = _part_one(trial)
    if part is None:
        raise SourceError(origin.path, f"element {index} is no CTIS trial: it has no authorizedPartI")
    names = at(part, "trialDetails", "clinicalTrialIdentifiers")
    about = at(part, "trialDetails", "trialInformation")
    diseases = elements(at(about, "medicalCondition", "partIMedicalConditions"))
    products = elements(at(part, "products"))
    titles = (field.line(at(names, key)) for key in ("publicTitle", "fullTitle", "shortTitle"))
    return Registration(
        id=origin.id(field.line(at(trial, "ctNumber")), index, count),
        registry="CTIS",
        title=next((title for title in titles if title), None),
        conditions=field.lines(at(disease, "medicalCondition") for disease in diseases),
        interventions=field.lines(
            at(product, "productDictionaryInfo", "prodName") or at(product, "productName") for product in products
        ),
        phase=field.phase(at(about, "trialCategory", "trialPhase")),
        sex=_sex(trial, about),
        text=_text(at(about, "eligibilityCriteria"), origin.path),
        provenance=origin.provenance("ctis-json"),
    )


def _sex(trial: object, about: object) -> str | None:
    """From the overview ("Female, Male"), else from the two flags of part I."""
    if stated := field.sex(at(trial, "gender")):
        return stated
    people = at(about, "populationOfTrialSubjects")
    flags = {"female": at(people, "isFemaleSubjects"), "male": at(people, "isMaleSubjects")}
    return field.sex(" and ".join(key for key, flag in flags.items() if flag is True))


def _text(criteria: object, path: str) -> str:
    sections = []
    for heading, key in _SECTIONS.items():
        items = [_item(item, key, n, path) for n, item in enumerate(elements(at(criteria, key)), start=1)]
        if any(items):
            sections.append("\n".join([heading, *filter(None, items)]))
    return "\n\n".join(sections) + "\n" if sections else ""


def _item(item: object, key: str, position: int, path: str) -> str:
    """One criterion with its number, the registry's own where it gives one; "" for a blank."""
    words = at(item, key)
    if words is not None and not isinstance(words, str):
        raise SourceError(path, f"{key} number {position} is no text")
    words = (words or "").strip()
    if not words or _OWN_MARKER.match(words):
        return words
    number = at(item, "number")
    return f"{number if isinstance(number, int) and not isinstance(number, bool) else position}. {words}"
