"""The models that find things by name: the one that ships, and an installed spaCy or scispaCy pipeline beside it."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import cast, get_args

import spacy
from scispacy import hyponym_detector  # noqa: F401  registers the component
from spacy.language import Language

from protocol_nlp.annotate import criteria_tokenizer  # noqa: F401  registers the tokenizer that the model names
from protocol_nlp.annotate.reconcile import Entity
from protocol_nlp.annotate.remembered import Remembered
from protocol_nlp.errors import ModelError
from protocol_nlp.tree import Label

SHIPPED = Path(__file__).parent.parent / "model"
LABELS: tuple[str, ...] = get_args(Label)
_TAGGERS = frozenset({"tagger", "morphologizer"})


@dataclass(frozen=True, slots=True)
class Membership:
    """ "Sarcomas such as liposarcoma": character positions in the view of the class and of the member."""

    relation: str
    general: tuple[int, int]
    special: tuple[int, int]


def shipped() -> Language:
    """The pipeline under `protocol_nlp/model`. ModelError where it is missing or damaged."""
    model = _loaded(SHIPPED, f"the package's own model in {SHIPPED.name}/", "install the package again")
    model.vocab.vectors = Remembered(model.vocab.vectors)
    return model


def installed(name: str) -> Language:
    """An installed pipeline, or a folder with one. ModelError says what is missing and what to do.

    Where it tags and lemmatizes, scispaCy's detector of "such as …" is added to it.
    """
    if not spacy.util.is_package(name) and not Path(name).exists():
        raise ModelError(f"model {name!r} is not installed: install the package, or leave --model out")
    model = _loaded(name, f"model {name!r}", "install one that fits this spaCy, or leave --model out")
    if _TAGGERS & set(model.pipe_names) and "lemmatizer" in model.pipe_names:
        model.add_pipe("hyponym_detector", last=True)
    return model


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
    return [found for found, _ in finds(model, texts)]


def finds(model: Language, texts: Sequence[str]) -> list[tuple[list[Entity], list[Membership]]]:
    """What the model finds in each text: things, and members of classes.

    A member that the model did not find itself is a thing with the label of its class.
    """
    out = []
    for doc in model.pipe(texts, batch_size=128):
        things = [Entity(e.start_char, e.end_char, _label(e.label_)) for e in doc.ents]
        members: list[Membership] = []
        for relation, general, special in getattr(doc._, "hearst_patterns", None) or ():
            member = Membership(
                relation, (general.start_char, general.end_char), (special.start_char, special.end_char)
            )
            members.append(member)
            if not any(t.start < member.special[1] and member.special[0] < t.end for t in things):
                over = (t.label for t in things if t.start < member.general[1] and member.general[0] < t.end)
                things.append(Entity(*member.special, next(over, None)))
        out.append((sorted(things, key=lambda t: t.start), members))
    return out


@cache
def counterparts() -> dict[str, Label | None]:
    """Label of a public model -> the one of this project, or null: from model_labels.tsv."""
    text = (resources.files("protocol_nlp") / "lexicons" / "model_labels.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["theirs"]: cast(Label, row["ours"]) if row["ours"] in LABELS else None for row in rows}


def _label(label: str) -> Label | None:
    return cast(Label, label) if label in LABELS else counterparts().get(label)
