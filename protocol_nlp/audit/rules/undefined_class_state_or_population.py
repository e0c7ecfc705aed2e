from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.of_tumours import states
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import defined, explained, sentence, signs, span, with_metastatic
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Span, Within

CLASSES: Final = WordList("audit_undefined_class", ("one", "other", "ask", "needs"))
_MEASURED: Final = frozenset({"recist", "choi", "irecist", "lugano", "imaging", "radiologic", "mrecist", "pcwg3"})
_DOSES: Final = frozenset({"mg", "µg", "physiologic", "physiological", "topical", "inhaled"})
_ASSAYS: Final = frozenset(
    {"sequencing", "ngs", "fish", "pcr", "immunohistochemistry", "ihc", "hybridization", "assay"}
)
_TOWARDS: Final = frozenset({"to", "for", "against", "of"})


@rule(code="TRM005", severity="warning", document_wide=True)
def undefined_class_state_or_population(document: Document) -> Iterator[Draft]:
    """A class of drugs, a state of the disease or a group of people is named, and the entry does not say who or what
    belongs to it ("advanced", "treatment failure", "immunotherapy", "childbearing age").

    Why it matters
        These words choose the people of the trial. If stage III counts as advanced at one site alone, the sites treat
        different patients, and one of them may lose a curable patient to a palliative trial.
    Example
        Inclusion: Patients with advanced soft tissue sarcoma
    Use instead
        Inclusion: Patients with soft tissue sarcoma of stage IV (AJCC, 8th edition)
    """
    found: dict[str, list[tuple[Item, Hit, Span]]] = {}
    for item in document.stated():
        for hit in item.find(CLASSES):
            needs = hit.row["needs"].split("|")
            if not _settled(item, hit, needs):
                place = span(item, hit.first, hit.last)
                key = hit.row["surface"] if "once" in needs else str(place)
                found.setdefault(key, []).append((item, hit, place))
    known = [place for told in found.values() for _, _, place in told]
    for item, hit in states(document):
        place = span(item, hit.first, hit.last)
        if not any(place.overlaps(other) for other in known):
            found.setdefault(hit.row["surface"], []).append((item, hit, place))
    for (item, hit, place), *others in sorted(found.values(), key=lambda told: told[0][2]):
        yield Draft(
            span=place,
            message=f'"{item.quote(place)}" is not defined: people draw it differently',
            readings=Readings(hit.row["one"], hit.row["other"]),
            question=f"{hit.row['ask']}? (“{item.quote(place)}”)",
            also=tuple(other for _, _, other in others),
        )


def _settled(item: Item, hit: Hit, needs: list[str]) -> bool:
    """Whether the criterion itself says what the word means."""
    if "clear" in needs:
        return True
    here = sentence(item, hit.first)
    said = {item.words[i].folded for i in here}
    if "dose" in needs and _DOSES & said:
        return True
    if ("measure" in needs and _MEASURED & said) or ("assay" in needs and _ASSAYS & said):
        return True
    if "window" in needs and _timed(item, hit):
        return True
    if "metastatic" in needs and with_metastatic(item, hit):
        return True
    if "object" in needs and _of_named(item, hit):
        return True
    if "names" in needs and explained(item, hit.last, 2, 3):
        return True
    return defined(item, hit.last)


def _timed(item: Item, hit: Hit) -> bool:
    """Whether a length of time stands behind the word, before any exception."""
    behind = range(hit.last + 1, sentence(item, hit.first).stop)
    exempt = next((cue.start for cue in signs(item, "exempt") if cue.start in behind), behind.stop)
    if exempt <= hit.last + 1:
        return False
    place = span(item, hit.last + 1, exempt - 1)
    return any(node.window.length and place.overlaps(node.window.span) for node, _ in item.nodes(Within))


def _of_named(item: Item, hit: Hit) -> bool:
    """Whether a drug, test or device is named next to the word, whose label or manual then settles it."""
    behind = item.words[hit.last + 1 : hit.last + 3]
    before = item.words[hit.first - 1].text if hit.first else ""
    return (len(behind) > 1 and behind[0].folded in _TOWARDS) or (len(before) > 1 and before.isupper())
