"""The single words that decide how a phrase is read (`lexicons/phrase_words.tsv`)."""

from __future__ import annotations

from functools import cache

from protocol_nlp.lexicon import cells, spellings


@cache
def _kinds() -> dict[str, frozenset[str]]:
    return {row["kind"]: frozenset(row["words"].split("|")) for row in cells("phrase_words", "kind", "words")}


def is_a(kind: str, text: str) -> bool:
    """Whether the table lists the text, in any case, under this kind."""
    return text.lower() in _kinds()[kind]


def is_modifier(text: str) -> bool:
    """Whether a word says how a thing is ("chronic", "untreated"); several words do not."""
    word = text.lower()
    return " " not in word and (is_a("modifier", word) or word.endswith(tuple(_kinds()["suffix"])))


def is_attribute(text: str) -> bool:
    """Whether words say what state a thing is in, and name none ("metastatic", "locally advanced")."""
    if is_a("attribute", text):
        return True
    words = text.lower().split()
    attributes = [is_a("attribute", w) for w in words]
    return any(attributes) and all(a or w.endswith("ly") for a, w in zip(attributes, words, strict=True))


@cache
def _undone() -> frozenset[str]:
    found = (row for row in cells("status", "category", "direction", "surfaces") if row["category"] == "unable")
    cues = (c for row in found for part in row["surfaces"].split("|") for c in spellings(part))
    return frozenset(c for c in cues if c.endswith(" to"))


def is_undone(text: str) -> bool:
    """Whether the text is a cue of status.tsv before a verb: what somebody cannot, will not or may not do."""
    return text.lower() in _undone()


def is_neoplasm(text: str) -> bool:
    """Whether a phrase ends in the name of a tumour ("Ewing sarcoma", "breast cancers")."""
    return text.lower().rstrip("s").endswith(tuple(_kinds()["neoplasm"]))


__all__ = ["is_a", "is_attribute", "is_modifier", "is_neoplasm", "is_undone"]
