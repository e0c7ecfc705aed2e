"""Bound parts -> the terminals of the criterion grammar: phrases made atoms, lists typed, what reaches how far made
explicit by SCOPE and END. Nothing of the text is lost here: what no terminal carries is accounted for later."""

from __future__ import annotations

from protocol_nlp.clauses.nested import flatten, nest
from protocol_nlp.clauses.phrases import atoms
from protocol_nlp.clauses.places import Place
from protocol_nlp.clauses.sentences import sentences
from protocol_nlp.parts import Part
from protocol_nlp.tree import Role


def clauses(parts: list[Part], role: Role | None = None) -> list[Part]:
    """The terminals of one item. `role` is that of its section: "A and B" among exclusions excludes each of the two."""
    return flatten(sentences(nest(atoms(parts)), Place(role=role)))


__all__ = ["clauses"]
