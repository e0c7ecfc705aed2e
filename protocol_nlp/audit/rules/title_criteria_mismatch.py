from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList, words

LINES: Final = WordList("audit_treatment_lines", ("line",))


@rule(code="CON005", severity="warning", preview=True)
def title_criteria_mismatch(document: Document) -> Iterator[Draft]:
    """The title speaks of first-line patients and the inclusion criteria of pretreated ones, or the other way round.

    Why it matters
        Whoever finds the trial by its title sends patients whom the criteria turn away.
    Example
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "Doxorubicin as first-line
        treatment of sarcoma"}, "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\\n\\n* Relapsed or
        refractory soft tissue sarcoma"}}}
    Use instead
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "Doxorubicin as first-line
        treatment of sarcoma"}, "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\\n\\n* Previously
        untreated soft tissue sarcoma"}}}
    """
    title = document.registration.title
    told = {hit.row["line"] for hit in LINES.find(words(title or ""))}
    if len(told) != 1:
        return
    asked = [(hit, item) for item in document.stated() if item.role == "inclusion" for hit in item.find(LINES)]
    if not asked or any(hit.row["line"] in told for hit, _ in asked):
        return
    hit, item = asked[0]
    span = item.span(hit.start, hit.end)
    said = item.quote(span)
    yield Draft(
        span=span,
        message=f'"{said}" against the title “{" ".join((title or "").split())}”',
        readings=Readings("the title holds", "the criteria hold, and the title misleads"),
        question="At which line of treatment do patients enter?",
        confidence="low",
    )
