"""Chia and Leaf in brat's stand-off format: entities as a scorer counts them, with Leaf's labels mapped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Corpus = Literal["chia", "leaf"]
LABELS = ("Condition", "Drug", "Procedure", "Device", "Measurement", "Observation", "Person", "Visit")
SCORED: dict[Corpus, frozenset[str]] = {
    "chia": frozenset(LABELS),
    "leaf": frozenset({"Condition", "Drug", "Procedure", "Measurement", "Observation"}),
}

# Leaf's Observation covers what Chia parts into Measurement and Observation: its type attribute tells which.
MEASURED = {"lab", "vital", "clinical-score", "measurement"}
LEAF_EVENT = frozenset({"Condition", "Drug", "Procedure", "Observation"})
# Not scored on Leaf, but there for the net to learn from; some of these spans have no event.
LEAF_SPAN = {"Age": "Person", "Life-Stage-And-Gender": "Person", "Encounter": "Visit"}
HELD_OUT_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A marked stretch of text: `[start, end)` in code points of the file as given."""

    start: int
    end: int
    label: str
    whole: bool = True  # False: the annotation has gaps, and the span runs from its first to its last part


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One annotated file."""

    name: str
    corpus: Corpus
    text: str
    entities: tuple[Entity, ...]

    @property
    def trial(self) -> str:
        """The trial's registry id, by which documents are split."""
        return self.name.split("_")[0]


def held_out(trial: str) -> bool:
    """Whether a trial is kept from training: sha256 of its id, modulo 5, is 0."""
    return int(hashlib.sha256(trial.encode()).hexdigest(), 16) % HELD_OUT_FOLDS == 0


def read(folder: Path, corpus: Corpus) -> Iterator[Document]:
    """The annotated files of `folder`, in the order of their names."""
    for path in sorted(folder.glob("*.ann")):
        text = path.with_suffix(".txt").read_bytes().decode("utf-8")  # line ends as given
        lines = path.read_bytes().decode("utf-8").replace("\r", "").split("\n")
        entities = _leaf(lines) if corpus == "leaf" else _chia(lines)
        yield Document(name=path.stem, corpus=corpus, text=text, entities=tuple(entities))


def _spans(lines: list[str]) -> dict[str, Entity]:
    spans = {}
    for line in lines:
        if line.startswith("T"):
            ref, where, *_ = line.split("\t")
            label, places = where.split(" ", 1)
            parts = [[int(n) for n in part.split()] for part in places.split(";")]
            spans[ref] = Entity(start=parts[0][0], end=parts[-1][1], label=label, whole=len(parts) == 1)
    return spans


def _chia(lines: list[str]) -> Iterator[Entity]:
    return (entity for entity in _spans(lines).values() if entity.label in LABELS)


def _leaf(lines: list[str]) -> Iterator[Entity]:
    """An event's entity is its Name argument where it has one, and its trigger otherwise."""
    spans = _spans(lines)
    types = {
        cols[2]: cols[3]
        for cols in (line.split() for line in lines if line.startswith("A"))
        if cols[1] == "Observation-Type-Value"
    }
    for line in lines:
        if not line.startswith("E"):
            continue
        ref, rest = line.split("\t", 1)
        head, *args = rest.split()
        kind, trigger = head.split(":")
        if kind not in LEAF_EVENT:
            continue
        label = "Measurement" if kind == "Observation" and types.get(ref) in MEASURED else kind
        roles = [arg.split(":") for arg in args]
        name = next((target for role, target in roles if role == "Name" and target in spans), trigger)
        span = spans[name]
        yield Entity(start=span.start, end=span.end, label=label, whole=span.whole)
    for span in spans.values():
        if span.label in LEAF_SPAN:
            yield replace(span, label=LEAF_SPAN[span.label])
