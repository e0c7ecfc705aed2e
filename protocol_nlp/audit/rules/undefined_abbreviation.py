from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.lexicon import abbreviations, entries, measures, units
from protocol_nlp.tree import Span

KNOWN: Final = WordList("audit_known_abbreviation", ("field",))
_SHORT: Final = re.compile(r"(?<![\w/*-])[A-Z][A-Z0-9]*[A-Z](?:-[A-Z0-9]{1,4})?s?(?![\w/*])")
_ROMAN: Final = re.compile(r"[IVX]+(?:-[IVX]+)?[ABC]?")
_SHORTEST, _LONGEST = 3, 7


@rule(code="TRM001", severity="info", document_wide=True)
def undefined_abbreviation(document: Document) -> Iterator[Draft]:
    """A short form that is neither common nor explained in the entry. Reported once, with its further places.

    Why it matters
        One short form has several meanings: MS is a sclerosis, a stenosis and a syndrome.
    Example
        Exclusion: Prior EFRT of the abdomen
    Use instead
        Exclusion: Prior extended-field radiotherapy (EFRT) of the abdomen
    """
    found: dict[str, list[Span]] = {}
    explained = _explained(document)
    for item in document.stated():
        if item.view.text.isupper():
            continue
        for match in _SHORT.finditer(item.view.text):
            short = match[0].removesuffix("s")
            if (
                _SHORTEST <= len(short) <= _LONGEST
                and not _ROMAN.fullmatch(short)
                and short.upper() not in _known()
                and short.upper() not in explained
            ):
                found.setdefault(short, []).append(item.span(match.start(), match.end()))
    for short, (place, *rest) in found.items():
        yield Draft(
            span=place,
            message=f'"{short}" is not explained in this entry',
            readings=Readings(f"{short} as in the reader's own field", f"{short} as in another field"),
            question=f"What does {short} stand for?",
            confidence="medium",
            also=tuple(rest),
        )


def _explained(document: Document) -> set[str]:
    """Short forms that stand in brackets behind words, or before a bracket with words."""
    texts = [item.view.text for item in document.items]
    return {m.upper() for text in texts for m in _pairs(text)}


def _pairs(text: str) -> Iterator[str]:
    for inner in re.finditer(r"[(\[]([^()\[\]]*)[)\]]", text):
        yield from (m[0].removesuffix("s") for m in _SHORT.finditer(inner[1]))
    for before in re.finditer(r"([A-Z][A-Z0-9-]*[A-Z0-9])s? *(?:[(\[]|=|:)", text):
        yield before[1]


@cache
def _known() -> frozenset[str]:
    """All short forms that a table of the package knows, in capitals."""
    tables = [short for short, _ in abbreviations()]
    tables += [alias for entry in entries() for alias in entry.aliases]
    tables += [alias for measure in measures() for alias in measure.aliases]
    tables += [surface for unit in units() for surface in unit.surfaces]
    listed = [name for row in KNOWN.rows for name in row["surface"].split("|")]
    return frozenset(name.upper() for name in (*tables, *listed) if " " not in name)
