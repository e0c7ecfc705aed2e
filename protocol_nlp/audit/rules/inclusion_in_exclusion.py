from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, inside, sentence, signs, span
from protocol_nlp.audit.words import WordList

DUTIES: Final = WordList("audit_inclusion_in_exclusion", ("kind",))
_RELATIVE: Final = frozenset({"who", "that", "which", "whose"})
_NOT_FIRST: Final = frozenset({"unless", "except", "that", "who", "which", "if", "excluding", "not"})
_BACK, _TELLING, _FEWEST = 14, 6, 2


@rule(code="POL001", severity="warning")
def inclusion_in_exclusion(document: Document) -> Iterator[Draft]:
    """A requirement ("must", "should", "are eligible if") stands among the exclusion criteria.

    Why it matters
        Who ticks an exclusion list answers "yes" where a patient has to stay out. A duty in that list turns the tick
        round: patients who meet the duty are kept out, or those who do not are let in.
    Example
        Exclusion: Toxicity of earlier treatment must have resolved to grade 1.
    Use instead
        Exclusion: Toxicity of earlier treatment that has not resolved to grade 1
    """
    for item in document.stated():
        if item.role != "exclusion":
            continue
        told: set[int] = set()
        if (cue := _permission(item)) is not None:
            here = sentence(item, cue.start)
            told.add(here.start)
            yield Draft(
                span=span(item, max(here.start, cue.start - _BACK), min(cue.stop - 1 + _TELLING, here.stop - 1)),
                message="a permission among the exclusion criteria",
                readings=Readings(
                    "meant as a permission: these patients may enter",
                    "ticked as an exclusion: these patients are kept out",
                ),
                question="May these patients enter? Then move it to the inclusion criteria, or make it an exception.",
            )
        for hit in item.find(DUTIES):
            here = sentence(item, hit.first)
            if hit.row["kind"] == "clear" or here.start in told or _describes(item, hit.first, here):
                continue
            told.add(here.start)
            denied = hit.row["kind"] == "denied"
            yield Draft(
                span=span(item, _subject(item, hit.first, here), min(hit.last + _TELLING, here.stop - 1)),
                message="forbids something in a list of what is forbidden: a double denial"
                if denied
                else "a requirement among the exclusion criteria",
                readings=Readings(
                    "meant as a duty: patients who do not meet it are excluded",
                    "ticked as an exclusion: patients for whom it holds are excluded",
                ),
                question="Is this a duty? Then write what excludes, or move it to the inclusion criteria.",
            )


def _permission(item: Item) -> range | None:
    """The words that permit, where a permission is the first thing that the item says."""
    asides = brackets(item)
    if item.parent is not None and any(signs(item.parent, "exempt")):
        return None
    for cue in signs(item, "permit"):
        here = sentence(item, cue.start)
        before = {item.words[i].folded for i in range(here.start, cue.start)}
        if here.start or inside(cue.start, asides) or before & _NOT_FIRST or cue.start - here.start < _FEWEST:
            continue
        return cue
    return None


def _describes(item: Item, at: int, here: range) -> bool:
    """Whether the duty only describes a person: "patients who must take steroids"."""
    return at > here.start and item.words[at - 1].folded in _RELATIVE


def _subject(item: Item, at: int, here: range) -> int:
    """Where the clause of the verb begins: behind a comma, or at the sentence's beginning."""
    begin = max(here.start, at - _BACK)
    commas = [i for i in range(begin, at) if item.words[i].text in (",", ":", "(", "-")]
    return min(max([begin, *(i + 1 for i in commas)]), at)
