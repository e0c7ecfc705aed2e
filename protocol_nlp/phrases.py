"""Phrases for bounds, time windows and things: the small pieces that `plain` puts together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Final, assert_never

from protocol_nlp.display import amount, issue, number, unit_name, wording
from protocol_nlp.tree import Concept, Quantity, Reference, TimeWindow

NO_EVENT: Final = "no event to count from was found"


def bound(quantity: Quantity) -> str:
    """A bound or a range with its unit: "at least 1.5 × 10⁹/L", "at most 2.5 × the upper limit of normal"."""
    low, high = quantity.low, quantity.high
    if low is not None and high is not None:
        text = _range(quantity, low, high)
    elif low is not None:
        text = f"{'at least' if quantity.low_inclusive else 'more than'} {_size(quantity, low)}"
    elif high is not None:
        text = f"{'at most' if quantity.high_inclusive else 'less than'} {_size(quantity, high)}"
    else:
        text = _numberless(quantity)
    return text + doubts(quantity.issues)


def signs(quantity: Quantity, size: Callable[[Decimal], str] | None = None) -> str:
    """The same in signs, for a table: "≥ 1.5 × 10⁹/L", "≤ 2.5 × ULN", "18 to 70 years"; `size` tells each number."""
    told = size or partial(_short, quantity)
    low, high = quantity.low, quantity.high
    match low, high:
        case None, None:
            return _numberless(quantity)
        case _, None if low is not None:
            return f"{'≥' if quantity.low_inclusive else '>'} {told(low)}"
        case None, _ if high is not None:
            return f"{'≤' if quantity.high_inclusive else '<'} {told(high)}"
        case Decimal(), Decimal():
            if low == high:
                return told(low)
            left, right = "≥" if quantity.low_inclusive else ">", "≤" if quantity.high_inclusive else "<"
            return f"{left} {told(low)} and {right} {told(high)}"
    raise AssertionError("all cases are named")


def window(window: TimeWindow) -> str:
    """A time window: "within 7 days before enrolment"; says so where length, side or event is not stated."""
    return ", or ".join(map(_time, window.each))


def _time(window: TimeWindow) -> str:
    lengths = " or ".join(length(q) for q in (window.length, *window.alternatives) if q)
    if lengths and window.pick in ("longer", "shorter"):
        lengths += f", whichever is {window.pick},"
    # An event in the entry's own words: a table's name for it may be clearer than the text is.
    anchor = (wording(window.anchor.text) or concept(window.anchor)) if window.anchor else None
    if anchor and window.side:
        place = f"{window.side} {anchor}"
    elif anchor:
        place = f"of {anchor} (before or after it: not stated)" if lengths else f"timed by {anchor}"
    elif lengths or window.side:
        # The text may name an event that was not found; what is said here has to be true of both.
        place = f"{window.side} … ({NO_EVENT})" if window.side else f"({NO_EVENT})"
    else:
        place = "in a time window with neither length nor anchor"
    return " ".join(filter(None, (lengths, place))) + doubts(window.issues)


def concept(named: Concept) -> str:
    """The name a table gives it, else its own words."""
    return wording(named.name or "") or wording(named.text) or "(unnamed)"


def doubts(issues: Iterable[str]) -> str:
    """What is uncertain, in brackets after a blank; empty where nothing is."""
    told = "; ".join(dict.fromkeys(map(issue, issues)))
    return f" ({told})" if told else ""


def _range(quantity: Quantity, low: Decimal, high: Decimal) -> str:
    match quantity.low_inclusive, quantity.high_inclusive:
        case True, True if low == high:
            # Not "exactly": a bound whose sign was lost looks the same.
            return _size(quantity, low)
        case True, True:
            return f"{number(low)} to {_size(quantity, high)} (both included)"
        case with_low, with_high:
            start = f"{'at least' if with_low else 'more than'} {number(low)}"
            return f"{start} and {'at most' if with_high else 'less than'} {_size(quantity, high)}"


def _size(quantity: Quantity, value: Decimal) -> str:
    """A number with its unit, or as the share of a limit that it is."""
    unit = _unit(quantity)
    sized = amount(number(value), unit, one=value == 1)
    if not quantity.reference:
        return sized
    limit = _limit(quantity.reference)
    if unit == "%":
        return f"{sized} of {limit}"
    return limit if value == 1 and not unit else f"{sized} × {limit}"


def _short(quantity: Quantity, value: Decimal) -> str:
    """A number with its unit or limit as laboratories abbreviate it: "2.5 × ULN"."""
    sized = amount(number(value), _unit(quantity), one=value == 1)
    match quantity.reference:
        case None:
            return sized
        case "ULN" | "LLN":
            return f"{sized} {'of' if _unit(quantity) else '×'} {quantity.reference}"
        case "baseline" | "normal":
            return f"{sized} {'of' if _unit(quantity) else '×'} {_limit(quantity.reference)}"


def _unit(quantity: Quantity) -> str | None:
    return quantity.unit or (None if quantity.reference else quantity.unit_text)


def length(quantity: Quantity) -> str:
    """A length of time: "within 28 days", "at least 6 months", "8 weeks" (a bare length says no more)."""
    text = bound(quantity)
    if quantity.low is None and quantity.high is not None and quantity.high_inclusive:
        return f"within {text.removeprefix('at most ')}"
    return text


def _numberless(quantity: Quantity) -> str:
    if quantity.reference == "normal":
        return "within normal limits"
    told = [unit_name(unit) for unit in (_unit(quantity),) if unit]
    told += [_limit(quantity.reference)] if quantity.reference else []
    return f"no number read ({', '.join(told)})" if told else "no number read"


def _limit(reference: Reference) -> str:
    match reference:
        case "ULN":
            return "the upper limit of normal"
        case "LLN":
            return "the lower limit of normal"
        case "baseline":
            return "the baseline value"
        case "normal":
            return "the normal value"
        case _:
            assert_never(reference)
