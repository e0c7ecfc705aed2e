from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, inside, sentence, sentences, signs, span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison, Condition, Span, Unless, Within, walk

CUES: Final = WordList("audit_exception_scope", ("kind",))
_CONDITIONS: Final = frozenset({"if", "provided", "only"})
_PEOPLE: Final = frozenset(
    {"patients", "patient", "subjects", "subject", "participants", "participant", "those", "exceptions", "women", "men"}
)
_SOME: Final = frozenset({"if", "for", "in", "when", "where", "unless", "those"})
_RULING: Final = frozenset({"must", "should", "shall", "may", "can", "will", "required", "needs", "need"})
_MORE: Final = frozenset({"more", "less", "greater", "equal", "higher", "lower", "older", "younger", "fewer", "above"})
_ORDERS: Final = frozenset({"must", "should", "shall"})
_SEXES: Final = frozenset({"men", "women", "male", "female", "males", "females"})
_HARMLESS: Final = frozenset({"skin", "situ", "basal", "prostate", "cervical", "bladder", "melanomatous", "thyroid"})
_GIVEN: Final = frozenset({"by", "in", "to", "at", "for", "with", "from"})
_TOLD, _TAKEN = 6, 6
_DUTIES: Final = frozenset({"must", "should", "shall", "can", "may"})


class Doubt(NamedTuple):
    """A place, what is wrong there, and how grave it is (null: as the rule says)."""

    place: Span
    what: str
    severity: Severity | None = None


@rule(code="EXC001", severity="warning")
def exception_scope(document: Document) -> Iterator[Draft]:
    """It is unclear from which rule an exception exempts, or what holds for those whom it exempts.

    A permission in a sentence of its own, a limit lifted without another limit, one exception inside another, an
    exception that hangs on a talk with the sponsor.

    Why it matters
        An exception lets in patients in spite of a danger. "Except Gilbert's syndrome" behind a limit of bilirubin
        lets in a patient with any bilirubin at all, or with three times the norm: liver failure or not.
    Example
        Inclusion: Total bilirubin ≤ 1.5 x ULN, except for patients with Gilbert syndrome
    Use instead
        Inclusion: Total bilirubin ≤ 1.5 x ULN, or ≤ 3 x ULN if Gilbert syndrome
    """
    for item in document.stated():
        taken: list[Span] = []
        for find in FINDERS:
            for doubt in find(item):
                if any(doubt.place.overlaps(earlier) for earlier in taken):
                    continue
                taken.append(doubt.place)
                yield Draft(
                    span=doubt.place,
                    message=doubt.what,
                    readings=Readings(
                        "such patients are free of this rule, and of no other",
                        "such patients are free of all that stands before it, or may enter without more",
                    ),
                    question=f"“{item.quote(doubt.place)}”: from which rule are they exempt, and what holds instead?",
                    confidence="medium",
                    severity=doubt.severity,
                )


def _unlimited(item: Item) -> Iterator[Doubt]:
    """A limit that is lifted for some patients, and none given for them."""
    for node, _ in item.nodes(Unless):
        limits = [n for n in walk(node.operand) if isinstance(n, Comparison) and n.measure]
        freed = list(walk(node.exception))
        rule_itself = node.operand.operand if isinstance(node.operand, Within) else node.operand
        if not limits or not isinstance(rule_itself, Comparison):
            continue
        if any(isinstance(n, Comparison | Within) for n in freed) or not any(isinstance(n, Condition) for n in freed):
            continue
        cue = next((m for m in node.marks if m.start >= limits[-1].span.start), node.exception.span)
        at = item.nearest(cue.start)
        here = sentence(item, at)
        behind = [item.words[i] for i in here if i > at]
        ruled = any(w.folded in ("must", "if", "provided") for w in behind)
        if ruled and any(w.text[0].isdigit() for w in behind):
            continue
        yield Doubt(cue.cover(node.exception.span), "lifts a limit for some patients, and gives them none")


def _nested(item: Item) -> Iterator[Doubt]:
    """An exception within an exception."""
    cues = list(signs(item, "exempt"))
    for node, place in item.nodes(Unless):
        begins = item.nearest(node.exception.span.start)
        cue = next((c for c in cues if begins - 1 <= c.stop <= begins + 1), None)
        if place.in_exception and cue and node.exception.span.start > node.operand.span.start:
            there = span(item, cue.start, cue.stop - 1).cover(node.exception.span)
            yield Doubt(there, "an exception within an exception", "error")


def _permission(item: Item) -> Iterator[Doubt]:
    """A permission as a sentence of its own: behind the rule that it softens, in brackets, or as a whole criterion."""
    told: set[int] = set()
    for cue in signs(item, "permit"):
        here = sentence(item, cue.start)
        aside = any(cue.start in inner for inner in brackets(item))
        follows = {item.words[i].folded for i in range(cue.stop, here.stop)}
        if here.start in told or cue.start == here.start:
            continue
        circular = "criteria" in follows and bool({"other", "all"} & follows)
        if follows & _CONDITIONS and not aside and not here.start and not circular:
            continue  # of one sentence the conditions tell whom it means; behind a rule it may soften that
        if item.words[here.start].folded == "if" and any(item.words[i].text[0].isdigit() for i in here):
            continue  # "if creatinine is above it, a clearance of 50 will do" is a rule of its own
        if item.words[cue.start - 1].folded in ("that", "who", "which") or (not aside and _plain(item, here, cue)):
            continue
        told.add(here.start)
        people = aside or any(item.words[i].folded in _PEOPLE for i in range(here.start, cue.start))
        # A permission among the exclusions, or behind a rule, softens something; a criterion that is nothing but a
        # permission ("any number of earlier lines is allowed") only tells.
        softens = people or item.role == "exclusion" or here.start > 0
        yield Doubt(
            _clause(item, here, cue), "a permission: from which rule does it exempt?", None if softens else "info"
        )


def _plain(item: Item, here: range, cue: range) -> bool:
    """Whether an inclusion criterion only names its people so: "patients with sarcoma are eligible"."""
    if item.role != "inclusion" or here.start or item.words[cue.start - 1].folded == ")":
        return False
    place = span(item, here.start, cue.start)
    if _HARMLESS & {item.words[i].folded for i in range(here.start, cue.start)}:
        return False  # other cancers, which some rule that is not given must keep out
    named = [node.concept.id or "" for node, _ in item.nodes(Condition) if place.holds(node.concept.span)]
    return any(name.startswith("histology:") for name in named) or not any(n.startswith("condition:") for n in named)


def _clause(item: Item, here: range, cue: range) -> Span:
    """The permission, without the brackets or the rule before it."""
    begin = here.start
    inner = [b for b in brackets(item) if cue.start in b]
    for i in range(here.start, cue.start):
        if item.words[i].text == ":" and i - here.start < 2:
            begin = i + 1
    begin = max([begin, *(b.start for b in inner)])
    end = next((i for i in range(cue.stop, here.stop) if item.words[i].text in (")", ".", ";")), here.stop)
    return span(item, begin, max(begin, end - 1))


def _cued(item: Item) -> Iterator[Doubt]:
    """An exception that hangs on a talk, or a sentence that adds to one."""
    permitted = {i for cue in signs(item, "permit") for i in sentence(item, cue.start)}
    talked: set[int] = set()
    for hit in item.find(CUES):
        here = sentence(item, hit.first)
        if hit.row["kind"] == "talk":
            if here.start in talked:
                continue
            talked.add(here.start)
            yield Doubt(span(item, hit.first, hit.last), "an exception that hangs on a talk")
        elif hit.first == here.start and _follows_permission(item, here, permitted):
            duty = any(item.words[i].folded in _DUTIES for i in here)
            if duty:
                yield Doubt(
                    span(item, here.start, here.stop - 1), "a further condition: of the rule, or of the exception?"
                )


def _provided(item: Item) -> Iterator[Doubt]:
    """ "Radiotherapy within 2 weeks, provided recovery": a condition behind an exclusion reads as an exception from it,
    or as a part of it."""
    if item.role != "exclusion":
        return
    permitted = {i for cue in signs(item, "permit") for i in sentence(item, cue.start)}
    for here in sentences(item):
        for i in here:
            if i <= here.start + 1 or i in permitted or item.words[i].folded != "provided":
                continue
            behind = item.words[i + 1].folded if i + 1 < here.stop else ""
            if item.words[i - 1].text == "," and behind and behind not in _GIVEN:
                yield Doubt(span(item, i, here.stop - 1), "a condition behind an exclusion: who is out?")


def _listed_apart(item: Item) -> Iterator[Doubt]:
    """A sentence of exceptions behind the rule ("Exceptions include …")."""
    for here in sentences(item)[1:]:
        if item.words[here.start].folded in ("exceptions", "exception") and len(here) > 2:
            yield Doubt(span(item, here.start, here.stop - 1), "exceptions in a sentence of their own: from what?")


def _of_several(item: Item) -> Iterator[Doubt]:
    """An exception behind several alternatives: from one of them, or from all?"""
    asides = brackets(item)
    for cue in signs(item, "exempt"):
        here = sentence(item, cue.start)
        before = range(here.start, cue.start)
        joints = [
            i
            for i in before
            if item.words[i].folded == "or" and i > here.start and not inside(i, asides) and not _inner(item, i)
        ]
        if not joints or cue.start - joints[-1] < 2 or inside(cue.start, asides):
            continue
        end = next((i for i in range(cue.stop, here.stop) if item.words[i].text in (".", ";")), here.stop)
        if end > cue.stop:
            yield Doubt(span(item, cue.start, end - 1), "an exception behind several alternatives")


def _inner(item: Item, joint: int) -> bool:
    """Whether "or" belongs to a bound ("3 or more"), or joins what a participle takes ("treated with A or B")."""
    if joint + 1 >= len(item.words) or item.words[joint + 1].folded in _MORE:
        return True
    for i in range(joint - 1, max(0, joint - _TAKEN), -1):
        if not item.words[i].text[0].isalnum():
            return False
        if item.words[i].folded in ("with", "by") and item.words[i - 1].folded.endswith("ed"):
            return True
    return False


def _for_some(item: Item) -> Iterator[Doubt]:
    """A sentence behind the rule that says what holds for some patients: in place of the rule, or beside it?"""
    for here in sentences(item)[1:]:
        words = [item.words[i].folded for i in here]
        begins = words[0] in _SOME or (words[0] in _PEOPLE and len(words) > 1 and words[1] in ("with", "who", "on"))
        sexes = words[0] == "for" and bool(_SEXES & set(words[1:3]))
        duty = item.role == "exclusion" and bool(
            _ORDERS & set(words)
        )  # left to the rule on inclusions among exclusions
        conditions = "provided" in words or (words[0] not in _SOME and "if" in words)
        if begins and not (sexes or duty or conditions) and _RULING & set(words) and len(words) > _TOLD:
            yield Doubt(span(item, here.start, here.stop - 1), "what holds for some patients: in place of the rule?")


def _follows_permission(item: Item, here: range, permitted: set[int]) -> bool:
    before = [s for s in sentences(item) if s.stop <= here.start]
    return bool(before) and (before[-1].start in permitted or here.start in permitted)


FINDERS: Final[tuple[Callable[[Item], Iterator[Doubt]], ...]] = (
    _nested,
    _unlimited,
    _permission,
    _cued,
    _provided,
    _listed_apart,
    _of_several,
    _for_some,
)
