"""Floret vectors from raw criteria: a small hashed table with a vector for every word, misspelt or not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from protocol_nlp.annotate.criteria_tokenizer import split

from .brat import held_out


def registry_texts(path: Path) -> Iterator[str]:
    """Criteria text of a gzipped JSON Lines file with `id` and `criteria`; held-out trials are left out."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if not held_out(record["id"]):
                yield f"{record.get('title') or ''}\n{record['criteria']}"


def write_words(texts: Iterable[str], path: Path) -> int:
    """Write one line of lower-case tokens a paragraph to `path`; returns the number of tokens."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for text in texts:
            for paragraph in text.replace("\r", "").split("\n\n"):
                words = [word.lower() for word in split(paragraph)[0] if not word.isspace()]
                if words:
                    out.write(" ".join(words) + "\n")
                    count += len(words)
    return count


def train_vectors(words: Path, out: Path, *, dim: int, buckets: int, epochs: int) -> None:
    """Train floret vectors on a file of tokens and write floret's text format to `out`.

    One thread, so that the result is the same from run to run.
    """
    import floret  # of the extra "train"; the rest of this package works without it

    model = floret.train_unsupervised(
        str(words),
        model="cbow",
        mode="floret",
        dim=dim,
        bucket=buckets,
        hashCount=2,
        minn=3,
        maxn=5,
        minCount=3,
        epoch=epochs,
        ws=5,
        neg=10,
        lr=0.05,
        thread=1,
        verbose=0,
    )
    model.save_floret_vectors(str(out))
