"""The single words that decide how a phrase is read (`lexicons/phrase_words.tsv`)."""

from __future__ import annotations

from functools import cache

from protocol_nlp.annotate.tables import rows


@cache
def _kinds() -> dict[str, frozenset[str]]:
    return {row["kind"]: frozenset(row["words"].split("|")) for row in rows("phrase_words")}


def is_a(kind: str, text: str) -> bool:
    """Whether the table lists the text, in any case, under this kind."""
    return text.lower() in _kinds()[kind]


__all__ = ["is_a"]
