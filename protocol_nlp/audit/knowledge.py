"""What the tables know of a concept of the tree."""

from __future__ import annotations

from functools import cache

from protocol_nlp.lexicon import Entry, Measure, entries, measures, units
from protocol_nlp.tree import Concept


@cache
def _measures() -> dict[str, Measure]:
    return {m.id: m for m in measures()}


@cache
def _entries() -> dict[str, Entry]:
    return {e.id: e for e in entries()}


def measure(concept: Concept | None) -> Measure | None:
    """The row of measures.tsv: units that fit, bounds of the plausible; null for anything else."""
    return _measures().get(concept.id) if concept and concept.id else None


def entry(concept: Concept | None) -> Entry | None:
    """The row of the histologies, drugs (with classes), conditions or procedures; null for anything else."""
    return _entries().get(concept.id) if concept and concept.id else None


@cache
def _dimensions() -> dict[str, str]:
    return {u.ucum: u.dimension for u in units()}


def dimension(unit: str | None) -> str | None:
    """The dimension of a UCUM code, in the words of units.tsv; null for a unit that the table does not know."""
    return _dimensions().get(unit) if unit else None


@cache
def _drugs() -> dict[tuple[str, ...], str]:
    single = (e for e in entries() if e.table == "drugs" and e.label == "Drug" and e.id.startswith("drug:"))
    return {tuple(alias.lower().split()): e.id for e in single for alias in e.aliases}


def drugs_in(name: str) -> frozenset[str]:
    """The ids of the drugs of drugs.tsv that a name of an intervention holds, without classes of drugs."""
    said = name.lower().replace(",", " ").replace("+", " ").split()
    runs = (tuple(said[i : i + n]) for n in (1, 2, 3) for i in range(len(said) - n + 1))
    return frozenset(found for run in runs if (found := _drugs().get(run)) is not None)
