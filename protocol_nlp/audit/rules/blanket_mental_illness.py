from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.blanket import blanket
from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule

CONDITIONS: Final = frozenset(
    (
        "condition:psychiatric_disorder condition:psychosis condition:substance_abuse condition:alcohol_abuse "
        "condition:alcohol_dependence condition:depression"
    ).split()
)
SETTLED: Final = frozenset(
    (
        "interfere compliance comply consent cooperate cooperation participation limit preclude prevent would "
        "could may impair severe"
    ).split()
)
"""Words that say for which of these patients it holds."""


@rule(code="INC009", severity="info")
def blanket_mental_illness(document: Document) -> Iterator[Draft]:
    """A mental disorder or the use of a substance excludes, whatever it does to the patient's part in the trial.

    Why it matters
        Treated depression is common in people with cancer, and no danger by itself. What matters is whether the
        patient can consent and keep the visits.
    Example
        Exclusion: Mental disorder
    Use instead
        Exclusion: A mental disorder that prevents consent
    Source
        Van Spall 2007, JAMA 297:1233: of the exclusions in 283 trials, 47.2 % were strongly justified.
    """
    for _, place in blanket(document, CONDITIONS, SETTLED):
        yield Draft(
            span=place,
            message="any such disorder excludes, whatever it does",
            readings=Readings("treated depression is out", "only what prevents consent or visits is meant"),
            question="Which effect of the disorder matters here?",
        )
