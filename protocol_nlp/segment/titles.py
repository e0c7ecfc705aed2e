"""What a short line is: a title, a name of people, a part of the study, or a lead that promises a list."""

from __future__ import annotations

import re

from .words import is_filler, tokens, words

GROUP_MAX, TITLE_MAX, COLON_MAX, NAME_MAX, SHORT = 16, 8, 10, 3, 4
# How a line begins that asks for one thing, and is no name in a list.
ASKING = (
    r"no|not|must|has|have|is|are|known|history|prior|previous|without|with|at least|measur\w*|histolog\w*|cytolog\w*"
    r"|patholog\w*|biopsy|confirmed|documented|diagnos\w*|evidence|presence|patients?|participants?|subjects?"
    r"|individuals?"
)
_PROMISE = re.compile(
    r"(?::|\b(?:the|any|all|one|two|both|each|these)\s+(?:of\s+)?(?:the\s+)?following(?:\s+\w+){0,4}[.,;]?"
    r"|\bas\s+follows[.,;]?|\b(?:including|includes|such\s+as|defined\s+(?:as|by)|unless|if|except)[,;]?"
    r"|\b(?:listed|defined|described|specified|outlined|noted|stated)\s+below[.,;]?"
    r"|\bas\s+below[.,;]?)\W*$",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(
    r"\b(?:following|follows|including|includes?|below|one of|any of|all of|either|defined)\b", re.IGNORECASE
)
_TRAILING_OR = re.compile(r"\s(?:and/or|and|or)\s*:?\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*\([^()]{0,200}\)\s*:?\s*$")
_COMPARES = re.compile(r"[<>≤≥=]|\d")
_NO_STOP = (".", ";", ",")
_BEGINS_CRITERION = ("no", "not", "any", "prior", "history", "known", "pregnant")


def promises(lead: str) -> bool:
    """Whether the words promise a list: they end in a colon, "including", "the following criteria", "if"."""
    return bool(_PROMISE.search(_TRAILING_OR.sub("", lead[-120:])))


def says_following(lead: str) -> bool:
    """Whether the words speak of a list: "… defined as", "one of the following"."""
    return bool(_FOLLOWING.search(lead))


def is_title(raw: str) -> bool:
    """Whether words are a title rather than a criterion: few, no verb, no number, no end of a sentence."""
    found = tokens(raw)
    if not 0 < len(found) <= (COLON_MAX if raw.endswith(":") else TITLE_MAX):
        return False
    if not raw[0].isupper() or raw.endswith(_NO_STOP) or _COMPARES.search(raw):
        return False
    if any(t in words("verb") for t in found):
        return False
    return found[0] not in _BEGINS_CRITERION or all(map(is_filler, found))


def names_people(raw: str) -> bool:
    """Whether a line is a bare name without number or verb: "Clinicians", "Healthy controls:"."""
    found = tokens(raw)
    bare = not any(t in words("verb") or t.isdigit() for t in found)
    return 0 < len(found) <= NAME_MAX and raw[:1].isupper() and bare


def group_word(raw: str) -> str:
    """The word by which a short line names a part of the study: "cohort" of "Cohort A:"; else ""."""
    found = tokens(_BRACKETED.sub("", raw)) or tokens(raw)
    if not 0 < len(found) <= GROUP_MAX or raw[:1].islower() or raw.endswith(_NO_STOP):
        return ""
    named = [w for w in found if w in words("group")]
    if not named or any(w in words("verb") for w in found) or not (len(found) <= SHORT or ":" in raw):
        return ""
    opens = found[0] in words("group") or found[0] in ("for", "additional")
    # "Sarcoma, stage IV" is a disease.
    closes = any(t in words("group") and t != "stage" for t in found[-2:])
    return named[0].removesuffix("s") if opens or closes else ""


def is_designation(raw: str) -> bool:
    """Whether a line is nothing but a part of the study with its number: "Cohort A", "Part 2"."""
    found = tokens(raw)
    two = len(found) == 2 and found[0] in words("group") and found[0] != "stage"
    return two and len(found[1]) <= NAME_MAX
