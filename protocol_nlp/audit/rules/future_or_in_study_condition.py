from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Condition, Span, Within

# What is promised for the time of the trial, as everywhere: contraception and its kin.
PROMISED: Final = frozenset(
    "contraception contraceptive contraceptives abstinence abstain abstinent condom condoms donate donation sperm ova "
    "birth pregnant breastfeed breastfeeding breast nursing".split()
)
IN_STUDY: Final = frozenset({"study_period"})
AFTER: Final = frozenset({"first_dose", "study_start", "screening", "enrollment", "randomization"})
DURING: Final = frozenset("during throughout while".split())


@rule(code="TIM007", severity="info")
def future_or_in_study_condition(document: Document) -> Iterator[Draft]:
    """The criterion asks about the time after screening: "during the study", "planned", "will undergo".

    Why it matters
        Nobody can know it on the day of screening. What patients may not do later belongs to the rules of conduct.
    Example
        Exclusion: Planned major surgery during the study
    Use instead
        Exclusion: Major surgery within 4 weeks before the first dose
    """
    for item in document.stated():
        if PROMISED & set(item.said(item.lead)):
            continue
        for span in _later(item):
            said = item.quote(span)
            yield Draft(
                span=span,
                message=f'"{said}" lies after screening',
                readings=Readings(
                    "what is known or planned on the day of screening decides",
                    "what then happens decides: a patient may become ineligible later",
                ),
                question=f"Is “{said}” a condition for entry, or a rule for the time of treatment?",
            )
            break


def _later(item: Item) -> Iterator[Span]:
    for node, _ in item.nodes(Within):
        window = node.window
        anchor = window.anchor.id if window.anchor else None
        during = window.side == "during" and anchor in IN_STUDY and bool(DURING & set(item.said(window.span)))
        if during or (window.side == "after" and anchor in AFTER):
            yield window.span.cover(window.anchor.span) if window.anchor else window.span
    for thing, _ in item.nodes(Condition):
        # An inclusion of those who are scheduled for an operation only names its people.
        if thing.status == "planned" and item.role == "exclusion":
            yield thing.span
