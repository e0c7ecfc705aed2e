"""What a line of the entry is, by its words: a demand, a permission, a definition, an exception, a note."""

from __future__ import annotations

import re
from typing import Final

from protocol_nlp.checklist.wording import of_some, says, starts
from protocol_nlp.display import wording
from protocol_nlp.lexicon import checklist_words
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
    r"\bnot (?:be )?(?:allowed|permitted|acceptable|accepted|tolerated|eligible)\b"
    r"|\beligible only\b|\bonly\b.*\beligible\b"
)
# Measures of which each patient has a value that the trial asks for.
_OF_ALL: Final = frozenset({"age", "ecog", "karnofsky", "lansky", "life_expectancy"})
# A rule stands before what is allowed: behind "unless", or in a sentence without a stop before the next.
_WITH_RULE: Final = re.compile(
    r"\b(?:unless|except|in which case|however)\b"
    r"|[A-Za-z0-9)] (?:The |A )?[A-Z][a-z]+ (?:[a-z-]+ )*(?:is|are) (?:\w+ )?(?:allowed|permitted)"
)
_ENTER: Final = r"(?:enroll?(?:ed)?|included|eligible|participate|enter|allowed|considered|permitted)"
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
                or counts_not(wording(text))
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
    if counts_not(words):
        return True
    found = re.match(r"((?:[^\s.;:]+ ){1,8}?)(?:(?:is|are|will be) .*|refers? to .*|means? .*)", words)
    return found is not None and says("defines", words[len(found[1]) :].split(". ", maxsplit=1)[0][:40])


def counts_not(words: str) -> bool:
    """Whether a line only says what is not counted: "The following are not considered measurable disease:"."""
    bare = re.sub(r"\([^()]*\)", "", words)
    if re.search(r"[.;] +[A-Z]|\beligible\b|\bunless\b", bare) or says("demands", bare):
        return False
    return (
        re.match(r"(?:[^\s.;:,]+:? ){1,12}?(?:is|are|will) not (?:be )?(?:considered|regarded|counted)\b", bare)
        is not None
    )


def permits(text: str, expr: Expr | None) -> bool:
    """Whether an inclusion only permits something, so that nothing has to be so: "prior surgery is allowed"."""
    words = re.sub(r"\([^()]*\)|\band be eligible\b", "", _main_clauses(text))
    if re.search(r"\b(?:must|should|shall)\b", words) or _REFUSES.search(words):
        return False
    if re.match(r"\W*(?:no|only)\b", words, re.IGNORECASE):
        return False
    if re.search(r"\b(?:still|also|remain)(?: be)? eligible\b|\bmore than one\b.*\beligible\b", words):
        return True
    if expr is not None and _bounds(expr, words):
        return False
    told = [t for t in re.split(r"\.\s+(?=[A-Z])|;", words) if re.search(r"\w", t)]
    permitting = [says("permits", t) or _MAY.search(t) is not None for t in told]
    return bool(told) and permitting[0] and all(p or of_some(t) for p, t in zip(permitting, told, strict=True))


def _bounds(expr: Expr, words: str) -> bool:
    """Whether a sentence on who may enter, or what is allowed, sets bounds that all have to meet: "Patients aged 18 to
    70 years are eligible", "ALT ≤ 2.5 × ULN; ≤ 5 × ULN is allowed with metastases", "INR < 1.5 unless …, in which case
    …"; not "Patients over 70 years may be allowed to enroll", "Prednisone ≤ 10 mg/day is permitted"."""
    found = [n for n in walk(expr) if isinstance(n, Comparison)]
    if not found:
        return False
    people = "|".join(map(re.escape, checklist_words()["people"]))
    if re.match(rf"\W*(?:{people}) (?:with|who|whose)\b[^.;]*\bmay (?:be )?{_ENTER}\b", words, re.IGNORECASE):
        return False
    if len({n.quantity.span for n in found}) > 1 or _WITH_RULE.search(words):
        return True
    everybody = any(n.measure and n.measure.id in _OF_ALL for n in found)
    return everybody and not re.search(r"\b(?:may|can)\b", words)


def _main_clauses(text: str) -> str:
    """The words without "who must …", which tells of whom the sentence speaks, not what is asked."""
    words = wording(text).split(" ")
    kept = [
        w
        for i, w in enumerate(words)
        if not {"who", "that", "which"} & {v.casefold() for v in words[max(0, i - 2) : i]}
    ]
    return " ".join(kept)
