from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison

WRONG: Final = WordList("audit_scale_word", ("scale", "word"))
SCALES: Final = frozenset(
    {"ecog", "who_performance", "karnofsky", "lansky", "ctcae_grade", "nyha", "ccs_angina", "asa", "gleason", "mmse"}
    | {"moca", "gcs", "mrs", "nihss", "child_pugh", "meld", "tumor_grade", "mmrc", "timi_flow", "hoehn_yahr", "edss"}
)
"""The scales whose values are fixed numbers; of other scores several versions with several ranges exist."""


@rule(code="VER004", severity="error")
def scale_value_out_of_range(document: Document) -> Iterator[Draft]:
    """A value that its scale does not have, or (for information) a word for the value that the scale does not use.

    Why it matters
        A number outside the scale is a slip or a lost bracket: nobody can tell which patients were meant.
    Example
        Inclusion: ECOG performance status 0 to 7
    Use instead
        Inclusion: ECOG performance status 0 to 1
    """
    for node, _, item in document.nodes(Comparison):
        scale = measure(node.measure)
        if scale is None or node.measure is None or scale.id not in SCALES or scale.low is None or scale.high is None:
            continue
        quantity = node.quantity
        values = [v for v in (quantity.low, quantity.high) if v is not None]
        if quantity.unit or quantity.reference or all(scale.low <= v <= scale.high for v in values):
            continue
        place = node.measure.span.cover(quantity.span)
        yield Draft(
            span=place,
            message=f"{scale.name} goes from {scale.low} to {scale.high}",
            readings=Readings("the number is a slip for one of the scale", "another scale is meant"),
            question=f"“{item.quote(place)}”: which value of which scale? {scale.name} goes from {scale.low} to"
            f" {scale.high}.",
        )
    for item in document.stated():
        for hit in item.find(WRONG):
            place = span(item, hit.first, hit.last)
            yield Draft(
                span=place,
                message=f"{hit.row['scale']} has a {hit.row['word']}, not this word",
                readings=Readings(f"the {hit.row['word']} of {hit.row['scale']}", "another scale with such a word"),
                question=f"Is the {hit.row['word']} of {hit.row['scale']} meant?",
                severity="info",
            )
