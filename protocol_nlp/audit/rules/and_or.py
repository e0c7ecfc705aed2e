from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings, Rewrite
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.tree import Span


@rule(code="LOG001", severity="warning")
def and_or(document: Document) -> Iterator[Draft]:
    """ "and/or": the author has not decided whether one of two things is enough.

    Why it matters
        In an inclusion criterion it decides between one proof and two. A patient with one of them is in at one site
        and out at the next.
    Example
        Inclusion: Progression on imatinib and/or sunitinib
    Use instead
        Inclusion: Progression on imatinib, or on sunitinib, or on both
    Source
        Berry, Kamsties and Krieger 2003, the handbook on ambiguity in requirements: "and/or".
    """
    for item in document.stated():
        words = item.words
        for i in range(1, len(words) - 3):
            if [w.folded for w in words[i : i + 3]] != ["and", "/", "or"]:
                continue
            first = i - 1 if words[i - 1].text[0].isalnum() else i
            sign = span(item, i, i + 2)
            yield Draft(
                span=span(item, first, i + 3),
                message='"and/or" leaves open whether one of the two is enough',
                readings=Readings("one of the two is enough", "both are asked, where both can be had"),
                question="Is one of the two enough? Then write “or”; else write “and”.",
                rewrite=_or(sign) if item.role == "exclusion" else None,
            )


def _or(sign: Span) -> Rewrite:
    # Whoever has one of two excluded things is excluded: a second one changes nothing.
    return Rewrite(span=sign, text="or", safe=True)
