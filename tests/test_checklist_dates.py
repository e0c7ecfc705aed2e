"""Windows as calendar dates."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import Page

from protocol_nlp.checklist.dates import Counted, counted, moved, read_anchors, told
from protocol_nlp.errors import ExportError
from protocol_nlp.tree import Quantity, Span, TimeWindow

NOWHERE = Span(0, 0)
DAY = date(2027, 1, 15)
P = Page("first dose stroke")


def length(low: str | None = None, high: str | None = None, unit: str = "d", **known: Any) -> Quantity:
    return Page("").quantity("", low, high, unit=unit, **known)


def dated(side: Any, *lengths: Quantity, anchor: str | None = "first dose", **known: Any) -> Counted:
    event = P.concept(anchor, id={"first dose": "first_dose"}.get(anchor)) if anchor else None
    window = TimeWindow(
        span=NOWHERE, length=lengths[0], alternatives=tuple(lengths[1:]), side=side, anchor=event, **known
    )
    return counted(window, {"first_dose": DAY})


@pytest.mark.parametrize(
    ("side", "made", "dates"),
    [
        ("before", length(None, "7"), "on or after 2027-01-08 and on or before 2027-01-15"),
        ("before", length(None, "7", high_inclusive=False), "on or after 2027-01-09 and on or before 2027-01-15"),
        ("before", length("4", unit="wk"), "on or before 2026-12-18"),
        ("before", length("6", unit="mo", low_inclusive=False), "on or before 2026-07-14"),
        ("before", length("2", "5", unit="a"), "on or after 2022-01-15 and on or before 2025-01-15"),
        ("before", length(None, "0.5", unit="a"), "on or after 2026-07-15 and on or before 2027-01-15"),
        ("after", length(None, "30"), "on or after 2027-01-15 and on or before 2027-02-14"),
        ("after", length("3", unit="mo"), "on or after 2027-04-15"),
        ("after", length("3", unit="mo", low_inclusive=False), "on or after 2027-04-16"),
        ("after", length("8", "8", unit="wk"), "that day is 2027-03-12"),
        (None, length(None, "7"), "on or after 2027-01-08 and on or before 2027-01-22"),
    ],
)
def test_the_dates_of_a_window(side: Any, made: Quantity, dates: str) -> None:
    assert dated(side, made).dates == dates
    assert dated(side, made).remark == ""


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2028, 3, 31), -1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 1, 31), -2, date(2026, 11, 30)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
        (date(2027, 1, 1), -1, date(2026, 12, 1)),
    ],
)
def test_months_end_on_their_last_day(day: date, months: int, there: date) -> None:
    assert moved(day, months, 0) == there


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600), st.integers(-400, 400))
def test_moving_keeps_the_day_of_the_month_or_takes_its_last(day: date, months: int, days: int) -> None:
    there = moved(day, months, 0)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)
    assert moved(day, months, days) - there == timedelta(days=days)


def test_what_has_no_date_says_so() -> None:
    for odd in (
        length(None, "72", unit="h"),
        length("5", unit="{half_life}"),
        length(None, "1.5", unit="mo"),
        length(None, "9", issues=("comparator:approximate",)),
    ):
        made = dated("before", odd)
        assert (made.edges, made.dates) == ((), "")
        assert made.remark == "No date can be computed from this length of time."
    assert dated("during", length(None, "7")).remark == ""
    assert counted(TimeWindow(span=NOWHERE, side="during", anchor=P.concept("stroke")), {}).edges == ()


def test_of_two_lengths_the_one_with_dates_is_shown_and_the_other_named() -> None:
    longer = dated("before", length("28"), length("5", unit="{half_life}"), pick="longer")
    assert longer.dates == "on or before 2026-12-18"
    assert longer.remark == (
        "Dates by “at least 28 days” alone: compare with at least 5 half-lives; the longer one counts."
    )
    same = dated("before", length("6", unit="mo"), length("180"))
    assert same.dates == "on or before 2026-07-15"
    assert same.remark == "Dates by “at least 6 months”; the entry also states at least 180 days."


def test_a_window_without_an_event_asks_for_one() -> None:
    back = dated("before", length(None, "7"), anchor=None)
    assert (back.event, back.event_name, back.dates) == ("unstated", "", "")
    (either,) = dated(None, length(None, "7"), anchor=None).edges
    assert either == ("counted back, on or after", 0, -7)


def test_an_event_of_the_patient_is_asked_by_its_name() -> None:
    made = dated("after", length("6", unit="mo"), anchor="stroke")
    assert (made.event, made.event_name, made.dates) == ("stroke", "stroke", "")
    assert dated("after", length("6", unit="mo")).event_name == "First dose of study drug"


def test_dates_beyond_the_calendar_are_left_out() -> None:
    assert told(dated("before", length(None, "5000", unit="a")).edges, DAY) == ""
    assert dated("before", length(None, "1E+9")).edges == ()
    assert Decimal("5000") > 0


def test_anchors_are_read() -> None:
    assert read_anchors(["first_dose=2027-01-15", " Informed-Consent = 2026-12-01 "]) == {
        "first_dose": DAY,
        "informed_consent": date(2026, 12, 1),
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("first_dose", 'write NAME=DATE, as in "first_dose=2027-01-15"'),
        ("first_does=2027-01-15", 'unknown event "first_does": known are informed_consent, '),
        ("first_does=2027-01-15", 'did you mean "first_dose"?'),
        ("first_dose=2027-02-30", '"2027-02-30" is no date of the calendar: write YYYY-MM-DD'),
        ("first_dose=15.01.2027", "is no date of the calendar"),
        ("first_dose=20270115", "is no date of the calendar"),
        ("first_dose=", "is no date of the calendar"),
    ],
)
def test_anchors_that_cannot_be(given: str, message: str) -> None:
    with pytest.raises(ExportError, match=f"--anchor {re.escape(given)}: .*{re.escape(message)}"):
        read_anchors([given])


def test_an_event_has_one_date() -> None:
    with pytest.raises(ExportError, match=r"first_dose has a date already \(2027-01-15\)"):
        read_anchors(["first_dose=2027-01-15", "first-dose=2027-01-16"])


def test_a_time_that_or_joins_is_told_beside_the_dates() -> None:
    other = TimeWindow(span=NOWHERE, side="during", anchor=P.concept("stroke"))
    found = dated("before", length(None, "7"), others=(other,))
    assert found.text == "within 7 days before first dose"
    assert found.dates == "on or after 2027-01-08 and on or before 2027-01-15"
    assert found.remark == "Either this time, or during stroke."
