"""The steps of training, from files to files: corpora, vectors, an optional pretraining, the net."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training.initialize import convert_vectors, init_nlp
from spacy.training.loop import train as train_nlp
from spacy.training.pretrain import pretrain
from spacy.util import load_config, load_model_from_config

from protocol_nlp.annotate.criteria_tokenizer import CriteriaTokenizer

from .brat import Document
from .corpus import gold_docs
from .vectors import registry_texts

LONGEST_PARAGRAPH = 2000  # characters; what is longer is rarely prose


def blank() -> Language:
    """An English pipeline with the criteria tokenizer and nothing else."""
    nlp = spacy.blank("en")
    nlp.tokenizer = CriteriaTokenizer(nlp.vocab)
    return nlp


def write_corpus(documents: Iterable[Document], path: Path, *, wrap: float, seed: int) -> Counter[str]:
    """Write the pieces of `documents` as a DocBin; returns how many entities were kept and lost, and why."""
    counts: Counter[str] = Counter()
    docs = gold_docs(blank(), documents, counts, wrap=wrap, seed=seed)
    DocBin(docs=docs, attrs=["ENT_IOB", "ENT_TYPE", "SPACY"], store_user_data=False).to_disk(path)
    return counts


def write_vectors(floret: Path, out: Path) -> None:
    """Turn floret's text format into a pipeline that holds the table; words are looked up in lower case."""
    nlp = spacy.blank("en")
    convert_vectors(nlp, floret, truncate=-1, prune=-1, mode="floret", attr="LOWER")
    nlp.to_disk(out)


def write_raw(raw: Path, out: Path, *, seed: int) -> int:
    """Write a registry file's paragraphs, shuffled, as JSON Lines for `pretraining`; returns their number."""
    texts = (text.replace("\r", "") for text in registry_texts(raw))
    flat = [" ".join(paragraph.split()) for text in texts for paragraph in text.split("\n\n")]
    kept = [paragraph for paragraph in flat if paragraph and len(paragraph) <= LONGEST_PARAGRAPH]
    random.Random(seed).shuffle(kept)
    out.write_text("".join(json.dumps({"text": paragraph}) + "\n" for paragraph in kept), encoding="utf-8")
    return len(kept)


def run_pretraining(config: Path, out: Path, overrides: dict[str, Any]) -> None:
    """Pretrain the encoder on raw text; the weights are written to `out`/model-last.bin."""
    out.mkdir(parents=True, exist_ok=True)
    settings = load_config(config, overrides=overrides, interpolate=True)
    filled = load_model_from_config(settings, auto_fill=True).config.interpolate()
    pretrain(filled, out, use_gpu=-1, silent=False)


def fit(config: Path, out: Path, pieces: int, overrides: dict[str, Any]) -> Language:
    """Train the pipeline of `config` and write it to `out`/model-last; `pieces` sets the length of the decay.

    The learning rate falls to nothing over the epochs, and the weights written are the running averages,
    so no choice among checkpoints is made on the documents held out.
    """
    settings = load_config(config, overrides=overrides, interpolate=False)
    training = settings["training"]
    steps = math.ceil(pieces / training["batcher"]["size"]) * training["max_epochs"]
    training["optimizer"]["learn_rate"]["total_steps"] = steps
    out.mkdir(parents=True, exist_ok=True)
    nlp = init_nlp(settings, use_gpu=-1)
    train_nlp(nlp, out, use_gpu=-1)
    return spacy.load(out / "model-last")


def count_words(documents: Sequence[Document]) -> int:
    """Words between white space."""
    return sum(len(document.text.split()) for document in documents)


def folder_size(path: Path) -> float:
    """Megabytes (10^6 bytes) of all files under a folder."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6
