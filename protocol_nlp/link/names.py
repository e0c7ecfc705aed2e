"""The exact names of concepts, and what may stand around a name without making it another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from protocol_nlp import lexicon
from protocol_nlp.tree import Code, Label

_TRADE_MARKS = re.compile(r"\s*(?:®|™|©|\(r\)|\(tm\))")
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)(?:[)\]]|$)|[)\]]")
# Words that say when, how or how much, never what.
_BEFORE = frozenset(
    "prior previous previously past earlier concurrent concomitant current currently ongoing recent any other another "
    "additional further known suspected the a an of with to for use uses using received receiving receive taking on "
    "treatment therapy treated doses dose dosage serum plasma blood baseline total regular chronic daily physiologic "
    "physiological local stable standard subsequent all some multiple their his her such which both either".split()
)
_AFTER: dict[Label, frozenset[str]] = {
    "Drug": frozenset(
        "therapy therapies treatment treatments regimen regimens premedication administration use replacement dose "
        "doses dosing medication medications agent agents based containing product products injection injections "
        "intake exposure infusion infusions support course courses drug drugs tablet tablets alone or equivalent "
        "maintenance coverage prophylaxis".split()
    ),
    "Measurement": frozenset(
        "level levels value values test tests testing result results count counts concentration concentrations "
        "measurement measurements".split()
    ),
    "Condition": frozenset("disease disorder diagnosis histology status patient patients".split()),
}
_AFTER["Procedure"] = _AFTER["Drug"]  # a model's "Procedure" is often treatment with a drug
_NO_LETTER = re.compile(r"[\W_]+")
_SHORT = 8  # fewer letters may meet by chance when blanks and hyphens do not count
_PLACE = re.compile(r" (?:of|in|involving|at) ")
_WORDS = re.compile(r"[^\s/-]+|[/-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A row of the tables, as far as a mention needs it."""

    id: str
    name: str
    label: Label
    codes: tuple[Code, ...]
    measure: bool


@cache
def _names() -> dict[str, tuple[Named, ...]]:
    """Spelling -> the rows that have it; with a capital letter it counts as written, else in lower case."""
    found: dict[str, list[Named]] = {}
    rows: list[lexicon.Entry | lexicon.Measure] = [*lexicon.entries(), *lexicon.measures()]
    for row in rows:
        measure = isinstance(row, lexicon.Measure)
        named = Named(id=row.id, name=row.name, label=row.label, codes=row.codes, measure=measure)
        for alias in row.aliases:
            found.setdefault(alias, []).append(named)
    return {alias: tuple(rows) for alias, rows in found.items()}


@cache
def by_id() -> dict[str, Named]:
    """Identifier -> row, of all that a mention can be linked to."""
    return {row.id: row for rows in _names().values() for row in rows}


def clean(text: str) -> str:
    """A mention without trade marks and with single blanks."""
    return " ".join(_TRADE_MARKS.sub("", text).split())


@cache
def _letters() -> dict[str, tuple[Named, ...]]:
    """The letters and digits of each spelling in lower case -> its rows; short spellings are left out."""
    found: dict[str, tuple[Named, ...]] = {}
    for alias, rows in _names().items():
        if alias.islower() and len(key := _only_letters(alias)) > _SHORT:
            known = found.get(key, rows)
            found[key] = rows if known == rows else tuple(dict.fromkeys((*known, *rows)))
    return found


def _only_letters(text: str) -> str:
    return _NO_LETTER.sub("", text.lower())


def exact(text: str) -> tuple[Named, ...]:
    """The rows with this name, whatever its hyphens and blanks; a short form in brackets may be left out."""
    forms = list(_forms(clean(text)))
    for form in forms:
        if rows := (*_names().get(form, ()), *(_names().get(form.lower(), ()) if form != form.lower() else ())):
            return tuple(dict.fromkeys(rows))
    for form in forms:
        if rows := _letters().get(_only_letters(form), ()):
            return rows
    return ()


def _forms(text: str) -> Iterator[str]:
    yield text
    if any(c in text for c in "()[]"):
        yield " ".join(_BRACKET.sub(" ", text).split())


def framed(text: str, label: Label | None) -> Iterator[str]:
    """What is left of a mention when words around the name are taken away, the longest first.

    >>> list(framed("prior insulin regimen", "Drug"))
    ['insulin regimen', 'prior insulin', 'insulin']
    """
    pieces = list(_WORDS.finditer(clean(text)))
    words = [p.group().lower() for p in pieces]
    first = 0
    while first < len(words) - 1 and words[first] in _BEFORE:
        first += 1
    last = len(words)
    after = _AFTER.get(label, frozenset()) if label else _AFTER["Drug"] | _AFTER["Measurement"]
    while last > first + 1 and (words[last - 1] in after or words[last - 1] in "/-"):
        last -= 1
    whole = clean(text)
    spans = [(i, j) for i in range(first + 1) for j in range(last, len(words) + 1) if (i, j) != (0, len(words))]
    if label == "Condition" and (place := _PLACE.search(whole)) and place.start():
        yield whole[: place.start()]  # "leiomyosarcoma of the skin"
    for i, j in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        yield whole[pieces[i].start() : pieces[j - 1].end()].strip(" -/")


def chosen(rows: Iterable[Named], label: Label | None) -> Named | None:
    """The one row that a mention with this label is; null where none or more than one can be meant.

    A row with the label is taken before the others, and a thing before a measure of it ("prednisone", its dose).
    """
    found = list(rows)
    found = [r for r in found if label is None or r.label == label] or found
    found = [r for r in found if not r.measure] or found
    return found[0] if len({r.id for r in found}) == 1 else None
