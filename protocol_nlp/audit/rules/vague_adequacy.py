from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.of_tumours import open_words
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import defined, exempted, inside, sentence, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Span

ADEQUACY: Final = WordList("audit_vague_adequacy", ("one", "other", "ask"))

_HANDLED: Final = frozenset(
    {"treated", "resected", "excised", "managed", "controlled", "removed", "treatment", "therapy"}
)
_DEPTHS: Final = frozenset({"grade", "grades", "baseline", "≤", "<"})


@rule(code="SUB003", severity="warning")
def vague_adequacy(document: Document) -> Iterator[Draft]:
    """Something has to be adequate, reliable, appropriate or fit, and nothing says how much is enough.

    Why it matters
        Where contraception, healing or control of a disease is only "adequate", the weakest reading lets in a patient
        whom the drug can harm.
    Example
        Inclusion: Women must use a reliable method of contraception.
    Use instead
        Inclusion: Women must use a hormonal implant or an intrauterine device.
    Source
        INCOSE, Guide to Writing Requirements, rule 7: no vague terms.
    """
    told: list[Span] = []
    for item in document.stated():
        exceptions = exempted(item)
        for hit in item.find(ADEQUACY):
            healed = item.words[hit.last].folded in _HANDLED  # a vague exception (EXC003)
            if defined(item, hit.last) or (healed and inside(hit.first, exceptions)) or _recovered_to(item, hit):
                continue
            told.append(span(item, hit.first, hit.last))
            yield _draft(item, hit, told[-1])
    for item, hit, place in open_words(document, "SUB003", told):
        yield _draft(item, hit, place)


def _draft(item: Item, hit: Hit, place: Span) -> Draft:
    return Draft(
        span=place,
        message=f'"{item.quote(place)}": nothing says how much is enough',
        readings=Readings(hit.row["one"], hit.row["other"]),
        question=f"{hit.row['ask']}? (“{item.quote(place)}”)",
    )


def _recovered_to(item: Item, hit: Hit) -> bool:
    """Whether the sentence says to which grade a toxicity has to recede."""
    said = {item.words[i].folded for i in sentence(item, hit.first)}
    return item.words[hit.first].folded in ("recovered", "recovery") and bool(_DEPTHS & said)
