"""scispaCy's candidate generator over our knowledge base: which concepts are spelled like these words.

scispaCy looks its neighbours up in an approximate index (nmslib). Ours is exact: at this size the sparse product takes
no longer than the graph search, needs no 15 seconds of building, and finds the same neighbours each time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scispacy.candidate_generation import CandidateGenerator
from scispacy.linking_utils import KnowledgeBase
from sklearn.feature_extraction.text import TfidfVectorizer

from protocol_nlp.link import knowledge, store

NEIGHBOURS = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept, the spelling of it that is most like the words, and how alike: the cosine of character trigrams."""

    id: str
    spelling: str
    score: float


class ExactIndex:
    """All spellings as rows of a sparse matrix of unit length, asked as scispaCy asks nmslib."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.columns = rows.T.tocsr()

    def knnQueryBatch(self, vectors: Any, k: int) -> list[tuple[Any, Any]]:
        """For each vector the indices of the k nearest spellings and their cosine distances, nearest first."""
        alike = (vectors @ self.columns).tocsr()
        out = []
        for start, end in zip(alike.indptr, alike.indptr[1:], strict=False):
            values, places = alike.data[start:end], alike.indices[start:end]
            best = np.lexsort((places, -values))[:k]
            out.append((places[best], 1 - values[best]))
        return out


@dataclass(frozen=True, slots=True)
class _Built:
    """What is kept in the cache."""

    lines: str
    spellings: list[str]
    vectorizer: Any
    rows: Any


def _vectorizer() -> Any:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)


def _build(lines: str) -> _Built:
    spellings = sorted({name for line in lines.splitlines() for name in json.loads(line)["aliases"]})
    vectorizer = _vectorizer()
    rows = vectorizer.fit_transform(spellings)
    return _Built(lines, spellings, vectorizer, rows)


def _write(built: _Built, place: Path) -> None:
    (place / "concepts.jsonl").write_text(built.lines, encoding="utf-8")
    grams = {gram: int(column) for gram, column in built.vectorizer.vocabulary_.items()}
    words = {"spellings": built.spellings, "grams": grams}
    (place / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    np.save(place / "weights.npy", built.vectorizer.idf_, allow_pickle=False)
    sparse.save_npz(place / "rows.npz", built.rows)


def _read(place: Path) -> _Built:
    lines = (place / "concepts.jsonl").read_text(encoding="utf-8")
    words = json.loads((place / "words.json").read_text(encoding="utf-8"))
    vectorizer = _vectorizer()
    vectorizer.vocabulary = words["grams"]
    vectorizer.idf_ = np.load(place / "weights.npy", allow_pickle=False)
    rows = sparse.load_npz(place / "rows.npz")  # numpy refuses pickled objects here
    if rows.shape != (len(words["spellings"]), len(words["grams"])):
        raise ValueError("the index does not fit its spellings")
    return _Built(lines, words["spellings"], vectorizer, rows)


class Generator:
    """Words -> candidates, best first; each text is looked up once in the life of the process."""

    def __init__(self) -> None:
        found = list(knowledge.entities())
        lines = knowledge.lines(found)
        name = f"concepts-{knowledge.fingerprint(lines)}"
        built = store.kept(name, lambda: _build(lines), _write, _read)
        self.kb = KnowledgeBase(found)
        self.inner = CandidateGenerator(
            ann_index=ExactIndex(built.rows),
            tfidf_vectorizer=built.vectorizer,
            ann_concept_aliases_list=built.spellings,
            kb=self.kb,
        )
        self.known: dict[str, tuple[Candidate, ...]] = {}

    def __call__(self, texts: Sequence[str]) -> list[tuple[Candidate, ...]]:
        """The candidates of each text, looked up together."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        for text, found in zip(new, self.inner(new, NEIGHBOURS), strict=True):
            best = [(*max(zip(c.similarities, c.aliases, strict=True)), c.concept_id) for c in found]
            ranked = sorted((-score, name, spelling) for score, spelling, name in best)
            self.known[text] = tuple(Candidate(name, spelling, -minus) for minus, name, spelling in ranked)
        return [self.known[text] for text in texts]


@cache
def generator() -> Generator:
    """One generator for the process; the first call loads it, or builds it in a few seconds."""
    return Generator()
