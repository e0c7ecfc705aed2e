"""Parts -> parts: what belongs to what, decided over the flat order of the text, before any tree is built.

Each pass takes and gives the parts of one item; their order is data.
"""

from __future__ import annotations

from collections.abc import Callable

from protocol_nlp.bind.alternatives import alternatives
from protocol_nlp.bind.anchors import anchors, join_windows, occasions, share_anchors
from protocol_nlp.bind.couples import couples
from protocol_nlp.bind.lengths import ages, bare_length, lengths
from protocol_nlp.bind.levels import levels, trailing
from protocol_nlp.bind.measures import known, measures
from protocol_nlp.bind.repeats import repeats
from protocol_nlp.parts import Part
from protocol_nlp.tree import Concept

Pass = Callable[[list[Part]], list[Part]]

PASSES: tuple[tuple[str, Pass], ...] = (
    ("repeats", repeats),
    ("trailing", trailing),
    ("levels", levels),
    ("ages", ages),
    ("lengths", lengths),
    ("anchors", anchors),
    ("join_windows", join_windows),
    ("occasions", occasions),
    ("share_anchors", share_anchors),
    ("alternatives", alternatives),
)


def bind(parts: list[Part], heading: Concept | None = None) -> list[Part]:
    """The parts with every number bound to its measure and every length of time to its anchor.

    `heading` is the measure that a heading or list lead above the item names, for items that name none.
    """
    timed = heading is not None and bare_length(parts, known(heading.id))
    for _, step in PASSES:
        if not (timed and step is lengths):
            parts = step(parts)
    return couples(measures(parts, heading))
