"""Two versions of a protocol, criterion by criterion: what was added, removed, loosened, tightened, or only reworded.

The trees are compared, not only the words: `meaning` says for two expressions who comes in and who drops out, `match`
finds which criterion became which, `compare` puts both together. What cannot be decided is said to be unclear.
"""

from __future__ import annotations

from protocol_nlp.amend.compare import Amendment, Change, Kind, compare
from protocol_nlp.amend.step import Relation, Step

__all__ = ["Amendment", "Change", "Kind", "Relation", "Step", "compare"]
