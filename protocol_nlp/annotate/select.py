"""Which reading of overlapping phrases stands: context first, then length, then the order of kinds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from protocol_nlp.annotate.scan import Lexeme
from protocol_nlp.annotate.tables import PRIORITY, Reading
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.lexicon import Unit

TIME_DIMENSIONS = frozenset({"time", "half_life", "cycle"})
# Words that may stand between a cue and its number: "over the age of 18", "at least CTCAE grade 2".
_SKIPPED = frozenset(
    "the a an age ages of approximately about at least most than or equal to grade class stage score ctc ctcae ae nci "
    "version v level or worse more less no not greater minimum maximum planned first initial study their his her any "
    "last final".split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """A reading of the lexemes `[start, end)`."""

    start: int
    end: int
    reading: Reading

    @classmethod
    def of(cls, start: int, end: int, kind: Any, term: Term) -> Found:
        return cls(start, end, Reading(kind, term))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A stretch of lexemes with the reading that stands, or none."""

    lexemes: tuple[Lexeme, ...]
    text: str
    reading: Reading | None


def select(lexemes: list[Lexeme], found: list[Found], text: str) -> list[Chosen]:
    """Lexemes and phrases in order; phrases do not overlap and each stands where its `needs` are met."""
    anchors = {f.start for f in found if isinstance(f.reading.value, Term) and f.reading.value.event}
    found = _merged(found)
    kept = [f for f in found if _fits(f, lexemes, anchors, text) and not _inside_word(f, lexemes, text)]
    kept.sort(key=lambda f: (f.start - f.end, PRIORITY.get(f.reading.kind, 9), f.start))
    taken: dict[int, Found] = {}
    for f in kept:
        if not any(i in taken for i in range(f.start, f.end)):
            taken.update(dict.fromkeys(range(f.start, f.end), f))
    out: list[Chosen] = []
    i = 0
    while i < len(lexemes):
        f_or_none = taken.get(i)
        end = f_or_none.end if f_or_none else i + 1
        piece = tuple(lexemes[i:end])
        out.append(Chosen(piece, text[piece[0].start : piece[-1].end], f_or_none.reading if f_or_none else None))
        i = end
    return out


def _merged(found: list[Found]) -> list[Found]:
    """A thing that is also an event keeps the event beside it, whatever the case it is written in."""
    events = {
        (f.start, f.end): f.reading.value
        for f in found
        if f.reading.kind == "ANCHOR" and isinstance(f.reading.value, Term)
    }
    out: list[Found] = []
    things: set[tuple[int, int]] = set()
    for f in found:
        value = f.reading.value
        event = events.get((f.start, f.end))
        if f.reading.kind in ("CONCEPT", "MEASURE") and isinstance(value, Term) and event is not None:
            things.add((f.start, f.end))
            value = replace(value, event=value.event or event.event, clear=event.clear)
            f = replace(f, reading=replace(f.reading, value=value))
        out.append(f)
    return [f for f in out if f.reading.kind != "ANCHOR" or (f.start, f.end) not in things]


def _fits(f: Found, lexemes: list[Lexeme], anchors: set[int], text: str) -> bool:
    named = f.reading.kind in ("CONCEPT", "MEASURE", "ANCHOR")
    if named and lexemes[f.start].kind in ("unit", "comparator", "times"):
        return False  # the unit belongs to the number before it: "18 years | of age"
    if named and lexemes[f.start].kind == "number" and f.end - f.start == 1:
        return False
    match f.reading.needs:
        case "number":
            return _number_follows(lexemes, f.end, text)
        case "next":
            return f.end < len(lexemes) and lexemes[f.end].kind == "number"
        case "quantity":
            follows = lexemes[f.end].kind if f.end < len(lexemes) else ""
            than = f.end < len(lexemes) and text[lexemes[f.end].start : lexemes[f.end].end].lower() == "than"
            return follows != "number" and not than and _quantity_before(lexemes, f.start, text)
        case "time":
            return _time_before(lexemes, f.start)
        case "counted" if not _time_before(lexemes, f.start):
            return False  # "4 weeks prior enrolment", but "prior chemotherapy"
        case "anchor" | "counted":
            return any(
                k in anchors and all(text[x.start : x.end].lower() in _SKIPPED for x in lexemes[f.end : k])
                for k in range(f.end, min(f.end + 4, len(lexemes)))
            )
    return True


def _number_follows(lexemes: list[Lexeme], i: int, text: str) -> bool:
    for x in lexemes[i : i + 7]:
        word = text[x.start : x.end].lower()
        if x.kind in ("number", "comparator"):
            return True
        if word in _TIME_WORDS and i > 0:
            return True  # "in the past | year"
        if word in ("uln", "lln", "upper", "lower", "institutional", "normal", "unl"):
            return True
        if word not in _SKIPPED:
            return False
    return False


_TIME_WORDS = frozenset("day week month year".split())


def _quantity_before(lexemes: list[Lexeme], i: int, text: str) -> bool:
    """A number with its unit stands before: "18 years of age | or older", "grade 3 | or higher", "ULN or less"."""
    back = 0
    while i > 0 and back < 6:
        x = lexemes[i - 1]
        word = text[x.start : x.end].lower()
        if x.kind in ("number", "unit", "times"):
            return True
        if word in _TIME_WORDS and i > 0:
            return True  # "in the past | year"
        if word in ("uln", "lln", "normal", "i", "ii", "iii", "iv", "v", "one", "a", "b", "c"):
            return True
        if word not in (
            "of",
            "age",
            "old",
            "aged",
            ")",
            ",",
            "(",
            "years",
            "points",
            "on",
            "scale",
            "lines",
            "times",
            "gestation",
            "predicted",
        ):
            return False
        i, back = i - 1, back + 1
    return False


def _time_before(lexemes: list[Lexeme], i: int) -> bool:
    for back in range(1, 3):
        if i - back < 0:
            return False
        x = lexemes[i - back]
        if isinstance(x.value, Unit):
            return x.value.dimension in TIME_DIMENSIONS
        if x.kind not in ("mark",):
            return False
    return False


def _first_half(word: Lexeme, text: str) -> bool:
    """ "Weight-bearing", "albumin-bound": a measure's name in lower case that is a part of another word."""
    follows = re.match(r"-[a-z]{3}", text[word.end :])
    return follows is not None and text[word.start : word.end].isalpha() and text[word.start + 1 : word.end].islower()


def _inside_word(f: Found, lexemes: list[Lexeme], text: str) -> bool:
    """A cue that is only a part of a hyphenated word ("post-menopausal", "in-hospital") is none."""
    if f.reading.kind == "MEASURE" and f.end - f.start == 1 and _first_half(lexemes[f.start], text):
        return True
    if f.reading.kind in ("CONCEPT", "MEASURE", "ANCHOR", "NOT", "PROHIBIT"):
        return False
    first, last = lexemes[f.start], lexemes[f.end - 1]
    if first.kind in ("comparator", "mark") or last.kind in ("comparator", "mark"):
        return False
    after = last.end < len(text) and text[last.end] == "-" and last.end + 1 < len(text) and text[last.end + 1].isalpha()
    before = first.start > 1 and text[first.start - 1] == "-" and text[first.start - 2].isalnum()
    return after or before
