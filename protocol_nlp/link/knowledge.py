"""The tables as a scispaCy knowledge base: one entity for each concept, with all its spellings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version

from scispacy.linking_utils import Entity

from protocol_nlp import lexicon

# Part of the fingerprint: to be raised when what is built from the same tables changes.
LAYOUT = "1"
_BUILDERS = ("scispacy", "scikit-learn", "scipy", "numpy")


def entities() -> Iterator[Entity]:
    """The concepts of histologies, drugs, conditions, procedures and measures, and the events of trials.

    `types` holds the kind: a label of the tree, or "Event".
    """
    for entry in lexicon.entries():
        yield Entity(entry.id, entry.name, list(entry.aliases), [entry.label], None)
    for measure in lexicon.measures():
        yield Entity(measure.id, measure.name, list(measure.aliases), [measure.label], None)
    for anchor in lexicon.anchors():
        yield Entity(f"event:{anchor.id}", anchor.label, list(anchor.surfaces), ["Event"], None)


def lines(found: Iterable[Entity]) -> str:
    """JSON Lines as scispaCy reads them, the same for the same tables."""
    keys = ("concept_id", "canonical_name", "aliases", "types")
    return "".join(
        json.dumps(dict(zip(keys, entity, strict=False)), ensure_ascii=False, sort_keys=True) + "\n" for entity in found
    )


def fingerprint(text: str) -> str:
    """What names a knowledge base and the libraries its index is built with: another one, another name."""
    made_by = " ".join(f"{name} {version(name)}" for name in _BUILDERS)
    return sha256(f"{LAYOUT}\n{made_by}\n{text}".encode()).hexdigest()[:16]
