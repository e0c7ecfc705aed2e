"""Short forms that an entry explains: what each stands for there, and whether that is what it usually stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from spacy.tokens import Doc
from spacy.tokens import Span as Words

from protocol_nlp import lexicon
from protocol_nlp.annotate.tables import Reading
from protocol_nlp.annotate.tokens import Kind, Term
from protocol_nlp.annotate.view import View
from protocol_nlp.tree import Abbreviation

_BOUND = re.compile(r"[<>≤≥=×±]|\d{2}")
ALIKE = 0.75  # of the letters: "undifferentiated pleiomorphic sarcoma" is the usual long form, misspelt
_Readings = Mapping[str, tuple[Reading, ...]]


@dataclass(frozen=True, slots=True)
class ShortForm:
    """How a short form is read in this entry: `unusual` where the tables' own reading of it does not hold."""

    kind: Kind
    term: Term
    unusual: bool


def explained(
    bracketed: Iterable[tuple[Doc, View]], readings: _Readings
) -> tuple[tuple[Abbreviation, ...], dict[str, ShortForm]]:
    """The abbreviations of one entry in the order of the text, and how each short form is read all through it.

    The first explanation of a short form is the one that counts; a second, other one is an issue of both.
    """
    found: dict[tuple[str, str], Abbreviation] = {}
    read: dict[str, ShortForm] = {}
    for doc, seen in bracketed:
        for short in sorted(doc._.abbreviations, key=lambda words: words.start):
            long: Words = short._.long_form
            key = (short.text, " ".join(long.text.lower().split()))
            if key in found or not _sound(*key, readings):
                continue
            things = [r for r in readings.get(key[1], ()) if isinstance(r.value, Term)]
            unusual = _unusual(short.text, key[1], things, readings)
            value = things[0].value if things else None
            term = value if isinstance(value, Term) else Term(id=None, name=None, label=None)
            found[key] = Abbreviation(
                short=short.text,
                long=" ".join(long.text.split()),
                span=seen.span(short.start_char, short.end_char),
                long_span=seen.span(long.start_char, long.end_char),
                id=term.id,
                issues=("abbreviation:unusual",) if unusual else (),
            )
            if things or unusual:
                read.setdefault(short.text, ShortForm(things[0].kind if things else "CONCEPT", term, unusual))
    return tuple(_doubled(found.values())), read


def _sound(short: str, long: str, readings: _Readings) -> bool:
    """Whether this is an explanation: scispaCy's rule also takes "≤ 3 x ULN (≤ 5 x ULN if …)" for one."""
    known = (*readings.get(short, ()), *readings.get(short.lower(), ()))
    things = all(isinstance(r.value, Term) for r in known)
    return things and long[0] == short[0].lower() and len(long) > len(short) and not _BOUND.search(long)


def _unusual(short: str, long: str, things: list[Reading], readings: _Readings) -> bool:
    """Whether tables know the short form, and as something else than this long form."""
    own = {r.value.id for r in readings.get(short, ()) if isinstance(r.value, Term) and r.value.id}
    usual = _usual().get(short, ())
    if own & {r.value.id for r in things if isinstance(r.value, Term)}:
        return False
    names = [*usual, *(name for i in own for name in _spellings().get(i, ()))]
    return bool(names) and not any(_alike(long, name) for name in names)


def _alike(long: str, name: str) -> bool:
    if long in name or name in long:
        return True
    matcher = SequenceMatcher(None, long, name, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


@cache
def _usual() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for short, long in lexicon.abbreviations():
        found.setdefault(short, []).append(long.lower())
    return {short: tuple(longs) for short, longs in found.items()}


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Identifier -> its spellings of more than a few letters; a short form says nothing of another."""
    rows: list[lexicon.Entry | lexicon.Measure] = [*lexicon.entries(), *lexicon.measures()]
    return {row.id: tuple(a.lower() for a in row.aliases if len(a) > 6) for row in rows}


def _doubled(found: Iterable[Abbreviation]) -> list[Abbreviation]:
    """Each abbreviation, with an issue where its short form is explained in another way as well."""
    longs: dict[str, list[str]] = {}
    for one in found:
        longs.setdefault(one.short, []).append(one.long.lower())
    return [
        replace(one, issues=(*one.issues, "abbreviation:twice"))
        if any(not _alike(one.long.lower(), other) for other in longs[one.short])
        else one
        for one in found
    ]
