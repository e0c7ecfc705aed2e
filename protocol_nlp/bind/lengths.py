"""Lengths of time: an age or another measured time stays a quantity, everything else is a window."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.annotate.select import TIME_DIMENSIONS
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.parts import Bound, Part
from protocol_nlp.tree import TimeWindow

AGE = Term(id="age", name="age", label="Person", dimensions=frozenset({"time"}))
_RELATIONS = frozenset({"BEFORE", "AFTER", "SINCE", "DURING", "UNTIL", "AGO", "APART"})
_CLAUSE = frozenset({"SEMICOLON", "PERIOD"})
_AGE_WORDS = frozenset({"older", "younger", "elder"})
_PATIENTS = frozenset({"patients", "subjects", "participants", "patient", "subject"})
# Performance scales, which are asked of patients of some age each.
_SCALES = frozenset({"ecog", "karnofsky", "lansky", "performance_status"})
# What may stand between a measure and its time: "life expectancy of at least …", "Age (years): 18".
_BETWEEN = frozenset(
    {"SUBJECT", "COLON", "OF", "MUST", "LPAR", "RPAR", "COMMA", "WORD", "BETWEEN", "DASH", "AT", "MARK"}
)
_BETWEEN |= {"STATUS", "SINCE", "CUE", "RANGE", "EITHER"}


def timed(part: Part) -> bool:
    """A measure that is a length of time: age, life expectancy."""
    term = part.term()
    return part.kind == "MEASURE" and term is not None and "time" in term.dimensions


def ages(parts: list[Part]) -> list[Part]:
    """ "18 years or older", "18 to 75 years" on their own are ages; the word that says so is the measure."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        out.append(part)
        bound = part.value
        if part.kind != "QUANTITY" or not isinstance(bound, Bound):
            continue
        bare = bound.dimension is None and not bound.multiple
        if bound.quantity.unit not in ("a", "mo", "wk", "d") and not bare:
            continue
        if _measured(parts, i):
            continue
        words = bound.trailing.text.lower().split() if bound.trailing else []
        if _AGE_WORDS & set(words) or _older(bound, part):
            out[-1] = _as_age(part, bound)
        elif bound.quantity.unit in ("a", "mo") and _alone(parts, i, must=bound.quantity.unit == "mo"):
            out[-1] = _as_age(part, bound, "measure:implied")
        elif (bare or bound.quantity.unit == "a") and _of_a_person(parts, i):
            out[-1] = _as_age(part, bound, "measure:implied", *(("unit:missing",) if bare else ()))
        elif bound.quantity.unit == "a" and (_behind_a_scale(parts, i) or _condition(parts, i)):
            out[-1] = _as_age(part, bound, "measure:implied")
    return out


def _of_a_person(parts: list[Part], i: int) -> bool:
    """ "Patients < 18": a bound that stands alone behind a person."""
    bound: Bound = parts[i].value
    value = bound.quantity.low if bound.quantity.low is not None else bound.quantity.high
    whole = value is not None and value == value.to_integral_value() and 1 <= value <= 120
    before = _person_before(parts, i)
    after = parts[i + 1].kind if i + 1 < len(parts) else "PERIOD"
    ends = ("PERIOD", "SEMICOLON", "COMMA", "AND", "RPAR")
    if before is None or bound.op not in ("ge", "gt", "le", "lt") or after not in ends:
        return False
    term = before.term()
    person = term is not None and term.label == "Person" and term.id != "age"
    return whole and (person or before.text.lower().split()[-1] in _PATIENTS)


def _condition(parts: list[Part], i: int) -> bool:
    """ "Able to consent (if > 18 years)": years that are all of a condition in brackets."""
    held = 1 < i < len(parts) - 1 and parts[i - 1].kind == "IF" and parts[i - 2].kind == "LPAR"
    return held and parts[i + 1].kind == "RPAR" and parts[i].value.op in ("ge", "gt", "le", "lt")


def _behind_a_scale(parts: list[Part], i: int) -> bool:
    """ "Karnofsky ≥ 60 (> 16 years)": years in the brackets behind a performance status."""
    bracketed = 2 < i < len(parts) - 1 and parts[i - 1].kind == "LPAR" and parts[i + 1].kind == "RPAR"
    if not bracketed or parts[i].value.op not in ("ge", "gt", "le", "lt"):
        return False
    named = next((p.term() for p in reversed(parts[max(0, i - 6) : i]) if p.kind == "MEASURE"), None)
    return named is not None and named.id in _SCALES


def _person_before(parts: list[Part], i: int) -> Part | None:
    """What stands before the bound, over "are" and "must be"."""
    k = i - 1
    while k > 0 and (parts[k].kind == "MUST" or parts[k].text.lower() in ("are", "is", "be")):
        k -= 1
    return parts[k] if k >= 0 else None


def _older(bound: Bound, part: Part) -> bool:
    first = part.text.lower().split()[:3]
    if bound.comparator is not None and "age" in bound.comparator.text.lower().split():
        return True  # "under the age of 18"
    unit = (bound.quantity.unit_text or "").lower().replace(".", "").replace("/", "")
    return bool(_AGE_WORDS & set(first)) or unit in ("yo", "yos") or unit.endswith("old")


def _as_age(part: Part, bound: Bound, *issues: str) -> Part:
    """The quantity with the age it states; the concept is the word or unit that says so."""
    quantity = replace(bound.quantity, issues=(*bound.quantity.issues, *issues))
    return part.changed(kind="AGE", value=replace(bound, quantity=quantity))


def _measured(parts: list[Part], i: int) -> bool:
    """A measure of time stands at the quantity: before it with only small words between, or right behind it."""
    if _behind(parts, i):
        return True
    steps = 0
    for k in range(i - 1, -1, -1):
        kind = parts[k].kind
        if timed(parts[k]):
            return True
        if kind in ("QUANTITY", "AND", "OR", "AGE"):
            steps += 1
            if steps > 3:
                return False
            continue
        if kind not in _BETWEEN or (kind == "WORD" and (steps := steps + 1) > 4):
            return False
    return False


def _behind(parts: list[Part], i: int) -> bool:
    """ "18 years | of age", "24 weeks | gestation": the measure follows at once."""
    after = [p for p in parts[i + 1 : i + 4] if p.kind not in ("OF", "DASH", "TRAILED", "LATE")]
    if after and after[0].kind == "QUANTITY":
        after = after[1:]  # "6 months to ≤ 25 years old"
    return bool(after) and timed(after[0])


def _alone(parts: list[Part], i: int, *, must: bool = False) -> bool:
    """Nothing but persons stands before ("must be", if asked for), nothing that makes it a window stands behind."""
    if must and not (i > 0 and parts[i - 1].kind == "MUST" and parts[i - 1].text.lower().endswith("be")):
        return False
    for k in range(i - 1, -1, -1):
        part = parts[k]
        if part.kind in ("SEMICOLON", "PERIOD", "COLON"):
            break
        if part.kind == "LPAR":
            before = parts[k - 1] if k else None
            return before is not None and (
                ((t := before.term()) is not None and t.label == "Person") or before.kind == "SUBJECT"
            )
        term = part.term()
        person = term is not None and term.label == "Person"
        if not (
            person or part.kind in ("SUBJECT", "MUST", "BETWEEN", "OR", "AND", "COMMA", "DASH", "EITHER", "QUANTITY")
        ):
            return False
    after = parts[i + 1] if i + 1 < len(parts) else None
    return after is None or after.kind not in (*_RELATIONS, "OF", "WORD", "CONCEPT", "MEASURE")


def lengths(parts: list[Part]) -> list[Part]:
    """Periods and lengths of time as windows; a period over something else falls back to its pieces."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        if part.kind == "LENGTH":
            window, bound = part.value
            if _is_time(bound) and not _behind(parts, i) and not _measured_period(parts, i):
                out.append(part.changed(kind="WINDOW", value=_directed(window, part.cue)))
            else:
                bound = _no_more(bound, part.cue) if not _is_time(bound) else bound
                cue_span = window.marks[0]
                out.append(Part(kind="CUE", span=cue_span, text=part.text.split()[0]))
                out.append(
                    Part(kind="QUANTITY", span=bound.quantity.span, text=part.text, value=bound, issues=part.issues)
                )
        elif part.kind == "QUANTITY" and _is_time(part.value) and not (_measured(parts, i) or _courses(parts, i)):
            quantity = part.value.quantity
            window = TimeWindow(span=part.span, length=quantity, marks=part.marks)
            out.append(part.changed(kind="WINDOW", value=window))
        else:
            out.append(part)
    return out


def bare_length(parts: list[Part], heading: Term | None) -> bool:
    """ "At least 8 weeks" below "Life expectancy:": but a length, of the measure that its heading names."""
    if heading is None or "time" not in heading.dimensions:
        return False
    found = [p for p in parts if p.kind not in _BETWEEN - {"WORD"} and p.kind not in ("TRAILED", "LATE", "PERIOD")]
    return bool(found) and all(p.kind == "QUANTITY" and _is_time(p.value) for p in found)


def _courses(parts: list[Part], i: int) -> bool:
    """ "At least 2 cycles of chemotherapy" counts what was given; "2 cycles after …" is a length."""
    of = i + 1 < len(parts) and parts[i + 1].text.lower() == "of"
    return of and parts[i].value.dimension == "cycle"


def _no_more(bound: Bound, cue: str | None) -> Bound:
    """ "Within 0.5 %" bounds from above."""
    q = bound.quantity
    if cue != "within" or bound.stated or q.low is None or q.low != q.high:
        return bound
    return replace(bound, quantity=replace(q, low=None, low_inclusive=False), stated=True, op="le")


def _is_time(bound: Bound) -> bool:
    # milliseconds and seconds belong to a measurement, never to a window of a trial
    return bound.dimension in TIME_DIMENSIONS and not bound.multiple and bound.quantity.unit not in ("ms", "s")


def _measured_period(parts: list[Part], i: int) -> bool:
    return i > 0 and timed(parts[i - 1]) and parts[i].cue == "within" and parts[i].value[1].stated


def _directed(window: TimeWindow, cue: str | None) -> TimeWindow:
    """ "within 4 weeks" and "in the past 3 months" bound the distance; "for 6 months" is as long as it says."""
    length = window.length
    if length is None:
        return window
    exact = length.low is not None and length.low == length.high
    if exact and cue in ("within", "past", "next"):
        length = replace(length, low=None, low_inclusive=False)
    length = replace(length, span=window.span)
    side = {"past": "before", "next": "after"}.get(cue or "")
    return replace(window, length=length, side=side)  # type: ignore[arg-type]
