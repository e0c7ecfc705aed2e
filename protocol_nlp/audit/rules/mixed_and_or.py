from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.reach import graded_pair, joined_exclusions, mixed, state_list
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, exempted, inside, sentences, signs, span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import And, Condition, Expr, Or, Span

FIXED: Final = WordList("audit_fixed_pairs", ("why",))
STATES: Final = WordList("audit_disease_states", ("state",))
_BREAKS: Final = frozenset({",", ";", ":", "(", ")", "[", "]", "."})
_SHORT, _LONG, _LISTED, _LOOSE, _PAIR, _TAIL = 1, 9, 3, 12, 16, 4
_DENIALS: Final = frozenset({"no", "without", "absence", "lack"})
_ENDS: Final = _BREAKS | {"and", "or", "with", "within", "is", "are", "has", "have", "must", "but", "that", "who", "in"}
_CLOSING: Final = frozenset({";", ":", ".", "must", "should", "shall", "unless", "except", "ability", "if", "at"})
_PAST: Final = frozenset({"prior", "previous", "past", "earlier"})
_NOW: Final = frozenset({"active", "current", "ongoing", "present", "recent", "known", "presence"})
_CLAUSES: Final = frozenset({"is", "are", "was", "were", "has", "have", "had", "must", "may", "can", "cannot", "will"})
_RESTARTS: Final = _CLAUSES | {
    "if",
    "does",
    "do",
    "not",
    "no",
    "who",
    "that",
    "which",
    "could",
    "should",
    "would",
    "be",
}
_CLAUSE: Final = 24
_JOINTS: Final = frozenset({"and", "or"})
_PAIRING: Final = frozenset({"conjunction", "combination", "combined", "together", "plus", "along"})
_TIMES: Final = frozenset({"for", "during", "until", "within", "at", "before", "after", "through", "up"})
_EXAMPLES: Final = frozenset({"including", "include", "includes", "such", "e", "eg", "example", "like"})


@rule(code="LOG002", severity="warning")
def mixed_and_or(document: Document) -> Iterator[Draft]:
    """ "and" and "or" stand at one level, a list mixes commas with "or", "and" joins the items of an exclusion of which
    one is meant to be enough, or things that are denied together ("no A and B").

    Why it matters
        Read by its words, an exclusion of "A, B, and C" keeps out only those who have all three, and lets in
        patients with one of them.
    Example
        Exclusion: Chronic infection, immune deficiency, and known history of tuberculosis
    Use instead
        Exclusion: Chronic infection, immune deficiency, or known history of tuberculosis
    """
    for item in document.stated():
        taken: list[Span] = []
        for find, said in ALONE if _JOINTS.isdisjoint(item.vocabulary) else FINDERS:
            for place in find(item):
                if any(place.overlaps(earlier) for earlier in taken):
                    continue
                taken.append(place)
                yield Draft(span=place, message=said[0], readings=said[1], question=said[2], confidence="medium")


BOTH: Final = (
    '"and" and "or" at one level: it is not said which binds first',
    Readings("the first two belong together", "the last two belong together: one of them with the first is enough"),
    "Which of these belong together? Please use brackets, or separate items.",
)
ALL: Final = (
    '"and" joins things that exclude: by the words, only all of them together do',
    Readings("any one of them excludes", "only a patient with all of them is excluded"),
    "Does one of these exclude? Then write “or”.",
)
GRADED: Final = (
    "several states before one name: it is not said which of them counts",
    Readings("each of them alone is enough", "all of them must hold at once, or the last explains the others"),
    "Which of these states counts, and does one that is past or under control count?",
)
STATED: Final = (
    "a list of states that mixes commas and connectives",
    Readings("each state alone is enough", "some of them are asked together"),
    "Which of these states are asked together, and of which is one enough?",
)


DENIED: Final = (
    'a denial in front of "and": does it deny each, or both at once?',
    Readings("none of the two", "one of the two is fine, as long as both are not there at once"),
    "Is each of these denied? Then write “or”.",
)


def _denied(item: Item) -> Iterator[Span]:
    """ "No earlier chemotherapy and radiation": a denial before two things that "and" joins."""
    if "and" not in item.vocabulary or _DENIALS.isdisjoint(item.vocabulary):
        return
    starts = item.view.starts
    fixed = {i for hit in item.find(FIXED) for i in range(hit.first, hit.last + 1)}
    labels = ("Condition", "Drug", "Procedure")
    places = {e.span.start: e.span.end for e in item.criterion.entities if e.label in labels}
    named = {i: item.index(places[starts[w.start]]) for i, w in enumerate(item.words) if starts[w.start] in places}
    for here in sentences(item):
        for i in here:
            if item.words[i].folded not in _DENIALS:
                continue
            ahead = range(i + 1, min(i + _LONG, here.stop - 1))
            stop = next(
                (k for k in ahead if item.words[k].folded in _ENDS or not item.words[k].text[0].isalnum()), None
            )
            if stop is None or item.words[stop].folded != "and" or stop in fixed:
                continue
            before = any(i < k < stop for k in named)
            behind = next((named[k] for k in range(stop + 1, min(stop + 3, here.stop)) if k in named), None)
            if before and behind is not None and item.words[stop + 1].folded not in _CLAUSES:
                yield span(item, i, behind - 1)


def _both(item: Item) -> Iterator[Span]:
    """Stretches without a comma that hold both connectives, not far apart."""
    words = item.words
    closing = [i for place in signs(item, "end") for i in place]
    fixed = {i for hit in item.find(FIXED) for i in range(hit.first, hit.last + 1)}
    for here in sentences(item):
        begin = here.start
        for i in (*here, here.stop):
            if i < here.stop and words[i].text not in _BREAKS:
                continue
            joints = [k for k in range(begin, i) if words[k].folded in ("and", "or") and k not in fixed]
            for left, right in pairwise(joints):
                differ = words[left].folded != words[right].folded and _SHORT <= right - left - 1 <= _LONG
                level = _level(item, left)
                crossed = level == "name" and any(left < k < right for k in closing)
                late = left == begin and right - left > _TAIL and words[left].folded == "or" and level == "name"
                if differ and (left > begin or late) and level == _level(item, right) and not crossed:
                    yield span(item, max(begin, left - 3), min(i - 1, right + 3))
            begin = i + 1


def _clauses(item: Item) -> Iterator[Span]:
    """Sentences in which both connectives join clauses ("A is B or has C, and D, or if E")."""
    fixed = {i for hit in item.find(FIXED) for i in range(hit.first, hit.last + 1)}
    asides = brackets(item)
    for here in sentences(item):
        joints = [
            i
            for i in here
            if item.words[i].folded in ("and", "or")
            and i not in fixed
            and not inside(i, asides)
            and i > here.start
            and i + 1 < here.stop
            and item.words[i + 1].folded in _RESTARTS
        ]
        for left, right in pairwise(joints):
            if item.words[left].folded != item.words[right].folded and right - left <= _CLAUSE:
                yield span(item, max(here.start, left - 3), min(here.stop - 1, right + 3))
                break


def _loose(item: Item) -> Iterator[Span]:
    """Both connectives not far apart, with brackets or a comma between them and none right before either ("A (at any
    time) and B, C or D"): a comma before a connective would close the group in front of it."""
    fixed = {i for hit in item.find(FIXED) for i in range(hit.first, hit.last + 1)}
    asides = brackets(item)
    apart = {i for sign in ("exempt", "define") for place in signs(item, sign) for i in place}
    words = item.words
    for here in sentences(item):
        joints = [
            i
            for i in here
            if words[i].folded in ("and", "or") and i not in fixed and not inside(i, asides) and i > here.start
        ]
        for left, right in pairwise(joints):
            between = [k for k in range(left + 1, right) if not inside(k, asides)]
            said = {words[k].folded for k in between}
            if words[left].folded == words[right].folded or not 1 < len(between) <= _LOOSE or not said & _BREAKS:
                continue
            if said & _CLOSING or not apart.isdisjoint(between) or right + 2 >= here.stop:
                continue
            if words[left - 1].text == "," or words[right - 1].text == "," or words[left - 1].folded.endswith("ally"):
                continue
            yield span(item, max(here.start, left - 3), min(here.stop - 1, right + 3))


def _now_or_once(item: Item) -> Iterator[Span]:
    """ "Active or a history of A or B": a state and a past before things that "or" joins, too."""
    words = item.words
    for here in sentences(item):
        for i in range(here.start + 1, here.stop - 3):
            if words[i].folded not in ("or", "and") or words[i - 1].folded not in _NOW:
                continue
            behind = [words[k].folded for k in range(i + 1, min(i + 5, here.stop))]
            at = behind.index("history") if "history" in behind else None
            if at is None or any(word in _BREAKS | _PAST for word in behind[:at]):
                continue
            stop = next((k for k in range(i + at + 2, here.stop) if words[k].text in (";", ".", "(")), here.stop)
            joint = next((k for k in range(i + at + 3, min(stop - 1, i + at + _LONG)) if words[k].folded == "or"), None)
            if joint is not None:
                yield span(item, i - 1, min(stop - 1, joint + 2))


def _paired(item: Item) -> Iterator[Span]:
    """Choices on both sides of a pairing ("A or B in conjunction with C or D"): does it hold for A, too?"""
    asides = brackets(item)
    for here in sentences(item):
        ors = [i for i in here if item.words[i].folded == "or" and here.start < i < here.stop - 1]
        for left, right in pairwise(ors):
            between = [item.words[k].folded for k in range(left + 1, right)]
            level = {k for k, aside in enumerate(asides) if left in aside} == {
                k for k, aside in enumerate(asides) if right in aside
            }
            pair = _PAIRING & set(between[2:]) and right - left <= _LONG + 1
            if level and pair and not set(between) & _BREAKS:
                yield span(item, max(here.start, left - 3), min(here.stop - 1, right + 2))


def _level(item: Item, joint: int) -> str:
    """What a connective joins, by the word behind it: clauses, times, or names."""
    after = item.words[joint + 1].folded if joint + 1 < len(item.words) else ""
    if after in _CLAUSES:
        return "clause"
    return "time" if after[:1].isdigit() or after in _TIMES else "name"


def _states(item: Item) -> Iterator[Span]:
    """Runs of states of a tumour joined in different ways ("locally advanced, unresectable or metastatic")."""
    hits = list(item.find(STATES))
    run: list[int] = []
    for i, hit in enumerate(hits):
        between = [w.folded for w in item.words[hits[i - 1].last + 1 : hit.first]] if i else ["-"]
        if "(" in between and ")" in between:
            at, to = between.index("("), len(between) - between[::-1].index(")")
            between = between[:at] + between[to:]
        if run and len(between) <= 2 and set(between) <= {",", "or", "and", "/"} and "(" not in between:
            run.append(i)
            continue
        yield from _mixed(item, [hits[k].first for k in run], [hits[k].last for k in run])
        run = [i]
    yield from _mixed(item, [hits[k].first for k in run], [hits[k].last for k in run])


def _mixed(item: Item, firsts: list[int], lasts: list[int]) -> Iterator[Span]:
    """The run, unless it is two states, or a plain list with one connective at its end."""
    if len(firsts) < 3:
        return
    joints = [
        {w.folded for w in item.words[a + 1 : b]} & {",", "or", "and"} for a, b in zip(lasts, firsts[1:], strict=False)
    ]
    plain = all(j == {","} for j in joints[:-1]) and joints[-1] & {"or", "and"}
    same = len({frozenset(j) for j in joints}) == 1 and "or" in joints[0]
    if any("," in j for j in joints) and not (plain or same):
        yield span(item, firsts[0], lasts[-1])


def _all_of_an_exclusion(item: Item) -> Iterator[Span]:
    """Three or more things joined by "and" that the tree reads as alternatives, for any one of them must exclude."""
    if item.role != "exclusion":
        return
    exceptions, asides = exempted(item), brackets(item)
    for node, place in item.nodes(Or):
        joined = any(item.said(mark) == ("and",) for mark in node.marks)
        if not (joined and node.implied) or len(node.operands) < _LISTED or place.in_exception or place.denied:
            continue
        at = item.index(node.span.start)
        before = {w.folded for w in item.words[max(0, at - 6) : at + 3]}
        if inside(at, exceptions) or inside(at, asides) or before & _EXAMPLES or item.children:
            continue
        if sum(map(_disease, node.operands)) >= _LISTED:
            yield node.span


def _both_of_an_exclusion(item: Item) -> Iterator[Span]:
    """An exclusion that is nothing but two things joined by "and"."""
    if item.role != "exclusion" or item.children or not item.words or item.words[-1].text == ":":
        return
    fixed = {i for hit in item.find(FIXED) for i in range(hit.first, hit.last + 1)}
    for node, place in item.nodes(Or):
        joint = next((mark for mark in node.marks if item.said(mark) == ("and",)), None)
        if joint is None or not node.implied or len(node.operands) != 2 or place.path or len(item.words) > _PAIR:
            continue
        at = item.index(joint.start)
        if at not in fixed and all(isinstance(part, Condition) for part in node.operands):
            labels = {part.concept.label for part in node.operands if isinstance(part, Condition)}
            if labels <= {"Condition", "Drug", "Procedure"} and not inside(at, brackets(item)):
                yield node.span


def _disease(part: Expr) -> bool:
    if isinstance(part, Or | And):
        return any(_disease(below) for below in part.operands)
    return isinstance(part, Condition) and part.concept.label not in ("Person", "Drug", "Procedure")


FINDERS: Final = (
    (_states, STATED),
    (_both, BOTH),
    (_paired, BOTH),
    (_all_of_an_exclusion, ALL),
    (_both_of_an_exclusion, ALL),
    (_clauses, BOTH),
    (_loose, BOTH),
    (_denied, DENIED),
    (_now_or_once, BOTH),
    (mixed, BOTH),
    (joined_exclusions, ALL),
    (graded_pair, GRADED),
    (state_list, STATED),
)
ALONE: Final = ((_states, STATED), (graded_pair, GRADED), (state_list, STATED))
"""Those that need neither "and" nor "or"."""
