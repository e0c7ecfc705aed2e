"""Whether something happened in a time window: yes, no, or not to be known from the dates there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from protocol_nlp.checklist.dates import AFTER, BEFORE, Edge, edges_of, moved
from protocol_nlp.lexicon import anchors as table
from protocol_nlp.phrases import window as in_words
from protocol_nlp.screening.patient import Day, Fact
from protocol_nlp.tree import TimeWindow

# Events whose time begins once a patient is in: the study, and its treatment.
_TO_COME = frozenset({"study_period", "treatment", "first_dose", "last_dose"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """All days from `first` to `last`; null is open."""

    first: date | None
    last: date | None

    def holds(self, day: Day) -> bool | None:
        """Whether a day, known more or less well, is in it."""
        if self._after(day.first) or self._before(day.last):
            return False
        return True if self._inside(day.first) and self._inside(day.last) else None

    def meets(self, start: Day | None, end: Day | None, *, point: bool) -> bool | None:
        """Whether what lasted from `start` to `end` was going on in it; null for either is not known."""
        if point:
            return self.holds(start) if start else None
        if start and self._after(start.first):
            return False
        if end and self._before(end.last):
            return False
        for day in (start, end):
            if day and self.holds(day):
                return True
        over = start and end and not self._after(start.last) and not self._before(end.first)
        return True if over else None

    def _after(self, day: date) -> bool:
        return self.last is not None and day > self.last

    def _before(self, day: date) -> bool:
        return self.first is not None and day < self.first

    def _inside(self, day: date) -> bool:
        return not self._after(day) and not self._before(day)


@dataclass(frozen=True, slots=True)
class Placed:
    """A window of the calendar: a stretch for each of its lengths, null for one that gives no date.

    `every`: all of them count ("whichever is shorter"); `any`: one is enough; neither: they have to agree.
    `others` are the times that "or" joins to it: being in one of them is enough. `problem` says why no date is known
    at all.
    """

    window: TimeWindow
    stretches: tuple[Stretch | None, ...] = ()
    problem: str = ""
    others: tuple[Placed, ...] = ()

    def day(self, day: Day) -> bool | None:
        own = self._picked([s.holds(day) if s else None for s in self.stretches])
        return _either([own, *(other.day(day) for other in self.others)])

    def fact(self, fact: Fact, today: date | None) -> bool | None:
        end = fact.end
        if end is None and fact.state == "active" and today and not fact.point:
            end = Day(today, date.max)  # still going on the day that the file describes
        own = self._picked([s.meets(fact.start, end, point=fact.point) if s else None for s in self.stretches])
        return _either([own, *(other.fact(fact, today) for other in self.others)])

    def _picked(self, found: Sequence[bool | None]) -> bool | None:
        if not found:
            return None
        match self.window.pick:
            case "longer":
                return _either(found)
            case "shorter":
                return False if False in found else None if None in found else True
            case _:
                return found[0] if len(set(found)) == 1 else None


def ahead(places: Sequence[Placed]) -> bool:
    """Whether one of the times is still to come ("during the study"): no list that leaves nothing out holds it."""
    times = (each.window for place in places for each in (place, *place.others))
    return any(w.side == "during" and w.anchor is not None and w.anchor.id in _TO_COME for w in times)


def blind(places: Sequence[Placed]) -> bool:
    """Whether of one of the places no date at all is known."""
    return any(all(each.problem for each in (place, *place.others)) for place in places)


def _either(found: Sequence[bool | None]) -> bool | None:
    """One is enough; where none is known to be, one that is not known leaves it open."""
    return True if True in found else None if None in found else False


def placed(window: TimeWindow, known: Mapping[str, date]) -> Placed:
    """The window on the calendar, by the dates of the events."""
    first, *others = (_placed(time, known) for time in window.each)
    return replace(first, others=tuple(others))


def _placed(window: TimeWindow, known: Mapping[str, date]) -> Placed:
    told = in_words(window)
    if window.side == "during":
        return Placed(window, problem=f"{told}: nothing in a file tells what will be")
    if window.issues:
        return Placed(window, problem=f"{told}: {', '.join(window.issues)}")
    if window.anchor is None:
        return Placed(window, problem=f"the entry does not say from which event it counts: {told}")
    id = window.anchor.id
    if id is None or id not in {row.id for row in table()}:
        return Placed(window, problem=f"the event is not known to the tables: {told}")
    if window.anchor.text.lower().startswith("pre") and not id.startswith("pre"):
        return Placed(window, problem=f"what stands before the event is another one: {told}")
    day = known.get(id)
    if day is None:
        return Placed(window, problem=f"no date of the event {id} (--anchor {id}=DATE): {told}")
    lengths = [q for q in (window.length, *window.alternatives) if q]
    if not lengths or any(q.low is not None for q in lengths):
        # "For at least 4 weeks before": how long, or how long ago, the words do not say for sure.
        return Placed(window, problem=f"no plain look-back of so many days: {told}")
    stretches = tuple(_stretch(tuple(edges_of(window, q)), day) for q in lengths)
    if not any(stretches):
        return Placed(window, problem=f"no date can be computed: {told}")
    return Placed(window, stretches)


def _stretch(edges: tuple[Edge, ...], day: date) -> Stretch | None:
    if not edges or any(edge.word not in (AFTER, BEFORE) for edge in edges):
        return None
    try:
        ends = {edge.word: moved(day, edge.months, edge.days) for edge in edges}
    except (OverflowError, ValueError):
        return None
    return Stretch(ends.get(AFTER), ends.get(BEFORE))


def problems(found: Sequence[Placed]) -> Iterator[str]:
    for place in found:
        for each in (place, *place.others):
            if each.problem:
                yield each.problem
