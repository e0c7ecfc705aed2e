"""Qualifiers before and behind things that a connective joins: a grade, a participle, a length of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from protocol_nlp.audit.document import Item
from protocol_nlp.audit.reach import JOINTS, STATES
from protocol_nlp.audit.wording import brackets, inside, sentences, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Condition, Expr, Or, Span, Within, walk

JOINING: Final = WordList("audit_joining", ("kind",))
"""Words by what they do behind or before a connective: "restart" begins a thing of another sort, "late" begins a
qualifier that trails behind a list, "status" says that a thing is there now, or was once."""
_LINKS: Final = frozenset({",", "or", "and", "/", "any", "other", "a", "an", "the"})
_STOPS: Final = frozenset({";", ":", ".", "(", ")", "[", "]"})
_LASTING: Final = frozenset({"until", "for", "through", "during", "throughout"})
_AGAIN: Final = frozenset({"has", "have", "had", "is", "are", "was", "were", "received"})
_FAR, _NEAR, _LISTED = 24, 4, 2
_EVENTS: Final = frozenset(
    (
        "infarction stroke accident attack embolism thrombosis bleeding hemorrhage haemorrhage perforation "
        "seizure seizures fracture fractures surgery transplant transplantation event events bypass stenting "
        "angioplasty vaccine vaccination episode episodes hemoptysis haemoptysis dissection rupture "
        "hospitalization hospitalisation biopsy fistula fistulas fistulae abscess abscesses perforations "
        "obstruction ischemia ischaemia syndrome syndromes reaction reactions tia cva mi pe dvt attacks"
    ).split()
)
"""Heads of names of things that happen on a day; other conditions last."""
_GENERIC: Final = frozenset(
    (
        "disease diseases condition conditions disorder disorders illness therapy treatment drugs drug medication "
        "medications agent agents food foods supplements therapies procedure procedures abnormality abnormalities "
        "finding findings situation situations problem problems"
    ).split()
)
"""Heads of names so wide that what is said behind them has to hold for all ("a disease or condition that …")."""
_ADJECTIVES: Final = ("al", "ic", "ally")
_WHO: Final = frozenset({"that", "which", "who", "whose"})
_BESIDE: Final = frozenset({"with", "without"})
_UNQUALIFIED: Final = frozenset({"Person", "Measurement", "Visit"})
_AHEAD: Final = 6


def late_times(item: Item) -> Iterator[Span]:
    """Lengths of time behind two things of different sorts, of which the second begins anew ("or is receiving")."""
    if JOINTS.isdisjoint(item.vocabulary) or not item.nodes(Within):
        return
    restarts = {hit.first for hit in item.find(JOINING) if hit.row["kind"] in ("restart", "both")}
    status = {hit.first for hit in item.find(JOINING) if hit.row["kind"] == "status"}
    asides = brackets(item)
    for node, _ in item.nodes(Within):
        place = node.window.span
        at = item.index(place.start)
        said = item.said(place)
        lasting = not said or said[0] in _LASTING or "apart" in said
        if node.window.length is None or lasting or inside(at, asides):
            continue
        for i in range(at - 1, max(0, at - _FAR), -1):
            word = item.words[i]
            if word.text in (";", ":", "."):
                break
            if word.folded in JOINTS and not inside(i, asides):
                behind = i + 1 in restarts
                comma = item.words[i - 1].text == "," and not _listed(item, i)
                stated = any(k in status for k in range(max(0, i - _NEAR), i)) and i + 1 not in status
                if (behind or comma or stated) and at - i > 1 and not _timed(item, i, place):
                    anchor = node.window.anchor
                    far = place.cover(anchor.span) if anchor and anchor.span.start >= place.start else place
                    again = _begun(item, i, restarts) if behind else None
                    yield far if again is None else item.span(item.words[again].start, item.words[again].end).cover(far)
                elif (again := _verb_behind(item, i)) is not None and not _timed(item, again, place):
                    # "is taking part, or has taken part in a trial of a drug or a device within 4 weeks"
                    yield item.span(item.words[again].start, item.words[again].end).cover(place)
                break


def unlike_times(item: Item) -> Iterator[Span]:
    """Lengths of time behind alternatives of different sorts, which the tree gave to all of them by a rule: a state
    that lasts and an event ("unstable angina or infarction within 6 months"), a disease and a treatment, a thing that
    is there and a history of one."""
    asides = brackets(item)
    for node, place in item.nodes(Within):
        window, group = node.window, node.operand
        said = item.said(window.span)
        if not (node.implied and isinstance(group, Or)) or window.length is None or place.denied:
            continue
        if group.implied and not any(item.said(mark) == ("and",) for mark in group.marks):
            continue
        if not said or said[0] in _LASTING or "apart" in said or window.span.start < group.span.start:
            continue
        at = item.index(window.span.start)
        if inside(at, asides):
            continue
        sorts = [_sort(item, part) for part in group.operands]
        if len({s for s in sorts if s}) > 1:
            anchor = window.anchor
            yield window.span.cover(anchor.span) if anchor and anchor.span.start >= window.span.start else window.span


def _sort(item: Item, part: Expr) -> str:
    """What an alternative is: an event, a state, a treatment, a history; empty where nothing tells."""
    named = [n.concept for n in walk(part) if isinstance(n, Condition)]
    names = [[w for w in item.said(c.span) if w.isalpha()] for c in named]
    heads = {name[-1] for name in names if name}
    wide = all(len(name) < 2 and set(name) <= _GENERIC for name in names)
    first = item.index(part.span.start)
    if "history" in [w.folded for w in item.words[max(0, first - 2) : first + 3]]:
        return "history"
    labels = {c.label for c in named if c.label}
    if labels and labels <= {"Drug", "Procedure", "Device"}:
        return "treatment"
    if "Condition" not in labels or wide or all(head.endswith(_ADJECTIVES) for head in heads):
        return ""
    return "event" if _EVENTS & heads else "state"


def _verb_behind(item: Item, joint: int) -> int | None:
    """An earlier "or" of the same clause behind which a verb begins anew; no connective stands between the two."""
    for i in range(joint - 1, max(0, joint - _FAR), -1):
        word = item.words[i]
        if word.text in _STOPS:
            return None
        if word.folded == "or":
            return i if item.words[i + 1].folded in _AGAIN else None
    return None


def _begun(item: Item, joint: int, restarts: set[int]) -> int | None:
    """The first "or" of a sentence behind which a thing begins anew, where there is another before this one."""
    here = next(s for s in sentences(item) if joint in s)
    asides = brackets(item)
    earlier = (k for k in range(here.start + 1, joint) if item.words[k].folded == "or" and k + 1 in restarts)
    return next((k for k in earlier if not inside(k, asides)), None)


def _listed(item: Item, joint: int) -> bool:
    """Whether the connective closes a list ("A, B, or C"), whose members readers take together."""
    before = item.words[max(0, joint - 9) : joint - 1]
    return any(w.text == "," for w in before)


def _timed(item: Item, joint: int, place: Span) -> bool:
    """Whether another time stands before the connective, so that the later one is for what follows it."""
    starts = item.view.starts
    here = next((s for s in sentences(item) if joint in s), range(joint, joint))
    begin, end = starts[item.words[here.start].start], starts[item.words[joint].start]
    return any(begin <= n.window.span.start < end for n, _ in item.nodes(Within) if n.window.span != place)


def trailing_parts(item: Item) -> Iterator[Span]:
    """Relative clauses, participles and "with …" right behind "A or B", where A is a whole name and none of both is so
    wide that the words must belong to it."""
    if "or" not in item.vocabulary:
        return
    asides = brackets(item)
    late = {hit.first for hit in item.find(JOINING) if hit.row["kind"] in ("late", "both")}
    named: dict[int, tuple[int, str | None]] = {}
    ends: dict[int, str | None] = {}
    for entity in item.criterion.entities:
        inner = range(item.index(entity.span.start), item.index(entity.span.end))
        if inner and named.get(inner[0], (-1, ""))[0] < inner[-1]:
            named[inner[0]] = (inner[-1], entity.label)
            ends[inner[-1]] = entity.label
    for here in sentences(item):
        for i in here:
            if item.words[i].folded != "or" or inside(i, asides) or not here.start < i < here.stop - 2:
                continue
            before = _before_aside(item, i - 1 if item.words[i - 1].text != "," else i - 2)
            begin = next((k for k in range(i + 1, min(i + _AHEAD, here.stop)) if k in named), None)
            if before not in ends or begin is None or item.words[before].folded.endswith(_ADJECTIVES):
                continue
            last, label = named[begin]
            if {item.words[before].folded, item.words[last].folded} & _GENERIC or label in _UNQUALIFIED:
                continue
            cue = _behind_aside(item, last + 1)
            if cue + 1 >= here.stop:
                continue
            word = item.words[cue].folded
            both = ends[before] == label == "Condition"
            treated = {ends[before], label} <= {"Drug", "Procedure"} and item.words[cue + 1].text[0].isalpha()
            judged = word in ("as", "due", "despite", "in") and not both
            if (
                (cue in late and not judged)
                or word in _WHO
                or (word in _BESIDE and both)
                or (word == "for" and treated)
            ):
                yield span(item, cue, min(here.stop - 1, cue + _NEAR))


def trailing_states(item: Item) -> Iterator[Span]:
    """Relative clauses and denials behind "metastatic or unresectable": of both states, or of the second?"""
    if "or" not in item.vocabulary:
        return
    states = item.find(STATES)
    ends = {hit.last for hit in states}
    starts = {hit.first: hit for hit in states}
    late = {hit.first for hit in item.find(JOINING) if hit.row["kind"] in ("late", "both")}
    for here in sentences(item):
        for i in range(here.start + 1, here.stop - 3):
            if item.words[i].folded != "or" or i - 1 not in ends or i + 1 not in starts:
                continue
            cue = starts[i + 1].last + 1
            ahead = [k for k in range(cue, min(cue + _NEAR, here.stop - 1)) if k in late]
            if not ahead or not all(item.words[k].text.isalpha() for k in range(cue, ahead[0])):
                continue
            # With a noun in between the clause is the noun's, unless it denies ("disease that is not resectable").
            if ahead[0] - cue < 2 or "not" in {w.folded for w in item.words[ahead[0] : ahead[0] + 3]}:
                yield span(item, ahead[0], min(here.stop - 1, ahead[0] + _NEAR))


def _before_aside(item: Item, at: int) -> int:
    """The word before a bracket that ends at a word; the word itself where none does."""
    shut = next((b for b in brackets(item) if b.stop == at), None)
    return at if shut is None else shut.start - 2


def _behind_aside(item: Item, at: int) -> int:
    """The word behind a bracket that opens at a word; the word itself where none does."""
    opened = next((b for b in brackets(item) if b.start - 1 == at), None)
    return at if opened is None else opened.stop + 1


def shared_grades(item: Item, grades: Sequence[Hit]) -> Iterator[Span]:
    """A grade before a list of conditions, none of which but the first has one ("severe A, B or C")."""
    if not grades:
        return
    graded = {i for hit in grades for i in range(hit.first, hit.last + 1)}
    for run in _runs(item):
        first, second = run[0], run[1]
        before = first.start - 1
        at = before if before in graded else first.start if first.start in graded and len(first) > 1 else None
        if at is None or second.start in graded or second.start - 1 in graded:
            continue
        if len(second) > 1 and item.words[second.start].folded.endswith("ed"):
            continue  # "unexplained fever" has a qualifier of its own
        yield span(item, at, run[-1].stop - 1)


def _runs(item: Item) -> Iterator[list[range]]:
    """Conditions that only commas and connectives stand between, two or more, as ranges of words."""
    places = sorted(
        {e.span for e in item.criterion.entities if e.label == "Condition" and item.lead.holds(e.span)},
        key=lambda s: (s.start, -s.end),
    )
    run: list[range] = []
    for place in places:
        inner = range(item.index(place.start), item.index(place.end))
        if not inner or (run and inner[0] < run[-1].stop):
            continue
        here = range(inner[0], inner[-1] + 1)
        between = {w.folded for w in item.words[run[-1].stop : here.start]} if run else set()
        if run and between and between <= _LINKS and between & {",", "or", "and"}:
            run.append(here)
            continue
        if len(run) >= _LISTED:
            yield run
        run = [here]
    if len(run) >= _LISTED:
        yield run
