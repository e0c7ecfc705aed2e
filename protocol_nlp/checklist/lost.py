"""Lines that may belong to a list which the entry promised before them and did not set below its lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from protocol_nlp.checklist.diagnoses import ASKS, names_tumour, states
from protocol_nlp.checklist.groups import names_group, names_stage
from protocol_nlp.checklist.rivals import first_bound
from protocol_nlp.checklist.wording import announces_exceptions, says
from protocol_nlp.display import wording
from protocol_nlp.segment.words import tokens
from protocol_nlp.tree import Comparison, Criterion, Role, walk

_DENIES: Final = re.compile(r"\b(?:no|not|without|never|negative|absence of|free of|free from)\b", re.IGNORECASE)
# A list of which any line is enough: each of its lines would be asked for as if it were needed.
_ANY_OF: Final = re.compile(
    r"\b(?:one|any|either|combination)(?: or more)? of the (?:\w+ )?following\b|\bdefined (?:by|as) the following\b"
    r"|\bany of (?:the )?(?:two|three) following\b"
    r"|\b(?:is|are) defined (?:as|by)(?: either| one of)?\W*$|\b(?:can|may|which|eligible .*) includes?\W*$"
    r"|\beligible (?:if|as long as|provided)\b|^\W*\d*\W*(?:some )?examples?\b",
    re.IGNORECASE,
)
_EXAMPLES: Final = re.compile(r"^\W*\d*\W*(?:some )?examples?\b|\bincludes?\W*$", re.IGNORECASE)
# A lead whose list names things, of which nothing says that all are needed.
_NAMES: Final = re.compile(
    r"\b(?:includ\w+|such as|e\.g\.|for example)\W*$"
    r"|\bfollowing (?:\w+ ){0,2}(?:drugs?|agents?|medications?|therap\w+|treatments?|methods?|diseases?|conditions?"
    r"|malignanc\w+|tumou?rs?|cancers?|diagnos[ei]s|histolog\w+|(?:sub)?types?|disorders?|categor\w+|stages?|mutations?)\W*$",
    re.IGNORECASE,
)
_NAME_MAX: Final = 12
# What is asked of all patients, whatever stands before it.
_OF_ALL: Final = re.compile(
    r"\b(?:informed )?consent\b|^\W*(?:able|ability|willing\w*|capable|agree\w*|(?:fe)?males?|wom[ae]n|m[ae]n)\b"
    r"|\b(?:life expectancy|pregnan\w+|contracepti\w+|breast-?feeding)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Lost:
    """Ids of lines -> the id of the lead whose list they may be: `turned`, where that would change what they mean;
    `tied`, where they would be asked of those alone whom the lead names."""

    turned: dict[str, str] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)


def lost_lists(items: Sequence[Criterion]) -> Lost:
    """The lines beside each other that may belong to a lead before them; where such a list ends is a guess."""
    found = Lost()
    _turned(items, found.turned)
    _named(items, found.turned)
    _tied(items, found.tied)
    return found


def _turned(items: Sequence[Criterion], found: dict[str, str]) -> None:
    """Lines behind a lead that announces exceptions, denies its list, or wants any of it."""
    missing: Criterion | None = None
    before: set[tuple[str, Role | None]] = set()
    listing = False
    for item in items:
        lead = wording(item.text)
        first = (lead.casefold().split(" ")[0], item.role)
        # The items of one list are worded alike: with a word that items before it began with, the list has ended.
        stated = states(lead)
        if missing and (item.role != missing.role or first in before or (listing and stated)):
            missing = None
        listing = missing is not None and not stated and _EXAMPLES.search(wording(missing.text)) is not None
        if missing:
            found[item.id] = wording(missing.id)
        turns = _DENIES.search(lead.casefold().replace("no evidence of disease", "")) or _ANY_OF.search(lead)
        # A list that the line's own last line promises, and that stands flattened below it.
        inner, grouped = item, names_group(lead)
        while inner.children:
            inner = inner.children[-1]
            grouped = grouped or names_group(wording(inner.text))
        turned = inner.role == "exclusion" and says("admits", wording(inner.text))
        if inner is not item and inner.list_missing and (turned or (inner.role == "inclusion" and grouped)):
            missing = inner
            continue
        if item.list_missing and item.role == "exclusion" and says("admits", lead):
            missing = item
        example = _EXAMPLES.match(lead) is not None and not item.children
        if (item.list_missing or example) and (announces_exceptions(lead) or (turns and item.role == "inclusion")):
            missing = item
        if missing in (None, item):
            before.add(first)


def _named(items: Sequence[Criterion], found: dict[str, str]) -> None:
    """Lines that only name something, right behind a lead of an inclusion that lists such names."""
    missing: Criterion | None = None
    for item in items:
        if missing and item.role == missing.role and _only_names(item):
            found.setdefault(item.id, wording(missing.id))
            continue
        names = item.list_missing and item.role == "inclusion" and _NAMES.search(wording(item.text)) is not None
        missing = item if names and not says("all", wording(item.text)) else None


def _only_names(item: Criterion) -> bool:
    words = wording(item.text)
    bounded = item.expr is not None and any(isinstance(n, Comparison) for n in walk(item.expr))
    bare = not (item.children or item.list_missing or bounded or states(words))
    return bare and len(tokens(words)) <= _NAME_MAX and not ASKS.match(words)


def _tied(items: Sequence[Criterion], found: dict[str, str]) -> None:
    """Lines behind a lead that names a part of the patients, or a tumour, and has no list below it. Behind a tumour, a
    bound ends them; behind bounds, what is none."""
    lead: Criterion | None = None
    bounds = False
    stages = [item.role for item in items if names_stage(wording(item.text))]
    for item in items:
        words = wording(item.text)
        stage = names_stage(words) and stages.count(item.role) > 1
        bound = first_bound(item.expr) is not None
        leading = _leads_some(item) or (stage and item.list_missing)
        ends = leading or names_group(words) or item.form == "heading" or names_tumour(item)
        ends = ends or _OF_ALL.search(words) is not None
        if lead and names_stage(wording(lead.text)):
            ends = stage or item.role != lead.role  # a step of the study goes on until the next
        elif lead:
            ends = ends or item.role != lead.role or (bound if names_tumour(lead) else bounds and not bound)
        if lead and ends:
            lead = None
        if lead:
            found[item.id] = wording(lead.id)
        bounds = bound
        lead = item if leading else lead


def _leads_some(item: Criterion) -> bool:
    words = wording(item.text)
    if not item.list_missing:
        return False
    return names_group(words) or (names_tumour(item) and not ASKS.match(words) and not states(words))
