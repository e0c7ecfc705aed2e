from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.blanket import blanket
from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule

CONDITIONS: Final = frozenset(
    ("condition:hiv_infection condition:hepatitis_b condition:hepatitis_c condition:hepatitis_b_or_c").split()
)
SETTLED: Final = frozenset(
    (
        "load dna rna copies cd4 antiretroviral haart undetectable suppressed controlled uncontrolled iu "
        "active antiviral cured"
    ).split()
)
"""Words that say for which of these patients it holds."""


@rule(code="INC003", severity="info")
def blanket_viral_exclusion(document: Document) -> Iterator[Draft]:
    """HIV or hepatitis excludes, however well it is controlled.

    Why it matters
        Patients with a suppressed virus tolerate most cancer drugs. Keeping all of them out withholds a trial from
        them, and leaves the drug unstudied in people who will be given it later.
    Example
        Exclusion: Known HIV infection
    Use instead
        Exclusion: HIV infection with a detectable viral load
    Source
        FDA guidance of July 2020 on eligibility criteria: patients with HIV, hepatitis B or hepatitis C infection.
    """
    for _, place in blanket(document, CONDITIONS, SETTLED):
        yield Draft(
            span=place,
            message="a controlled virus excludes, too",
            readings=Readings("every patient with the virus is out", "only an uncontrolled virus is meant"),
            question="Could patients with a suppressed virus take part?",
        )
