from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.reach import JOINTS, STATES, fixed_pairs, graded_pair, joined_exclusions, mixed, state_list
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, exempted, inside, sentences, span
from protocol_nlp.tree import And, Condition, Expr, Or, Span

_BREAKS: Final = frozenset({",", ";", ":", "(", ")", "[", "]", "."})
_LONG, _LISTED = 9, 3
_DENIALS: Final = frozenset({"no", "without", "absence", "lack"})
_ENDS: Final = _BREAKS | {"and", "or", "with", "within", "is", "are", "has", "have", "must", "but", "that", "who", "in"}
_CLAUSES: Final = frozenset({"is", "are", "was", "were", "has", "have", "had", "must", "may", "can", "cannot", "will"})
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
        for find, said in ALONE if JOINTS.isdisjoint(item.vocabulary) else FINDERS:
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
    fixed = fixed_pairs(item)
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


def _disease(part: Expr) -> bool:
    if isinstance(part, Or | And):
        return any(_disease(below) for below in part.operands)
    return isinstance(part, Condition) and part.concept.label not in ("Person", "Drug", "Procedure")


FINDERS: Final = (
    (_states, STATED),
    (_all_of_an_exclusion, ALL),
    (_denied, DENIED),
    (mixed, BOTH),
    (joined_exclusions, ALL),
    (graded_pair, GRADED),
    (state_list, STATED),
)
ALONE: Final = ((_states, STATED), (graded_pair, GRADED), (state_list, STATED))
"""Those that need neither "and" nor "or"."""
