"""Annotated documents as training examples: one criterion line a Doc, overlaps resolved, losses counted."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from .brat import Document, Entity

# The bullet is cut off: the net must read the criterion, not recognise a corpus by its layout.
BULLET = re.compile(r"[\s*•·○●▪◦–—-]*(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})[.)]+\s+)*[\s*•·○●▪◦–—-]*")
LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a document without its bullet; `start` is its place in the document's text."""

    document: Document
    start: int
    text: str


def pieces(document: Document) -> Iterator[Piece]:
    """The lines of a document that hold more than a bullet."""
    for line in LINE.finditer(document.text):
        bullet = BULLET.match(line.group())
        cut = bullet.end() if bullet else 0
        text = line.group()[cut:].rstrip()
        if text:
            yield Piece(document, line.start() + cut, text)


def longest(entities: Iterable[Entity]) -> tuple[list[Entity], int]:
    """Entities that do not overlap, the longer ones first, and how many had to go."""
    kept: list[Entity] = []
    lost = 0
    for entity in sorted(entities, key=lambda e: (e.start - e.end, e.start, e.label)):
        if any(entity.start < other.end and other.start < entity.end for other in kept):
            lost += 1
        else:
            kept.append(entity)
    return sorted(kept, key=lambda e: e.start), lost


def gold_docs(
    nlp: Language, documents: Iterable[Document], counts: Counter[str], *, wrap: float = 0.0, seed: int = 0
) -> Iterator[Doc]:
    """One Doc a piece with its `ents`; `counts` receives what was kept and what was lost, and why.

    A share `wrap` of the pieces gets a line break and an indent in place of one of its spaces, as
    registries do.
    """
    chance = random.Random(seed)
    for document in documents:
        whole = [entity for entity in document.entities if entity.whole]
        counts["entities"] += len(document.entities)
        counts["lost: gaps"] += len(document.entities) - len(whole)
        placed = 0
        for piece in pieces(document):
            end = piece.start + len(piece.text)
            inside = [e for e in whole if piece.start <= e.start and e.end <= end]
            placed += len(inside)
            kept, lost = longest(inside)
            counts["lost: overlap"] += lost
            doc = nlp.make_doc(piece.text)
            spans = []
            for entity in kept:
                span = doc.char_span(entity.start - piece.start, entity.end - piece.start, label=entity.label)
                if span is None or not span.text.strip() or span[0].is_space or span[-1].is_space:
                    counts["lost: inside a token"] += 1
                else:
                    spans.append(span)
            doc.set_ents(spans, missing=_gaps(doc, piece, spans), default="outside")
            counts["kept"] += len(spans)
            counts["pieces"] += 1
            counts["tokens"] += len(doc)
            doc.user_data["piece"] = piece
            yield wrapped(doc, chance) if wrap and chance.random() < wrap else doc
        counts["lost: over a line end"] += len(whole) - placed


def _gaps(doc: Doc, piece: Piece, taken: list[Span]) -> list[Span]:
    """Stretches of entities with gaps, of which nothing is to be learnt, between the spans that are taken."""
    used = {token.i for span in taken for token in span}
    gaps = set()
    for entity in piece.document.entities:
        if not entity.whole:
            begin, end = entity.start - piece.start, entity.end - piece.start
            gaps |= {t.i for t in doc if begin < t.idx + len(t) and t.idx < end}
    return [doc[i : i + 1] for i in sorted(gaps - used)]


def wrapped(doc: Doc, chance: random.Random) -> Doc:
    """The same Doc with one space turned into a line break and an indent; entities keep their words."""
    places = [i for i, token in enumerate(doc) if token.whitespace_ and not token.is_space]
    if not places:
        return doc
    place = chance.choice(places)
    words = [token.text for token in doc]
    spaces = [bool(token.whitespace_) for token in doc]
    tags = [f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else token.ent_iob_ for token in doc]
    inner = place + 1 < len(doc) and tags[place + 1].startswith("I-")
    words.insert(place + 1, "\n" + " " * chance.choice((2, 4, 8)))
    spaces[place] = False
    spaces.insert(place + 1, False)
    tags.insert(place + 1, tags[place + 1] if inner else "O")
    return Doc(doc.vocab, words=words, spaces=spaces, ents=tags)
