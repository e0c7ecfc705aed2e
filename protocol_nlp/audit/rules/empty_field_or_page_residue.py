from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Span

FIELDS: Final = frozenset(
    ["sex", "gender", "age", "ages", "volunteers", "healthy volunteers", "accepts healthy volunteers"]
)
NEIGHBOURS: Final = FIELDS | {"enrollment", "inclusion criteria", "exclusion criteria", "eligibility", "criteria"}
RESIDUE: Final = frozenset(["loading...", "loading…", "show more", "read more", "expand all", "see more"])
LINE: Final = re.compile(r"[^\r\n]+")


@rule(code="STR006", severity="info")
def empty_field_or_page_residue(document: Document) -> Iterator[Draft]:
    """The label of a field without its value (Ages, Sex), or furniture of a web page, stands in the text.

    Why it matters
        The value was lost with the copy: the limits of the field cannot be compared with those of the criteria.
    Example
        Sex
        Ages
        Volunteers
        Inclusion criteria
        Platelets ≥ 100 x 10^9/L
    Use instead
        Sex
        All
        Ages
        18 to 70 years
        Inclusion criteria
        Platelets ≥ 100 x 10^9/L
    """
    lines = [(m[0].strip(), Span(m.start(), m.end())) for m in LINE.finditer(document.text) if m[0].strip()]
    for (said, span), (following, _) in zip(lines, [*lines[1:], ("", Span(0, 0))], strict=True):
        folded = said.casefold().rstrip(":")
        start = document.text.index(said, span.start)
        place = Span(start, start + len(said))
        if folded in FIELDS and following.casefold().rstrip(":") in NEIGHBOURS:
            yield _draft(place, f'the field "{said}" has no value', f"What does the field “{said}” say?")
        elif said.casefold() in RESIDUE:
            yield _draft(place, f'"{said}" belongs to the web page', "Is any text missing here?")


def _draft(place: Span, message: str, question: str) -> Draft:
    return Draft(
        span=place,
        message=message,
        readings=Readings("nothing is missing but the layout", "a value that limits who may enter is lost"),
        question=question,
    )
