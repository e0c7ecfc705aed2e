"""What a window is counted from, on which side of it, and what two windows share."""

from __future__ import annotations

import re
from dataclasses import replace

from protocol_nlp.parts import Part
from protocol_nlp.tree import Concept, Quantity, Side, Span, TimeWindow

_SIDES: dict[str, Side] = {"BEFORE": "before", "AFTER": "after", "SINCE": "after", "DURING": "during", "AT": "before"}
_RELATIONS = frozenset({*_SIDES, "OF", "UNTIL"})
# Words between relation and anchor that belong to neither: "prior to the planned first dose".
_SMALL = frozenset({"SUBJECT", "STATUS"})
_PHRASE = frozenset(
    {"WORD", "CONCEPT", "MEASURE", "ANCHOR", "SUBJECT", "STATUS", "OF", "DASH", "SLASH", "SINCE", "MARK"}
)
# Events that end something: what happens "within" a stretch of them comes after.
_ENDS = frozenset(
    {
        "last_dose",
        "prior_therapy_end",
        "radiotherapy_end",
        "diagnosis",
        "progression",
        "onset",
        "response",
        "resolution",
    }
    | {"cessation", "pregnancy_end", "discharge", "admission", "delivery"}
)
_LONGEST_PHRASE = 8
_DISTANCE = frozenset({"within", "past", "next"})


def anchors(parts: list[Part]) -> list[Part]:
    """Windows with the relation and the anchor that follow them."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        i += 1
        if part.kind != "WINDOW":
            out.append(part)
            continue
        window: TimeWindow = part.value
        cue = part.cue
        if cue is None and (first := _before_or(out)) is not None and first.cue in _DISTANCE:
            cue = first.cue  # "within 28 days of chemotherapy or | 14 days of radiotherapy"
            window = replace(window, length=_at_most(window.length))
        # "(4 weeks)" and "or 5 half-lives" are left for join_windows
        k = i
        if k < len(parts) and parts[k].text.lower() == "prior" and _event_follows(parts, k + 1):
            # "7 days prior the first dose": the "to" is lost
            parts = [*parts[:k], parts[k].changed(kind="BEFORE"), *parts[k + 1 :]]
        if k < len(parts) and parts[k].kind in ("AGO", "APART"):
            side: Side | None = "before" if parts[k].kind == "AGO" else None
            window = replace(
                window,
                span=window.span.cover(parts[k].span),
                side=side or window.side,
                marks=(*window.marks, parts[k].span),
            )
            out.append(part.changed(span=window.span, value=window))
            i = k + 1
            if side and i < len(parts) and parts[i].kind in ("BEFORE", "SINCE", "OF"):
                k = i
            else:
                continue
            part = out.pop()
        found = _relation(parts, k, window, cue)
        if found is None:
            out.append(part.changed(span=window.span, value=window))
            continue
        window, i = found
        out.append(part.changed(span=window.span, value=window))
    return out


def _relation(parts: list[Part], i: int, window: TimeWindow, cue: str | None) -> tuple[TimeWindow, int] | None:
    """The window with what stands at `i` as its relation and anchor, and where to go on."""
    k = i
    marks: list[Span] = []
    while k < len(parts) and k - i < 3 and _for_whom(parts, k):
        marks.append(parts[k].span)  # "7 months for men after the last dose"
        k += 1
    if k > i and not (k < len(parts) and parts[k].kind in _RELATIONS):
        k, marks = i, []
    while (
        k < len(parts)
        and parts[k].kind in ("SUBJECT", "COMMA", "MUST")
        and k - i < 2
        and (k + 1 < len(parts) and parts[k + 1].kind in _RELATIONS)
    ):
        marks.append(parts[k].span)
        k += 1
    if k >= len(parts) or parts[k].kind not in _RELATIONS:
        return None
    relation = parts[k].kind
    if relation == "UNTIL":
        return None
    marks.append(parts[k].span)
    anchor, k, more = _anchor(parts, k + 1)
    if anchor is None and relation in ("OF", "AT", "DURING"):
        return None
    if relation == "OF" and cue is None and anchor is not None and _lasts(anchor):
        return None  # "≤ 2 weeks of radiotherapy": how long it lasts
    opening = relation == "OF" and cue == "next"  # "during the first 2 years of treatment": from its start on
    side = "after" if opening else _side(relation, anchor, cue)
    if anchor is None and relation in ("AFTER", "SINCE"):
        side = "after"
    span = window.span.cover(parts[k - 1].span)
    window = replace(
        window, span=span, side=side or window.side, anchor=_concept(anchor), marks=(*window.marks, *marks, *more)
    )
    if relation == "OF" and not opening and anchor is not None and _unclear(anchor):
        window = replace(window, side=None, issues=(*window.issues, "anchor:unclear"))
    return window, k


def _event_follows(parts: list[Part], k: int) -> bool:
    while k < len(parts) and parts[k].kind == "SUBJECT":
        k += 1
    return k < len(parts) and parts[k].event() is not None


def _lasts(anchor: list[Part]) -> bool:
    """Whether the words name a treatment that goes on for some time, and no event in its course."""
    term = anchor[0].term()
    drug = term is not None and term.label == "Drug"
    return len(anchor) == 1 and (drug or anchor[0].event() in ("radiotherapy_end", "prior_therapy_end"))


_LAST = frozenset("last final end completion discontinuation stopping finishing completing".split())
_SEXES = frozenset("men women male males female females boys girls".split())


def _for_whom(parts: list[Part], k: int) -> bool:
    if parts[k].text.lower() in _SEXES:
        return True
    return parts[k].text.lower() in ("for", "in") and k + 1 < len(parts) and parts[k + 1].text.lower() in _SEXES


def _concept(parts: list[Part] | None) -> Concept | None:
    if not parts:
        return None
    span = parts[0].span.cover(parts[-1].span)
    text = " ".join(p.text for p in parts)
    trial = (
        len(parts) > 1 and parts[-2].text.lower() in {*_TRIAL, "treatment"} and parts[-1].kind in ("ANCHOR", "CONCEPT")
    )
    first = next((p for p in parts if p.event()), None) if not trial else parts[-1]
    if trial and not parts[-1].event():
        return replace(parts[-1].concept(), span=span, text=text)
    if first is not None:
        event = first.event()
        if event in ("first_dose", "treatment") and _LAST & {w for p in parts for w in p.text.lower().split()}:
            event = "last_dose"
        return replace(first.concept(), id=event, span=span, text=text)
    known = [p for p in parts if p.kind in ("CONCEPT", "MEASURE")]
    if known:
        head = known[-1].concept()
        return replace(head, span=span, text=text) if len(known) == 1 else Concept(span=span, text=text)
    return Concept(span=span, text=text)


def _unclear(parts: list[Part]) -> bool:
    """ "Within 7 days of treatment" may lie on either side of its first dose."""
    events = [p.event() for p in parts if p.event()]
    return events[-1:] == ["treatment"]


def _anchor(parts: list[Part], i: int) -> tuple[list[Part] | None, int, list[Span]]:
    """The event at `i`: a trial event of the table, else the phrase that stands there."""
    k = i
    small: list[Span] = []
    while k < len(parts) and (parts[k].kind in _SMALL or parts[k].kind == "CUE") and k - i < 4:
        small.append(parts[k].span)
        k += 1
    for ahead in range(3):
        if k + ahead < len(parts) and parts[k + ahead].event():
            between = parts[k : k + ahead]
            if all(p.kind in _PHRASE for p in between):
                end = _whole(parts, k + ahead + 1)
                return parts[k:end], end, small
    end = k
    while end < len(parts) and parts[end].kind in _PHRASE and end - k < _LONGEST_PHRASE:
        if parts[end].kind == "SUBJECT" and parts[end].text.lower() in _VERBS:
            break
        end += 1
    while end > k and parts[end - 1].kind in ("SUBJECT", "OF", "DASH", "SINCE", "STATUS"):
        end -= 1
    if end == k:
        return None, i, []
    return parts[k:end], end, small


def _whole(parts: list[Part], end: int) -> int:
    """Where the words of an event end that stands before `end`: "study | blood draw", "first dose | of doxorubicin"."""
    named = end < len(parts) and (parts[end].event() is not None or parts[end].kind == "CONCEPT")
    if named and parts[end - 1].text.lower() in _TRIAL:
        return end + 1
    if end < len(parts) and parts[end].event() is not None and parts[end - 1].text.lower() == "treatment":
        return end + 1  # "the treatment | procedure"
    of = end
    while of < len(parts) and parts[of].kind in ("OF", "SUBJECT") and parts[of].text.lower() in ("of", "the"):
        of += 1
    term = parts[of].term() if of < len(parts) else None
    dosed = parts[end - 1].event() in ("first_dose", "last_dose") and of > end
    if dosed and of < len(parts) and parts[of].kind in ("WORD", "CONCEPT") and _CODED.fullmatch(parts[of].text):
        return of + 1
    return of + 1 if dosed and term is not None and term.label == "Drug" else end


# "The last dose of | MGC026": a drug by its code, which no table knows.
_CODED = re.compile(r"[A-Z]{2,}[A-Za-z]*-?\d+[A-Za-z]*")


_TRIAL = frozenset({"study", "trial"})
_VERBS = frozenset("is are was were has have had be been who which that patients subjects participants".split())


def _side(relation: str, anchor: list[Part] | None, cue: str | None) -> Side | None:
    if relation in _SIDES:
        return _SIDES[relation]
    event = next((p.event() for p in anchor or [] if p.event()), None)
    if event is None or event in _ENDS:
        return "after"
    return "before"


def occasions(parts: list[Part]) -> list[Part]:
    """ "During the study", "at screening", "prior to enrollment": a window that has no length of its own."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        if part.kind in ("DURING", "AT", "BEFORE", "AFTER"):
            anchor, k, small = _anchor(parts, i + 1)
            dosed = any(p.kind == "QUANTITY" for p in parts[k : k + 2])  # "at a dose of ≤ 10 mg" is no occasion
            if anchor is not None and any(p.event() for p in anchor) and not (part.kind == "AT" and dosed):
                span = part.span.cover(parts[k - 1].span)
                window = TimeWindow(
                    span=span, side=_SIDES.get(part.kind), anchor=_concept(anchor), marks=(part.span, *small)
                )
                if part.kind == "AT":
                    window = replace(window, side="during")
                out.append(Part(kind="WINDOW", span=span, text=part.text, value=window))
                i = k
                continue
        out.append(part)
        i += 1
    return out


def join_windows(parts: list[Part]) -> list[Part]:
    """ "28 days (4 weeks)" is one length in two units; "4 weeks or 5 half-lives, whichever is longer" is a choice, as
    "within 4 weeks before enrollment or 5 half-lives before the first dose" is, with an event for each."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        if part.kind == "WINDOW" and (before := _before_or(out)) is not None and _apart(before.value, part):
            out[out.index(before) :] = [_either(before, part, out[out.index(before) + 1 :])]
            i += 1
            continue
        if part.kind == "WINDOW" and out and _choice(out, part):
            joint = out.pop()
            first = out.pop()
            a, b = first.value, part.value
            other = b.length
            cue = first.cue in _DISTANCE or (first.value.length is not None and first.value.length.low is None)
            if cue and not part.cue:
                other = _at_most(other)
            span = a.span.cover(b.span)
            pick, i, last = _pick(parts, i + 1)
            window = replace(
                a,
                span=span.cover(last) if last else span,
                side=b.side or a.side,
                anchor=b.anchor or a.anchor,
                alternatives=(*a.alternatives, other, *b.alternatives),
                pick=pick or "either",
                marks=(*a.marks, joint.span, *b.marks, *([last] if last else [])),
            )
            if window.anchor is None and (found := _relation(parts, i, window, first.cue)):
                window, i = found
            out.append(first.changed(span=window.span, value=window))
            continue
        out.append(part)
        i += 1
    return _same_length(out)


def _before_or(out: list[Part]) -> Part | None:
    """The window before the "or" that the parts end in."""
    at = len(out) - 1
    if at < 1 or out[at].kind != "OR":
        return None
    at -= 1 + (out[at - 1].kind == "COMMA")
    return out[at] if at >= 0 and out[at].kind == "WINDOW" else None


def _apart(a: TimeWindow, part: Part) -> bool:
    """Whether a second length, without a cue of its own, is counted from another event than the first or to another
    side of one."""
    b: TimeWindow = part.value
    if a.length is None or b.length is None or part.cue is not None:
        return False
    if a.anchor is not None and b.anchor is not None:
        return True
    return b.anchor is not None and None not in (a.side, b.side) and a.side != b.side


def _either(first: Part, second: Part, joints: list[Part]) -> Part:
    """Two windows as one with another beside it; the first takes the event of the second where it has none."""
    a, b = first.value, second.value
    if a.anchor is None:
        a = replace(a, anchor=b.anchor, issues=(*a.issues, "anchor:shared"))
    a = replace(a, others=(*a.others, b), marks=(*a.marks, *(j.span for j in joints)))
    return first.changed(span=first.span.cover(second.span), value=a)


def _at_most(length: Quantity | None) -> Quantity | None:
    """ "… or 5 half-lives" behind "within 4 weeks": as far, and no further."""
    if length is None or length.low is None or length.low != length.high:
        return length
    return replace(length, low=None, low_inclusive=False)


def _choice(out: list[Part], part: Part) -> bool:
    if len(out) < 2 or out[-1].kind != "OR" or out[-2].kind != "WINDOW":
        return False
    a, b = out[-2].value, part.value
    if a.length is None or b.length is None or (a.anchor is not None and b.anchor is not None):
        return False
    return "half_life" in (_kind(a.length), _kind(b.length)) or a.anchor is None


def _kind(q: Quantity) -> str:
    return {"half-life": "half_life", "{half_life}": "half_life"}.get(q.unit or "", "time")


def _pick(parts: list[Part], i: int) -> tuple[str | None, int, Span | None]:
    """ "whichever is longer" behind the second length, if it stands there."""
    k = i
    while k < len(parts) and parts[k].kind in ("COMMA", "LPAR", "DASH") and k - i < 2:
        k += 1
    if k < len(parts) and parts[k].text.lower() == "whichever":
        end = k
        for end in range(k + 1, min(k + 5, len(parts))):
            word = parts[end].text.lower()
            if word in ("longer", "longest", "greater", "later", "latest"):
                return "longer", end + 1, parts[k].span.cover(parts[end].span)
            if word in ("shorter", "shortest", "sooner", "earlier", "less", "first", "earliest"):
                return "shorter", end + 1, parts[k].span.cover(parts[end].span)
    return None, i, None


def _same_length(parts: list[Part]) -> list[Part]:
    """A length in brackets behind a window, with nothing else in them, says it again."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        inner = parts[i + 1 : i + 4]
        if (
            part.kind == "WINDOW"
            and [p.kind for p in inner] == ["LPAR", "WINDOW", "RPAR"]
            and not inner[1].value.anchor
        ):
            window: TimeWindow = part.value
            again = inner[1].value.length
            window = replace(
                window,
                span=window.span.cover(inner[2].span),
                alternatives=(*window.alternatives, again),
                marks=(*window.marks, inner[0].span, inner[2].span, *inner[1].value.marks),
            )
            k = i + 4
            if window.anchor is None and (found := _relation(parts, k, window, part.cue)):
                window, k = found
            out.append(part.changed(span=window.span, value=window))
            i = k
            continue
        out.append(part)
        i += 1
    return out


def share_anchors(parts: list[Part]) -> list[Part]:
    """ "through 5 months for women and 7 months for men after the last dose": both are counted from the last dose."""
    out = list(parts)
    for i, part in enumerate(out):
        if part.kind != "WINDOW" or part.value.anchor is not None or part.value.side is not None:
            continue
        joined = False
        for k in range(i + 1, min(i + 8, len(out))):
            kind = out[k].kind
            joined = joined or kind in ("AND", "OR", "AND_OR")
            if kind in ("SEMICOLON", "PERIOD", "COMMA", "LPAR", "RPAR"):
                break
            if kind == "WINDOW":
                if joined and out[k].value.anchor is not None:
                    other: TimeWindow = out[k].value
                    window = replace(
                        part.value, side=other.side, anchor=other.anchor, issues=(*part.value.issues, "anchor:shared")
                    )
                    out[i] = part.changed(value=window)
                break
    return out
