"""What leads from one concept to another: classes of drugs, kinds of tumours, names that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from protocol_nlp.lexicon import _rows, _Spelled, entries, variants


@dataclass(frozen=True, slots=True, kw_only=True)
class Obsolete:
    """A name that a newer classification gave up, and the entry it leads to.

    `verdict`: "renamed", "split" (several took its place; the entry is the usual one) or "wrong".
    """

    name: str
    concept: str
    verdict: str
    source: str


@cache
def ancestors() -> dict[str, frozenset[str]]:
    """Id of a drug or class -> ids of all classes it is in, however far up; the others are not in it."""
    return _climbed({entry.id: entry.classes for entry in entries() if entry.classes})


@cache
def wider_tumors() -> dict[str, frozenset[str]]:
    """Id of a tumour of histology_parents.tsv -> ids of all tumours it is a kind of, however far up."""
    known = {entry.id for entry in entries()}
    parents: dict[str, tuple[str, ...]] = {}
    for row in _rows("histology_parents", "id", "parents", "source"):
        above = row.parts("parents")
        if wrong := {row.need("id"), *above} - known:
            raise row.wrong(f"{wrong.pop()} is no entry")
        if row.need("id") in parents:
            raise row.wrong(f"{row.need('id')} has a row already")
        parents[row.need("id")] = above
        row.need("source")
    for above in tuple(parents.values()):
        for name in above:
            parents.setdefault(name, ())
    return _climbed(parents)


def _climbed(parents: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    def climb(name: str, below: frozenset[str]) -> frozenset[str]:
        above = set(parents.get(name, ())) - below
        return frozenset(above).union(*(climb(p, below | {p}) for p in above))

    return {name: climb(name, frozenset({name})) for name in parents}


@cache
def obsolete() -> dict[str, Obsolete]:
    """Spelling in lower case -> the row of obsolete_names.tsv it stands in; plurals and British spellings are added."""
    rows = list(_rows("obsolete_names", "name", "concept", "verdict", "source"))
    spelled = _Spelled(variants)
    known = {entry.id for entry in entries()}
    for row in rows:
        spelled.claim(row, "name")
        if row.need("concept") not in known:
            raise row.wrong(f"concept {row.cells['concept']} is no entry")
    found: dict[str, Obsolete] = {}
    for row, names in zip(rows, spelled.all(), strict=True):
        fact = Obsolete(
            name=row.need("name"),
            concept=row.need("concept"),
            verdict=row.among("verdict", ("renamed", "split", "wrong")),
            source=row.need("source"),
        )
        found.update(dict.fromkeys(map(str.lower, names), fact))
    return found
