"""The words of headings and page furniture (lexicons/headings.tsv), and how to compare a phrase with them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import cast

from protocol_nlp.errors import LexiconError
from protocol_nlp.tree import Role

TABLE = "headings"
KINDS = (
    *("role", "noun", "copula", "tail", "generic", "positive", "negative"),
    *("pdq", "topic", "group", "verb", "connector", "label", "furniture", "notice"),
)
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBER = re.compile(r"[a-z]?[0-9]*[a-z]?|[ivx]+")
_EDGES = " \t\r\n\v\f\\*_#\"'“”‘’[]:.-–—"


@cache
def _table() -> dict[str, dict[str, Role | None]]:
    source = (files("protocol_nlp") / "lexicons" / f"{TABLE}.tsv").read_text(encoding="utf-8")
    found: dict[str, dict[str, Role | None]] = {kind: {} for kind in KINDS}
    header = ""
    for number, line in enumerate(source.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        if not header:
            header = line
            continue
        cells = line.split("\t")
        if len(cells) != len(header.split("\t")):
            raise LexiconError(TABLE, number, f"{len(cells)} cells under the header {header.split()}")
        kind, words, role, _note = cells
        if kind not in found or role not in ("", "inclusion", "exclusion"):
            raise LexiconError(TABLE, number, f"kind {kind!r} with role {role!r} is unknown")
        for word in words.split("|"):
            if not word or found[kind].setdefault(word, cast(Role, role) if role else None) != (role or None):
                raise LexiconError(TABLE, number, f"{word!r} is empty or has two roles")
    return found


def words(kind: str) -> dict[str, Role | None]:
    """The words of one kind with the role each gives (null: none). Raises LexiconError on a faulty table."""
    return _table()[kind]


@cache
def _page(kind: str) -> re.Pattern[str]:
    wild = (re.escape(w).replace(r"\*", ".*").replace(r"\#", r"\d+") for w in words(kind))
    return re.compile("|".join(wild))


def is_page_line(kind: str, phrase: str) -> bool:
    """Whether a whole line, as `plain` gives it, is one of the kind's."""
    return bool(_page(kind).fullmatch(phrase))


def plain(raw: str) -> str:
    """A line to compare with the table: single blanks, lower case, no emphasis and no end punctuation."""
    return " ".join(raw.split()).strip(_EDGES).lower()


def tokens(raw: str) -> list[str]:
    """The words of a text in lower case, hyphenated ones whole."""
    return TOKEN.findall(raw.lower())


def is_filler(word: str) -> bool:
    """Whether a word says nothing of a patient: "the", "following", "cohort", a number, "1a", "ii"."""
    return word in words("generic") or word in words("group") or bool(_NUMBER.fullmatch(word))
