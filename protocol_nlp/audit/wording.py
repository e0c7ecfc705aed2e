"""The wording around a place: sentences, noun phrases, definitions, exemptions. Positions count `item.words`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Final, TypeVar, cast

from protocol_nlp.audit.document import Item
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Span, Unless

T = TypeVar("T")
ALLOWED: Final = WordList("audit_allowed", ("codes", "why"))
"""Fixed terms in which rules stay silent: the beginnings of their codes."""
SIGNS: Final = WordList("audit_phrase_signs", ("sign",))
"""Words by what they do in a phrase: "end" closes a noun phrase, "define" begins a definition, "exempt" an
exception, "permit" makes a sentence a permission."""
_OPEN, _SHUT = ("(", "["), (")", "]")
_SHORT: Final = frozenset({"e", "i", "g", "vs", "eg", "ie", "approx", "incl", "no", "dr", "st", "etc", "max", "min"})
_TIMES: Final = frozenset({"day", "days", "week", "weeks", "month", "months", "year", "years"})
_COURSES: Final = frozenset("line lines regimen regimens cycle cycles therapies treatments".split())
_TREATED: Final = frozenset(
    {"treatment", "therapy", "intervention", "medication", "medications", "management"}
    | {"antibiotics", "antibiotic", "drugs"}
)
_WHATEVER: Final = frozenset(
    {"systemic", "active", "ongoing", "medical", "chronic", "current", "concurrent", "any", "a"}
)
_NEEDED: Final = 4
_JUDGES: Final = frozenset(
    {
        "investigator",
        "investigators",
        "investigator's",
        "physician",
        "physicians",
        "pi",
        "doctor",
        "clinician",
        "sponsor",
    }
    | {"surgeon", "oncologist", "clinicians", "judgment", "judgement", "team"}
)
_NOTES: Final = frozenset(
    {"e", "eg", "i", "such", "including", "like", "for", "cohort", "cohorts", "part", "arm", "group"}
)
"""How a bracket begins that gives examples, or names a part of the study: it explains nothing."""
_LONGEST_NAME: Final = 5
_NEAR: Final = 9
_ANNOUNCED: Final = 5


def once(make: Callable[[Item], T]) -> Callable[[Item], T]:
    """Works a thing out once for each item, and forgets it with the item."""

    @wraps(make)
    def known(item: Item) -> T:
        if make not in item.kept:
            item.kept[make] = make(item)
        return cast(T, item.kept[make])

    return known


@once
def sentences(item: Item) -> tuple[range, ...]:
    """The sentences of an item, as ranges of words; a semicolon ends one, too."""
    words, text = item.words, item.view.text
    found: list[range] = []
    begin, depth = 0, 0
    for i, word in enumerate(words):
        depth += (word.text in _OPEN) - (word.text in _SHUT)
        stop = word.text in ("!", "?") or (word.text == ";" and depth <= 0)
        if word.text == "." and i and words[i - 1].folded not in _SHORT:
            after = words[i + 1].text if i + 1 < len(words) else ""
            stop = not after or (text[word.end : word.end + 1] == " " and not after[0].islower())
        if stop:
            found.append(range(begin, i + 1))
            begin, depth = i + 1, 0
    if begin < len(words):
        found.append(range(begin, len(words)))
    return tuple(found)


def sentence(item: Item, at: int) -> range:
    """The sentence that holds a word."""
    return next(s for s in sentences(item) if at in s)


def span(item: Item, first: int, last: int) -> Span:
    """The source span from one word to another, both within it."""
    return item.span(item.words[first].start, item.words[last].end)


@once
def _signs(item: Item) -> dict[str, list[range]]:
    found: dict[str, list[range]] = {}
    for hit in item.find(SIGNS):
        found.setdefault(hit.row["sign"], []).append(range(hit.first, hit.last + 1))
    return found


def signs(item: Item, sign: str) -> Iterator[range]:
    """The places of the words that do one thing (see SIGNS)."""
    return iter(_signs(item).get(sign, ()))


@once
def _closing(item: Item) -> frozenset[int]:
    """The words that close a noun phrase."""
    return frozenset(
        i for sign in ("end", "define", "require", "exempt", "permit") for place in signs(item, sign) for i in place
    )


def name_end(item: Item, last: int) -> int:
    """The last word of the noun phrase that a word stands in: "severe" -> "severe [chronic liver disease]"."""
    closing = _closing(item)
    words = item.words
    end, at, names = last, last + 1, 0
    if at + 1 < len(words) and words[at].folded in ("or", "and", ","):
        at += 1  # "active or previous disease"
    while at < len(words) and names < _LONGEST_NAME:
        word = words[at]
        if word.text in _OPEN and at + 2 < len(words) and words[at + 2].text in _SHUT:
            at += 3  # "central nervous system (CNS) metastases"
            continue
        if at in closing or not (word.text[0].isalnum() or word.text == "/"):
            break
        if word.text[0].isalnum() and word.folded not in ("of", "the"):
            end = at
            names += 1
        at += 1
    return end


@once
def brackets(item: Item) -> tuple[range, ...]:
    """The words inside each pair of brackets, without the brackets; one left open reaches to the end."""
    found: list[range] = []
    opened: list[int] = []
    for i, word in enumerate(item.words):
        if word.text in _OPEN:
            opened.append(i)
        elif word.text in _SHUT and opened:
            found.append(range(opened.pop() + 1, i))
    found += [range(i + 1, len(item.words)) for i in opened]
    return tuple(sorted(found, key=lambda r: r.start))


def defined(item: Item, last: int) -> bool:
    """Whether a definition follows a word closely: a grade, a limit, "defined as", a bracket with one of them, or
    items below that say what is meant."""
    here = sentence(item, last)
    end = name_end(item, last)
    within = [b.stop for b in brackets(item) if last in b]  # what stands in brackets is not defined outside them
    nearby = range(last + 1, min(here.stop, end + _NEAR, *within))
    inside = next((b for b in brackets(item) if last < b.start <= end + 3), None)
    marks = _defining(item)
    for i in (*nearby, *(inside or ())):
        word = item.words[i]
        if word.folded in (",", "or", "and") and i > end and i + 1 not in marks and not (inside and i in inside):
            nearby = range(last + 1, min(i, nearby.stop))
        if i in marks and not _lasting(item, i) and (i in nearby or (inside and i in inside)):
            return True
    announced = item.words[-1].text == ":" and end >= len(item.words) - _ANNOUNCED
    return bool(item.children) and announced and here.stop == len(item.words)


def explained(item: Item, last: int, *gaps: int) -> bool:
    """Whether a bracket at one of these distances behind a word says what it means; examples do not."""
    return any(
        b.start - last in gaps and len(b) > 1 and item.words[b.start].folded not in _NOTES for b in brackets(item)
    )


def with_metastatic(item: Item, hit: Hit) -> bool:
    """Whether "or" joins the words with "metastatic": one phrase for a disease that an operation does not cure."""
    around = (item.words[max(0, hit.first - 2) : hit.first], item.words[hit.last + 1 : hit.last + 3])
    return any({w.folded for w in some} == {"or", "metastatic"} for some in around)


@once
def _defining(item: Item) -> frozenset[int]:
    """The words that begin a definition; "as determined by the investigator" is none."""
    found: set[int] = set()
    for place in signs(item, "define"):
        behind = [w.folded for w in item.words[place.stop : place.stop + _NEEDED]]
        if not (item.words[place.stop - 1].folded == "by" and _JUDGES & set(behind)):
            found.update(place)
    return _requiring(item) | found


@once
def _requiring(item: Item) -> frozenset[int]:
    """The words of "requiring" that say how bad a thing is: not those of which any treatment will do."""
    found: set[int] = set()
    for place in signs(item, "require"):
        words = [w.folded for w in item.words[place.stop : place.stop + _NEEDED]]
        needed = next((i for i, word in enumerate(words) if word in _TREATED), None)
        if needed is None or any(word not in _WHATEVER for word in words[:needed]):
            found.update(place)
    return frozenset(found)


def _lasting(item: Item, at: int) -> bool:
    """Whether a limit is one of time ("stable for ≥ 4 weeks") or counts treatments ("refractory to at least one line"):
    it says how long or how often, and not what."""
    return any(word.folded in _TIMES or word.folded in _COURSES for word in item.words[at : at + 5])


@once
def exempted(item: Item) -> tuple[range, ...]:
    """The words that say who is exempt: after "except", in a sentence that permits, or in an exception of the tree."""
    found: list[range] = []
    for cue in signs(item, "exempt"):
        found.append(range(cue.start, sentence(item, cue.start).stop))
    for cue in signs(item, "permit"):
        here = sentence(item, cue.start)
        # Of the inclusions, only "patients with … are eligible" lets in those whom something else would keep out.
        if item.role == "exclusion" or [w.folded for w in item.words[here.start : here.start + 2]][1:] == ["with"]:
            found.append(here)
    starts = item.view.starts
    for node, _ in item.nodes(Unless):
        inside = [i for i, w in enumerate(item.words) if _holds(node.exception.span, starts[w.start])]
        if inside:
            found.append(range(inside[0], inside[-1] + 1))
    return tuple(found)


def _holds(place: Span, at: int) -> bool:
    return place.start <= at < place.end


def inside(at: int, places: tuple[range, ...]) -> bool:
    """Whether a word stands in one of the places."""
    return any(at in place for place in places)


def allowed(item: Item, family: str) -> frozenset[int]:
    """The words of fixed terms in which a family of rules has nothing to say."""
    hits = (hit for hit in item.find(ALLOWED) if family in hit.row["codes"].split("|"))
    return frozenset(i for hit in hits for i in range(hit.first, hit.last + 1))
