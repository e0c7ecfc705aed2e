"""Numbers that bound nothing (names, dates, times of day, list markers, lengths of scales), and those in two units."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from protocol_nlp import lexicon
from protocol_nlp.annotate.tokens import Token
from protocol_nlp.lexicon import Unit

# A number behind one of these is a name: "version 4", "phase 2", "stage III", "type 1", "Part 2", "exons 18-21".
_NAMERS = frozenset(
    "version versions v ver part parts phase phases type types stage stages cohort cohorts arm arms group groups step "
    "appendix section table figure axis schedule criterion criteria dsm edition no number chapter antigen protein exon "
    "exons genotype genotypes codon codons chromosome chromosomes question questions item visit visits module code "
    "codes subtype subtypes serotype serotypes circulation amendment".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec".split()
)
_MERIDIAN = frozenset("am pm a.m p.m a.m. p.m. hrs hours hour h".split())
_MERIDIAN_ALONE = frozenset("am pm AM PM a.m p.m a.m. p.m. o'clock".split())
_TIME_BEFORE = frozenset("at after before from until than by between to and till".split())
_YEARS = range(1900, 2100)
_JOINTS = ("DASH", "COMMA", "OR", "AND", "AND_OR", "SLASH")
_ENDS = ("UNIT", "TIME_UNIT", "LIMIT", "NUMBER")
# The smaller unit of a length in two, and how many of it make one of the larger.
_SMALLER = {("wk", "d"): 7, ("a", "mo"): 12, ("d", "h"): 24, ("h", "min"): 60}


def names(tokens: list[Token]) -> None:
    """Numbers that state no amount become words, in place."""
    for i, t in enumerate(tokens):
        if t.kind == "NUMBER" and (
            _named(tokens, i) or _dated(tokens, i) or _clocked(tokens, i) or _marks(tokens, i) or _scale(tokens, i)
        ):
            tokens[i] = t.retyped("WORD")
        elif t.kind == "NUMBER" and _word(tokens, i - 1) == "of" and _word(tokens, i - 2) == "out":
            for k in (i - 2, i - 1, i):  # "5 out of 10": how long the scale is
                tokens[k] = tokens[k].retyped("MARK")


def _kind(tokens: list[Token], i: int) -> str:
    return tokens[i].kind if 0 <= i < len(tokens) else ""


def _word(tokens: list[Token], i: int) -> str:
    return tokens[i].text.lower() if 0 <= i < len(tokens) else ""


def _named(tokens: list[Token], i: int) -> bool:
    """Behind a word that numbers things, behind an acronym that no table knows ("RECIST 1.1"), or on in its list."""
    if i == 0 or _kind(tokens, i + 1) in ("UNIT", "TIME_UNIT", "TIMES"):
        return False
    before = tokens[i - 1]
    joins = before.kind in _JOINTS or before.text.lower() in ("to", "through")
    if joins and i > 1 and _is_number(tokens[i - 2]):
        return True
    if before.kind == "MEASURE" and before.text.lower().rpartition(" ")[2] in ("version", "v", "v."):
        return True
    if before.kind == "DASH" and i > 1 and _glued(tokens[i - 2 : i + 1]):
        return tokens[i - 2].kind == "WORD" and tokens[i - 2].text.isalnum() and tokens[i - 2].text.isupper()
    acronym = len(before.text) > 2 and before.text.isupper() and before.text.isalpha()
    return before.kind in ("WORD", "CONCEPT") and (
        before.text.lower() in _NAMERS or (acronym and before.kind == "WORD")
    )


def _glued(tokens: list[Token]) -> bool:
    """No blank between: "COVID-19", "FF-10101"."""
    return all(a.span.end == b.span.start for a, b in pairwise(tokens))


def _is_number(token: Token) -> bool:
    return token.kind == "WORD" and isinstance(token.value, Decimal)


def _dated(tokens: list[Token], i: int) -> bool:
    """ "1 January 2014", "between 2012 and 2014": a day beside its month, a year with nothing that it could bound."""
    value = tokens[i].value
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        return False
    if _word(tokens, i - 1) in _MONTHS - {"may"} or _word(tokens, i + 1) in _MONTHS - {"may"}:
        return 1 <= value <= 31 or int(value) in _YEARS
    bare = _kind(tokens, i - 1) not in ("COMPARATOR", "MEASURE") and _kind(tokens, i + 1) not in ("UNIT", "TIME_UNIT")
    return bare and int(value) in _YEARS and tokens[i].text.isdigit() and _kind(tokens, i + 1) not in ("TIMES", "LIMIT")


def _clocked(tokens: list[Token], i: int) -> bool:
    """ "22:00", "after 11:20": the hours and the minutes of a time of day; a titre ("1:80") is none."""
    if _kind(tokens, i + 1) == "COLON" and _minutes(tokens, i + 2):
        said = _word(tokens, i - 1) in _TIME_BEFORE or _word(tokens, i + 3) in _MERIDIAN
        return said or tokens[i + 2].text.startswith("0")
    if _kind(tokens, i - 1) == "COLON" and i > 1 and _is_number(tokens[i - 2]):
        return _minutes(tokens, i)
    said = i + 1 < len(tokens) and tokens[i + 1].text in _MERIDIAN_ALONE  # "10 pM" is an amount
    return said and _kind(tokens, i - 1) not in ("COMPARATOR", "MEASURE")


def _minutes(tokens: list[Token], i: int) -> bool:
    if _kind(tokens, i) != "NUMBER":
        return False
    text = tokens[i].text
    return len(text) == 2 and text.isdigit() and int(text) < 60


def _marks(tokens: list[Token], i: int) -> bool:
    """ "≥ 9 g/dL 6. Neutrophils": the marker of a list whose line breaks are lost."""
    value = tokens[i].value
    if not isinstance(value, Decimal) or not 1 < value < 40 or not tokens[i].text.isdigit():
        return False
    closes = _kind(tokens, i + 1) in ("PERIOD", "RPAR") and i + 2 < len(tokens) and tokens[i + 2].text[0].isupper()
    return closes and (_kind(tokens, i - 1) in _ENDS or (_kind(tokens, i - 1) == "PERIOD" and i > 1))


def _scale(tokens: list[Token], i: int) -> bool:
    """ "A 10-point scale", "a scale of 0 to 10", "5 out of 10": how long the scale is."""
    if _kind(tokens, i - 1) == "COMPARATOR":
        return False
    if _word(tokens, i - 1) == "of" and _word(tokens, i - 2) == "scale":
        return True
    first = i - 2 if _word(tokens, i - 1) in ("-", "to") else None
    if first is not None and first >= 0 and _is_number(tokens[first]):
        return True
    k = i + 1
    if _word(tokens, k) in ("-", "to") and _kind(tokens, k + 1) == "NUMBER":
        k += 2
        if _word(tokens, k) in ("scale", "scales") and _zero_or_one(tokens[i]):
            return True
    if _kind(tokens, k) == "UNIT" and "point" in _word(tokens, k):
        return _word(tokens, k + 1).partition(" ")[0] in (
            "scale",
            "likert",
            "likert-type",
            "numeric",
            "numerical",
            "rating",
            "visual",
            "deauville",
        )
    return False


def _zero_or_one(token: Token) -> bool:
    return token.value in (Decimal(0), Decimal(1))


def compounds(tokens: list[Token]) -> list[Token]:
    """ "23 weeks 6 days", "37 + 6 weeks", "36 0/7 weeks" as one number of the smaller unit."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        made = (_two_units(tokens, i) or _sevenths(tokens, i)) if tokens[i].kind == "NUMBER" else None
        if made:
            number, unit, i = made
            out += [number, unit]
        else:
            out.append(tokens[i])
            i += 1
    return out


def _two_units(tokens: list[Token], i: int) -> tuple[Token, Token, int] | None:
    k = i + 2
    if _kind(tokens, k) in ("AND", "COMMA") or _word(tokens, k) == "+":
        k += 1
    kinds = [_kind(tokens, n) for n in (i, i + 1, k, k + 1)]
    if kinds != ["NUMBER", "TIME_UNIT"] * 2:
        return None
    big, small = tokens[i + 1].value, tokens[k + 1].value
    if not (isinstance(big, Unit) and isinstance(small, Unit)):
        return None
    times = _SMALLER.get((big.ucum, small.ucum))
    return _compound(tokens, i, k, times, tokens[k + 1], k + 2) if times else None


def _sevenths(tokens: list[Token], i: int) -> tuple[Token, Token, int] | None:
    """ "36 0/7 (weeks)", "37+6 weeks": whole weeks, and days below seven."""
    if [_kind(tokens, n) for n in (i, i + 1, i + 3)] == ["NUMBER"] * 3 and _word(tokens, i + 2) == "/":
        if tokens[i + 3].text != "7":
            return None
        last = tokens[i + 3]
        end = i + 4
        if _kind(tokens, end) == "TIME_UNIT":
            last, end = tokens[end], end + 1
        return _compound(tokens, i, i + 1, 7, replace(last, kind="TIME_UNIT", value=_unit("d")), end)
    if (
        [_kind(tokens, n) for n in (i, i + 2)] == ["NUMBER"] * 2
        and _word(tokens, i + 1) == "+"
        and _weeks_follow(tokens, i + 3)
    ):
        end = i + 3
        unit = tokens[i + 2]
        if _kind(tokens, end) == "TIME_UNIT":
            unit, end = tokens[end], end + 1
        return _compound(tokens, i, i + 2, 7, replace(unit, kind="TIME_UNIT", value=_unit("d")), end)
    return None


def _weeks_follow(tokens: list[Token], i: int) -> bool:
    for t in tokens[i : i + 5]:
        if isinstance(t.value, Unit):
            return t.value.ucum == "wk"
        if t.kind != "NUMBER" and t.text.lower() not in ("-", "to", "and", "+"):
            return False
    return False


@cache
def _unit(ucum: str) -> Unit:
    return next(u for u in lexicon.units() if u.ucum == ucum and u.issue is None)


def _compound(
    tokens: list[Token], i: int, k: int, times: int, unit: Token, end: int
) -> tuple[Token, Token, int] | None:
    first, second = tokens[i], tokens[k]
    a, b = first.value, second.value
    if not (isinstance(a, Decimal) and isinstance(b, Decimal) and 0 <= b < times):
        return None
    span = first.span.cover(second.span)
    text = " ".join(t.text for t in tokens[i : k + 1])
    number = replace(first, span=span, text=text, value=a * times + b, issues=(*first.issues, "number:two_units"))
    return number, unit, end
