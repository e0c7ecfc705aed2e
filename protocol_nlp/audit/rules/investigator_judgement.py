from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList

JUDGEMENT: Final = WordList("audit_investigator_judgement", ("word",))


@rule(code="SUB001", severity="info")
def investigator_judgement(document: Document) -> Iterator[Draft]:
    """The decision is left to the investigator, and nothing says what to weigh.

    Why it matters
        Judgement is legitimate, and two investigators differ: subjective criteria gave more variable decisions on
        enrolment than objective ones. One such clause, with what to consider, is enough for a protocol.
    Example
        Exclusion: Any disease that in the opinion of the investigator endangers the patient
    Use instead
        Exclusion: Heart failure of NYHA class III or IV, or a stroke within 6 months before the first dose
    Source
        Weijer 1998, Clinical and Investigative Medicine: a survey of 224 oncology investigators with vignettes.
    """
    for item in document.stated():
        for hit in item.find(JUDGEMENT):
            yield Draft(
                span=item.span(hit.start, hit.end),
                message=f"depends on {hit.row['word']} alone",
                readings=Readings(
                    "a cautious investigator keeps the patient out",
                    "a colleague at another site, with the same findings, takes the patient in",
                ),
                question="What should be weighed here, and which findings decide?",
                confidence="high",
            )
