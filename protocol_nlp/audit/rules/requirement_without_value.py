from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Comparison

FUNCTIONS: Final = WordList("audit_function_words", ("part", "good"))
LINKS: Final = frozenset(
    "and or , / & end bone marrow organ hematologic hematological haematological renal kidney hepatic liver cardiac "
    "heart pulmonary lung respiratory major main vital".split()
)
REACH: Final = 7
NEAR: Final = 12


@rule(code="NUM003", severity="error")
def requirement_without_value(document: Document) -> Iterator[Draft]:
    """A laboratory value or an organ function has to be "adequate", "normal" or "abnormal", and no number says what
    that is; or it has to be "normal" by the lead of a list whose limits go beyond the norm.

    Why it matters
        Each site applies its own limits: a bilirubin of 1.8 × ULN is adequate at one and not at the next.
    Example
        Inclusion: Adequate organ function
    Use instead
        Inclusion: Total bilirubin ≤ 1.5 × ULN and creatinine clearance ≥ 60 mL/min
    """
    for item in document.stated():
        hits = list(item.find(FUNCTIONS))
        for quality in hits:
            if quality.row["part"] != "quality" or (item.role == "exclusion" and quality.row["good"] == "1"):
                continue  # "hepatitis B with normal transaminases" is a description, no requirement
            after = [h for h in hits if h.row["part"] != "quality" and 0 < h.first - quality.last <= REACH]
            function = next((h for h in after if _joined(item, quality, h)), None)
            if function is None:
                continue
            span = item.span(quality.start, function.end)
            if _defined(item, function):
                # "Normal organ function as defined below", and below it limits beyond the norm.
                if item.source(span).lower().startswith("normal") and any(map(_beyond, item.children)):
                    yield Draft(
                        span=span,
                        message=f'"{item.quote(span)}" is asked for, and the limits below go beyond the norm',
                        readings=Readings(
                            "the limits below are all that is asked for",
                            "what they leave out has to be normal by the laboratory's range",
                        ),
                        question="Is anything asked for beside the limits below?",
                        severity="warning",
                    )
                    break
                continue
            said = item.quote(span)
            yield Draft(
                span=span,
                message=f'"{said}" has no limits',
                readings=Readings(
                    "each site applies the limits it uses for such treatment",
                    "the limits of the protocol apply, which are not given: nothing can be checked",
                ),
                question=f"Which tests and which limits make up “{said}”?",
            )
            break


def _beyond(item: Item) -> bool:
    """Whether a limit of the item lies above the upper, or below the lower end of the norm."""
    return any(
        node.quantity.reference is not None and node.quantity.high is not None and node.quantity.high > 1
        for node, _ in item.nodes(Comparison)
    )


def _joined(item: Item, quality: Hit, function: Hit) -> bool:
    """Whether only a list stands between the word of quality and the function ("adequate renal or liver function")."""
    between = item.words[quality.last + 1 : function.first]
    return all(w.folded in LINKS for w in between)


def _defined(item: Item, function: Hit) -> bool:
    """Whether the item, those below it, or the list it promises give numbers."""
    if item.criterion.list_missing or item.criterion.children:
        return True
    place = item.span(function.start, function.end)
    bounds = [node.span for node, _ in item.nodes(Comparison)]
    if function.row["part"] == "analyte":
        # The numbers of other tests do not say what is normal for this one.
        return any(place.overlaps(b) or 0 <= b.start - place.end < NEAR for b in bounds)
    if bounds:
        return True
    behind = item.words[function.last + 1 : function.last + 2]
    return bool(behind) and behind[0].text == ":"
