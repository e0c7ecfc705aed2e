"""JSON text with exact decimals: on one line for facts, indented for people."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

WIDTH: Final = 160
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def line(value: object) -> str:
    """The value on one line. A Decimal is written as the JSON number it is, never through a float."""
    match value:
        case Decimal():
            return _number(value)
        case dict():
            return "{" + ", ".join(f"{_string(str(k))}: {line(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(line, value)) + "]"
        case str():
            return _string(value)
        case None | bool() | int():
            return json.dumps(value)
        case _:
            raise TypeError(f"not a JSON value: {value!r}")


def indented(value: object, depth: int = 0) -> str:
    """The value over many lines, one blank a level; what nests no deeper than a span stays on one line."""
    if isinstance(value, dict) and value:
        opening, closing = "{", "}"
        parts = [f"{_string(str(k))}: {indented(v, depth + 1)}" for k, v in value.items()]
    elif isinstance(value, list | tuple) and value:
        opening, closing = "[", "]"
        parts = [indented(v, depth + 1) for v in value]
    else:
        return line(value)
    if _flat(value):
        short = f"{opening}{', '.join(parts)}{closing}"
        if depth + len(short) <= WIDTH:
            return short
    margin = "\n" + " " * (depth + 1)
    return f"{opening}{margin}{(',' + margin).join(parts)}{margin[:-1]}{closing}"


def _flat(value: dict[object, object] | list[object] | tuple[object, ...]) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return all(
        not isinstance(v, dict | list | tuple) or not v or (isinstance(v, list | tuple) and _numbers(v)) for v in inner
    )


def _numbers(values: list[object] | tuple[object, ...]) -> bool:
    return all(isinstance(v, int | Decimal) for v in values)


def _string(text: str) -> str:
    # Half of a surrogate pair has no UTF-8 form; its JSON escape has.
    return SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(text, ensure_ascii=False))


def _number(value: Decimal) -> str:
    """`5` for 5 and 5.0, `1.5` for 1.50; an exponent only where the digits would run away."""
    if not value.is_finite():
        return "null"
    if not -20 < value.adjusted() < 20:
        return str(value)
    digits = format(value, "f")
    return "0" if not value else digits.rstrip("0").rstrip(".") if "." in digits else digits
