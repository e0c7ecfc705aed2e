"""Time windows -> calendar dates, from the dates of the events they are counted from.

A date is the event's date, moved by whole months and then by whole days. Weeks are 7 days, years 12 months; a month
later or earlier is the same day of the month, or its last day where it has no such day. Hours, half-lives and
treatment cycles give no date.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, NamedTuple

from protocol_nlp.display import wording
from protocol_nlp.errors import ExportError
from protocol_nlp.lexicon import anchors as table
from protocol_nlp.phrases import length as in_length
from protocol_nlp.phrases import window as in_words
from protocol_nlp.tree import Quantity, TimeWindow

ARITHMETIC: Final = (
    "Dates: weeks are 7 days; a month earlier or later is the same day of the month, or its last day where it has no"
    " such day. A date that a window allows includes that day."
)
MONTHS: Final = {"mo": 1, "a": 12}
DAYS: Final = {"d": 1, "wk": 7}
UNSTATED: Final = "unstated"
AFTER: Final = "on or after"
BEFORE: Final = "on or before"
THAT_DAY: Final = "that day is"
BACK: Final = "counted back, on or after"
"""Words of edges."""
DOUBTFUL: Final = frozenset({"comparator:contradictory", "range:reversed", "comparator:approximate"})


class Edge(NamedTuple):
    """One end of a window: `word` and the event's date moved by `months`, then `days`."""

    word: str
    months: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A window in words, and as dates where the event's date is known.

    `event` is the key of the event it is counted from, empty where the entry states none and where there is none to
    ask for; `dates` is empty without a date; `remark` says what stands in the way of a date.
    """

    text: str
    event: str = ""
    event_name: str = ""
    edges: tuple[Edge, ...] = ()
    dates: str = ""
    remark: str = ""


def read_anchors(given: Sequence[str]) -> dict[str, date]:
    """Events and their dates from "NAME=DATE" with an ISO date.

    Raises ExportError for a name that the table of anchors does not hold (it names those it does), for a date that is
    none, and for a second date of one event.
    """
    known = [row.id for row in table()]
    found: dict[str, date] = {}
    for text in given:
        name, equals, day = (part.strip() for part in text.partition("="))
        key = name.casefold().replace("-", "_").replace(" ", "_")
        if not equals:
            raise ExportError(f'--anchor {text}: write NAME=DATE, as in "first_dose=2027-01-15"')
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise ExportError(f'--anchor {text}: unknown event "{name}": known are {", ".join(known)}{hint}')
        if key in found:
            raise ExportError(f"--anchor {text}: {key} has a date already ({found[key]})")
        try:
            if len(day) != 10:
                raise ValueError("not ten characters")
            found[key] = date.fromisoformat(day)
        except ValueError as error:
            raise ExportError(f'--anchor {text}: "{day}" is no date of the calendar: write YYYY-MM-DD') from error
    return found


def counted(window: TimeWindow, known: Mapping[str, date]) -> Counted:
    """The window in words, with its dates where `known` has its event; its others are told in a remark."""
    text = in_words(window.each[0])
    lengths = [q for q in (window.length, *window.alternatives) if q]
    dated = [(q, ends) for q in lengths if (ends := tuple(edges_of(window, q)))]
    ends = dated[0][1] if dated else ()
    remark = _remark(window, lengths, dated[0][0] if dated else None)
    if window.anchor is None:
        return Counted(text=text, event=UNSTATED if ends else "", edges=ends, remark=remark if ends else "")
    name = wording(window.anchor.text)
    key = window.anchor.id or name.casefold()
    day = known.get(key)
    return Counted(
        text=text,
        event=key if ends else "",
        event_name=_names().get(key) or name,
        edges=ends,
        dates=told(ends, day) if day else "",
        remark=remark,
    )


def told(edges: Sequence[Edge], day: date) -> str:
    """The edges as dates: "on or after 2027-01-08 and on or before 2027-01-15"; empty beyond the calendar."""
    try:
        return " and ".join(f"{edge.word} {moved(day, edge.months, edge.days)}" for edge in edges)
    except (OverflowError, ValueError):
        return ""


def moved(day: date, months: int, days: int) -> date:
    """A date so many months later, on the same day of the month or its last, and then so many days later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    there = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return there + timedelta(days=days)


def _names() -> dict[str, str]:
    return {row.id: row.label for row in table()}


def edges_of(window: TimeWindow, length: Quantity) -> Iterator[Edge]:
    """The ends of a window of this length; none where the length or the window gives no date."""
    if window.side == "during" or DOUBTFUL.intersection((*window.issues, *length.issues)):
        return
    low, high = (_offset(value, length.unit) for value in (length.low, length.high))
    if (length.low is not None and low is None) or (length.high is not None and high is None):
        return
    if window.side is None:
        # "Within 7 days of treatment": on either side, and the text in words says so.
        if low is None and high is not None:
            months, days = high
            if window.anchor is None:
                yield Edge(BACK, -months, -days + (not length.high_inclusive))
                return
            yield Edge(AFTER, -months, -days + (not length.high_inclusive))
            yield Edge(BEFORE, months, days - (not length.high_inclusive))
        return
    sign = -1 if window.side == "before" else 1
    if low is not None and low == high:
        yield Edge(THAT_DAY, sign * low[0], sign * low[1])
        return
    near = Edge("", 0, 0) if low is None else _end(low, sign, 1 - length.low_inclusive)
    far = None if high is None else _end(high, sign, -(1 - length.high_inclusive))
    start, end = (far, near) if sign < 0 else (near, far)
    if start is not None:
        yield start._replace(word=AFTER)
    if end is not None:
        yield end._replace(word=BEFORE)


def _end(offset: tuple[int, int], sign: int, outward: int) -> Edge:
    """An end so far from the event, and one day further where it is not itself allowed."""
    return Edge("", sign * offset[0], sign * (offset[1] + outward))


def _offset(value: Decimal | None, unit: str | None) -> tuple[int, int] | None:
    """Whole months and days; null for what is neither."""
    if value is None or not value.is_finite() or value < 0 or value.adjusted() > 5:
        return None
    months, days = value * MONTHS.get(unit or "", 0), value * DAYS.get(unit or "", 0)
    if (not months and not days and value) or months != int(months) or days != int(days):
        return None
    return int(months), int(days)


def _remark(window: TimeWindow, lengths: Sequence[Quantity], dated: Quantity | None) -> str:
    """What a person has to see to where dates tell only a part, or nothing."""
    besides = [f"Either this time, or {in_words(other)}." for other in window.others]
    return " ".join(filter(None, (_remark_alone(window, lengths, dated), *besides)))


def _remark_alone(window: TimeWindow, lengths: Sequence[Quantity], dated: Quantity | None) -> str:
    if window.side == "during" or not lengths:
        return ""
    if dated is None:
        return "No date can be computed from this length of time."
    others = " and ".join(in_length(q) for q in lengths if q is not dated)
    if not others:
        return ""
    if window.pick in ("longer", "shorter"):
        return f"Dates by “{in_length(dated)}” alone: compare with {others}; the {window.pick} one counts."
    return f"Dates by “{in_length(dated)}”; the entry also states {others}."
