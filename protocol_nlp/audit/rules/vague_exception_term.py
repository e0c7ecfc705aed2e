from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Unless

VAGUE: Final = WordList("audit_vague_exception", ("ask",))


@rule(code="EXC003", severity="warning")
def vague_exception_term(document: Document) -> Iterator[Draft]:
    """An exception turns on a word that nobody has defined ("cured", "adequately treated", "low risk").

    Why it matters
        The exception decides who may enter in spite of a risk. A patient treated two months ago is cured to one
        screener and not to the next.
    Example
        Exclusion: Other malignancy within 5 years before enrolment, except cured cervical carcinoma in situ
    Use instead
        Exclusion: Other malignancy within 5 years before enrolment, except cervical carcinoma in situ removed in full
    """
    for node, _, item in document.nodes(Unless):
        exempt = node.exception.span
        for hit in item.find(VAGUE):
            span = item.span(hit.start, hit.end)
            if not exempt.overlaps(span):
                continue
            said = item.quote(span)
            yield Draft(
                span=span,
                message=f'the exception turns on "{said}", which is not defined',
                readings=Readings(
                    f"a patient whose doctor calls this “{said}” is exempt",
                    "exempt only with proof, such as a fixed time without evidence of disease",
                ),
                question=f"For the exception: {hit.row['ask']}?",
            )
