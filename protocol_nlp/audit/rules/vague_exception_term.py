from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import defined, exempted, inside, name_end, span
from protocol_nlp.audit.words import WordList

VAGUE: Final = WordList("audit_vague_exception", ("ask",))

_GRADING: Final = frozenset({"clinically", "medically", "neurologically", "radiologically", "radiographically"})


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
    Source
        INCOSE, Guide to Writing Requirements, rule 7: no vague terms.
    """
    for item in document.stated():
        exempt = exempted(item)
        for hit in item.find(VAGUE):
            graded = hit.first and item.words[hit.first - 1].folded in _GRADING  # "clinically stable" (SUB002)
            if graded or not (inside(hit.first, exempt) or inside(hit.last, exempt)) or defined(item, hit.last):
                continue
            place = span(item, hit.first, name_end(item, hit.last))
            said = item.quote(place)
            yield Draft(
                span=place,
                message=f'the exception turns on "{said}", which is not defined',
                readings=Readings(
                    f"a patient whose doctor calls this “{said}” is exempt",
                    "exempt only with proof, such as a fixed time without evidence of disease",
                ),
                question=f"For the exception: {hit.row['ask']}?",
            )
