from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Condition, Within, walk

MALIGNANT: Final = frozenset(
    {"condition:malignancy", "condition:second_malignancy", "condition:malignant_tumor", "condition:cancer"}
)
_MONTHS: Final = {"a": 12, "mo": 1}
_LONG = 36


@rule(code="INC005", severity="info")
def prior_malignancy_window(document: Document) -> Iterator[Draft]:
    """Another cancer excludes for three years or longer, whatever its danger to this trial.

    Why it matters
        Many people with cancer have had another one. A tumour that was removed in full years ago changes neither
        safety nor the result.
    Example
        Exclusion: Other malignancy within 5 years before enrolment
    Use instead
        Exclusion: Other malignancy whose treatment or course interferes with the trial
    Source
        FDA guidance of July 2020 on eligibility criteria: prior or concurrent malignancies.
    """
    for node, _, item in document.nodes(Within):
        length = node.window.length
        if item.role != "exclusion" or length is None or length.high is None or length.unit not in _MONTHS:
            continue
        cancers = (n for n in walk(node.operand) if isinstance(n, Condition) and n.concept.id in MALIGNANT)
        if length.high * _MONTHS[length.unit] >= _LONG and any(True for _ in cancers):
            yield Draft(
                span=node.window.span,
                message="a long look back on another cancer",
                readings=Readings("a melanoma removed four years ago excludes", "the site counts it as cured"),
                question="Which earlier cancers would disturb this trial, and why for so long?",
            )
