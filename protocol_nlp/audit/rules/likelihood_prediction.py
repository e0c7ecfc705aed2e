from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.of_tumours import open_words
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import name_end, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Span

FORECAST: Final = WordList("audit_likelihood_prediction", ("what",))
_MODALS: Final = frozenset({"may", "might", "could", "would", "can", "will"})
_ASIDE, _VERB = 12, 5


@rule(code="SUB005", severity="warning")
def likelihood_prediction(document: Document) -> Iterator[Draft]:
    """The criterion hangs on a forecast ("likely to", "could interfere", "high risk of"), and nothing says what
    makes it likely.

    Why it matters
        No screener can look up what would happen. A tumour near a vessel "may bleed" for the cautious and will not for
        the next; the patient with the real risk may be the one who is let in.
    Example
        Exclusion: A tumour that is likely to invade a great vessel
    Use instead
        Exclusion: A tumour that encloses more than half of a great vessel on CT
    """
    told: list[Span] = []
    for item in document.stated():
        for hit in (*item.find(FORECAST), *_parted(item)):
            if hit.first and item.words[hit.first - 1].text == "(":
                continue  # "(may confound the result)" is the reason of a rule, not a rule
            told.append(span(item, hit.first, name_end(item, hit.last)))
            yield _draft(item, told[-1], f"who judges {hit.row['what']}, by which findings")
    for item, hit, place in open_words(document, "SUB005", told):
        yield _draft(item, place, hit.row["ask"])


def _draft(item: Item, place: Span, ask: str) -> Draft:
    said = item.quote(place)
    return Draft(
        span=place,
        message=f'"{said}" is a forecast: nothing that can be looked up decides it',
        readings=Readings("out, as soon as it is possible at all", "out only where it is more probable than not"),
        question=f"“{said}”: {ask}?",
    )


def _parted(item: Item) -> Iterator[Hit]:
    """Forecasts that an aside parts: "would, in the investigator's judgment, interfere"."""
    words = item.words
    for i in range(len(words) - 3):
        if words[i].folded not in _MODALS or words[i + 1].text != ",":
            continue
        end = next((k for k in range(i + 2, min(i + _ASIDE, len(words) - 1)) if words[k].text == ","), None)
        if end is None:
            continue
        joined = (words[i], *words[end + 1 : end + _VERB])
        for hit in FORECAST.find(joined):
            if hit.first == 0:
                yield hit._replace(first=i, last=end + hit.last)
                break
