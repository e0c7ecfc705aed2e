"""Joined things of which a part of the sentence may hold for one or for all, found by the shape of the sentence alone.

The tree decides such cases by its rules; here the question is whether another reader might decide otherwise. Places are
the joined things together with the words in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from protocol_nlp.audit.document import Item
from protocol_nlp.audit.wording import brackets, exempted, inside, once, sentences, signs, span
from protocol_nlp.audit.words import Hit, Word, WordList
from protocol_nlp.phrase_words import is_neoplasm
from protocol_nlp.tree import Span, Within

FIXED: Final = WordList("audit_fixed_pairs", ("why",))
STATES: Final = WordList("audit_disease_states", ("state",))
SHAPES: Final = WordList("audit_reach", ("kind",))
"""Words by what they do around joined things: "behind" begins a part that trails behind them, "wide" is the head of a
name so wide that the part has to hold for it, "people" names those asked, "negates" begins what "or" may divide."""
JOINTS: Final = frozenset({"or", "and"})
"""The connectives. In an item without any of them, only few doubts on joined things can arise."""
_STOPS: Final = frozenset({";", ":", ".", "?", "!"})
_WALLS: Final = _STOPS | {"(", ")", "[", "]"}
_BARE: Final = frozenset({"or", "and", "any", "other", "another", "a", "an", "the", "medical", "/", ","})
_BOUNDS: Final = frozenset({"at", "up", "no", "less", "more", "below", "above", "<", ">", "≤", "≥"})
_LINKS: Final = JOINTS | {",", "/"}
_QUALIFYING: Final = ("al", "ic", "ar", "ous", "ive", "ary")
_QUALITIES: Final = ("ed", "able", "ent", "ic", "grade", "ory", "ive")
_DEGREES: Final = frozenset({"high", "low", "advanced", "early", "metastatic", "invasive", "recurrent", "relapsed"})
_NARROWS: Final = frozenset(
    "with without if only in at as unsupported defined e not requiring who that including such within".split()
)
_MIXED, _BEHIND, _BEFORE, _AROUND, _DENIED, _LISTED = 24, 8, 6, 3, 9, 3


def joints(item: Item, here: range) -> list[int]:
    """The connectives of a sentence that join something, outside of brackets, fixed pairs and pairs of bounds."""
    return [i for i in _joints(item) if here.start < i < here.stop - 1 and item.words[i + 1].folded not in _BOUNDS]


@once
def fixed_pairs(item: Item) -> frozenset[int]:
    """The words of pairs that one connective holds together ("signs and symptoms")."""
    return frozenset(i for hit in item.find(FIXED) for i in range(hit.first, hit.last + 1))


@once
def _joints(item: Item) -> tuple[int, ...]:
    if JOINTS.isdisjoint(item.vocabulary):
        return ()
    fixed, asides = fixed_pairs(item), brackets(item)
    found = (i for i, word in enumerate(item.words) if word.folded in JOINTS and i not in fixed)
    return tuple(i for i in found if not inside(i, asides))


def mixed(item: Item) -> Iterator[Span]:
    """ "A and B or C": both connectives in one stretch of a sentence; the first such place of each sentence."""
    if not _joints(item):
        return
    exempt = {cue.start for cue in signs(item, "exempt")}
    for here in sentences(item):
        for left, right in pairwise(joints(item, here)):
            if exempt & set(range(left, right)):
                continue  # an exception begins between them
            between = {item.words[k].folded for k in range(left, right)}
            # a comma closes the group before it
            closed = "," in (item.words[left - 1].text, item.words[right - 1].text)
            differ = item.words[left].folded != item.words[right].folded
            if differ and right - left <= _MIXED and not closed and not between & _STOPS:
                yield span(item, max(here.start, left - _AROUND), min(here.stop - 1, right + _AROUND))
                break


def trailing(item: Item) -> Iterator[Span]:
    """ "A or B that …", "A and B given for …": a part behind the last of joined things."""
    if not _joints(item):
        return
    kinds = _kinds(item)
    states = {i for hit in item.find(STATES) for i in range(hit.first, hit.last + 1)}
    for here in sentences(item):
        for joint in joints(item, here):
            cue = _cue(item, here, joint, kinds)
            one_name = joint - 1 in states and joint + 1 in states
            paired = all(item.words[k].folded.endswith(_QUALIFYING) for k in (joint - 1, joint + 1))
            if cue is None or one_name or paired:
                continue  # "metastatic or recurrent sarcoma that …": one name, of which the part is
            start = joint - 1
            while start > max(here.start, joint - _BEFORE) and not _closes(item, start, kinds):
                start -= 1
            people = any(kinds.get(k) == "people" for k in range(start, cue))
            if kinds.get(start) == "behind" or people or _wide(item, cue, kinds):
                continue
            yield span(item, start, min(here.stop - 1, cue + _AROUND))


def _wide(item: Item, cue: int, kinds: dict[int, str]) -> bool:
    """Whether the name before a part is so wide that the part has to belong to it: "any other condition that …"."""
    head = cue - 2 if item.words[cue - 1].text == "," else cue - 1
    return kinds.get(head) == "wide" and item.words[head - 1].folded in _BARE


@once
def _kinds(item: Item) -> dict[int, str]:
    return {i: hit.row["kind"] for hit in item.find(SHAPES) for i in range(hit.first, hit.last + 1)}


def _closes(item: Item, at: int, kinds: dict[int, str]) -> bool:
    return item.words[at - 1].text in _WALLS | {","} or kinds.get(at) == "behind"


def _cue(item: Item, here: range, joint: int, kinds: dict[int, str]) -> int | None:
    """Where a part begins behind the thing that follows a connective; null where something else stands there."""
    for k in range(joint + 1, min(here.stop - 1, joint + _BEHIND)):
        word = item.words[k]
        if word.text in _WALLS or word.folded in JOINTS:
            return None
        if kinds.get(k) == "behind":
            return k if k > joint + 1 else None
    return None


def denied(item: Item) -> Iterator[Span]:
    """ "Not amenable to A or B", "no prior A and B": neither, or not both?"""
    if not _joints(item):
        return
    for here in sentences(item):
        for hit in item.find(SHAPES):
            if hit.row["kind"] != "negates" or hit.first not in here:
                continue
            near = [k for k in joints(item, here) if hit.last + 1 < k <= hit.last + _DENIED]
            joint = near[0] if near else None
            if joint is None or any(item.words[k].text in _WALLS | {","} for k in range(hit.last, joint)):
                continue
            yield span(item, hit.first, min(here.stop - 1, joint + _AROUND))


def joined_exclusions(item: Item) -> Iterator[Span]:
    """ "A and B" among exclusions, both named: by the words, only who has both is excluded."""
    if item.role != "exclusion" or not _joints(item):
        return
    exempt = exempted(item)
    examples = {i for place in signs(item, "define") for i in place}
    named: dict[int, int] = {}
    for entity in item.criterion.entities:
        if entity.label in ("Condition", "Drug", "Procedure"):
            held = range(item.index(entity.span.start), item.index(entity.span.end))
            if held:
                named[held[0]] = held[-1]
    ends = set(named.values())
    for here in sentences(item):
        found = joints(item, here)
        for joint in found:
            begin = next((k for k in range(joint + 1, joint + _AROUND) if k in named), None)
            before = joint - 2 if item.words[joint - 1].text == "," else joint - 1
            if item.words[joint].folded != "and" or before not in ends or begin is None or before in examples:
                continue
            if any(item.words[k].folded == "or" for k in found) or inside(joint, exempt):
                continue
            yield span(item, max(here.start, joint - _AROUND), named[begin])
            break


def graded_pair(item: Item) -> Iterator[Span]:
    """ "Active, known or suspected A", "active and uncontrolled A": states before one name, and which one counts?"""
    for here in sentences(item):
        hits = [hit for hit in item.find(SHAPES) if hit.row["kind"] == "grade" and hit.first in here]
        for first, last in pairwise(hits):
            between = [w.folded for w in item.words[first.last + 1 : last.first]]
            listed = bool(between) and set(between) <= {",", "or", "and"}
            both = "and" in between and item.role == "exclusion"
            named = last.last + 1 < here.stop and item.words[last.last + 1].text.isalpha()
            if listed and named and (both or "," in between):
                yield span(item, first.first, min(here.stop - 1, last.last + _AROUND))
                break


def shared_event(item: Item) -> Iterator[Span]:
    """ "Within 4 weeks of A or B": the time is counted from A; from B, too?"""
    if not _joints(item):
        return
    for here in sentences(item):
        found = set(joints(item, here))
        for node, _ in item.nodes(Within):
            anchor = node.window.anchor
            if anchor is None or node.window.length is None:
                continue
            at = max(item.index(anchor.span.end), here.start)
            joint = next((k for k in range(at, min(at + _AROUND, here.stop)) if k in found), None)
            if joint is None or item.words[joint].folded != "or" or not item.words[joint + 1].text.isalpha():
                continue
            begun = (item.index(other.window.span.start) for other, _ in item.nodes(Within))
            if not any(joint < start <= joint + _BEHIND for start in begun):  # what follows has no time of its own
                yield node.window.span.cover(span(item, joint, min(here.stop - 1, joint + _AROUND)))


def state_list(item: Item) -> Iterator[Span]:
    """ "Unresectable, recurrent or metastatic": three states of a tumour or more in one list."""
    run: list[Hit] = []
    for hit in (*item.find(STATES), None):
        between = {w.folded for w in item.words[run[-1].last + 1 : hit.first]} if run and hit else {"."}
        if run and hit and between <= _LINKS and hit.first - run[-1].last <= _AROUND:
            run.append(hit)
            continue
        if len(run) >= _LISTED:
            yield span(item, run[0].first, run[-1].last)
        run = [hit] if hit else []


def leading(item: Item) -> Iterator[Span]:
    """ "High-grade serous ovarian cancer, peritoneal cancer or tubal cancer": a quality before the first of tumours."""
    if item.role != "inclusion" or JOINTS.isdisjoint(item.vocabulary):
        return
    asides = brackets(item)
    run: list[range] = []
    joined = False
    named = [e for e in item.criterion.entities if is_neoplasm(e.text)]
    for entity in (*named, None):
        held = range(item.index(entity.span.start), item.index(entity.span.end)) if entity else range(0)
        between = {
            item.words[k].folded
            for k in range(run[-1].stop if run else 0, held[0] if held else 0)
            if not inside(k, asides) and item.words[k].text not in "()[]"
        }
        if run and held and between & {",", *JOINTS} and not between & _STOPS and len(between) <= _BEFORE:
            run.append(range(held[0], held[-1] + 1))
            joined = joined or bool(between & JOINTS)
            continue
        if len(run) > 1 and joined:
            ahead = item.words[max(0, run[0].start - 2) : run[0].start]
            graded = item.words[run[0].start].folded in _DEGREES and item.words[run[1].start].folded not in _DEGREES
            own = item.words[run[1].start - 2 : run[1].stop - 1]
            if graded or (_graded(ahead) and not _graded(own)):
                yield span(item, max(0, run[0].start - 2), run[-1].stop - 1)
        run, joined = ([range(held[0], held[-1] + 1)] if held else []), False


def _graded(words: Sequence[Word]) -> bool:
    return any(w.folded.endswith(_QUALITIES) for w in words)


def bracketed(item: Item) -> Iterator[Span]:
    """ "IIIA or IIIB (with nodal involvement)": a bracket behind the last of joined things."""
    opened = {b.start - 1 for b in brackets(item)}
    if not opened:
        return
    for here in sentences(item):
        for joint in joints(item, here):
            for k in range(joint + 1, min(here.stop - 1, joint + _BEHIND)):
                if k in opened:
                    if item.words[k + 1].folded in _NARROWS:
                        yield span(item, max(here.start, joint - _AROUND), min(here.stop - 1, k + _AROUND))
                    break
                if item.words[k].text in _STOPS | {","} or item.words[k].folded in JOINTS:
                    break


__all__ = [
    "JOINTS",
    "STATES",
    "bracketed",
    "denied",
    "fixed_pairs",
    "graded_pair",
    "joined_exclusions",
    "leading",
    "mixed",
    "shared_event",
    "state_list",
    "trailing",
]
