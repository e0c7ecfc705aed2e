"""A protocol as a registry entry: its criteria as numbered English sentences under their two headings."""

from __future__ import annotations

from typing import Final

from protocol_nlp.draft.document import fault
from protocol_nlp.draft.protocol import Item, Protocol
from protocol_nlp.segment import outline
from protocol_nlp.tree import Provenance, Registration, Role

HEADINGS: Final[dict[Role, str]] = {"inclusion": "Inclusion Criteria:", "exclusion": "Exclusion Criteria:"}


def wording(protocol: Protocol) -> str:
    """The criteria as registry text; a section without criteria has no heading."""
    return _laid_out(protocol)[0]


def registration(protocol: Protocol, provenance: Provenance) -> Registration:
    """The entry whose text is the protocol's wording; `provenance` is that of the file.

    Raises SourceError with the line of the author's own words that would be read as a heading, or as more than one
    criterion: they would change what the criteria around them count for.
    """
    text, places = _laid_out(protocol)
    _check(text, places, provenance.path)
    return Registration(
        id=protocol.id,
        title=protocol.title,
        conditions=protocol.conditions,
        interventions=protocol.interventions,
        phase=protocol.phase,
        sex=protocol.sex,
        text=text,
        provenance=provenance,
    )


def _laid_out(protocol: Protocol) -> tuple[str, dict[int, Item]]:
    """The text, and each criterion by the place where its words begin."""
    text, places = "", dict[int, Item]()
    for role, heading in HEADINGS.items():
        items = [item for item in protocol.items if item.role == role]
        if items:
            text += f"\n{heading}\n\n" if text else f"{heading}\n\n"
        for number, item in enumerate(items, 1):
            mark = f"{number}. "
            places[len(text) + len(mark)] = item
            text += f"{mark}{item.words}\n"
    return text, places


def _check(text: str, places: dict[int, Item], path: str) -> None:
    """Whether each criterion is read as one of its section, wherever there are words of the author's own."""
    own = [item for item in places.values() if item.own]
    if not own:
        return
    found = {(item.lead.start, item.role) for item in outline(text)}
    if found != {(place, item.role) for place, item in places.items()}:
        lost = [item for place, item in places.items() if item.own and (place, item.role) not in found]
        first = (lost or own)[0]
        fault(path, first.line, f"{first.own!r} is not read as one criterion of its section: say it in other words")


__all__ = ["registration", "wording"]
