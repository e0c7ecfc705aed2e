"""Chosen phrases -> typed tokens, with the kinds that only the neighbours decide: ranges, scales, roman numerals."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from protocol_nlp import lexicon
from protocol_nlp.annotate.numbers import compounds, names
from protocol_nlp.annotate.select import TIME_DIMENSIONS, Chosen
from protocol_nlp.annotate.tokens import Kind, Term, Token
from protocol_nlp.annotate.view import View
from protocol_nlp.lexicon import Unit

_MARKS: dict[str, Kind] = {
    ",": "COMMA", ";": "SEMICOLON", ":": "COLON", ".": "PERIOD", "(": "LPAR", "[": "LPAR", "{": "LPAR", ")": "RPAR",
    "]": "RPAR", "}": "RPAR", "/": "SLASH", "-": "DASH", "~": "DASH", "?": "PERIOD", "!": "PERIOD",
}  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_LETTERED = re.compile(r"(\d)[a-cA-C]")  # "grade 3b", "class 2B"
_ROMAN_WORD = re.compile(r"(iv|v|i{1,3})([abc]?)", re.IGNORECASE)
_SCALE_WORDS = frozenset("physical physiological functional status system classification type levels level".split())
_JOINING = ("RANGE", "DASH", "OR", "AND", "COMMA", "SLASH", "COMPARATOR", "AND_OR")


def shape(chosen: list[Chosen], seen: View) -> list[Token]:
    """The typed tokens of one item, spans in the source."""
    tokens = [_token(c, seen) for c in chosen]
    tokens = compounds(_aged_units(_ones(tokens)))
    names(tokens)
    _romans(tokens)
    _ranges(tokens)
    tokens = _limits(_scales(tokens))
    _gates(tokens)
    return tokens


def _token(c: Chosen, seen: View) -> Token:
    first, last = c.lexemes[0], c.lexemes[-1]
    span = seen.span(first.start, last.end)
    issues = tuple(i for x in c.lexemes for i in x.issues)
    if c.reading:
        return Token(kind=c.reading.kind, span=span, text=c.text, value=c.reading.value, issues=issues)
    kind: Kind = "WORD"
    match first.kind:
        case "number":
            kind = "NUMBER"
        case "unit":
            assert isinstance(first.value, Unit)
            kind = "TIME_UNIT" if first.value.dimension in TIME_DIMENSIONS else "UNIT"
        case "times":
            kind = "TIMES"
        case "comparator":
            kind = "COMPARATOR"
        case "trailing":
            kind = "PLUS"
        case "mark":
            kind = _MARKS.get(c.text, "MARK")
    return Token(kind=kind, span=span, text=c.text, value=first.value, issues=issues)


def scored(token: Token) -> bool:
    """A measure that is read on a scale without unit: performance status, grade, class."""
    return token.kind == "MEASURE" and isinstance(token.value, Term) and scored_term(token.value)


def scored_term(term: Term | None) -> bool:
    """Whether a measure takes bare numbers."""
    return term is not None and term.plain


def _ones(tokens: list[Token]) -> list[Token]:
    """ "In the past year", "within a month": a unit of time right behind its cue stands for one of it."""
    out: list[Token] = []
    for t in tokens:
        cued = out and out[-1].kind in ("PAST", "NEXT", "WITHIN") and t.kind == "WORD"
        if cued and (u := _spans_of_time().get(t.text.lower())):
            out.append(t.retyped("NUMBER", value=Decimal(1), issues=("number:implied",)))
            out.append(t.retyped("TIME_UNIT", value=u))
        else:
            out.append(t)
    return out


_TIME_WORDS = frozenset("day week month year".split())


@cache
def _spans_of_time() -> dict[str, Unit]:
    return {s: u for u in lexicon.units() if u.dimension == "time" for s in u.surfaces if s in _TIME_WORDS}


def _aged_units(tokens: list[Token]) -> list[Token]:
    """ "between 20 years old and 65 years old": "years old" is one unit where the range goes on behind it."""
    out: list[Token] = []
    for i, t in enumerate(tokens):
        joins = (
            i + 2 < len(tokens) and tokens[i + 1].text.lower() in ("to", "and", "-") and tokens[i + 2].kind == "NUMBER"
        )
        aged = t.kind == "MEASURE" and isinstance(t.value, Term) and t.value.id in ("age", "gestational_age")
        if aged and joins and out and out[-1].kind == "TIME_UNIT":
            out[-1] = replace(out[-1], span=out[-1].span.cover(t.span), text=f"{out[-1].text} {t.text}")
        else:
            out.append(t)
    return out


def _romans(tokens: list[Token]) -> None:
    """Roman numerals count after a scale ("NYHA class III or IV"), and on through its list."""
    live = False
    for i, t in enumerate(tokens):
        if scored(t) or t.text.lower() in ("class", "grade", "grades", "classes"):
            live = True
        elif live and t.kind == "WORD" and (m := _ROMAN_WORD.fullmatch(t.text)):
            tokens[i] = t.retyped("NUMBER", value=Decimal(_ROMAN[m[1].lower()]))
        elif live and t.kind == "WORD" and (m := _LETTERED.fullmatch(t.text)):
            tokens[i] = t.retyped("NUMBER", value=Decimal(m[1]), issues=("level:letter",))
        elif t.kind not in (*_JOINING, "NUMBER", "COLON", "SUBJECT", "LPAR", "RPAR", "TRAILING", "OF") and (
            t.text.lower() not in _SCALE_WORDS
        ):
            live = False


def _ranges(tokens: list[Token]) -> None:
    """A dash, "to" or the "and" of "between" is a RANGE between two numbers (a unit may stand after the first)."""
    between = False
    for i, t in enumerate(tokens):
        word = t.text.lower()
        if word in ("between", "from") and t.kind in ("WORD", "SINCE"):
            number = _next_number(tokens, i + 1)
            if number is not None and (word == "between" or _joined_by_to(tokens, number)):
                tokens[i] = t.retyped("BETWEEN")
                between = True
            continue
        if t.kind in ("PERIOD", "SEMICOLON"):
            between = False
        if t.kind == "COMPARATOR" and t.value == "pm" and _amount_before(tokens, i):
            tokens[i] = t.retyped("RANGE")  # "28 ± 3 days"
            continue
        joins = t.kind == "DASH" or word in ("to", "through", "until", "up to", "thru") or (between and word == "and")
        joins = joins or (word == "and" and i == 1 and [x.kind for x in tokens[2:4]] == ["NUMBER", "TIME_UNIT"])
        if not joins or i == 0 or i + 1 >= len(tokens):
            continue
        if tokens[i - 1].kind not in ("NUMBER", "UNIT", "TIME_UNIT", "LIMIT"):
            continue
        follows = tokens[i + 1]
        if follows.kind == "NUMBER" or (
            follows.kind == "COMPARATOR" and i + 2 < len(tokens) and tokens[i + 2].kind == "NUMBER"
        ):
            tokens[i] = t.retyped("RANGE")
            between = False


def _amount_before(tokens: list[Token], i: int) -> bool:
    follows = i + 1 < len(tokens) and tokens[i + 1].kind == "NUMBER"
    return follows and i > 0 and tokens[i - 1].kind in ("NUMBER", "UNIT", "TIME_UNIT")


def _next_number(tokens: list[Token], i: int) -> int | None:
    for k in range(i, min(i + 5, len(tokens))):
        if tokens[k].kind == "NUMBER":
            return k
        if tokens[k].kind not in ("SUBJECT", "MEASURE", "OF", "COMPARATOR", "WORD"):
            return None
    return None


def _joined_by_to(tokens: list[Token], i: int) -> bool:
    after = tokens[i + 1 : i + 4]
    return any(t.text.lower() in ("to", "-", "up to", "through") for t in after)


def _scales(tokens: list[Token]) -> list[Token]:
    """A scale between comparator and number ("≥ CTCAE grade 2") is read as a part of the bound."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        end = i
        while out and out[-1].kind == "COMPARATOR" and end < len(tokens) and end - i < 4 and _level(tokens[end]):
            end += 1
        named_level = any(isinstance(t.value, Term) or t.text.lower() in _LEVELS for t in tokens[i:end])
        if named_level and end < len(tokens) and tokens[end].kind == "NUMBER":
            named = next((t for t in tokens[i:end] if isinstance(t.value, Term)), tokens[i])
            out.append(replace(_joined(tokens[i:end], named), kind="SCALE"))
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def _level(t: Token) -> bool:
    aged = isinstance(t.value, Term) and t.value.id == "age"
    small = t.kind in ("WORD", "SUBJECT", "OF") and t.text.lower() in _LEVEL_WORDS
    return scored(t) or aged or small


_LEVELS = frozenset("grade class score level".split())
_LEVEL_WORDS = _LEVELS | frozenset("toxicity the of".split())


# Words that belong to a limit: "2.5 x the institutional ULN", "times of the upper limit of normal (ULN)".
_LIMIT_BEFORE = frozenset(
    "the institutional institution's institution of local laboratory laboratory's lab site upper our its above below x "
    "normal reference age-adjusted central hospital's hospital national ( )".split()
)


_ASSAY = ({"of"}, {"quantification", "quantitation", "detection", "detectability"})


def _limits(tokens: list[Token]) -> list[Token]:
    """Limits with the words around them; a limit that no number or comparator stands before is a word."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        t = tokens[i]
        if t.kind == "WORD" and t.text.lower() == "normal" and out and out[-1].kind == "TIMES":
            t = t.retyped("LIMIT", value="normal")  # "2 x normal"
        if (
            t.kind == "LIMIT"
            and [x.text.lower() in w for x, w in zip(tokens[i + 1 : i + 3], _ASSAY, strict=False)] == [True] * 2
        ):
            t = t.retyped("WORD")  # "below the lower limit of quantification": of the test, not of what is normal
        if t.kind != "LIMIT":
            out.append(t)
            i += 1
            continue
        start = len(out)
        while (
            start > 0
            and out[start - 1].kind in ("WORD", "SUBJECT", "OF", "SINCE", "AT")
            and (out[start - 1].text.lower() in _LIMIT_BEFORE)
        ):
            start -= 1
        head = out[start - 1].kind if start else ""
        if head not in ("NUMBER", "TIMES", "COMPARATOR"):
            out.append(t.retyped("WORD"))
            i += 1
            continue
        end = i + 1
        if [x.kind for x in tokens[end : end + 3]] == ["LPAR", "LIMIT", "RPAR"] or (
            [x.kind for x in tokens[end : end + 3]] == ["LPAR", "WORD", "RPAR"] and tokens[end + 1].text.isupper()
        ):
            end += 3
        piece = [*out[start:], *tokens[i:end]]
        del out[start:]
        out.append(_joined(piece, t))
        i = end
    return out


def _joined(piece: list[Token], head: Token) -> Token:
    span = piece[0].span.cover(piece[-1].span)
    return Token(kind=head.kind, span=span, text=" ".join(t.text for t in piece), value=head.value)


def _gates(tokens: list[Token]) -> None:
    """Comparators, cues and trailing words keep their kind only where the grammar can use them."""
    for i, t in enumerate(tokens):
        before = tokens[i - 1].kind if i else ""
        after = tokens[i + 1].kind if i + 1 < len(tokens) else ""
        match t.kind:
            case "COMPARATOR" if after not in ("NUMBER", "SCALE", "LIMIT"):
                tokens[i] = t.retyped("MARK" if not t.text[0].isalpha() else "WORD")
            case "SCALE" if before != "COMPARATOR" or after != "NUMBER":
                tokens[i] = t.retyped("MEASURE" if isinstance(t.value, Term) else "WORD")
            case "TRAILING" if before not in ("NUMBER", "UNIT", "TIME_UNIT", "LIMIT", "TIMES"):
                tokens[i] = t.retyped("LATE")
            case "TIMES" | "UNIT" | "TIME_UNIT" if before not in ("NUMBER", "PLUS"):
                tokens[i] = t.retyped("WORD")
            case "SLASH" if before in ("NUMBER", "UNIT") and after == "NUMBER":
                tokens[i] = t.retyped("PAIR")
            case "DASH" | "SLASH" if before == "NUMBER" and after == "NUMBER":
                tokens[i] = t.retyped("RANGE")
    for i, t in enumerate(tokens):
        after = tokens[i + 1].kind if i + 1 < len(tokens) else ""
        starts = after in ("NUMBER", "COMPARATOR", "SCALE", "NORMAL")
        if t.text.lower() in ("for", "for the") and _lasts(tokens[i + 1 : i + 3]):
            tokens[i] = t.retyped("DURING")
        elif t.kind in ("WITHIN", "PAST", "NEXT", "FOR") and not starts:
            tokens[i] = t.retyped("CUE")


def _lasts(after: list[Token]) -> bool:
    """ "For | the duration of the study": the name of a time that lasts."""
    named = after[1:] if after and after[0].text.lower() == "the" else after
    return bool(named) and named[0].kind == "ANCHOR" and not _LASTING.isdisjoint(named[0].text.lower().split()[:2])


_LASTING = frozenset("duration course length remainder".split())
