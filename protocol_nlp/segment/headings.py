"""What a row says of roles: "Key Exclusion Criteria for Part A:", "Patients are excluded if:", or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from protocol_nlp.tree import Role

from .rows import Row
from .words import is_filler, tokens, words

Said = Role | Literal["both"] | None

OPEN_MAX, CLOSED_MAX, LEAD_MIN, LEAD_MAX = 12, 26, 3, 48
QUALIFIERS, QUALIFIERS_FOR, QUALIFIERS_BARE = 6, 14, 4
DESIGNATION, DRUGS, PURPOSE, CHARACTERS, COPULA = 3, 8, 8, 600, 9
# No heading is without one of these: most rows need no closer look.
_HINT = re.compile(r"clusi|clud|eligib|criteri|following|qualif|particip|enrol|meet|exhibit", re.IGNORECASE)
_COLON = re.compile(r":(?!\S*\))|(?<=[Cc]riteria)\s*(?:--+|[–—])\s|(?<=CRITERIA)\s*(?:--+|[–—])\s")
_BRACKET = re.compile(r"\s*\(([^()]*)\)\W*$")
_STOP = re.compile(r"[.;]\s")
_SAME_LINE = re.compile(
    r"\W*(?:(?:key|main|major|the|general)\s+)*(?P<role>(?:in|ex)clusion)\s+criteria\s+"
    r"(?:includes?d?|are|were|consists?\s+of|comprises?)[\s,:]+(?=\S)",
    re.IGNORECASE,
)
_ENTER = r"(?:eligible|included?|enroll?(?:ed)?|participate|recruited|enter|qualify)"
_NEGATED = re.compile(
    rf"\b(?:not|cannot|no longer)\s+(?:\w+\s+)?{_ENTER}\b(?!.*\bunless\b)"
    r"|\b(?:not|cannot)\s+(?:meet|fulfill?)\b|\b(?:meets?|meeting|fulfill?)\s+none\b"
)
_BOTH = re.compile(r"\binclusion\b.*\bexclusion criteria|\bexclusion\b.*\binclusion criteria")
_MUST_MEET = re.compile(r"\b(?:must|should|need to|have to)\s+(?:also\s+)?(?:meet|fulfill?|satisfy|have|be)\b")
_LIST_WORDS = frozenset("following below if criteria criterion conditions include includes with".split())
_ALL_CRITERIA = re.compile(r"\b(?:following|below)\b|\b(?:all|any|each|these)\b.*\bcriteria\b")
# How many of the criteria behind it a lead asks for; "any subject" and "Part 1 inclusion criteria" count none.
_POINT = (
    r"(?:the\s+|these\s+|those\s+)?(?:inclusion\s+|exclusion\s+|eligibility\s+)?"
    r"(?:following|below|criteria|criterion|conditions?|requirements?)\b"
)
_SOME = rf"(?:\s+or\s+more)?(?:\s+of)?\s+{_POINT}"
_OF = rf"(?:\s+or\s+more)?\s+of\s+{_POINT}"
_ANY = re.compile(rf"\b(?:(?:any|either|none|one){_SOME}|1{_OF})", re.IGNORECASE)
_FEW = re.compile(rf"\b(?:(?:any|either|one|two|three){_SOME}|[1-9]{_OF})", re.IGNORECASE)
_MANY = re.compile(rf"\b(?:(?:all|both|each|every|two|three){_SOME}|[2-9]{_OF})", re.IGNORECASE)
_PARTICIPLES = ("including", "excluding")
_NO_TITLE = frozenset("not no none without history".split())
_NO_QUALIFIER = frozenset("of with to than by per the any at in on before after".split())
_NO_SUBJECT = frozenset("with any of more to defined".split())
_REMARKS = frozenset("apply applies exist met may could must".split())
_CLAUSES = frozenset("if with who whose unless except having has have had that which when for".split())


@dataclass(frozen=True, slots=True)
class Heading:
    """What a row says of roles: `end` is where its words end and a criterion on the same line begins.

    `lead`: a whole sentence ("Patients are excluded if:"); not `explicit`: it names no role, but "must meet".
    """

    role: Said
    end: int
    lead: bool = False
    explicit: bool = True

    @property
    def strict(self) -> bool:
        """Whether it names a role in so many words, not in a sentence."""
        return not self.lead and self.role is not None


def counts_otherwise(words_of: str, role: Said) -> bool:
    """Whether a lead joins the criteria behind it in another way than its section does: of inclusions all are asked,
    of exclusions each excludes. "Patients must meet one of the following:" is then a criterion, with a list below."""
    if role == "exclusion":
        return bool(_MANY.search(words_of)) and not _ANY.search(words_of)
    return role == "inclusion" and bool(_FEW.search(words_of))


def read_heading(text: str, row: Row, following: str) -> Heading | None:
    """What a row says of roles, null where it is no heading; `following`: the next row's style of marker."""
    raw = text[row.start : min(row.end, row.start + CHARACTERS)]
    if not _HINT.search(raw):
        return None
    if colon := _COLON.search(raw):
        role = _named(raw[: colon.start()], closed=True)
        if role is not None:
            named = any(t in words("group") for t in tokens(raw[: colon.start()]))
            whole = _designates(raw[colon.end() :], following, named=named)
            return Heading(role, row.end if whole else row.start + colon.end())
    elif (role := _named(raw, closed=False)) is not None:
        return Heading(role, row.end)
    # "Drug A specific exclusion criteria (subjects meeting any of the following are ineligible)"
    bracket = _BRACKET.search(raw)
    if (
        bracket
        and _is_generic(tokens(bracket[1]))
        and (role := _named(raw[: bracket.start()], closed=True)) is not None
    ):
        return Heading(role, row.end)
    same = _SAME_LINE.match(raw)
    if same and not all(map(is_filler, tokens(raw))):
        return Heading(words("role")[same["role"].lower()], row.start + same.end())
    return _lead(text, row)


def _designates(rest: str, following: str, *, named: bool) -> bool:
    """Whether what stands behind the colon only says for whom: "Inclusion criteria: Cohort A"; `named`: the words
    before it name a part of the study, whose drugs may follow ("… for part 1: drug A + drug B")."""
    rest = rest.strip()
    found = tokens(rest)
    if found in (["none"], ["no"], ["na"], ["n", "a"]):
        return False
    bracketed = rest[:1] + rest[-1:] == "()"
    drugs = named and "+" in rest and len(found) <= DRUGS and not any(t in words("verb") for t in found)
    return all(map(is_filler, found)) or (bool(following) and (len(found) <= DESIGNATION or bracketed or drugs))


def _named(raw: str, *, closed: bool) -> Said:
    """The role that words name, null where they are no name of a section; `closed`: a colon follows."""
    phrase = " ".join(raw.split()).strip(' *_#"“”[]\\')
    found = tokens(phrase.replace("/", " "))
    if not 0 < len(found) <= (CLOSED_MAX if closed else OPEN_MAX) or _STOP.search(phrase):
        return None
    roles = words("role")
    places = [i for i, t in enumerate(found) if t in roles and (t not in _PARTICIPLES or not i)]
    # "Patient eligibility exclusion criteria": eligibility says nothing beside the other two.
    places = [i for i in places if found[i] != "eligibility"] or places
    if not places:
        return None
    before, at = found[: places[0]], places[-1]
    tail = _tail(found[at + 1 :], closed=closed)
    if tail is None or not _qualifies(before, closed=closed):
        return None
    if tail and not closed and phrase.endswith((".", ",", ";")):
        return None
    noun = any(t in words("noun") for t in found[at + 1 : at + 2] + before[-2:])
    if not noun and (found[at] in _PARTICIPLES or tail or len(before) > QUALIFIERS_BARE):
        return None
    # A line in lower case is mostly the rest of a broken sentence: "inclusion.", "the exclusion criteria".
    plain_name = len(before) <= 1 and not tail and (noun or closed)
    if phrase[:1].islower() and not (plain_name and all(t in words("role") or is_filler(t) for t in before)):
        return None
    if len({roles[found[i]] for i in places}) == 1:
        return roles[found[at]]
    # "Other inclusion and exclusion criteria as defined in the protocol" is a remark.
    remark = (tail and not closed) or "other" in before or not all(map(is_filler, before))
    return None if remark else "both"


def _qualifies(before: list[str], *, closed: bool) -> bool:
    """Whether the words before "inclusion" can stand in a title: "Key", "Cohort 2", "For cohort 2, the"."""
    if any(t in words("verb") or t in _NO_TITLE for t in before):
        return False
    about = before[:1] in (["for"], ["in"])
    if not about and any(t in (_NO_SUBJECT if closed else _NO_QUALIFIER) for t in before):
        return False
    return len(before) <= (QUALIFIERS_FOR if about else QUALIFIERS) or all(map(is_filler, before))


def _tail(found: list[str], *, closed: bool) -> list[str] | None:
    """The words behind the role word, without noun and copula; null where they are none of a heading's."""
    if found and found[0] in words("noun"):
        found = found[1:]
    while cut := _copula(found):
        found = found[:-cut]
    if not found:
        return []
    if _REMARKS & set(found) or (not closed and any(t in words("verb") for t in found)):
        return None
    starts = found[0] in words("tail") or found[0] in words("group") or found[0].isdigit()
    return found if starts or (closed and all(map(is_filler, found))) else None


def _copula(found: list[str]) -> int:
    """How many words at the end are a copula: "are", "include the following"."""
    for n in range(min(COPULA, len(found)), 0, -1):
        if " ".join(found[-n:]) in words("copula"):
            return n
    return 0


def _lead(text: str, row: Row) -> Heading | None:
    """A sentence of filler words that only says that a list of criteria follows, and of which role."""
    raw = text[row.start : row.end]
    found = tokens(raw.replace("/", " "))
    if not LEAD_MIN <= len(found) <= LEAD_MAX or raw[:1].islower() or found[0] == "none":
        return None
    phrase = " ".join(found)
    ends = raw.endswith((":", " if")) or _ALL_CRITERIA.search(phrase)
    if not ends or not _LIST_WORDS & set(found) or not _is_generic(found):
        return None
    said = _said(phrase, found)
    if said is None and _MUST_MEET.search(phrase):
        return Heading("inclusion", row.end, lead=True, explicit=False)
    return Heading(said, row.end, lead=True) if said is not None or "criteria" in found else None


def _is_generic(found: list[str]) -> bool:
    """Whether words say nothing of a patient, but for a purpose at the end: "… eligible for a biopsy"."""
    other = [i for i, t in enumerate(found) if not is_filler(t)]
    if not other:
        return True
    verbs = [i for i, t in enumerate(found) if t in ("eligible", "excluded", "included", "enrolled")]
    if not verbs or verbs[-1] > other[0]:
        return False
    purpose = found[verbs[-1] + 1 :]
    return len(purpose) <= PURPOSE and not _CLAUSES & set(purpose)


def _said(phrase: str, found: list[str]) -> Said:
    """The role that a sentence gives to the list behind it."""
    if _BOTH.search(phrase):
        return "both"
    if _NEGATED.search(phrase) or any(t in words("negative") for t in found):
        return "exclusion"
    return "inclusion" if any(t in words("positive") for t in found) else None
