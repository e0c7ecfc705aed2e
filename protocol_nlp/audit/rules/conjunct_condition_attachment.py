from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import sentences, span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span

VERBS: Final = WordList("audit_trailing_subject", ("kind",))
_STARTS: Final = frozenset(
    {
        "must",
        "should",
        "will",
        "may",
        "no",
        "not",
        "the",
        "patients",
        "subjects",
        "participants",
        "who",
        "which",
        "that",
    }
    | {"is", "are", "has", "have", "was", "were", "they", "he", "she", "all", "those", "with", "if", "for", "to", "in"}
)
_LONGEST = 4


@rule(code="LOG007", severity="warning")
def conjunct_condition_attachment(document: Document) -> Iterator[Draft]:
    """A clause with a subject of its own trails behind ", and": to which part of the sentence does it add a condition?

    Why it matters
        Read as a condition of its own, the trailing clause makes the rule narrower or wider than it was meant; a
        patient with a treatable complaint is kept out or let in.
    Example
        Exclusion: Pleural effusion or ascites, and drug treatment is not effective
    Use instead
        Exclusion: Pleural effusion or ascites that drug treatment does not control
    """
    for item in document.stated():
        if item.role == "exclusion":
            for place in _trailing(item):
                yield Draft(
                    span=place,
                    message="a trailing condition: to which part does it belong?",
                    readings=Readings("it narrows all that stands before it", "it narrows only what stands next to it"),
                    question="To what does this clause belong? Please make it a part of that phrase.",
                    confidence="medium",
                )


def _trailing(item: Item) -> Iterator[Span]:
    verbs = {hit.first for hit in item.find(VERBS)}
    for here in sentences(item):
        for i in here:
            if [w.folded for w in item.words[i : i + 2]] != [",", "and"] or i + 2 >= here.stop:
                continue
            if item.words[i + 2].folded in _STARTS:
                continue
            for verb in range(i + 3, min(i + 3 + _LONGEST, here.stop)):
                if verb in verbs:
                    yield span(item, i + 1, here.stop - 1)
                    break
                if not item.words[verb].text.isalpha() or item.words[verb].folded in _STARTS:
                    break
