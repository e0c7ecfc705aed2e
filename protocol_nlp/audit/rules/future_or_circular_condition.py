from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import name_end, span
from protocol_nlp.audit.words import WordList

PROMISE: Final = WordList("audit_future_or_circular", ("kind",))


@rule(code="SUB007", severity="info")
def future_or_circular_condition(document: Document) -> Iterator[Draft]:
    """The patient has to promise something, or somebody has to foresee whether the patient will comply.

    Why it matters
        A promise belongs to consent. Foreseen compliance keeps out patients whom the screener finds difficult: the
        old, the poor, those with another first language.
    Example
        Inclusion: Willing to comply with all study procedures
    Use instead
        Inclusion: Written informed consent
    """
    for item in document.stated():
        for hit in item.find(PROMISE):
            place = span(item, hit.first, name_end(item, hit.last))
            yield Draft(
                span=place,
                message=f'"{item.quote(place)}" is {hit.row["kind"]}, not a finding',
                readings=Readings(
                    "met when the patient says so at consent",
                    "met only if the patient kept earlier appointments",
                ),
                question="Is this asked at consent? If it is judged otherwise: by what?",
            )
