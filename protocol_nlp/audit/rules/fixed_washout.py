from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Condition, Within, walk

_DRUGS: Final = ("drug:", "class:")


@rule(code="INC006", severity="info", default=False)
def fixed_washout(document: Document) -> Iterator[Draft]:
    """Earlier drugs have to be a fixed time ago, whatever their half-life.

    Why it matters
        Four weeks without treatment let a fast tumour grow. Most drugs are gone after five half-lives, often days.
    Example
        Exclusion: Chemotherapy within 4 weeks before the first dose
    Use instead
        Exclusion: Chemotherapy within 5 half-lives before the first dose
    Source
        ASCO and Friends of Cancer Research 2021, Clinical Cancer Research: washout periods.
    """
    for node, place, item in document.nodes(Within):
        window = node.window
        length = window.length
        if item.role != "exclusion" or length is None or length.high is None or place.in_exception:
            continue
        lengths = [length, *window.alternatives]
        if any("half" in (q.unit or "") for q in lengths) or window.side == "after" or length.unit in ("h", "min"):
            continue
        treated = (n for n in walk(node.operand) if isinstance(n, Condition))
        if any((n.concept.id or "").startswith(_DRUGS) for n in treated):
            yield Draft(
                span=window.span,
                message="a fixed time without treatment, whatever the drug",
                readings=Readings("the full time, after any drug", "the site asks for a waiver"),
                question="Would five half-lives, where that is shorter, be safe as well?",
            )
