from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Span


@rule(code="STR009", severity="error", gate=True, document_wide=True)
def entry_without_criteria(document: Document) -> Iterator[Draft]:
    """The entry holds no criterion at all.

    Why it matters
        Either the criteria were lost on the way, or the layout was not understood: nothing can be screened.
    Example
        Inclusion Criteria:

        Exclusion Criteria:
    Use instead
        Inclusion Criteria:

        * Age 18 years or older
    """
    if any(True for item in document.stated() if item.words):
        return
    begin = len(document.text) - len(document.text.lstrip())
    end = document.text.find("\n", begin)
    line = document.text[begin : end if end > 0 else None].rstrip()
    yield Draft(
        span=Span(begin, begin + len(line)) if line else Span(0, len(document.text)),
        message="the entry holds no criteria",
        readings=Readings("anybody may enter", "the criteria are missing from the entry, and nobody can be screened"),
        question="Where are the eligibility criteria of this trial?",
    )
