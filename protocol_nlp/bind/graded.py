"""What is graded or scored: "grade 3 haemorrhage", "toxicities resolved to grade 1", "a score > 1 on the … Scale"."""

from __future__ import annotations

from protocol_nlp.bind.regions import Region, no_name
from protocol_nlp.parts import Part
from protocol_nlp.tree import Concept

_GENERIC = frozenset(
    ("grade", "grades", "toxicity grade", "severity grade", "score", "scores", "total score", "level", "class")
)
# "Toxicities … CTCAE version 5.0 grade 1": the scale is not what is graded.
_TOXICITY = frozenset({"ctcae_grade", "grade"})
_NEVER_GRADED = ("Procedure", "Person", "Device", "Drug", "Visit")
_ENDS = frozenset({"SEMICOLON", "PERIOD", "EXPR", "QUANTITY", "QUANTITIES", "AGE", "AND", "OR", "WINDOW"})
_NO_NOUN = frozenset("or and at within with by per according to in".split())
_FARTHEST = {1: 1, -1: 5}


def generic(word: str) -> bool:
    """Whether the word alone leaves open what is measured: "grade", "score"."""
    return word.lower() in _GENERIC


def of_what(region: Region, i: int, word: str) -> Concept | None:
    """The thing that the bare word inside the quantity `i` is of, where the text names one."""
    return _scored(region, i, i) if "score" in word.lower() else _noun(region, i, 1) or _noun(region, i, -1)


def thing(region: Region, i: int, first: int, word: str) -> Concept | None:
    """What the bare word at `first`, before the quantity `i`, is of: grades are told behind, scores before."""
    if "score" in word.lower():
        return _scored(region, i, first)
    return _noun(region, i, 1) or _noun(region, first, -1)


def _scored(region: Region, i: int, first: int) -> Concept | None:
    parts = region.parts
    if (behind := _on(region, i)) is not None:
        return behind
    if first > 0 and parts[first - 1].kind == "RPAR" and (named := words(region, first, -1)):
        return named  # "… Inventory (CMAI) score"
    return _noun(region, first, -1) or words(region, first, -1) or _noun(region, i, 1) or words(region, i, 1)


def _on(region: Region, i: int) -> Concept | None:
    """ "A score > 1 or < -1 on the Richmond … Scale", "23 or less from the … Questionnaire"."""
    parts = region.parts
    k = i + 1
    while k < len(parts) and (parts[k].kind in ("OR", "AND", "QUANTITY", "TRAILED", "COMMA") and k - i < 5):
        k += 1
    if k >= len(parts) or parts[k].text.lower() not in ("on", "on the", "from", "in"):
        return None
    while k < len(parts) and parts[k].text.lower() in ("on", "on the", "from", "in", "the", "a", "an"):
        k += 1
    if k < len(parts) and parts[k].kind == "MEASURE" and not generic(parts[k].text):
        return parts[k].concept()
    return None


def words(region: Region, i: int, step: int) -> Concept | None:
    """The phrase next to `i`."""
    found = region.phrase(i, step)
    return found.concept if found else None


def _noun(region: Region, i: int, step: int) -> Concept | None:
    """The concept next to `i` in one direction, with few words between."""
    parts = region.parts
    between = 0
    k = i + step
    while 0 <= k < len(parts) and between <= _FARTHEST[step]:
        part = parts[k]
        term = part.term()
        # "histologically confirmed grade 2", "toxicity of prior therapy … grade 1", "CTCAE version 5.0 grade 1"
        way = (term is not None and (term.label in _NEVER_GRADED or term.id in _TOXICITY)) or no_name(part.text)
        if part.kind in ("CONCEPT", "MEASURE") and not generic(part.text) and not way:
            exempt = _exempt(parts, k) if step < 0 else None
            if exempt is None:
                return part.concept()
            k = exempt
            continue
        if part.kind in _ENDS or (
            step > 0 and part.kind in ("COMMA", "LPAR", "RPAR", "MUST", "EXCEPT", "UNLESS", "PERMIT")
        ):
            return None
        if step > 0 and part.text.lower() in _NO_NOUN:
            return None
        between += part.kind == "WORD"
        k += step
    return None


def _exempt(parts: list[Part], k: int) -> int | None:
    """ "Toxicities other than alopecia and fatigue … to grade 1": where to go on before what is exempt."""
    for n in range(k - 1, max(-1, k - 8), -1):
        if parts[n].kind == "EXCEPT":
            return n - 1
        if parts[n].kind not in ("CONCEPT", "WORD", "AND", "OR", "COMMA", "OF", "STATUS"):
            return None
    return None
