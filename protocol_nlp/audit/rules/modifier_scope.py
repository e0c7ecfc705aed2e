from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from protocol_nlp.audit.coordination import (
    late_times,
    shared_grades,
    trailing_parts,
    trailing_states,
    unlike_times,
)
from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.reach import JOINTS, bracketed, denied, leading, shared_event, trailing
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, name_end, sentences, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Or, Span, Unless, Within, walk

REACH: Final = WordList("audit_modifier_scope", ("kind",))
STATES: Final = frozenset({"advanced", "metastatic", "unresectable", "recurrent", "refractory", "relapsed"})
_EXAMPLES: Final = frozenset({"including", "include", "includes"})
_WIDE = 32


class Doubt(NamedTuple):
    """A place, and the two reaches of its modifier."""

    place: Span
    near: str
    far: str


@rule(code="LOG003", severity="warning")
def modifier_scope(document: Document) -> Iterator[Draft]:
    """A qualifier, a relative clause or a length of time may govern one item, or all of them.

    Why it matters
        "Uncontrolled illness including heart failure" keeps out every patient with heart failure, or only those whose
        heart failure is not controlled: opposite decisions for a common patient.
    Example
        Exclusion: Uncontrolled illness including heart failure, arrhythmia and hepatitis
    Use instead
        Exclusion: Heart failure, arrhythmia or hepatitis
    """
    for item in document.stated():
        taken: list[Span] = []
        for find in ALONE if JOINTS.isdisjoint(item.vocabulary) else FINDERS:
            for doubt in find(item):
                if any(doubt.place.overlaps(earlier) for earlier in taken):
                    continue
                taken.append(doubt.place)
                yield Draft(
                    span=doubt.place,
                    message=f"how far does it reach: {doubt.near}, or {doubt.far}?",
                    readings=Readings(f"it governs {doubt.near}", f"it governs {doubt.far}"),
                    question="What does this part govern? Please make two criteria of it, or repeat the qualifier.",
                    confidence="medium",
                )


def _hits(item: Item, kind: str) -> list[Hit]:
    return [hit for hit in item.find(REACH) if hit.row["kind"] == kind]


def _graded_list(item: Item) -> Iterator[Doubt]:
    """ "Uncontrolled illness including heart failure, …": must each listed thing be uncontrolled, too?"""
    if _EXAMPLES.isdisjoint(item.vocabulary):
        return
    grades = _hits(item, "grade")
    for here in sentences(item):
        cues = [i for i in here if item.words[i].folded in _EXAMPLES]
        for hit in grades:
            cue = next((i for i in cues if hit.last < i <= hit.last + _WIDE), None)
            if hit.first not in here or cue is None or not _names(item, cue, here.stop):
                continue
            if any(w.text in (".", ";") for w in item.words[hit.last : cue]):
                continue
            yield Doubt(span(item, hit.first, here.stop - 1), "the general term alone", "each listed item as well")
            break
        for cue in cues[1:]:
            if item.words[cue - 1].text == "," and not any(cue in b for b in brackets(item)):
                yield Doubt(span(item, cue, here.stop - 1), "what stands next to it", "all that stands before it")


def _names(item: Item, begin: int, end: int) -> bool:
    """Whether conditions are listed in a stretch of words."""
    place = span(item, begin, end - 1)
    return any(place.holds(entity.span) for entity in item.criterion.entities)


def _restarted(item: Item) -> Iterator[Doubt]:
    """ "History of A or active B", "advanced A or any type of B": does the beginning hold behind "or", too?"""
    again = {hit.first: hit for kind in ("restart", "grade") for hit in _hits(item, kind)}
    past = {
        hit.first
        for hit in _hits(item, "past")
        if [w.folded for w in item.words[hit.last + 1 : hit.last + 2]] != ["to"]
    }
    for here in sentences(item):
        for i in here:
            if item.words[i].folded != "or" or i + 1 not in again or i + 2 >= here.stop:
                continue
            before = range(max(here.start, i - 8), i)
            if any(item.words[k].text in (",", ";", ":", "(", ")") for k in before):
                continue
            first = next((k for k in before if k in past or item.words[k].folded in STATES), None)
            if first is None or i - first < 2:
                continue
            end = min(name_end(item, again[i + 1].last), here.stop - 1)
            yield Doubt(span(item, first, end), "the first item alone", "the item behind “or” as well")


def _healed(item: Item) -> Iterator[Doubt]:
    """ "Recovered from surgery at least 2 weeks before …": the surgery, or the end of the recovery?"""
    for hit in _hits(item, "healed"):
        here = next(s for s in sentences(item) if hit.first in s)
        place = span(item, hit.first, here.stop - 1)
        for node, _ in item.nodes(Within):
            length = node.window.length
            if length and place.holds(node.window.span):
                yield Doubt(node.window.span, "the event", "the end of the recovery from it")


def _either_for(item: Item) -> Iterator[Doubt]:
    """ "Off steroids, or on a stable dose for at least 2 weeks": for both, or for the second alone?"""
    for node, _ in item.nodes(Within):
        length = node.window.length
        if not node.implied or length is None or length.low is None or length.high is not None:
            continue
        if "apart" in item.said(node.window.span):
            continue  # an interval with one end (TIM009)
        if (
            isinstance(node.operand, Or)
            and not node.operand.implied
            and node.window.span.start > node.operand.span.start
        ):
            yield Doubt(node.span, "the last alternative alone", "all of the alternatives")


def _behind_exception(item: Item) -> Iterator[Doubt]:
    """ "Malignancy other than A, treated within 5 years": the malignancy, or the exempt A?"""
    for node, _ in item.nodes(Unless):
        inner = [n for n in walk(node.exception) if isinstance(n, Within) and n.window.length]
        for within in inner:
            before = item.words[: item.index(within.window.span.start)]
            commas = [i for i, w in enumerate(before) if w.text == ","]
            tail = before[commas[-1] + 1 :] if commas else ()
            if tail and tail[0].folded in ("and", "or"):
                continue
            if commas and len(tail) <= 2 and all(w.text.isalpha() for w in tail) and len(before) > 4:
                start = commas[-1] + 1
                place = item.span(item.words[start].start, item.words[start].end).cover(within.window.span)
                yield Doubt(place, "the exempt item", "the rule before the exception")


def _shared_grades(item: Item) -> Iterator[Span]:
    return shared_grades(item, [hit for kind in ("grade", "state") for hit in _hits(item, kind)])


def _placed(find: Callable[[Item], Iterator[Span]], near: str, far: str) -> Callable[[Item], Iterator[Doubt]]:
    """A finder of places, with the two reaches that all of its places have."""
    return lambda item: (Doubt(place, near, far) for place in find(item))


_shared_grade = _placed(_shared_grades, "the first item alone", "each item of the list")
_ITEMS: Final = "the last item alone", "all of the items"
_TIMES: Final = "what stands next to it", "all that is joined before it"
FINDERS: Final[tuple[Callable[[Item], Iterator[Doubt]], ...]] = (
    _graded_list,
    _restarted,
    _healed,
    _either_for,
    _behind_exception,
    _placed(late_times, *_TIMES),
    _placed(unlike_times, *_TIMES),
    _placed(trailing_parts, *_ITEMS),
    _placed(trailing_states, "the last state alone", "each of the states"),
    _shared_grade,
    _placed(trailing, *_ITEMS),
    _placed(bracketed, *_ITEMS),
    _placed(denied, "each of the items: none may hold", "any one of the items: one is enough"),
    _placed(shared_event, "what stands before “or”", "what follows as well"),
    _placed(leading, "the first item alone", "each item of the list"),
)
ALONE: Final = (_graded_list, _healed, _behind_exception, _shared_grade)
"""Those that need neither "and" nor "or"."""
