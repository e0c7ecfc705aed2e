"""Which criterion of one version became which of the other, wherever it was moved and however it was renumbered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from protocol_nlp.amend.words import folded, words
from protocol_nlp.tree import Comparison, Condition, Criterion, Trial, walk

LEAST: Final = 0.34
"""How alike two criteria of one section have to be to be taken for two versions of one; of two sections, `CROSSED`."""
CROSSED: Final = 0.65


class Stated(NamedTuple):
    """A criterion that states something, and the items that it stands under."""

    criterion: Criterion
    above: tuple[Criterion, ...]


def stated(trial: Trial) -> tuple[Stated, ...]:
    """All criteria of a trial but the headings, in the order of the text."""

    def down(items: Sequence[Criterion], above: tuple[Criterion, ...]) -> Iterator[Stated]:
        for item in items:
            if item.form != "heading":
                yield Stated(item, above)
            yield from down(item.children, (*above, item))

    return tuple(down(trial.criteria, ()))


def pairs(ours: Sequence[Stated], theirs: Sequence[Stated]) -> list[tuple[int, int]]:
    """Positions that belong together, each at most once: the same words first, then what is most alike."""
    features, others = [_features(s.criterion) for s in ours], [_features(s.criterion) for s in theirs]
    found = []
    for i, a in enumerate(ours):
        for j, b in enumerate(theirs):
            score = _alike(features[i], others[j])
            least = LEAST if a.criterion.role == b.criterion.role else CROSSED
            if score >= least:
                place = abs(i / len(ours) - j / len(theirs))
                found.append((-score, a.criterion.role != b.criterion.role, place, i, j))
    out = []
    left, right = set(range(len(ours))), set(range(len(theirs)))
    for *_, i, j in sorted(found):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            out.append((i, j))
    return sorted(out)


class _Features(NamedTuple):
    text: str
    words: frozenset[str]
    things: frozenset[str]


def _features(criterion: Criterion) -> _Features:
    said = frozenset(w for w in words(criterion.text) if not w[0].isdigit())
    things = set()
    for node in walk(criterion.expr) if criterion.expr else ():
        match node:
            case Condition() if node.concept.label != "Person":
                things.add(node.concept.id or folded(node.concept.text))
            case Comparison() if node.measure:
                things.add(node.measure.id or folded(node.measure.text))
            case _:
                pass
    return _Features(folded(criterion.text), said, frozenset(things))


def _alike(a: _Features, b: _Features) -> float:
    """From 0 to 1; more than 1 for the same words."""
    if a.text == b.text:
        return 2.0
    of_words = _shared(a.words, b.words)
    if a.words and b.words and (a.words <= b.words or b.words <= a.words) and a.things & b.things:
        return max(LEAST + 0.2 * of_words, 0.5 * of_words + 0.5 * _shared(a.things, b.things))
    return max(0.5 * of_words + 0.5 * _shared(a.things, b.things), 0.8 * of_words)


def _shared(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def moved(found: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The pairs that left their place among the others: all but a longest run that kept its order."""
    tails: list[int] = []
    ends: list[int] = []
    back: list[int | None] = []
    for n, (_, j) in enumerate(found):
        at = bisect_left(tails, j)
        tails[at : at + 1] = [j]
        ends[at : at + 1] = [n]
        back.append(ends[at - 1] if at else None)
    kept = set()
    n_: int | None = ends[-1] if ends else None
    while n_ is not None:
        kept.add(found[n_])
        n_ = back[n_]
    return set(found) - kept


__all__ = ["CROSSED", "LEAST", "Stated", "moved", "pairs", "stated"]
