"""Lists that the entry has flattened -> items below their leads.

A registry's form may lose the bullets of a list: the lead still promises it, and its items stand beside the lead as if
each were a criterion. Read so, an exempt tumour excludes, and each of several diagnoses is needed. The layout does not
say where such a list ends, so only what is plainly of the announced kind is gathered, and the lead says that it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from protocol_nlp.annotate import Annotation
from protocol_nlp.governs import exempts
from protocol_nlp.phrase_words import is_a, is_neoplasm
from protocol_nlp.segment import Item, ids, walk
from protocol_nlp.segment.titles import ASKING
from protocol_nlp.tree import Concept, Span

FEWEST: Final = 2
LONGEST: Final = 12  # words of a diagnosis in a list of such
_FUNCTION: Final = frozenset("function functions laboratory values parameters counts reserve".split())
_DISEASE: Final = frozenset(
    "disease diseases disorder disorders condition conditions illness illnesses diagnosis diagnoses".split()
)
_TUMOR: Final = frozenset(
    "malignancy malignancies cancer cancers tumor tumors tumour tumours neoplasm neoplasms histology histologies"
    " subtype subtypes sarcoma sarcomas".split()
)
# Measures of the patient or of an infection, not of a function.
_WHOLE: Final = frozenset(
    "age ecog karnofsky lansky life_expectancy bmi weight weight_loss"
    " hbv_dna hcv_rna hiv_rna viral_load cd4_count hcg psa".split()
)
_ASKS: Final = re.compile(
    rf"(?:{ASKING}|any|evaluab\w*|if|willing\w*|able|age|male|female|wom[ae]n|m[ae]n)\b", re.IGNORECASE
)
_DEMANDS: Final = frozenset({"MUST", "IF", "UNLESS", "PERMIT", "PROHIBIT", "COMPARATOR", "SUBJECT", "EXCEPT"})

Leads = Mapping[int, Annotation]
Fits = Callable[[Annotation], bool]


def gather(items: Sequence[Item], leads: Sequence[Annotation]) -> tuple[Item, ...]:
    """The items with each flattened list below its lead, numbered anew.

    `leads` are what was found in each item, parents before the items below them; that order stays as it is.
    """
    whole = tuple(walk(tuple(items)))
    if not any(item.list_missing for item in whole):
        return tuple(items)
    made = _gathered(items, {item.lead.start: lead for item, lead in zip(whole, leads, strict=True)})
    return tuple(_named(item, name) for item, name in zip(made, ids([item.role for item in made]), strict=True))


def _gathered(items: Sequence[Item], leads: Leads) -> list[Item]:
    found: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        at += 1
        if item.list_missing and (fits := _announced(leads[item.lead.start])):
            end = at
            while end < len(items) and _may_follow(item, items[end]) and fits(leads[items[end].lead.start]):
                end += 1
            if end - at >= FEWEST:
                below = tuple(items[at:end])
                span = Span(item.span.start, below[-1].span.end)
                item = replace(item, form="list", span=span, list_missing=False, gathered=True, children=below)
                at = end
        found.append(replace(item, children=tuple(_gathered(item.children, leads))))
    return found


def _may_follow(lead: Item, item: Item) -> bool:
    return item.role == lead.role and not item.children and not item.list_missing and item.form == "criterion"


def _announced(lead: Annotation) -> Fits | None:
    """What the items of the list must be, by the words of its lead; null where they say no kind."""
    said = frozenset(word for t in lead.tokens for word in t.text.lower().split())
    if exempts(lead.tokens):
        return _harmless_tumor if _TUMOR & said else None
    if any(t.kind in ("EXCEPT", "UNLESS", "IF", "PERMIT") for t in lead.tokens[-8:]):
        return None  # a condition or an exception of some kind, whose items may be anything
    if _FUNCTION & said:
        return _limit
    return _disease if (_DISEASE | _TUMOR) & said else None


def _limit(item: Annotation) -> bool:
    """A bound of a laboratory value."""
    kinds = {t.kind for t in item.tokens}
    if "SINCE" in kinds or not item.tokens or item.tokens[0].kind == "IF":
        return False
    measured = [t.concept() for t in item.tokens if t.kind == "MEASURE"]
    return bool({"NUMBER", "NORMAL"} & kinds) and bool(measured) and all(map(_of_function, measured))


def _of_function(measure: Concept) -> bool:
    return measure.label == "Measurement" and measure.id not in _WHOLE


def _harmless_tumor(item: Annotation) -> bool:
    """A tumour that no longer counts: treated, cured, or in situ."""
    words = [word for t in item.tokens for word in t.text.lower().split()]
    return any(is_neoplasm(word) or word in _TUMOR for word in words) and any(is_a("harmless", word) for word in words)


def _disease(item: Annotation) -> bool:
    """A line that only names a disease, and demands nothing."""
    words = [t for t in item.tokens if t.text[0].isalnum()]
    if not words or len(words) > LONGEST or words[0].kind == "NOT" or _ASKS.match(words[0].text):
        return False
    if _DEMANDS & {t.kind for t in words}:
        return False
    return any(e.label == "Condition" or is_neoplasm(e.text) for e in item.entities)


def _named(item: Item, name: str) -> Item:
    children = tuple(_named(child, f"{name}.{n}") for n, child in enumerate(item.children, 1))
    return replace(item, id=name, children=children)


__all__ = ["gather"]
