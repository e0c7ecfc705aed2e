"""Whether a fact of the patient is what a criterion names: it is, it may be, or it is something else for sure.

"No" needs knowledge: two things are told apart only where the tables know both well enough. What they do not know may
be a kind of anything.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from protocol_nlp.lexicon import cells, entries
from protocol_nlp.link.names import by_id
from protocol_nlp.nomenclature import ancestors, wider_tumors
from protocol_nlp.screening.patient import Fact
from protocol_nlp.screening.words import content, core
from protocol_nlp.tree import Concept

Kin = Literal["is", "maybe", "vague", "no"]
"""`vague`: nothing speaks for it, and the tables do not know enough to tell them apart."""


def kin(wanted: Concept, fact: Fact) -> Kin:
    """How a fact stands to the concept of a criterion, which has to have an identifier."""
    assert wanted.id
    return _kin(wanted.id, core(wanted.text), fact.id, fact.words)


def refutes(fact: Fact, wanted: Concept) -> Kin:
    """Whether what a criterion names would be a case of what a fact denies."""
    if fact.id is None:
        return "vague"
    assert wanted.id
    return _kin(fact.id, fact.words or _name(fact.id), wanted.id, core(wanted.text))


def tells_apart(wanted: Concept) -> bool:
    """Whether a list that leaves nothing out, and does not hold this, says that it is not there."""
    id = wanted.id or ""
    if id.startswith("drug:"):
        return True
    return id in _families() or id in _classes("closed_class") or id in wider_tumors()


def _kin(wanted: str, asked: str, id: str | None, said: str) -> Kin:
    if id is None:
        return "vague"
    if wanted.startswith("person:") and not id.startswith("person:"):
        return "no"
    words = content(asked)
    narrowed = bool(words & content(_name(wanted))) and not words <= content(_name(wanted))
    if id == wanted:
        return "is" if not narrowed or words <= content(said or _name(id)) else "maybe"
    if wanted in _wider(id):
        return "maybe" if narrowed else "is"
    if id in _wider(wanted):
        return "maybe"
    shared = words & content(f"{said} {_name(id)}")
    if _apart(wanted, id, shared):
        return "no"
    return "maybe" if shared else "vague"


def _apart(wanted: str, id: str, shared: frozenset[str]) -> bool:
    """Whether two things, neither of them known as a kind of the other, are different for sure."""
    families = _families()
    if wanted in families and id in families:
        return families[wanted] != families[id]
    tumors = wider_tumors()
    if (wanted in tumors and id in families) or (wanted in families and id in tumors):
        return True
    if id.startswith(("observation:", "person:")) and (wanted in tumors or wanted in families):
        return True
    if shared or wanted in _wide():
        return False
    if wanted in tumors and id in tumors:
        return True
    if not id.startswith("drug:"):
        return False
    if wanted.startswith("drug:"):
        return True
    known = _classes("closed_class") | _classes("plain_class")
    return wanted in _classes("closed_class") and _direct().get(id, frozenset()) <= known and bool(_direct().get(id))


def _wider(id: str) -> frozenset[str]:
    return ancestors().get(id, frozenset()) | wider_tumors().get(id, frozenset())


def _name(id: str) -> str:
    row = by_id().get(id)
    return row.name if row else id


@cache
def _wide() -> frozenset[str]:
    """Groups of groups of tumors ("soft tissue sarcoma"): what belongs to them is not the same for everybody."""
    wider = wider_tumors()
    groups = {name for above in wider.values() for name in above}
    return frozenset(name for id in groups for name in wider.get(id, frozenset()))


@cache
def _direct() -> dict[str, frozenset[str]]:
    return {entry.id: frozenset(entry.classes) for entry in entries() if entry.classes}


@cache
def _rows() -> dict[str, frozenset[str]]:
    return {row["family"]: frozenset(row["ids"].split("|")) for row in cells("screening_families", "family", "ids")}


def _classes(kind: str) -> frozenset[str]:
    return _rows()[kind]


@cache
def _families() -> dict[str, str]:
    return {id: family for family, ids in _rows().items() if not family.endswith("_class") for id in ids}
