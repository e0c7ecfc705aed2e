"""Mentions -> concepts: what the tables did not link by its exact words, linked or suggested by likeness.

For each concept of the tree, in this order:

1. It has an identifier: `linked` says whether its words are a name of that concept ("exact") or hold one ("part").
   Where a measure stands without a bound and its words name a drug or a disease, it is that ("dexamethasone").
2. Its words are an exact name, or are one without words that say when or how ("prior …", "… regimen").
3. A model labelled it, and a spelling of the knowledge base differs from it by slips alone: linked as "similar", with
   the score. What is merely alike is not linked; the best candidate stands beside it as a suggestion for a person.

The score is the cosine of character trigrams, from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from protocol_nlp.link import guards, names
from protocol_nlp.tree import (
    Comparison,
    Concept,
    Condition,
    Criterion,
    Expr,
    Governs,
    Label,
    Suggestion,
    TimeWindow,
    Trial,
    Within,
    criteria,
    rewrite,
    walk,
)

if TYPE_CHECKING:
    from protocol_nlp.link.candidates import Candidate

# Scores below which nothing is linked, nothing suggested, no tumour suggested. docs/linking.md says how they were set.
LINKED, SUGGESTED, TUMOUR = 0.6, 0.7, 0.6
_SUGGESTED_FOR: frozenset[Label | None] = frozenset({"Condition", "Drug", "Measurement"})
LONGEST = 80  # characters: longer mentions are phrases, not names
_SOUGHT: frozenset[Label | None] = frozenset({"Condition", "Drug", "Procedure", "Device", "Measurement", "Observation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What linking says of some words: how, which row (null: the identifier stays as it is), and what it suggests."""

    linked: Literal["exact", "part", "similar"] | None = None
    row: names.Named | None = None
    score: Decimal | None = None
    suggestion: Suggestion | None = None


def link(trial: Trial) -> Trial:
    """The trial with its concepts linked; everything else is as it was."""
    _prepare(trial)
    own = frozenset(a.short for a in trial.abbreviations if a.issues)
    return replace(trial, criteria=tuple(_criterion(criterion, own) for criterion in trial.criteria))


def _criterion(criterion: Criterion, own: frozenset[str]) -> Criterion:
    """`own`: short forms that the entry explains in its own way, so that the tables' names are none for them."""
    expr = rewrite(criterion.expr, lambda node: _node(node, own)) if criterion.expr else None
    wider = [n.concept for n in walk(expr) if isinstance(n, Condition)] if expr else []
    return replace(
        criterion,
        expr=expr,
        governs=_windows(criterion.governs),
        entities=tuple(_inside(linked(entity, own=own), wider) for entity in criterion.entities),
        children=tuple(_criterion(child, own) for child in criterion.children),
    )


def _node(node: Expr, own: frozenset[str]) -> Expr:
    match node:
        case Condition():
            return replace(node, concept=linked(node.concept, own=own))
        case Comparison() if node.measure is not None:
            return replace(node, measure=linked(node.measure, kept=True))
        case Within() if any(w.anchor is not None for w in node.window.each):
            return replace(node, window=_window(node.window))
    return node


def _window(window: TimeWindow) -> TimeWindow:
    anchor = linked(window.anchor, kept=True) if window.anchor else None
    return replace(window, anchor=anchor, others=tuple(map(_window, window.others)))


def _windows(governs: Governs | None) -> Governs | None:
    """The windows that hold below a lead are those of its expression, linked alike."""
    return replace(governs, windows=tuple(map(_window, governs.windows))) if governs else None


def _inside(entity: Concept, wider: list[Concept]) -> Concept:
    """An entity that is only a piece of a longer exact name is what that name says: "sarcoma" in "alveolar soft part
    sarcoma", "PD-L1 inhibitor" in "PD-1 or PD-L1 inhibitor"."""
    for concept in wider:
        held = concept.linked == "exact" and concept.span.holds(entity.span) and concept.span != entity.span
        if held and concept.id != entity.id and entity.label and guards.fits(entity.label, _label(concept)):
            return replace(entity, id=concept.id, name=concept.name, codes=concept.codes, linked="part")
    return entity


def _label(concept: Concept) -> str:
    row = names.by_id().get(concept.id or "")
    return row.label if row else concept.label or ""


def linked(concept: Concept, *, kept: bool = False, own: frozenset[str] = frozenset()) -> Concept:
    """The concept with what linking finds of it; `kept`: its identifier is that of a bounded measure or of an event;
    `own`: short forms that mean in this entry what no table says."""
    if concept.id is None and own and not own.isdisjoint(concept.text.split()):
        return concept
    found = _find(concept.text, concept.label, concept.id, kept)
    made = replace(concept, linked=found.linked, score=found.score, suggestion=found.suggestion)
    return replace(made, id=found.row.id, name=found.row.name, codes=found.row.codes) if found.row else made


@lru_cache(maxsize=50_000)
def _find(text: str, label: Label | None, id: str | None, kept: bool) -> _Found:
    if id is not None:
        return _of_known(text, label, id, kept)
    rows = names.exact(text)
    if row := names.chosen(rows, label):
        return _Found(linked="exact", row=row)
    for form in names.framed(text, label):
        if row := names.chosen(names.exact(form), label):
            return _Found(linked="part", row=row)
    return _alike(text, label)


def _of_known(text: str, label: Label | None, id: str, kept: bool) -> _Found:
    """What the words of a concept with an identifier say of it."""
    rows, held = names.exact(text), names.by_id().get(id)
    if held is not None and held.measure and not kept:
        forms = (text, *names.framed(text, "Drug"))
        thing = next((row for form in forms if (row := names.chosen(_things(form), label))), None)
        if thing is not None and thing.label in ("Drug", "Condition", "Observation"):
            return _Found(linked="exact" if _things(text) else "part", row=thing)
    if held is None or any(row.id == id for row in rows):
        return _Found(linked="exact")
    best = _suggestion(text, label) if id.startswith("histology:") else None
    return _Found(linked="part", suggestion=best if best and best.id != id else None)


def _alike(text: str, label: Label | None) -> _Found:
    """What candidates say of words that no table knows."""
    if label not in _SOUGHT or label is None or not sought(text):
        return _Found()
    for candidate in _candidates(text):
        row = names.by_id().get(candidate.id)
        if row is None or not guards.fits(label, row.label) or candidate.score < LINKED:
            continue
        if guards.misspelt(names.clean(text), candidate.spelling, drug=row.label == "Drug"):
            return _Found(linked="similar", row=row, score=_score(candidate.score))
    return _Found(suggestion=_suggestion(text, label))


def _things(form: str) -> tuple[names.Named, ...]:
    return tuple(r for r in names.exact(form) if not r.measure)


def sought(text: str) -> bool:
    """Whether likeness can say anything of these words: a name of some length, not a phrase or a short form."""
    letters = sum(c.isalpha() for c in text)
    return letters >= guards.ONE_SLIP and len(text) <= LONGEST


def _suggestion(text: str, label: Label | None) -> Suggestion | None:
    """The best candidate with the mention's label that nothing speaks against."""
    if label not in _SUGGESTED_FOR or not sought(text):
        return None
    for candidate in _candidates(text):
        row, name = names.by_id().get(candidate.id), candidate.spelling
        enough = TUMOUR if candidate.id.startswith("histology:") else SUGGESTED
        if row is None or candidate.score < enough or row.label != label or row.measure != (label == "Measurement"):
            continue
        if candidate.id.startswith("drug:") and not guards.holds(text, name):
            continue
        if guards.related(text, name) and not guards.fragment(text, name) and not guards.contradicts(text, name):
            return Suggestion(id=row.id, name=row.name, score=_score(candidate.score))
    return None


def _candidates(text: str) -> tuple[Candidate, ...]:
    from protocol_nlp.link.candidates import generator  # loads scikit-learn, which takes a second

    return generator()([names.clean(text)])[0]


def _prepare(trial: Trial) -> None:
    """Look the candidates of one entry up together: in a batch each takes a third of the time."""
    found: dict[str, None] = {}
    for criterion in criteria(trial):
        concepts = [n.concept for n in walk(criterion.expr) if isinstance(n, Condition)] if criterion.expr else []
        for concept in (*criterion.entities, *concepts):
            unknown = concept.id is None and not names.exact(concept.text) and concept.label in _SOUGHT
            if unknown and concept.label and sought(concept.text):
                found[names.clean(concept.text)] = None
    if found:
        from protocol_nlp.link.candidates import generator

        generator()(list(found))


def _score(value: float) -> Decimal:
    return Decimal(str(round(min(value, 1.0), 2)))


__all__ = ["link", "linked"]
