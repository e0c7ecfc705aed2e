"""The scanner: cleaned text -> lexemes. Its cuts are also the tokens of the spaCy Doc.

A unit is read only where a number stands before it, so that "a", "h" or "L" elsewhere stay words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from protocol_nlp import lexicon
from protocol_nlp.lexicon import Unit

_COMPARATOR = re.compile(
    r"(?:[<>≤≥=]\s?(?:/|or|\s/\s)?\s?[<>≤≥=](?:\s?[<>≤≥=])?|[<>≤≥=])(?=\W|\d|[A-Za-z]|$)", re.IGNORECASE
)
_PLUS_MINUS = re.compile(r"±|\+\s?/\s?-|\+-(?=\s?\d)")
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"(?P<power>10\s?(?:\^|\*\*?|[eE](?=\d))\s?\(?(?P<exp>\d{1,2})\)?)"
    r"|(?P<thousands>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?)"
    r"|(?P<spaced>\d{1,3}(?: 000)+(?![\d.,]))"
    r"|(?P<comma>\d+,\d{1,2}(?![\d,]))"
    r"|(?P<half>½)"
    r"|(?P<plain>\d+(?:\.\d+)?|\.\d+|\d+·\d+)"
    r")"
)
# A word keeps its inner digits and apostrophe ("CD4", "HbA1c", "Fisher's"); hyphens and slashes stand alone.
_WORD = re.compile(r"[^\W\d_]+(?:\d+[^\W_]*)*(?:'[a-z]+)?|\d+[^\W\d_][^\W_]*|_+")
_TIMES = re.compile(r"(?:[xX×*]|times|folds?)(?![^\W\d_])|[×*xX](?=(?:ULN|LLN|UNL|uln|lln)(?![^\W\d_]))")
_WORDS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_ONES = "|".join(w for w, n in _WORDS.items() if 0 < n < 10)
_TENS = "|".join(w for w, n in _WORDS.items() if n >= 20)
_NUMBER_WORD = re.compile(
    rf"(?<![^\W_])(?:(?P<tens>{_TENS})(?:[ -](?P<ones>{_ONES}))?|(?P<word>{'|'.join(_WORDS)}))(?![^\W_])", re.IGNORECASE
)
# "twice the upper limit of normal"
_FOLD_WORDS = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
_FOLD = re.compile(
    r"(twice|double|thrice|triple)(?= (?:(?:the|institutional|local|laboratory) )*(?:ULN|LLN|UNL|upper|lower|normal))",
    re.IGNORECASE,
)
# "four (4) weeks", "28 (twenty-eight) days": the same number said twice
_AGAIN = re.compile(r" ?\( ?([^()]{1,14}?) ?\)")
# "65+": from this number on a plus stands for "and older"; below, it is a grade of staining ("3+")
_LEAST_AGE = 10
# "-2.5": the sign of the number where a comparator or one of these words stands before it, or where the unit has signs
_SIGNED = re.compile(r"[-+](?=\d|\.\d)")
_SIGNED_RANGE = re.compile(r"-? ?(?:to|and|-) -\d")
_BEFORE_SIGN = frozenset("of to between and from than or score scores".split())
_SIGNED_DIMENSIONS = frozenset({"refraction", "standard_deviations"})
# "18- and 65-years", "10- to 13-year-olds": the hyphen waits for the unit of the second number
_SHARED_UNIT = re.compile(r"-(?= (?:to|and|or) -?\d)")
_LEVEL_LIST = re.compile(r"(\d),(\d) ?(?:,|or|and|/|&) ?(\d)(?![\d.,])")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A cut of the view, `[start, end)`; `kind` is one of word, number, comparator, trailing, unit, times, mark."""

    kind: str
    start: int
    end: int
    value: Decimal | str | Unit | None = None
    issues: tuple[str, ...] = ()


class _Spellings:
    """Spellings of units as a trie over their characters, blanks at joints left out.

    What begins with a letter grows its branch when a text first has a number before that letter.
    """

    def __init__(self, units: Iterable[Unit], *, cased: bool) -> None:
        self.trie: dict[str, Any] = {}
        self._waiting: dict[str, list[tuple[str, Unit]]] = {}
        for unit in units:
            for surface in unit.surfaces:
                spelled = surface if cased else surface.lower()
                self._waiting.setdefault(spelled[0], []).append((spelled, unit))

    def below(self, char: str) -> dict[str, Any]:
        """The trie, whole as far as it begins with `char`."""
        for surface, unit in self._waiting.pop(char, ()):
            node = self.trie
            for c in _squeeze(surface):
                node = node.setdefault(c, {})
            node.setdefault("", unit)
        return self.trie


@cache
def _units() -> tuple[_Spellings, _Spellings]:
    """The spellings of units that count only as written, and those that count in any case."""
    rows = lexicon.units()
    exact = _Spellings((u for u in rows if u.cased), cased=True)
    return exact, _Spellings((u for u in rows if not u.cased), cased=False)


def _squeeze(text: str) -> str:
    """A spelling without the blanks that writers put in or leave out around signs and digits."""
    return re.sub(r" +(?=[^\w ]|\d)|(?<=[^\w ]) +|(?<=\d) +", "", text.strip())


def _longest(text: str, pos: int, spellings: _Spellings) -> tuple[int, Unit] | None:
    """The longest spelling that starts at `pos` and ends at a word's end."""
    best: tuple[int, Unit] | None = None
    if pos >= len(text):
        return None
    # a blank may be a part of the spelling or stand at a joint, so both ways are tried
    ways = [(spellings.below(text[pos]), pos)]
    while ways:
        node, i = ways.pop()
        if i > pos and "" in node and _ends(text, i) and text[i - 1] != " " and (best is None or i > best[0]):
            best = i, node[""]
        if i >= len(text):
            continue
        char = text[i]
        if char in node:
            ways.append((node[char], i + 1))
        if char == "-" and " " in node:
            ways.append((node[" "], i + 1))
        if char == " " and i > pos and _joint(text, i):
            ways.append((node, i + 1))
    return best


def _joint(text: str, i: int) -> bool:
    """A blank that a spelling may have or lack: next to a sign or a digit."""
    before, after = text[i - 1], text[i + 1] if i + 1 < len(text) else ""
    return not before.isalpha() or not after.isalpha()


def _ends(text: str, i: int) -> bool:
    return i >= len(text) or (
        not (text[i].isalnum() and (text[i - 1].isalnum() or text[i - 1] == "_"))
        and not (text[i] == "^" and text[i + 1 : i + 2].isdigit())
    )


def unit_at(text: str, pos: int) -> tuple[int, int, Unit] | None:
    """The longest unit that starts at `pos` (a blank or hyphen may come first): (start, end, unit)."""
    start = pos
    if text[start : start + 1] == " ":
        start += 1
    if text[start : start + 1] == "-":
        start += 1
        if text[start : start + 1] == " ":
            start += 1
        if not text[start : start + 1].isalpha():
            return None
    if start >= len(text):
        return None
    exact, loose = _units()
    found = _longest(text, start, exact)
    other = _longest(text.lower() if len(text.lower()) == len(text) else text, start, loose)
    if other and (not found or other[0] > found[0]):
        found = other
    if not found:
        return None
    end, unit = found
    if text[end : end + 2] == " (" and (close := text.find(")", end)) > 0:
        again = _longest(text, end + 2, exact) or _longest(text.lower(), end + 2, loose)
        if again and again[0] == close and again[1].ucum == unit.ucum:
            end = close + 1  # "400 pounds (lb)"
    return start, end, unit


def _number(m: re.Match[str]) -> tuple[Decimal, tuple[str, ...]]:
    if m["power"]:
        return Decimal(10) ** int(m["exp"]), ()
    if m["comma"]:
        return Decimal(m["comma"].replace(",", ".")), ("number:decimal_comma",)
    if m["half"]:
        return Decimal("0.5"), ()
    return Decimal(re.sub(r"[,\s]", "", m[0]).replace("·", ".")), ()


def _signed(text: str, pos: int, before: str) -> tuple[Decimal, tuple[str, ...], int] | None:
    """A number with the sign at `pos`, what is uncertain about it, and its end; null where the sign is none."""
    sign = _SIGNED.match(text, pos)
    m = _NUMBER.match(text, sign.end()) if sign else None
    if sign is None or m is None:
        return None
    unit = unit_at(text, m.end())
    apart = pos == 0 or text[pos - 1] in " ("
    belongs = (
        before[:1] in tuple("<>≤≥=")
        or before in _BEFORE_SIGN
        or (apart and _SIGNED_RANGE.match(text, unit[1] if unit else m.end()) is not None)
        or (apart and unit is not None and unit[2].dimension in _SIGNED_DIMENSIONS)
    )
    value, issues = _number(m)
    end = shared.end() if (shared := _SHARED_UNIT.match(text, m.end())) else m.end()
    return (-value if sign[0] == "-" else value, issues, end) if belongs else None


def _in_a_row(m: re.Match[str]) -> bool:
    """ "1,2 or 3" counts up levels; "1,5 or 2" is a decimal comma."""
    first, second, third = (int(m[n]) for n in (1, 2, 3))
    return second == first + 1 and third == second + 1


def _word_value(m: re.Match[str]) -> Decimal:
    if m["word"]:
        return Decimal(_WORDS[m["word"].lower()])
    return Decimal(_WORDS[m["tens"].lower()] + (_WORDS[m["ones"].lower()] if m["ones"] else 0))


def _said_again(text: str, end: int, value: Decimal) -> int:
    """Where the number ends when brackets repeat it in the other writing; else `end`."""
    if again := _AGAIN.match(text, end):
        inner = again[1]
        if (w := _NUMBER_WORD.fullmatch(inner)) and _word_value(w) == value:
            return again.end()
        if re.fullmatch(r"\d+(?:\.\d+)?", inner) and Decimal(inner) == value:
            return again.end()
    return end


def _with_hyphen(text: str, end: int, unit: tuple[int, int, Unit] | None) -> int:
    """The number's end with the hyphen that ties it to its unit ("4-week")."""
    return text.index("-", end) + 1 if unit and "-" in text[end : unit[0]] else end


def _operator(text: str) -> tuple[str, tuple[str, ...]]:
    signs = set(text) & set("<>≤≥=")
    issues: tuple[str, ...] = ("comparator:doubled",) if re.search(r"([≤≥<>])\s?\1", text) else ()
    if ("<" in signs or "≤" in signs) and (">" in signs or "≥" in signs):
        return "eq", ("comparator:contradictory",)
    if signs == {"="}:
        return "eq", issues
    inclusive = bool(signs & set("≤≥=")) or "or" in text.lower()
    if re.search(r"[<>≤≥]\s+[=]", text):
        issues += ("comparator:spaced",)
    return ("g" if signs & set(">≥") else "l") + ("e" if inclusive else "t"), issues


_LETTERS = re.compile(r"[^\W\d_]+")
_SPECIAL = frozenset({*_WORDS, *_FOLD_WORDS})
_MULTIPLES = frozenset(("x", "times", "fold", "folds", "xuln", "xlln", "xunl"))


def _special(letters: str, quantity: bool) -> bool:
    """Whether a word may be a number, or a sign of multiplication behind one."""
    low = letters.lower()
    return low in _SPECIAL or (quantity and low in _MULTIPLES)


def scan(text: str) -> Iterator[Lexeme]:
    """The lexemes of a view's text, in order; every non-blank character is in exactly one."""
    pos, size = 0, len(text)
    quantity = False  # the last lexeme was a number or a unit of one
    before = ""  # the text of the last lexeme, or "<" for any comparator sign
    while pos < size:
        if text[pos] == " ":
            pos += 1
            continue
        start = pos
        if text[pos].isalpha() and (m := _LETTERS.match(text, pos)) and not _special(m[0], quantity):
            w = _WORD.match(text, pos)
            pos = w.end() if w else m.end()
            yield Lexeme("word", start, pos)
            quantity, before = False, text[start:pos].lower()
            continue
        if not quantity and (signed := _signed(text, pos, before)):
            value, issues, end = signed
            yield Lexeme("number", pos, end, value, issues)
            pos, quantity, before = end, True, ""
            if found := unit_at(text, pos):
                start, stop, unit = found
                yield Lexeme("unit", start, stop, unit, (unit.issue,) if unit.issue else ())
                pos = stop
            continue
        if m := _PLUS_MINUS.match(text, pos):
            yield Lexeme("comparator", pos, m.end(), "pm")
            pos, quantity = m.end(), False
        elif text[pos] in "<>≤≥=" and (m := _COMPARATOR.match(text, pos)):
            op, issues = _operator(m[0])
            yield Lexeme("comparator", pos, m.end(), op, issues)
            pos, quantity = m.end(), False
        elif m := _NUMBER.match(text, pos):
            end = m.end()
            found = unit_at(text, end)
            if found is None and (o := _ORDINAL.match(text, end)):
                yield Lexeme("word", pos, o.end())
                pos, quantity, before = o.end(), False, ""
                continue
            tail = text[end] if end < size else " "
            glued = tail.isalpha() and not _TIMES.match(text, end)
            if glued and (found is None or found[0] != end):
                w = _WORD.match(text, pos)
                stop = w.end() if w else end
                yield Lexeme("word", pos, stop)
                pos, quantity, before = stop, False, ""
                continue
            value, issues = _number(m)
            if m["comma"] and (levels := _LEVEL_LIST.match(text, pos)) and _in_a_row(levels):
                value, issues, end = Decimal(levels[1]), (), pos + 1
                found = None
            repeated = _said_again(text, end, value)
            if repeated != end:
                end, found = repeated, unit_at(text, repeated)
            end = _with_hyphen(text, end, found)
            if found is None and (shared := _SHARED_UNIT.match(text, end)):
                end = shared.end()
            yield Lexeme("number", pos, end, value, issues)
            pos, quantity = end, True
            plus = re.match(r" ?\+(?=\s|$|-|[a-z])", text[end : end + 3])
            if found is None and plus and (over := unit_at(text, end + plus.end())):
                yield Lexeme("trailing", end + plus.start(), end + plus.end(), "ge")
                pos, found = end + plus.end(), over
            elif found is None and plus and value >= _LEAST_AGE and end + 1 == end + plus.end():
                yield Lexeme("trailing", end, end + 1, "ge")
                pos = end + 1
            if found:
                start, stop, unit = found
                yield Lexeme("unit", start, stop, unit, (unit.issue,) if unit.issue else ())
                pos = stop
        elif (m := _NUMBER_WORD.match(text, pos)) and (pos == 0 or text[pos - 1] != "-"):
            value = _word_value(m)
            end = _said_again(text, m.end(), value)
            found = unit_at(text, end)
            end = _with_hyphen(text, end, found)
            yield Lexeme("number", pos, end, value)
            pos, quantity = end, True
            if found:
                start, stop, unit = found
                yield Lexeme("unit", start, stop, unit, (unit.issue,) if unit.issue else ())
                pos = stop
        elif m := _FOLD.match(text, pos):
            yield Lexeme("number", pos, m.end(), Decimal(_FOLD_WORDS[m[1].lower()]))
            pos, quantity = m.end(), True
        elif quantity and (m := _TIMES.match(text, pos)):
            yield Lexeme("times", pos, m.end())
            pos, quantity = m.end(), False
        elif m := _WORD.match(text, pos):
            yield Lexeme("word", pos, m.end())
            pos, quantity = m.end(), False
        else:
            yield Lexeme("mark", pos, pos + 1)
            pos += 1
        before = text[start:pos].strip().lower()
