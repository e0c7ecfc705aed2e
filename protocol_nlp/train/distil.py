"""Silver examples: what most of several trained models find in raw criteria, for one model to learn from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import spacy
from spacy.tokens import DocBin, Span

from .corpus import BULLET
from .fit import blank

SHORTEST, LONGEST = 20, 600  # characters of a paragraph: headings and whole blocks of criteria are left out

Mark = tuple[int, int, str]  # first token, one past the last token, label


def raw_texts(path: Path, words: int) -> Iterator[str]:
    """Paragraphs of a JSON Lines file without their bullets, until there are `words` words."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text: str = json.loads(line)["text"]
            bullet = BULLET.match(text)
            text = text[bullet.end() if bullet else 0 :]
            if SHORTEST <= len(text) <= LONGEST:
                yield text
                words -= len(text.split())
            if words <= 0:
                return


def majority(votes: Iterable[Iterable[Mark]], need: int) -> list[Mark]:
    """Marks that at least `need` voters agree on; where two overlap, more votes win, then the longer."""
    count = Counter(mark for vote in votes for mark in vote)
    kept: list[Mark] = []
    for mark, voters in sorted(count.items(), key=lambda c: (-c[1], c[0][0] - c[0][1], c[0])):
        if voters >= need and not any(mark[0] < other[1] and other[0] < mark[1] for other in kept):
            kept.append(mark)
    return sorted(kept)


def write_silver(teachers: Sequence[Path], raw: Path, out: Path, *, words: int) -> Counter[str]:
    """Write a DocBin of raw paragraphs with the entities most teachers agree on; returns counts by label."""
    texts = list(raw_texts(raw, words))
    votes: list[list[list[Mark]]] = [[] for _ in texts]
    for path in teachers:
        for vote, doc in zip(votes, spacy.load(path).pipe(texts), strict=True):
            vote.append([(ent.start, ent.end, ent.label_) for ent in doc.ents])
    nlp = blank()
    counts: Counter[str] = Counter(pieces=len(texts))
    silver = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "SPACY"])
    for text, vote in zip(texts, votes, strict=True):
        doc = nlp.make_doc(text)
        marks = majority(vote, len(teachers) // 2 + 1)
        doc.ents = [Span(doc, start, end, label=label) for start, end, label in marks]
        counts.update(label for _, _, label in marks)
        silver.add(doc)
    silver.to_disk(out)
    return counts
