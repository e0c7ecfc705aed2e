"""The tree that `nesting` builds, `inline` refines and `items` makes Items of."""

from __future__ import annotations

from dataclasses import dataclass, field

from .rows import Row

DEPTH = 8


@dataclass(slots=True, eq=False)
class Node:
    """A row on its way to an Item. `heads`: the rows behind it are its own, whatever their indentation.

    `rank` is that of a heading of the table (0: none), `name` its word; `local`: inside a marked item.
    `adopted`: an unmarked row below a colon. `kept`: what its colon promised stands behind it, but not below
    it ("Organ function:" / "Renal function:" / *). `outer`: where the marker of a dissolved parent begins.
    """

    start: int
    end: int
    indent: int
    row: Row | None
    rank: int = 0
    heads: bool = False
    adopted: bool = False
    kept: bool = False
    local: bool = False
    name: str = ""
    outer: int | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def style(self) -> str:
        return self.row.style if self.row else ""

    @property
    def value(self) -> int:
        return self.row.marker.value if self.row and self.row.marker else 0
