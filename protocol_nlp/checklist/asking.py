"""What a line of the entry is, by its words: a demand, a permission, a definition, an exception, a note."""

from __future__ import annotations

import re
from typing import Final

from protocol_nlp.checklist.wording import of_some, says, starts
from protocol_nlp.display import wording
from protocol_nlp.tree import Comparison, Expr, Role, walk

# The mark of a bullet may stand before it, as a letter.
EXCEPTION: Final = re.compile(r"\W*o? ?exceptions?\b(?! of\b)|[\W\d]*examples?\b", re.IGNORECASE)
# What will be done, and asks nothing of the patient.
DONE_WORDS: Final = re.compile(r"\bwill be (?:followed|used|performed|collected|determined|conducted|assessed)\b")
OWN_EXCEPTION: Final = re.compile(r"(?!\W*(?:except|unless|note|with the exception))\w.*,? \bexcept\b", re.IGNORECASE)
# "The use of inhaled steroids is allowed" says nothing of the patient.
PERMITTED: Final = re.compile(
    r"\W*(?:note:? ?)?(?:the )?(?:use|administration) of\b.*\b(?:allowed|permitted|acceptable)\b", re.I
)
_REFUSES: Final = re.compile(
    r"\bnot (?:be )?(?:allowed|permitted|acceptable|eligible)\b|\beligible only\b|\bonly\b.*\beligible\b"
)
_MAY: Final = re.compile(
    r"^\W*(?:with or without|regardless of|irrespective of)\b"
    r"|\b(?:allowed|allowable|permitted|acceptable|eligible)\b(?=\W*$| (?:provided|if|as long as|when|unless)\b)"
    r"|\b(?:is|are|be|remain|remains)(?: \w+)? (?:allowed|permitted|eligible)\b"
)


def worded_against(role: Role | None, text: str) -> bool:
    """Whether an exclusion reads like an inclusion, or the other way round."""
    words = _main_clauses(text)
    match role:
        case "exclusion":
            # "(… is allowed)" beside what excludes takes a part of it back, and turns nothing round.
            return (
                says("admits", re.sub(r"\([^()]*\)", "", words))
                or starts("note", words)
                or EXCEPTION.match(words) is not None
                or re.match(r"\W*no\b", words, re.IGNORECASE) is not None
            )
        case "inclusion":
            return says("bars", words)
        case None:
            return True


def defines(words: str) -> bool:
    """Whether a line only says what a word of the entry means: "Stage III is defined as …"."""
    if re.match(r"[\w -]{3,40}\bstatus defined (?:as|by)\b", words):
        return True
    found = re.match(r"((?:[^\s.;:]+ ){1,8}?)(?:(?:is|are|will be) .*|refers? to .*|means? .*)", words)
    return found is not None and says("defines", words[len(found[1]) :].split(". ", maxsplit=1)[0][:40])


def permits(text: str, expr: Expr | None) -> bool:
    """Whether an inclusion only permits something, so that nothing has to be so: "prior surgery is allowed"."""
    words = re.sub(r"\([^()]*\)|\band be eligible\b", "", _main_clauses(text))
    if re.search(r"\b(?:must|should|shall)\b", words) or _REFUSES.search(words):
        return False
    if re.match(r"\W*(?:no|only)\b", words, re.IGNORECASE):
        return False
    if re.search(r"\b(?:still|also|remain)(?: be)? eligible\b|\bmore than one\b.*\beligible\b", words):
        return True
    if expr is not None and any(isinstance(n, Comparison) for n in walk(expr)):
        return False
    told = [t for t in re.split(r"\.\s+(?=[A-Z])|;", words) if re.search(r"\w", t)]
    permitting = [says("permits", t) or _MAY.search(t) is not None for t in told]
    return bool(told) and permitting[0] and all(p or of_some(t) for p, t in zip(permitting, told, strict=True))


def _main_clauses(text: str) -> str:
    """The words without "who must …", which tells of whom the sentence speaks, not what is asked."""
    words = wording(text).split(" ")
    kept = [
        w
        for i, w in enumerate(words)
        if not {"who", "that", "which"} & {v.casefold() for v in words[max(0, i - 2) : i]}
    ]
    return " ".join(kept)
