"""Lines that name a tumour and demand nothing: of several beside each other a patient has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from protocol_nlp.checklist.groups import names_group
from protocol_nlp.checklist.wording import says
from protocol_nlp.display import wording
from protocol_nlp.phrase_words import is_neoplasm
from protocol_nlp.segment.titles import ASKING
from protocol_nlp.segment.words import tokens
from protocol_nlp.segment.words import words as heading_words
from protocol_nlp.tree import Comparison, Concept, Condition, Criterion, walk

_DIAGNOSED: Final = re.compile(
    r"\b(?:confirm|diagnos|document|histolog|measur|evidence|presence|patholog|no )", re.IGNORECASE
)
_DIAGNOSIS_MAX: Final = 14
_NEAR: Final = 24  # characters before a tumour that a line begins with: "Relapsed/refractory"
ASKS: Final = re.compile(rf"\W*(?:{ASKING})\b", re.IGNORECASE)
# Tumours whose names end in another word.
_OTHER_NAMES: Final = re.compile(r"(?:myelodysplastic syndromes?|myelodysplasia|myelofibrosis|polycyth\w+ vera)$")


def states(words: str) -> bool:
    """Whether a line says something with a verb, and does not only name a thing."""
    return any(w in heading_words("verb") for w in tokens(words)) or says("demands", words)


def diagnoses(items: Sequence[Criterion]) -> dict[str, tuple[str, ...]]:
    """Id of each inclusion that only names a tumour near others that do -> the ids of all of them: the lines of a list
    that lost its lead, or demands for several diagnoses at once.

    Two that follow each other are enough where each is nothing but a name; where no line has a bullet, three that say
    more of the tumour, and all that demands nothing between the first and the last of them.
    """
    runs: list[list[Criterion]] = [[]]
    for item in items:
        bare = names_tumour(item) and not _DIAGNOSED.search(wording(item.text))
        if bare and len(tokens(item.text)) <= _DIAGNOSIS_MAX and not states(wording(item.text)):
            runs[-1].append(item)
        elif runs[-1]:
            runs.append([])
    found = {item.id: tuple(wording(i.id) for i in run) for run in runs if len(run) > 1 for item in run}
    for last, item in pairwise(items):
        if item.id not in found and last.id not in found and _of_another(last, item):
            found |= dict.fromkeys((last.id, item.id), (wording(last.id), wording(item.id)))
    plain = [i for i in items if i.role == "inclusion" and i.form == "criterion" and not i.children]
    if sum(i.marker is not None for i in plain) * 5 > len(plain):
        return found
    named = [n for n, item in enumerate(plain) if names_tumour(item) and not ASKS.match(wording(item.text))]
    if len(named) > 2:
        between = plain[named[0] : named[-1] + 1]
        run = [i for i in between if not says("demands", wording(i.text)) and not says("permits", wording(i.text))]
        found |= {item.id: tuple(wording(i.id) for i in run) for item in run if len(run) > 1}
    return found


def _of_another(one: Criterion, other: Criterion) -> bool:
    """Whether two inclusions begin with two tumours, whatever they say of each: no patient has both."""
    first, second = _opening_tumour(one), _opening_tumour(other)
    return first is not None and second is not None and first.id is not None and second.id not in (None, first.id)


def _opening_tumour(item: Criterion) -> Concept | None:
    """The tumour that a line without a demand begins with."""
    if not names_tumour(item) or ASKS.match(wording(item.text)) or states(wording(item.text)):
        return None
    first = next((n.concept for n in walk(item.expr) if isinstance(n, Condition)), None) if item.expr else None
    near = first is not None and first.span.start - item.lead.start < _NEAR
    return first if first is not None and near and is_tumour(first) else None


def names_tumour(item: Criterion) -> bool:
    """Whether an inclusion without lines below it begins with a tumour."""
    if item.role != "inclusion" or item.children or item.form != "criterion" or not item.expr:
        return False
    if names_group(wording(item.text)):
        return False
    first = [n.concept for n in walk(item.expr) if isinstance(n, Condition)][:3]
    bounds = [n.span.start for n in walk(item.expr) if isinstance(n, Comparison)]
    return any(is_tumour(c) and not any(b < c.span.start for b in bounds) for c in first)


def is_tumour(concept: Concept) -> bool:
    """Whether a concept is a tumour, by its identifier or by the end of its name, without an abbreviation behind it."""
    names = (re.sub(r" ?\([^()]*\)$", "", concept.text), concept.name or "")
    known = (concept.id or "").startswith("histology:")
    return known or any(is_neoplasm(name) or _OTHER_NAMES.search(name.casefold()) for name in names if name)
