"""The models that find things by name: the one that ships, and an installed scispaCy pipeline beside it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

import spacy
from spacy.language import Language

from protocol_nlp.annotate import criteria_tokenizer  # noqa: F401  registers the tokenizer that the model names
from protocol_nlp.annotate.reconcile import Entity
from protocol_nlp.errors import ModelError
from protocol_nlp.tree import Label

SHIPPED = Path(__file__).parent.parent / "model"
LABELS: tuple[str, ...] = get_args(Label)
# Labels of public models, by the eight kinds of this project; what is not here keeps no kind.
COUNTERPARTS: dict[str, Label] = {"DISEASE": "Condition", "CHEMICAL": "Drug"}


def shipped() -> Language:
    """The pipeline under `protocol_nlp/model`. ModelError where it is missing or damaged."""
    return _loaded(SHIPPED, f"the package's own model in {SHIPPED.name}/", "install the package again")


def installed(name: str) -> Language:
    """An installed pipeline, or a folder with one. ModelError says what is missing and what to do."""
    if not spacy.util.is_package(name) and not Path(name).exists():
        raise ModelError(f"model {name!r} is not installed: install the package, or leave --model out")
    return _loaded(name, f"model {name!r}", "install one that fits this spaCy, or leave --model out")


def _loaded(where: str | Path, what: str, advice: str) -> Language:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=r"\[W095\]")  # made by another version of spaCy
            return spacy.load(where)
    except Exception as fault:  # a damaged folder fails in any library below spaCy
        reason = (str(fault).strip().splitlines() or [type(fault).__name__])[0]
        raise ModelError(f"{what} cannot be loaded ({reason}): {advice}") from fault


def entities(model: Language, texts: Sequence[str]) -> list[list[Entity]]:
    """What the model finds in each text, as character positions with one of this project's labels, or none."""
    return [
        [Entity(e.start_char, e.end_char, _label(e.label_)) for e in doc.ents]
        for doc in model.pipe(texts, batch_size=128)
    ]


def _label(label: str) -> Label | None:
    return cast(Label, label) if label in LABELS else COUNTERPARTS.get(label)
