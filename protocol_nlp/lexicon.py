"""The tables of `lexicons/` as frozen rows; each loader reads its files once and knows no grammar.

A cell holds several spellings with `|`, and `{a,b}` inside a spelling is a choice. To what is listed
are added: regular plurals, British and American spellings (`spellings.tsv`), hyphens as blanks, and for
units the powers of ten and "per". A listed spelling always wins over an added one.
A spelling with a capital letter counts only in this case; one in lower case counts in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from itertools import product
from typing import cast, get_args

from .errors import LexiconError
from .tree import Code, Label, Reference

LABELS: tuple[str, ...] = get_args(Label)
REFERENCES: tuple[str, ...] = get_args(Reference)
ENTRY_TABLES = ("histologies", "drugs", "conditions", "procedures")
# Dimensions of a measure that are not dimensions of a unit: a bare number, a multiple of ULN or LLN.
UNITLESS = ("none", "multiple")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A UCUM code and its spellings: quantity x `factor` is the quantity in `canonical` (null: no conversion).

    `cased`: the spellings count only in this case, and before those of any other unit.
    `issue`: what is uncertain about these spellings, in the words of docs/issues.md.
    """

    ucum: str
    dimension: str
    canonical: str
    factor: Decimal | None
    surfaces: tuple[str, ...]
    cased: bool = False
    issue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something with a value: `low` and `high` are bounds of the plausible, in `unit` (null: a plain number).

    `dimensions` are those of the units that fit; "none" allows a bare number, "multiple" a multiple of
    one of `references`.
    """

    id: str
    name: str
    label: Label
    dimensions: tuple[str, ...]
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    codes: tuple[Code, ...]
    references: tuple[Reference, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """An event of the trial or of care that time is counted from; not `clear`: the event can be read in two ways."""

    id: str
    label: str
    clear: bool
    surfaces: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A thing without a value: a disease, drug, person, …; `classes` are ids of the entries of the classes it is in."""

    id: str
    name: str
    label: Label
    codes: tuple[Code, ...]
    aliases: tuple[str, ...]
    table: str
    source: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCue:
    """What speaks for one section of the checklist: ids or words, with * for any further letters."""

    topic: str
    rank: int
    by: str
    weight: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customary:
    """The units in which laboratories report a measure; `molar_mass` in g/mol leads from mass to substance."""

    measure: str
    units: tuple[str, ...]
    molar_mass: Decimal | None


class _Row:
    """One line of a table: its cells by column, and its place for error messages."""

    def __init__(self, table: str, line: int, cells: dict[str, str]) -> None:
        self.table = table
        self.line = line
        self.cells = cells

    def wrong(self, reason: str) -> LexiconError:
        return LexiconError(self.table, self.line, reason)

    def need(self, column: str) -> str:
        if not self.cells[column]:
            raise self.wrong(f"{column} is empty")
        return self.cells[column]

    def parts(self, column: str) -> tuple[str, ...]:
        """The values of a cell, in order; an empty value is an error, an empty cell is none."""
        cell = self.cells[column]
        parts = tuple(cell.split("|")) if cell else ()
        if any(not p or p != p.strip() for p in parts):
            raise self.wrong(f"{column} has an empty value or a blank at a value's edge")
        return parts

    def decimal(self, column: str) -> Decimal | None:
        cell = self.cells[column]
        if not cell:
            return None
        try:
            value = Decimal(cell)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise self.wrong(f"{column} {cell!r} is no number")
        return value

    def among(self, column: str, allowed: Iterable[str]) -> str:
        cell = self.cells[column]
        if cell not in allowed:
            raise self.wrong(f"{column} {cell!r} is unknown")
        return cell

    def codes(self, system: str | None = None) -> tuple[Code, ...]:
        """The codes of the row, each written SYSTEM:VALUE, or bare when the column has one system."""
        column = system.lower() if system else "codes"
        found = []
        for part in self.parts(column):
            name, colon, value = (system, ":", part) if system else part.partition(":")
            if not (name and colon and value):
                raise self.wrong(f"{column} {part!r} is not SYSTEM:VALUE")
            found.append(Code(system=name, value=value))
        return tuple(found)


def _rows(table: str, *columns: str) -> Iterator[_Row]:
    """The rows of a table; lines that are empty or start with # are comments, the first other line is the header."""
    text = (files("protocol_nlp") / "lexicons" / f"{table}.tsv").read_text(encoding="utf-8")
    header: list[str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            if header != list(columns):
                raise LexiconError(table, number, f"the header is not {' '.join(columns)}")
        elif len(cells) != len(header):
            raise LexiconError(table, number, f"{len(cells)} cells under {len(header)} columns")
        else:
            yield _Row(table, number, dict(zip(header, cells, strict=True)))


def cells(table: str, *columns: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of words, by column; the first column may not be empty."""
    found = tuple(_rows(table, *columns))
    for row in found:
        row.need(columns[0])
    return tuple(row.cells for row in found)


_CHOICE = re.compile(r"\{([^{}]*)\}")


def spellings(listed: str) -> tuple[str, ...]:
    """All spellings that one listed spelling stands for: `{a,b}` is a choice, `{,a}` an optional piece.

    >>> spellings("{first,last} dose{, of drug}")
    ('first dose', 'first dose of drug', 'last dose', 'last dose of drug')
    """
    if "{" not in listed:
        return (listed,)
    pieces = _CHOICE.split(listed)
    choices = [piece.split(",") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    return tuple(dict.fromkeys(" ".join("".join(c).split()) for c in product(*choices)))


_INVARIANT = ("ed", "ing", "ic", "ous", "ive", "ful", "ae")
_SIBILANT = ("x", "z", "ch", "sh", "ss")


def plural(alias: str) -> str | None:
    """The regular English plural of an alias, or null where it has none: of the word before "of", else of the last.

    >>> plural("metastasis"), plural("carcinoma of the breast"), plural("NSAID"), plural("diabetes")
    ('metastases', 'carcinomas of the breast', 'NSAIDs', None)
    """
    head, of, rest = alias.partition(" of ")
    last = head[-1]
    if len(head) < 3 or not last.isalpha():
        return None
    if last == "s":
        head = head[:-2] + "es" if head.endswith("sis") else head + "es" if head.endswith("ss") else ""
    elif head.endswith(_SIBILANT):
        head += "es"
    elif last == "y" and head[-2] not in "aeiou":
        head = head[:-1] + "ies"
    elif head.endswith("woman"):
        head = head[:-2] + "en"
    elif head.endswith("child"):
        head += "ren"
    else:
        head = "" if head.endswith(_INVARIANT) else head + "s"
    return head + of + rest if head else None


@cache
def _swaps() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    """British to American and American to British: for each a pattern, and what to put for what it finds."""
    pairs = [(row.need("us"), row.need("uk")) for row in _rows("spellings", "us", "uk")]
    swaps = []
    for way in ([(uk, us) for us, uk in pairs], pairs):
        marked = (rf"\b{a[1:]}" if a[0] == "^" else rf"{a[:-1]}\b" if a[-1] == "$" else a for a, _ in way)
        swaps.append((re.compile("|".join(marked)), {a.strip("^$"): b.strip("^$") for a, b in way}))
    return tuple(swaps)


@cache
def _respelled(word: str) -> tuple[str, ...]:
    """A word in American and in British spelling; empty where both are the word itself."""
    forms = [word]
    # British from American, or "leukaemia" would come out as "leukaaemia".
    for pattern, put in _swaps():
        forms.append(pattern.sub(lambda found, put=put: put[found[0]], forms[-1]))  # type: ignore[misc]
    return tuple(forms[1:]) if set(forms) != {word} else ()


def variants(alias: str) -> Iterator[str]:
    """The spellings that are added to a listed alias, some of them twice."""
    words = alias.split(" ")
    respelled = [_respelled(word) for word in words]
    forms = [alias]
    if any(respelled):
        forms += (" ".join(r[way] if r else w for w, r in zip(words, respelled, strict=True)) for way in (0, 1))
    for form in forms:
        yield form
        if other := plural(form):
            yield other
    if "-" in alias and alias.islower():
        yield from (other.replace("-", " ") for form in forms for other in (form, plural(form)) if other)


_POWER = re.compile(r"10\^(\d+)")
_METRE = re.compile(r"(?<![a-z])([cm]?m)([23])(?![0-9])")


def unit_variants(surface: str) -> Iterator[str]:
    """The spellings that are added to a listed unit: powers of ten, "m^2", "per"; some of them twice."""
    surface = _METRE.sub(r"\1^\2", surface)
    powers = [surface]
    if surface.startswith("10^"):
        for written in (r"10^\1", r"10*\1", r"10**\1", r"10E\1", r"10(\1)"):
            power = _POWER.sub(written, surface)
            powers += [power, f"x {power}", f"×{power}", f"*{power}"]
    for form in powers:
        yield form
        if slashes := form.count("/"):
            yield form.replace("/", " per ").strip()
        if slashes > 1:
            yield " per ".join(form.rsplit("/", 1))


class _Spelled:
    """The aliases of one table: a clash of listed ones is an error, an added one yields to any other."""

    def __init__(self, added: Callable[[str], Iterator[str]], *, fold: bool = False) -> None:
        self.added = added
        self.fold = fold
        self.listed: dict[str, int] = {}
        self.rows: list[tuple[int, list[str], bool]] = []

    def claim(self, row: _Row, column: str, *, cased: bool = False) -> None:
        """Note the listed aliases of the next row."""
        row.need(column)
        names = [s for part in row.parts(column) for s in spellings(part)]
        if not all(names):
            raise row.wrong(f"{column} has an optional piece that stands alone: an empty spelling")
        for name in dict.fromkeys(names):
            owner = self.listed.setdefault(self.key(name, cased), row.line)
            if owner != row.line:
                raise row.wrong(f"{column} {name!r} is already in line {owner}")
        self.rows.append((row.line, names, cased))

    def key(self, name: str, cased: bool) -> str:
        return f"\0{name}" if cased else name.lower() if self.fold else name

    def all(self) -> Iterator[tuple[str, ...]]:
        """The aliases of each row, listed and added, without doubles."""
        owners = self.listed
        for line, names, cased in self.rows:
            mine = dict.fromkeys(names)
            for name in names:
                for other in self.added(name):
                    if owners.setdefault(self.key(other, cased), line) == line:
                        mine[other] = None
            yield tuple(mine)


@cache
def units() -> tuple[Unit, ...]:
    """The rows of units.tsv. Raises LexiconError on a faulty row, as all loaders here do."""
    rows = list(_rows("units", "ucum", "dimension", "canonical", "factor", "surfaces", "cased", "issue"))
    spelled = _Spelled(unit_variants, fold=True)
    canonical: dict[str, str] = {}
    for row in rows:
        if canonical.setdefault(row.need("dimension"), row.need("canonical")) != row.need("canonical"):
            raise row.wrong(f"{row.need('dimension')} has the canonical unit {canonical[row.need('dimension')]}")
        spelled.claim(row, "surfaces", cased=row.among("cased", ("", "1")) == "1")
    return tuple(
        Unit(
            ucum=row.need("ucum"),
            dimension=row.need("dimension"),
            canonical=row.need("canonical"),
            factor=row.decimal("factor"),
            surfaces=surfaces,
            cased=row.cells["cased"] == "1",
            issue=row.cells["issue"] or None,
        )
        for row, surfaces in zip(rows, spelled.all(), strict=True)
    )


@cache
def measures() -> tuple[Measure, ...]:
    """The rows of measures.tsv."""
    columns = ("id", "name", "label", "dimensions", "unit", "low", "high", "loinc", "reference", "aliases")
    rows = list(_rows("measures", *columns))
    known = {u.dimension for u in units()}.union(UNITLESS)
    codes = {u.ucum: u.dimension for u in units()}
    spelled = _Spelled(variants)
    for row in rows:
        if unknown := set(row.parts("dimensions")) - known or not row.parts("dimensions"):
            raise row.wrong(f"dimensions {unknown} unknown")
        if row.cells["unit"] and codes.get(row.cells["unit"]) not in row.parts("dimensions"):
            raise row.wrong(f"unit {row.cells['unit']!r} has none of the dimensions")
        spelled.claim(row, "aliases")
    _distinct_ids(rows)
    return tuple(
        Measure(
            id=row.need("id"),
            name=row.need("name"),
            label=cast(Label, row.among("label", LABELS)),
            dimensions=row.parts("dimensions"),
            unit=row.cells["unit"] or None,
            low=row.decimal("low"),
            high=row.decimal("high"),
            codes=row.codes("LOINC"),
            references=_references(row),
            aliases=aliases,
        )
        for row, aliases in zip(rows, spelled.all(), strict=True)
    )


def _references(row: _Row) -> tuple[Reference, ...]:
    named = row.parts("reference")
    if set(named) - set(REFERENCES):
        raise row.wrong(f"reference {row.cells['reference']!r} is unknown")
    return cast("tuple[Reference, ...]", named)


def _distinct_ids(rows: list[_Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if (first := seen.setdefault(row.need("id"), row.line)) != row.line:
            raise row.wrong(f"id {row.need('id')} is already in line {first}")


@cache
def anchors() -> tuple[Anchor, ...]:
    """The rows of anchors.tsv."""
    rows = list(_rows("anchors", "id", "label", "clear", "surfaces"))
    spelled = _Spelled(variants)
    for row in rows:
        spelled.claim(row, "surfaces")
    _distinct_ids(rows)
    return tuple(
        Anchor(
            id=row.need("id"),
            label=row.need("label"),
            clear=row.among("clear", ("0", "1")) == "1",
            surfaces=surfaces,
        )
        for row, surfaces in zip(rows, spelled.all(), strict=True)
    )


@cache
def entries() -> tuple[Entry, ...]:
    """The rows of histologies, drugs, conditions and procedures, in this order."""
    found: list[Entry] = []
    for table in ENTRY_TABLES:
        extra = ("class",) if table == "drugs" else ()
        rows = list(_rows(table, "id", "name", "label", "codes", "aliases", *extra, "source"))
        spelled = _Spelled(variants)
        for row in rows:
            spelled.claim(row, "aliases")
        _distinct_ids(rows)
        if extra:
            _classes_are_rows(rows)
        found += (
            Entry(
                id=row.need("id"),
                name=row.need("name"),
                label=cast(Label, row.among("label", LABELS)),
                codes=row.codes(),
                aliases=aliases,
                table=table,
                source=row.cells["source"],
                classes=row.parts("class") if extra else (),
            )
            for row, aliases in zip(rows, spelled.all(), strict=True)
        )
    return tuple(found)


def _classes_are_rows(rows: list[_Row]) -> None:
    """Every class a row names has a row of its own; every drug has a class."""
    known = {row.cells["id"] for row in rows}
    for row in rows:
        if unknown := set(row.parts("class")) - known:
            raise row.wrong(f"class {', '.join(sorted(unknown))} has no row")
        if not row.cells["class"] and not row.cells["id"].startswith("class:"):
            raise row.wrong("class is empty")


@cache
def abbreviations() -> tuple[tuple[str, str], ...]:
    """The rows of abbreviations.tsv: short form, usual long form. One short form may stand for several long ones."""
    rows = list(_rows("abbreviations", "short", "long"))
    return tuple(dict.fromkeys((row.need("short"), row.need("long")) for row in rows))


@cache
def topic_cues() -> tuple[TopicCue, ...]:
    """The rows of topics.tsv."""
    return tuple(
        TopicCue(
            topic=row.need("topic"),
            rank=int(row.need("rank")),
            by=row.among("by", ("measure", "concept", "word")),
            weight=int(row.need("weight")),
            values=row.parts("values"),
        )
        for row in _rows("topics", "topic", "rank", "by", "weight", "values")
    )


@cache
def customary_units() -> tuple[Customary, ...]:
    """The rows of customary_units.tsv; each names a measure and units that the other tables hold."""
    known = {row.id for row in measures()}
    codes = {row.ucum for row in units()}
    found = []
    for row in _rows("customary_units", "measure", "units", "molar_mass", "note"):
        row.among("measure", known)
        wrong = [code for code in row.parts("units") if code not in codes]
        if wrong:
            raise row.wrong(f"units {wrong[0]!r} is not in units.tsv")
        mass = row.decimal("molar_mass")
        found.append(Customary(measure=row.need("measure"), units=row.parts("units"), molar_mass=mass))
    return tuple(found)


@cache
def checklist_words() -> dict[str, tuple[str, ...]]:
    """The words of checklist_words.tsv by their kind, the longest first."""
    found: dict[str, list[str]] = {}
    for row in _rows("checklist_words", "kind", "words"):
        found.setdefault(row.need("kind"), []).extend(row.parts("words"))
    return {kind: tuple(sorted(set(words), key=lambda w: (-len(w), w))) for kind, words in found.items()}
