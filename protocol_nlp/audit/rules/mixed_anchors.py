from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Span, Within

# Events at the beginning of a trial, any of which a washout may be counted from (ids of anchors.tsv).
STARTS: Final = frozenset(
    "informed_consent screening baseline enrollment registration study_entry randomization grouping first_dose "
    "study_start treatment procedure leukapheresis".split()
)
MOST: Final = 3


@rule(code="TIM002", severity="warning", document_wide=True)
def mixed_anchors(document: Document) -> Iterator[Draft]:
    """Washouts and other look-back windows of one entry are counted from different events.

    Why it matters
        Where one window ends at enrolment and the next at the first dose, sites ask whether the difference is meant;
        those who take the names for one day admit other patients than those who do not.
    Example
        Exclusion Criteria:

        * Chemotherapy within 4 weeks prior to enrollment
        * Radiotherapy within 2 weeks prior to study entry
    Use instead
        Exclusion Criteria:

        * Chemotherapy within 4 weeks before the first dose
        * Radiotherapy within 2 weeks before the first dose
    """
    events: dict[str, list[tuple[Span, str]]] = {}
    for node, _, item in document.nodes(Within):
        anchor = node.window.anchor
        if (
            anchor is not None
            and anchor.id in STARTS
            and node.window.length is not None
            and node.window.side != "after"
        ):
            events.setdefault(anchor.id, []).append((anchor.span, item.quote(anchor.span)))
    if len(events) < 2:
        return
    names = [uses[0][1] for uses in events.values()]
    first, *others = sorted({span for uses in events.values() for span, _ in uses})
    listed = ", ".join(f"“{name}”" for name in names[:MOST]) + (", …" if len(names) > MOST else "")
    yield Draft(
        span=first,
        message=f"look-back windows are counted from {len(events)} different events: {listed}",
        readings=Readings(
            "all of these names mean one day, as a rule that of the first dose",
            "they are different days, and each window ends on its own",
        ),
        question=f"Are {listed} one day? If so, one name for all of them; if not, which day is each?",
        confidence="medium",
        also=tuple(others),
    )
