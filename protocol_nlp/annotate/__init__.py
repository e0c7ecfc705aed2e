"""Text of an item -> typed tokens: the only room of spaCy and scispaCy."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import spacy
from scispacy.abbreviation import AbbreviationDetector  # noqa: F401  registers the component
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from protocol_nlp.annotate.mentions import mentions
from protocol_nlp.annotate.phrase_index import PhraseIndex
from protocol_nlp.annotate.recognize import finds, installed, shipped
from protocol_nlp.annotate.reconcile import Entity, leading, reconcile
from protocol_nlp.annotate.scan import scan
from protocol_nlp.annotate.select import Found, select
from protocol_nlp.annotate.shape import shape
from protocol_nlp.annotate.short_forms import ShortForm, explained
from protocol_nlp.annotate.tables import readings
from protocol_nlp.annotate.tokens import Token
from protocol_nlp.annotate.view import View, view
from protocol_nlp.tree import Abbreviation, Concept, Membership, Span

__all__ = ["Annotation", "Annotator", "Reading", "annotator"]


MOST_BRACKETS = 300  # in one lead


class Annotation(NamedTuple):
    """A lead's typed tokens, which the grammars read, and the entities named in it."""

    tokens: list[Token]
    entities: tuple[Concept, ...]


class Reading(NamedTuple):
    """What annotation finds in one entry: by lead, and in all of it."""

    leads: list[Annotation]
    abbreviations: tuple[Abbreviation, ...]
    memberships: tuple[Membership, ...]


class _Tokenizer:
    """spaCy tokenizer over the scanner."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        lexemes = list(scan(text))
        words = [text[x.start : x.end] for x in lexemes]
        spaces = [x.end < len(text) and text[x.end] == " " for x in lexemes]
        return Doc(self.vocab, words=words, spaces=spaces)


def _cut(spelling: str) -> Iterator[str]:
    return (spelling[x.start : x.end] for x in scan(spelling))


class Annotator:
    """Turns the items of one entry into typed tokens.

    The tables and the shipped model are always used; `model` names an installed spaCy or scispaCy pipeline whose
    entities are used as well, where neither knows anything.
    """

    def __init__(self, model: str | None = None) -> None:
        self.nlp: Language = spacy.blank("en")
        self.nlp.tokenizer = _Tokenizer(self.nlp.vocab)
        self.nlp.add_pipe("abbreviation_detector")
        self.models = [shipped(), *([installed(model)] if model else [])]
        self.readings = readings()
        self.phrases = PhraseIndex(self.readings, _cut)

    def tokens(self, text: str, leads: Iterable[Span]) -> list[list[Token]]:
        """The typed tokens alone of each lead of one entry."""
        return [annotation.tokens for annotation in self.annotate(text, leads)]

    def annotate(self, text: str, leads: Iterable[Span]) -> list[Annotation]:
        """The tokens and entities of each lead of one entry."""
        return self.read(text, leads).leads

    def read(self, text: str, leads: Iterable[Span]) -> Reading:
        """All that is found in one entry; a short form explained anywhere in it is read so in every lead."""
        views = [view(text, lead) for lead in leads]
        abbreviations, short_forms = explained(self._bracketed(views), self.readings)
        texts = [v.text for v in views]
        found: list[list[Entity]] = [[] for _ in texts]
        memberships: list[Membership] = []
        for model in self.models:
            for seen, things, (more, members) in zip(views, found, finds(model, texts), strict=True):
                things += more
                memberships += (
                    Membership(relation=m.relation, general=seen.span(*m.general), special=seen.span(*m.special))
                    for m in members
                )
        annotated = [self._lead(v, short_forms, t) for v, t in zip(views, found, strict=True)]
        return Reading(annotated, abbreviations, tuple(memberships))

    def _bracketed(self, views: Sequence[View]) -> list[tuple[Doc, View]]:
        """The views that may explain abbreviations, with what explains them; without brackets there are none to look
        for, and with very many (their number counts twice over) none is sought."""
        kept = [v for v in views if 0 < v.text.count("(") <= MOST_BRACKETS]
        with warnings.catch_warnings():
            # scispaCy's detector warns on every text without an abbreviation
            warnings.filterwarnings("ignore", message=r"\[W036\]")
            return [(self.nlp(v.text), v) for v in kept]

    def matches(self, words: Sequence[str]) -> list[Found]:
        """All that the tables' spellings match, overlapping as they may."""
        return [
            Found(start, end, reading)
            for start, end, spelling in self.phrases.find(words)
            for reading in self.readings[spelling]
        ]

    def _lead(self, seen: View, short_forms: dict[str, ShortForm], things: list[Entity]) -> Annotation:
        lexemes = list(scan(seen.text))
        words = [seen.text[x.start : x.end] for x in lexemes]
        found = self.matches(words)
        for i, word in enumerate(words) if short_forms else ():
            if (short := short_forms.get(word)) is None or (not short.unusual and word in self.readings):
                continue
            if short.unusual:
                found = [f for f in found if (f.start, f.end) != (i, i + 1)]
            found.append(Found.of(i, i + 1, short.kind, short.term))
        led = leading(things, seen.text)
        named = [t for t in things if t not in led]
        tokens = shape(select(lexemes, reconcile(found, named, lexemes, seen.text), seen.text), seen)
        return Annotation(tokens, mentions([t for t in things if t not in led or t.label != "Condition"], tokens, seen))


@cache
def annotator(model: str | None = None) -> Annotator:
    """One annotator per model and process: it takes about a second to load."""
    return Annotator(model)
