from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.blanket import blanket
from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule

CONDITIONS: Final = frozenset(
    ("condition:brain_metastasis condition:cns_metastasis condition:leptomeningeal_disease").split()
)
SETTLED: Final = frozenset(
    (
        "untreated treated active symptomatic asymptomatic stable unstable progressive progressing "
        "uncontrolled controlled irradiated steroids corticosteroids"
    ).split()
)
"""Words that say for which of these patients it holds."""


@rule(code="INC004", severity="info")
def blanket_brain_metastases(document: Document) -> Iterator[Draft]:
    """All brain metastases exclude, treated and stable ones too.

    Why it matters
        Patients with treated, stable metastases are common and can be treated; the drug's effect on them stays unknown
        if none of them may enter.
    Example
        Exclusion: Brain metastases
    Use instead
        Exclusion: Untreated brain metastases
    Source
        FDA guidance of July 2020 on eligibility criteria: brain metastases.
    """
    for _, place in blanket(document, CONDITIONS, SETTLED):
        yield Draft(
            span=place,
            message="treated and stable metastases exclude, too",
            readings=Readings("any metastasis in the brain, ever", "only untreated or growing ones are meant"),
            question="Could patients with treated, stable metastases take part?",
        )
