from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Condition

ENGLISH: Final = WordList("audit_english")
FOREIGN: Final = WordList("audit_foreign")
# Of the words of English criteria about a quarter are small ones; below these shares it is another language.
LEAST: Final = 0.06
FEWEST: Final = 20
# So many terms of the tables are an English list of names, which has no small words.
NAMED: Final = 4
# How much more foreign text than English makes the whole entry foreign, so that its short lines are, too.
MOSTLY: Final = 2
FOREIGN_LETTERS: Final = 0.3
OTHER: Final = re.compile(r"[^A-Za-z]")
LATIN: Final = re.compile(r"[a-z]{3,}")
# A line in two languages can be read in one of them.
FEWEST_LATIN: Final = 3


@rule(code="STR010", severity="error", gate=True, document_wide=True)
def entry_in_another_language(document: Document) -> Iterator[Draft]:
    """The criteria, or some of them, are not written in English, the one language this audit reads.

    Why it matters
        Findings on a text that the program cannot read would be noise, and their absence would mean nothing.
    Example
        Inclusion Criteria:

        * Patienten im Alter von 18 bis 70 Jahren mit histologisch gesichertem Weichteilsarkom
        * Ausreichende Funktion von Knochenmark, Leber und Niere innerhalb von sieben Tagen vor Beginn der Behandlung
    Use instead
        Inclusion Criteria:

        * Patients aged 18 to 70 years with histologically confirmed soft tissue sarcoma
        * Platelets ≥ 100 x 10^9/L within seven days before the first dose
    """
    stated = [item for item in document.stated() if item.words]
    if not stated:
        return
    foreign = [item for item in stated if _foreign(item)]
    english = [item for item in stated if item not in foreign and item.find(ENGLISH)]
    said = [word for item in stated for word in item.words if word.text.isalpha()]
    small = sum(len(item.find(ENGLISH)) for item in stated)
    unknown = len(said) >= FEWEST and small < LEAST * len(said) and _named(stated) < NAMED
    if unknown or (foreign and _size(foreign) > MOSTLY * _size(english)):
        foreign = stated
    if foreign:
        one = "the criterion is" if len(foreign) == 1 else f"{len(foreign)} criteria are"
        whole = "the entry is" if len(foreign) == len(stated) else one
        yield Draft(
            span=foreign[0].lead,
            message=f"{whole} not in English: its wording was not audited",
            readings=Readings(
                "the wording is sound in its own language", "the wording has faults that nobody looked for"
            ),
            question="Is there an English version of these criteria?",
            also=tuple(item.lead for item in foreign[1:]),
        )


def _foreign(item: Item) -> bool:
    """Whether an item is in another script, or holds as many words that tell another language as small English ones."""
    letters = "".join(word.text for word in item.words if word.text.isalpha())
    latin = [word for word in item.words if LATIN.fullmatch(word.text)]
    if len(OTHER.findall(letters)) > FOREIGN_LETTERS * len(letters) and len(latin) < FEWEST_LATIN:
        return True
    known = len(item.find(FOREIGN))
    return known > 0 and known >= len(item.find(ENGLISH))


def _named(items: list[Item]) -> int:
    """How many different conditions of the tables are named."""
    return len({node.concept.id for item in items for node, _ in item.nodes(Condition) if node.concept.id})


def _size(items: list[Item]) -> int:
    return sum(len(item.words) for item in items)
