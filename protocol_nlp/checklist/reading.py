"""The own words of a criterion -> the parts that are asked one by one.

A part of bounds alone is put in plain words; any other part keeps the entry's own words, with the bounds in them told
in words, since a sentence that was taken apart wrongly misleads more than one that was left whole. Criteria are taken
apart only where each part stands for itself: bounds joined by "and" that include, or by "or" that exclude; pieces
between semicolons; sentences that each demand something of an inclusion; a tier of a bound; what an exclusion exempts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from protocol_nlp.checklist.bounds import Part, group, in_sentence, of_bounds, unwrapped
from protocol_nlp.checklist.wording import (
    asked,
    names_people,
    of_some,
    of_some_beside,
    only_filler,
    says,
    starts,
    trimmed,
)
from protocol_nlp.display import wording
from protocol_nlp.tree import (
    Ambiguous,
    And,
    Comparison,
    Expr,
    If,
    Opaque,
    Or,
    Role,
    Span,
    TimeWindow,
    Unless,
    Within,
    children,
    walk,
)

# The end of a sentence: not of "e.g.", "vs.", "approx." or an initial.
_STOP: Final = re.compile(r"(?<![ .(][A-Za-z])(?<!e\.g)(?<!i\.e)(?<!\bvs)(?<!approx)(?<!\bDr)\.\s+(?=[A-Z])")
# Events that a patient is screened before: what is asked of the time from them on cannot have been seen yet.
TRIAL_EVENTS: Final = frozenset(
    "enrollment first_dose randomization registration study_entry treatment screening".split()
)

_STUDY: Final = r"\b(?:study|studies|trial|protocol|investigational|experimental|test|assigned|IP|IMP)\b"
_LAST: Final = (
    r"\b(?:the|their|his|her|of|last|final|end|dose|doses|dosing|treatment|therapy|administration|infusion|injection|intake"
    r"|use|medication|drug|day|complet\w+|discontinu\w+|cessation|stop\w*|terminat\w+|receiving|visit|finish\w+)\b"
)
_REASONS: Final = re.compile(
    r"\b(?:therefore|because|in order to|requires? complex|are unknown|is unknown|pose an?|(?:is|are) necessary)\b",
    re.IGNORECASE,
)
_ONCE_MORE: Final = re.compile(r"To be eligible for this (?:trial|study), (?:the )?(?:patient|participant|subject)s?\b")
# "The start of menopause" is no start of the study's treatment.
_OTHER_START: Final = re.compile(
    r"(?:start|initiation|beginning|onset)\s+of\s+(?:the\s+|their\s+)?(?:menopause|menses|menstruation|amenorrh\w+"
    r"|lymphodeplet\w+|conditioning|leuk[ao]pheresis|apheresis"
    r"|curative|salvage|front-?line|first-line|symptoms?|disease|illness|pregnancy|(?:preceding|previous|prior|earlier)\s+\w+)"
)
_START_OF: Final = re.compile(
    r"(?:the )?(?:initiation|start|beginning) of (?!(?:the |this |protocol |study |trial |any )*"
    r"(?:study|trial|treatment|therapy|protocol|drug|dosing|investigational|IP|IMP|cycle)\b)\w",
    re.IGNORECASE,
)
_END_OF_STUDY: Final = re.compile(
    r"^(?:the )?(?:end|completion|close) of (?:the |this )?(?:study|trial)$", re.IGNORECASE
)
_FOR: Final = re.compile(
    r"\bfor\s+(?:a\s+)?(?:(?:at least|at most|less than|more than|longer than|over|up to|[<>≤≥=\\]+)\s*)?"
    r"\d[\d.]*\s*\w+$",
    re.IGNORECASE,
)
_BEGINS: Final = r"first|start|initi|beg[iu]n|commenc|entry|entrance|baseline|\b1\b|C1D1|W1D1"
_AFTERWARDS: Final = (
    r"contracept|birth control|pregnan|abstinen|abstain|conceiv|fertil|child-?bearing|donat|condom|breast-? ?feed"
    r"|lactat|sexual|\bagree"
)


def parts(expr: Expr | None, lead: Span, role: Role | None, text: str) -> tuple[Part, ...]:
    """The parts of a criterion's own words, in their order; all of them are needed of an inclusion, any of an
    exclusion counts."""
    whole = text[lead.start : lead.end]
    if expr is None:
        return (Part(question=asked(whole), text=whole, expr=None),)
    bare = unwrapped(expr)
    if found := of_bounds(bare, role, text, lead):
        return found
    if pieces := _pieces(bare, lead, role, text) or _sentences(bare, lead, role, text):
        return tuple(part for piece, span in pieces for part in parts(piece, span, role, text))
    if role == "exclusion" and isinstance(bare, Unless) and (split := _exempting(bare, lead, text)):
        return (split,)
    return (replace(in_sentence(bare, lead, text), some=role == "inclusion" and _of_some(bare, whole)),)


def ambiguous(expr: Expr | None) -> Iterator[Ambiguous]:
    """The nodes of two readings, outermost first and not inside each other."""
    if isinstance(expr, Ambiguous):
        yield expr
    elif expr is not None:
        for child in children(expr):
            yield from ambiguous(child)


def windows(expr: Expr | None, text: str) -> Iterator[TimeWindow]:
    """The windows of a part in the order of the tree, each once, their events in the words of the text.

    "Within 24 hours (urine) prior to …" is one window, though the tree holds its length and its event in two nodes.
    """
    found = [*dict.fromkeys(_windows(expr, None))] if expr else []
    for window in _joined(found, text):
        if anchor := window.anchor:
            words = text[anchor.span.start : anchor.span.end] or anchor.text
            anchor = replace(anchor, text=words)
            if anchor.id == "first_dose" and (of := _OTHER_START.match(text[anchor.span.start : anchor.span.end + 40])):
                anchor = replace(anchor, text=wording(of[0]), id=None)
                words = anchor.text
            if anchor.id == "first_dose" and _of_earlier(anchor.span, expr, text):
                anchor = replace(anchor, text=f"{words} (of which treatment?)", id=None)
            elif _of_another_event(window, words, expr, text):
                anchor = replace(anchor, id=None)
            elif anchor.id == "last_dose" and _of_what(words, expr, text):
                named = re.sub(_LAST, "", words, flags=re.IGNORECASE).strip()
                anchor = replace(anchor, text=words if named else f"{words} (of which drug?)", id=None)
            elif anchor.id == "first_dose" and window.side == "after" and not re.search(_BEGINS, words, re.IGNORECASE):
                anchor = replace(anchor, text=f"{words} (the first or the last?)", id=None)
            elif anchor.id == "study_entry" and window.side == "after" and "participation" in words.casefold():
                anchor = replace(anchor, text=f"{words} (its start or its end?)", id=None)
            window = replace(window, anchor=anchor)
        if _sideless(window, text):
            window = replace(window, side=None)
        if not _doubtful(window, expr, text):
            yield window


def _of_another_event(window: TimeWindow, words: str, expr: Expr | None, text: str) -> bool:
    """Whether an end is not the one that the table names: contraception counts from the study's last chemotherapy, not
    from an earlier one, and the study goes on after its last dose."""
    known = window.anchor.id if window.anchor else None
    if known == "prior_therapy_end":
        return window.side == "after" and _afterwards(expr, text)
    return known == "last_dose" and _END_OF_STUDY.search(words) is not None


def _of_earlier(anchor: Span, expr: Expr | None, text: str) -> bool:
    """Whether a start may be that of an earlier treatment: "relapse within 12 months of initiation of anti-PD-1"."""
    said = text[expr.span.start : expr.span.end] if expr else ""
    started = _START_OF.match(text[anchor.start : anchor.end + 60])
    return started is not None and re.search(r"\b(?:relaps|progress|refractor|recurr)", said, re.IGNORECASE) is not None


def _afterwards(expr: Expr | None, text: str) -> bool:
    """Whether a sentence is on what patients do from the study on: contraception, donations."""
    said = text[expr.span.start : expr.span.end] if expr else ""
    return re.search(_AFTERWARDS, said, re.IGNORECASE) is not None


def _sideless(window: TimeWindow, text: str) -> bool:
    """Whether only "from" gave the side: "within 6 months from first dose" means the time before as often."""
    named = window.side == "after" and window.anchor is not None and window.anchor.id in TRIAL_EVENTS
    short = window.length is not None and window.length.low is None
    return named and short and any(text[m.start : m.end].casefold().startswith("from") for m in window.marks)


def _of_what(words: str, expr: Expr | None, text: str) -> bool:
    """Whether a bare "last dose" may be that of an earlier treatment: only a sentence on what patients do from the
    study on (contraception, donations) is about the study's own for sure."""
    return not re.search(_STUDY, words, re.IGNORECASE) and not _afterwards(expr, text)


def _joined(found: list[TimeWindow], text: str) -> list[TimeWindow]:
    """The windows, a length and the event beside it as one: "the 4-week period prior to screening"."""
    lengths = [w for w in found if w.length and not w.anchor and not w.side]
    events = [w for w in found if w.anchor and w.side and not w.length]
    if len(lengths) != 1 or len(events) != 1 or not lengths[0].length or not events[0].anchor:
        return found
    between = text[lengths[0].length.span.end : events[0].anchor.span.start]
    if len(between) > 30 or not re.fullmatch(r"[\w\s-]*", between):
        return found
    whole = replace(lengths[0], side=events[0].side, anchor=events[0].anchor)
    return [whole if w is lengths[0] else w for w in found if w is not events[0]]


def _doubtful(window: TimeWindow, expr: Expr | None, text: str) -> bool:
    """Whether the length was not read for sure: the question alone shows it then."""
    lengths = [q for q in (window.length, *window.alternatives) if q]
    if len({(q.low is None, q.high is None) for q in lengths}) > 1 or len(lengths) > 2:
        return True
    # "Within 24/72 hours" is no range; "at least the 6 months before" is not exactly 6 months.
    if any("/" in text[q.span.start : q.span.end] for q in lengths):
        return True
    if "anchor:shared" in window.issues and window.anchor and window.length:
        first, second = sorted((window.anchor.span, window.length.span))
        if re.search(r"\bor\b", text[first.end : second.start], re.IGNORECASE) and window.side == "after":
            return True
    if window.length and _lasts(window, text):
        return True
    exact = any(q.low == q.high for q in lengths)
    before = text[max(0, window.length.span.start - 24) : window.length.span.start] if window.length else ""
    if exact and re.search(
        r"\b(?:at least|at most|more than|less than|over|up to|minimum of)\b[\w\s]*$", before, re.IGNORECASE
    ):
        return True
    words = text[expr.span.start : expr.span.end] if expr else ""
    if window.length and window.length.low is None and _two_ended(text, window.length.span):
        return True
    if window.length and window.anchor and _parted(text, window.anchor.span, window.length.span):
        return True
    if re.search(r"\b(?:no|not)\s+(?:sooner|earlier)\b", words, re.IGNORECASE):
        return True
    return exact and re.search(r"\bat\s+(?:the\s+)?(?:earliest|latest)\b", words, re.IGNORECASE) is not None


def _lasts(window: TimeWindow, text: str) -> bool:
    """Whether a length is that of a thing, and no time before an event: "treatment for less than 90 days", "at least 6
    months of follow-up"."""
    assert window.length
    start, end = window.length.span
    if re.match(r"\s+of\s+(?:follow-?\s?up|observation)\b", text[end : end + 30], re.IGNORECASE):
        return True
    # "off all immunosuppressive therapy for at least 2 weeks": an event before it belongs to other words.
    bare = window.anchor is None and window.side is None
    early = window.anchor is not None and window.anchor.span.end < start
    return (bare or early) and _FOR.search(text[max(0, start - 30) : end]) is not None


def _two_ended(text: str, length: Span) -> bool:
    """Whether another bound stands right before a length: "≥ 4 but ≤ 12 weeks"."""
    return (
        re.search(
            r"(?:[<>≤≥]|=<|>=|at least|more than)\s*\d+\s*(?:but|and|to)\W*$",
            text[max(0, length.start - 30) : length.start],
        )
        is not None
    )


def _parted(text: str, one: Span, other: Span) -> bool:
    """Whether a bracket ends or begins between two places of the text."""
    first, second = sorted((one, other))
    between = text[first.end : second.start]
    return between.count("(") != between.count(")")


def _windows(expr: Expr, around: TimeWindow | None) -> Iterator[TimeWindow]:
    if isinstance(expr, Within) and expr.window.others:
        each = expr.window.each
        yield from (replace(own, others=tuple(o for o in each if o is not own)) for own in each)
    elif isinstance(expr, Within):
        own = expr.window
        if own.length and not own.anchor and not own.side and around:
            own = replace(own, side=around.side, anchor=around.anchor)
            around = None
        bare = own.anchor is not None and not own.length and not own.alternatives
        if not (bare and any(isinstance(n, Within) and n.window.length for n in walk(expr.operand))):
            yield own
        around = own if bare else around
    for child in children(expr):
        yield from _windows(child, around)


def unread(expr: Expr | None) -> tuple[str, ...]:
    """The words that no reading took in."""
    nodes = walk(expr) if expr else ()
    return tuple(wording(node.text) for node in nodes if isinstance(node, Opaque) and node.text.strip())


def _of_some(expr: Expr, words: str) -> bool:
    """Whether each sentence that demands something says of which patients it does: "HIV-positive patients must …"."""
    while isinstance(expr, Within):
        expr = unwrapped(expr.operand)
    told = [trimmed(wording(sentence)) for sentence in _STOP.split(words)]
    demanding = [t for t in told if says("demands", t) or says("provides", t)]
    named = isinstance(expr, If) and starts("some", told[0]) and not says("everyone_too", told[0])
    # "Tests in women of childbearing potential"; in brackets it is about a part of the line alone.
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", told[0])
    bounded = any(isinstance(n, Comparison) for n in walk(expr))
    told_of = re.search(r"[(;,] ?appl(?:ies|y|icable) (?:only )?to\b", told[0]) is not None
    beside = len(demanding) < 2 and not bounded and (told_of or of_some_beside(bare))
    # What is said of some, and then of "patients" once more, is still said of them.
    if of_some(told[0]):
        aside = [t for t in told[1:] if not names_people(t) or _ONCE_MORE.match(t) or starts("note", t)]
        demanding = [t for t in demanding if t not in aside]
    free = bool(demanding) and all(t in demanding or says("permits", t) for t in told)
    return (named and len(demanding) < 2) or ((of_some(told[0]) or free) and all(map(of_some, demanding))) or beside


def _pieces(expr: Expr, lead: Span, role: Role | None, text: str) -> tuple[tuple[Expr, Span], ...]:
    """The pieces of a criterion between semicolons, where each is read for itself; empty where it is not so.

    A heading before the first piece may govern all of them, and an "or" between them turns the sense.
    """
    if not isinstance(expr, And if role == "inclusion" else Or) or role is None:
        return ()
    words = text[lead.start : lead.end]
    cuts = [lead.start + at for at in _semicolons(words)]
    spans = [Span(a, b) for a, b in zip([lead.start, *(c + 1 for c in cuts)], [*cuts, lead.end], strict=True)]
    spans = [s for s in spans if re.search(r"\w", text[s.start : s.end])]
    if len(spans) < 2 or _governs(text[spans[0].start : spans[0].end]):
        return ()
    if any(re.search(r"^\W*(?:and/)?or\b|\bor\W*$", text[s.start : s.end], re.IGNORECASE) for s in spans) and (
        role == "inclusion"
    ):
        return ()
    # "Female subjects should use contraception; the test is negative": whom the second asks, the first says.
    told = [wording(text[s.start : s.end]) for s in spans]
    if role == "inclusion" and of_some(told[0]) and not all(of_some(t) or starts("subject", t) for t in told):
        return ()
    # "Patients with AIDS; patients with AIDS require complex regimens; …": what follows the first only explains it.
    if role == "exclusion" and any(_explains(wording(text[s.start : s.end])) for s in spans[1:]):
        return ()
    return _apart(expr, spans)


def _explains(piece: str) -> bool:
    """Whether a piece of an exclusion is a sentence of its own on its reason: "these are unknown and therefore …"."""
    return _REASONS.search(piece) is not None


def _sentences(expr: Expr, lead: Span, role: Role | None, text: str) -> tuple[tuple[Expr, Span], ...]:
    """The sentences of an inclusion, where each after the first demands something of its own; else empty."""
    if role != "inclusion" or not isinstance(expr, And):
        return ()
    words = text[lead.start : lead.end]
    cuts = [lead.start + stop.start() + 1 for stop in _STOP.finditer(words)]
    spans = [Span(a, b) for a, b in zip([lead.start, *cuts], [*cuts, lead.end], strict=True)]
    if len(spans) < 2 or _governs(text[spans[0].start : spans[0].end]):
        return ()
    told = [wording(text[s.start : s.end]) for s in spans]
    if any(says("permits", t) or says("bars", t) or says("excepts", t) or says("eligible", t) for t in told):
        return ()
    if not all(starts("subject", t) and says("demands", t) and not says("refers", t) for t in told[1:]):
        return ()
    return _apart(expr, spans)


def _apart(expr: And | Or, spans: Sequence[Span]) -> tuple[tuple[Expr, Span], ...]:
    """What of a group stands in each of the spans; empty where one has nothing, or an operand stands in no span."""
    found: list[tuple[Expr, Span]] = []
    for span in spans:
        mine = [o for o in expr.operands if span.holds(o.span)]
        if not mine:
            return ()
        found.append((group(expr, mine), span))
    within = all(any(span.holds(operand.span) for span in spans) for operand in expr.operands)
    return tuple(found) if within else ()


def _governs(first: str) -> bool:
    """Whether the first piece may hold for those after it: it has a heading, or starts with a condition."""
    words = trimmed(wording(first))
    return ":" in words or starts("leads", words)


def _semicolons(words: str) -> Iterator[int]:
    """The places of the semicolons outside of brackets, and not those that end an entity."""
    depth = 0
    for at, sign in enumerate(words):
        depth = max(0, depth + (sign in "([{") - (sign in ")]}"))
        if sign == ";" and not depth and not re.search(r"&#?\w{1,8}$", words[:at]):
            yield at


def _exempting(node: Unless, lead: Span, text: str) -> Part | None:
    """Rule and exception of an exclusion as parts, where they stand apart in the text."""
    rule, exempt = node.operand.span, node.exception.span
    if rule.start == rule.end or rule.overlaps(exempt):
        return None
    first, second = sorted((rule, exempt))
    cues = [m for m in node.marks if first.end <= m.start and m.end <= second.start and _lettered(text, m)]
    if not cues:
        return None
    # A bracket that opens before the second part and closes behind it belongs to neither.
    before = Span(lead.start, lead.start + len(re.sub(r"[(\[\s]+$", "", text[lead.start : cues[0].start])))
    after = Span(cues[-1].end, lead.end)
    ruling, exempting = (before, after) if rule == first else (after, before)
    # "Other cancer except basal cell carcinoma within 5 years": whose years these are only the whole sentence says.
    timed = any(isinstance(n, Within) for n in walk(node.exception)) and not any(
        isinstance(n, Within) for n in walk(node.operand)
    )
    if timed and not re.search(r"\bunless\b", text[first.end : second.start], re.IGNORECASE):
        return None
    exempted = text[exempting.start : exempting.end]
    # "Note: use of inhaled steroids is permitted" takes back a part of the rule, whoever the patient is.
    if only_filler(exempted, "below") or (says("permits", exempted) and not names_people(exempted)):
        return None
    if not _lettered(text, ruling) or not _lettered(text, exempting) or says("admits", text[ruling.start : ruling.end]):
        return None
    exception = in_sentence(node.exception, exempting, text)
    told = f"Exception: {exception.question}"
    return replace(in_sentence(node.operand, ruling, text), exception=replace(exception, question=told))


def _lettered(text: str, span: Span) -> bool:
    return bool(re.search(r"\w", text[span.start : span.end]))
