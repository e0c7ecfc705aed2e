"""Which section of the checklist a criterion belongs to, by the table of topics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from protocol_nlp.lexicon import TopicCue, topic_cues
from protocol_nlp.tree import Comparison, Condition, Expr, walk

TITLES: Final = {
    "demographics": "Demographics",
    "disease": "Disease and histology",
    "therapy": "Prior therapy and washouts",
    "performance": "Performance status and life expectancy",
    "organ": "Organ function",
    "comorbidity": "Comorbidities and infections",
    "medication": "Concomitant drugs",
    "pregnancy": "Pregnancy and contraception",
    "consent": "Consent and others",
}
"""The sections in the order in which screeners work; what no cue speaks for stands in the last one."""


def topic(expr: Expr | None, text: str) -> str:
    """The section that most speaks for, by its id in TITLES; `text` is the wording in which words are sought."""
    known = {"measure": set[str](), "concept": set[str]()}
    for kind, id in _ids(expr) if expr else ():
        known[kind].add(id)
    words = text.casefold()
    sums: dict[tuple[int, str], int] = {}
    for cue, pattern in _cues():
        if pattern.search(words) if cue.by == "word" else any(map(pattern.fullmatch, known[cue.by])):
            key = (cue.rank, cue.topic)
            sums[key] = sums.get(key, 0) + cue.weight
    return min(sums, key=lambda key: (-sums[key], key), default=(0, "consent"))[1]


def _ids(expr: Expr) -> Iterator[tuple[str, str]]:
    for node in walk(expr):
        match node:
            case Comparison() if node.measure and node.measure.id:
                yield "concept" if ":" in node.measure.id else "measure", node.measure.id
            case Condition() if node.concept.id:
                yield "concept", node.concept.id  # a measure without a bound is only mentioned
            case _:
                pass


@cache
def _cues() -> tuple[tuple[TopicCue, re.Pattern[str]], ...]:
    made = []
    for cue in topic_cues():
        listed = "|".join(re.escape(value).replace(r"\*", r"[\w-]*") for value in cue.values)
        made.append((cue, re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])" if cue.by == "word" else listed)))
    return tuple(made)
