from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span, hull

ENGLISH: Final = WordList("audit_english")
# Of the words of English criteria about a quarter are small ones; below these shares it is another language.
LEAST: Final = 0.06
FEWEST: Final = 20
FOREIGN_LETTERS: Final = 0.3
FOREIGN: Final = re.compile(r"[^A-Za-z]")


@rule(code="STR010", severity="error", gate=True)
def entry_in_another_language(document: Document) -> Iterator[Draft]:
    """The criteria are not written in English, the one language this audit reads.

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
    said = [word for item in document.stated() for word in item.words if word.text.isalpha()]
    letters = "".join(word.text for word in said)
    foreign = len(FOREIGN.findall(letters))
    small = sum(1 for item in document.stated() for _ in item.find(ENGLISH))
    other_script = bool(letters) and foreign > FOREIGN_LETTERS * len(letters)
    if not other_script and (len(said) < FEWEST or small >= LEAST * len(said)):
        return
    spans: list[Span] = [item.lead for item in document.stated() if item.words]
    yield Draft(
        span=hull(spans),
        message="the criteria are not in English; nothing else was audited",
        readings=Readings("the wording is sound in its own language", "the wording has faults that nobody looked for"),
        question="Is there an English version of these criteria?",
    )
