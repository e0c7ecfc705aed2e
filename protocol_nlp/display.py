"""How numbers, units, issues and registry text are shown to people; nothing here changes what they mean."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import Final

# UCUM code of a unit that stands alone: its name after 1, and after any other number.
NAMES: Final = {
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "wk": ("week", "weeks"),
    "mo": ("month", "months"),
    "a": ("year", "years"),
    "half-life": ("half-life", "half-lives"),
    "{half_life}": ("half-life", "half-lives"),
    "cycle": ("cycle", "cycles"),
    "{cycle}": ("cycle", "cycles"),
    "{score}": ("point", "points"),
    "{points}": ("point", "points"),
    "{pack_years}": ("pack-year", "pack-years"),
    "[diop]": ("dioptre", "dioptres"),
    "d/wk": ("day/week", "days/week"),
    "d/mo": ("day/month", "days/month"),
    "d/a": ("day/year", "days/year"),
    "[ft_i]": ("foot", "feet"),
    "[in_i]": ("inch", "inches"),
    "[lb_av]": ("lb", "lb"),
    "[mi_i]": ("mile", "miles"),
    "[oz_av]": ("oz", "oz"),
    "[stone_av]": ("stone", "stone"),
    "deg": ("°", "°"),
    "{ratio}": ("", ""),
    "{fold}": ("-fold", "-fold"),
}
# Words of scales that stand where a unit would: "ECOG status 1", "NYHA class III".
SCALES: Final = frozenset("score scores status class grade grades level levels".split())
# The same inside a compound unit, and symbols that are written otherwise outside UCUM.
PARTS: Final = {
    "Cel": "°C",
    "[degF]": "°F",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
    "Ohm": "Ω",
    "(24.h)": "24 h",
    "{Hb}": " Hb",
    "[Hg]": "Hg",
    "[H2O]": "H₂O",
    "{1.73_m2}": "1.73 m²",
}
# What an issue says of a piece of text; one that is not listed is shown by its own name.
ISSUES: Final = {
    "abbreviation:twice": "short form explained in two ways",
    "abbreviation:unusual": "short form usually stands for something else",
    "alternatives:disagree": "the two units do not state the same amount",
    "anchor:shared": "event taken from the neighbouring window",
    "anchor:unclear": "event not clear",
    "comparator:approximate": "approximate in the text",
    "comparator:contradictory": "comparators contradict each other",
    "comparator:doubled": "comparator written twice",
    "comparator:lost": "comparator not in the text",
    "comparator:plus_minus": "plus or minus in the text",
    "level:letter": "letter behind the level not used",
    "measure:implied": "measure not named in the text",
    "measure:unit_mismatch": "unit does not belong to the measure beside it",
    "number:implied": "number not in the text",
    "number:decimal_comma": "decimal comma in the text",
    "pair:and_or_unstated": "text does not say whether both or either",
    "pair:second_number": "second number after the slash not used",
    "range:reversed": "range written backwards",
    "number:two_units": "two units, read as one number",
    "comparator:side_unclear": "text does not say which side is meant",
    "unit:working_days": "working days counted as days",
    "unit:lost_slash": "slash of the unit lost in the text",
    "unit:ambiguous": "unit ambiguous",
    "unit:lost_exponent": "exponent of the unit lost in the text",
    "unit:misspelt": "unit misspelt",
    "unit:missing": "unit not in the text",
}

_RAISED: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_UNIT: Final = re.compile(r"\(24\.h\)|\{[^}]*\}|\[[^\]]*\]|10\*-?\d+|[^\W\d_]+\d?|.")
_MICRO: Final = re.compile(r"\bu(?=(?:g|L|mol|m|Ci|Sv|V|U|kat|IU)\b)")
_TIMES: Final = re.compile(r"(?<=[^\s\d])\.(?=[^\W\d])")
# One pass for both, so that an escaped ampersand begins no entity.
_WRITTEN: Final = re.compile(
    r"(?:\\&(?:amp;)+|&(?:amp;){2,})(lt|gt|le|ge);|\\([!-/:-@\[-`{-~])"
    r"|&(?:(lt|gt|le|ge|amp|quot|apos|nbsp)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));"
)
_NAMED: Final = {
    "lt": "<",
    "gt": ">",
    "le": "≤",
    "ge": "≥",
    "amp": "&",
    "quot": '"',
    "apos": "'",
    "nbsp": " ",
}
# No width of their own and no meaning: zero-width space, word joiner, byte order mark.
_EMPTY: Final = re.compile("[\u200b\u2060\ufeff]")
# Control characters, half surrogates, and marks that turn the order of the letters after them.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_LONG: Final = 15


def wording(text: str) -> str:
    """Registry text for reading, on one line: white space squeezed, Markdown escapes and entities read.

    Characters that a reader cannot see but that change what he sees are named, as in "⟨U+202E⟩".
    """
    line = " ".join(_EMPTY.sub("", _WRITTEN.sub(_read, text)).split())
    return _UNSEEN.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", line)


def number(value: Decimal) -> str:
    """The number as written, with commas from five digits on: `1500`, `100,000`, `1.50`."""
    if not value.is_finite() or not -_LONG < value.adjusted() < _LONG:
        return str(value)
    return format(value, ",f" if value.adjusted() >= 4 else "f")


def amount(figures: str, unit: str | None, *, one: bool = False) -> str:
    """Figures with their unit, `one` for its singular: `1.5 × 10⁹/L`, `38.5 °C`, `100,000/µL`, `18 years`."""
    name = unit_name(unit, one=one) if unit else ""
    if name.startswith("10"):
        return f"{figures} × {name}"
    return f"{figures}{'' if not name or name[0] in '/%-' else ' '}{name}"


def unit_name(unit: str, *, one: bool = False) -> str:
    """A UCUM code as people write it; what is no UCUM code comes back as it is."""
    if unit.casefold() in SCALES:
        return ""
    if unit in NAMES:
        return NAMES[unit][0 if one else 1]
    spelled = _TIMES.sub("·", "".join(map(_symbol, _UNIT.findall(unit))))
    return wording(_MICRO.sub("µ", spelled))


def issue(name: str) -> str:
    """What an issue says, for a person."""
    return ISSUES.get(name) or wording(name.replace("_", " ").replace(":", ": "))


def _symbol(part: str) -> str:
    if part in PARTS:
        return PARTS[part]
    if part.startswith("10*"):
        return "10" + part[3:].translate(_RAISED)
    if part[0] in "{[":
        return part[1:-1].replace("_", " ").replace("'", " ")
    letters = part.rstrip("0123456789")
    return letters + part[len(letters) :].translate(_RAISED) if letters else part


def _read(match: re.Match[str]) -> str:
    twice, escaped, name, decimal, hexadecimal = match.groups()
    if escaped or twice or name:
        return escaped or _NAMED[twice or name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code <= sys.maxunicode else match[0]
