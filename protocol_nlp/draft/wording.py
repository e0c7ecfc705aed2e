"""A protocol as a registry entry: its criteria as numbered English sentences under their two headings."""

from __future__ import annotations

from protocol_nlp.draft.protocol import Protocol
from protocol_nlp.tree import Provenance, Registration, Role

HEADINGS: dict[Role, str] = {"inclusion": "Inclusion Criteria:", "exclusion": "Exclusion Criteria:"}


def wording(protocol: Protocol) -> str:
    """The criteria as registry text; a section without criteria has no heading."""
    sections = []
    for role, heading in HEADINGS.items():
        lines = [f"{n}. {item.words}" for n, item in enumerate((i for i in protocol.items if i.role == role), 1)]
        if lines:
            sections.append("\n".join([heading, "", *lines]) + "\n")
    return "\n".join(sections)


def registration(protocol: Protocol, provenance: Provenance) -> Registration:
    """The entry whose text is the protocol's wording; `provenance` is that of the file."""
    return Registration(
        id=protocol.id,
        title=protocol.title,
        conditions=protocol.conditions,
        interventions=protocol.interventions,
        phase=protocol.phase,
        sex=protocol.sex,
        text=wording(protocol),
        provenance=provenance,
    )


__all__ = ["registration", "wording"]
