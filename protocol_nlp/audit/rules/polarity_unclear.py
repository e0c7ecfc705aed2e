from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import sentence, span
from protocol_nlp.audit.words import WordList

CLASHES: Final = WordList("audit_polarity_unclear", ("kind",))
_WORDS_AROUND = 4


@rule(code="POL004", severity="error")
def polarity_unclear(document: Document) -> Iterator[Draft]:
    """It cannot be told whether the finding lets the patient in or keeps the patient out.

    "Not included", a plain denial, or what a patient has to have ("adequate", "maximum") among the exclusions, or a
    record asked for where a decision is needed.

    Why it matters
        Two screeners decide opposite on each patient who has the finding.
    Example
        Exclusion: No prior chemotherapy
    Use instead
        Exclusion: Prior chemotherapy
    """
    for item in document.stated():
        for hit in item.find(CLASHES):
            here = sentence(item, hit.first)
            kind = hit.row["kind"]
            begins = hit.first == 0
            if kind == "papers":
                if item.role != "inclusion" or item.words[here.start].folded not in ("if", "when", "where"):
                    continue
                place = span(item, here.start, here.stop - 1)
            elif item.role != "exclusion" or (kind in ("denied", "wanted") and not begins):
                continue
            else:
                place = span(item, max(here.start, hit.first - _WORDS_AROUND), min(hit.last + 1, here.stop - 1))
            yield Draft(
                span=place,
                message="does this let the patient in, or keep the patient out?",
                readings=Readings("with this finding the patient is in", "with this finding the patient is out"),
                question=f"“{item.quote(place)}”: is a patient with this in, or out?",
            )
