"""Entity scores as the corpora's scorer counts them: one to one, in text order, per document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Span

from .brat import SCORED, Document, Entity
from .corpus import pieces

Found = tuple[int, int, str]
Policy = Callable[[Doc], Iterable[Span]]


@dataclass(slots=True)
class Tally:
    """True and false positives and false negatives, in all and per label."""

    tp: Counter[str] = field(default_factory=Counter)
    fp: Counter[str] = field(default_factory=Counter)
    fn: Counter[str] = field(default_factory=Counter)

    def scores(self) -> dict[str, dict[str, float]]:
        """Precision, recall and F1 per label and, under `all`, over every label."""
        labels = sorted({*self.tp, *self.fp, *self.fn})
        rows = {label: _prf(self.tp[label], self.fp[label], self.fn[label]) for label in labels}
        return {"all": _prf(self.tp.total(), self.fp.total(), self.fn.total()), **rows}


def _prf(tp: int, fp: int, fn: int) -> dict[str, float]:
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    rates = {"precision": precision, "recall": recall, "f1": f1}
    return {name: round(value, 4) for name, value in rates.items()} | {"gold": tp + fn}


def predict(nlp: Language, documents: Sequence[Document], policy: Policy) -> dict[str, list[Found]]:
    """Entities of every document by its name, in text order, with offsets of the document's text."""
    found: dict[str, list[Found]] = {document.name: [] for document in documents}
    parts = [piece for document in documents for piece in pieces(document)]
    for piece, doc in zip(parts, nlp.pipe(piece.text for piece in parts), strict=True):
        found[piece.document.name] += [
            (piece.start + span.start_char, piece.start + span.end_char, span.label_) for span in policy(doc)
        ]
    return found


def accepted(entity: Entity, corpus: str) -> frozenset[str]:
    """The labels that count as right: Leaf does not tell Measurement from Observation."""
    both = frozenset({"Measurement", "Observation"})
    return both if corpus == "leaf" and entity.label in both else frozenset({entity.label})


def score(documents: Sequence[Document], found: Mapping[str, list[Found]], *, exact: bool) -> Tally:
    """Compare what was found with the annotation; both lists are taken in the order they have."""
    tally = Tally()
    for document in documents:
        judged = SCORED[document.corpus]
        left = list(found[document.name])
        gold = [entity for entity in document.entities if entity.label in judged]
        if not gold:
            continue  # nobody has looked for entities here
        gaps = [entity for entity in gold if not entity.whole]
        for entity in gold:
            if not entity.whole:
                continue
            labels = accepted(entity, document.corpus)
            hit = next((f for f in left if f[2] in labels and _meets(entity, f, exact)), None)
            if hit is None:
                tally.fn[entity.label] += 1
            else:
                left.remove(hit)
                tally.tp[entity.label] += 1
        for wrong in left:
            if wrong[2] in judged and not any(_meets(entity, wrong, False) for entity in gaps):
                tally.fp[wrong[2]] += 1
    return tally


def _meets(entity: Entity, found: Found, exact: bool) -> bool:
    if exact:
        return (entity.start, entity.end) == found[:2]
    return entity.start < found[1] and found[0] < entity.end


def report(nlp: Language, documents: Sequence[Document], policy: Policy) -> dict[str, object]:
    """Exact and overlap scores for each corpus among `documents`, per label."""
    found = predict(nlp, documents, policy)
    by_corpus: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_corpus[document.corpus].append(document)
    return {
        corpus: {
            "documents": len(group),
            "exact": score(group, found, exact=True).scores(),
            "overlap": score(group, found, exact=False).scores(),
        }
        for corpus, group in by_corpus.items()
    }
