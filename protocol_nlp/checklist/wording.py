"""The entry's own words as questions: cleaned, without their subject, without loose ends."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from protocol_nlp.display import wording
from protocol_nlp.lexicon import checklist_words

_LEFT: Final = re.compile(r"^(?:[\s,;:.•]+|[-–—*]\s+)+")
_RIGHT: Final = re.compile(r"[\s,;:.–—-]+$")
_FINITE: Final = re.compile(r"\b(?:must|should|shall|may|can|will|are|is|have|has|need|needs)\b", re.IGNORECASE)
# Women of childbearing potential, in the abbreviations of entries.
_CHILDBEARING: Final = r"(?:all |any )?(?:wocbp|wocp|wcbp|focbp|fcbp|pocbp)s?"
_OF_SOME: Final = "with|without|who|whose|in|on|of|aged|receiving|assigned|enrolled|treated|under|over|younger|older"
# "Treatment with X must have been stable": asked of those alone who had it.
_OF_TREATMENT: Final = re.compile(
    r"(?:any |all )?(?:prior|previous|concurrent|concomitant|ongoing|treatment with|therapy with|use of|toxicit|adverse"
    r"|brain metasta|cns metasta|treated brain"
    r"|medication|drugs|anticoagula|corticosteroid|steroid)\w*\b"
)
_OPTIONAL: Final = re.compile(
    r"(?:in order )?to (?:participate|take part|enroll|be included) in the [\w-]+"
    r" (?:portion|part|component|study|substudy)\b"
)
_TIES: Final = re.compile(r"\b(?:to|of|in|for|with|by|at|on|as|per|from|if|when)\b")
_VERDICT: Final = re.compile(
    r"([^.;]*?),? (?:are|is|will be|should be|must be) (?:also |therefore )?(?:excluded|ineligible|not eligible)"
    r"(?: (?:from|for|to) (?:the |this |participat\w+ in (?:the |this )?)?(?:study|trial|participation|enrol\w+))?\?"
)
_SENTENCE: Final = re.compile(r"[.;] +(?=[A-Z0-9(])")


def asked(text: str) -> str:
    """Registry text as a question about the patient: "Patients with known HIV." -> "Known HIV?".

    Text of several sentences stays as it is, and so does a question.
    """
    line = wording(text).strip(" ,;:")
    if _SENTENCE.search(line):
        return line
    line = trimmed(line)
    opener = _opener().match(line)
    if opener and _detachable(opener[0], line[opener.end() :]):
        line = line[opener.end() :]
    return f"{capital(line)}?" if line and line[-1] not in "?!" else line


def without_verdict(question: str) -> str:
    """The question of an exclusion without its last words where they only say once more that it excludes: "Pregnant
    women are ineligible?" -> "Pregnant women?", to which "No" is the answer that is meant."""
    found = _VERDICT.fullmatch(question)
    return asked(found[1]) if found else question


def _detachable(opener: str, rest: str) -> bool:
    """Whether the rest still says the same: not of "Patients must | not have …", "Patients with | HIV may enter"."""
    if len(rest) < 3 or re.match(r"(?:not|no|never|neither)\b", rest):
        return False
    # After "patients with …" a further verb is the sentence's own, and needs its subject.
    return not (re.search(r"\b(?:with|who)\b", opener, re.IGNORECASE) and _FINITE.search(rest))


def trimmed(line: str) -> str:
    """Without punctuation and joining words at its edges."""
    before = ""
    while line != before:
        before = line
        line = _RIGHT.sub("", _LEFT.sub("", line))
        line = _joint_after().sub("", _joint_before().sub("", line))
        if line.endswith((")", "]")) and line.count(")") + line.count("]") > line.count("(") + line.count("["):
            line = line[:-1]
    return line


def capital(line: str) -> str:
    """With a capital at its start, save for words such as "pH" and "eGFR"."""
    first = re.split(r"[\s,:;/-]", line, maxsplit=1)[0]
    return line[:1].upper() + line[1:] if first.islower() else line


def says(kind: str, text: str) -> bool:
    """Whether a word or phrase of this kind of checklist_words.tsv stands in the text."""
    return bool(_pattern(kind).search(text.casefold()))


def starts(kind: str, text: str) -> bool:
    """Whether the text starts with a word or phrase of this kind of checklist_words.tsv."""
    return bool(_pattern(kind).match(text.casefold()))


def of_some(sentence: str) -> bool:
    """Whether a sentence that demands something says of which patients: "Participants with HIV must …"."""
    people = "|".join(map(re.escape, checklist_words()["people"]))
    demands = "|".join(map(re.escape, (*checklist_words()["demands"], *checklist_words()["provides"])))
    bare = re.sub(r"\([^()]*\)", "", sentence.casefold())
    words = re.sub(r"^(?:in addition|additionally|furthermore|moreover|also),? ", "", re.sub(r" {2,}", " ", bare))
    if says("everyone_too", words):
        return False
    if (
        words.startswith("if ")
        or re.match(rf"{_CHILDBEARING}\b.*\b(?:{demands})\b", words)
        or _OPTIONAL.match(words)
        or re.match(rf"(?:for|in) (?:[^\s.;:,]+ ){{0,3}}?(?:{people}) (?:{_OF_SOME})\b", words)
    ):
        return True
    demands = rf"(?:{demands}|are (?:\w+ )?eligible\b.{{0,60}}? if)\b"
    spoken_of = re.match(
        rf"((?!(?:in|as|per|by|at|on|for) )(?:[^\s.;:]+ ){{0,6}}?)(?:{people})\b(.*?)\b{demands}", words
    )
    if not spoken_of:
        return False
    # "Sexually active, fertile participants", but not "In addition to the criteria above, a patient".
    told, _, last = spoken_of[1].rpartition(",")
    before, after = (last if _TIES.search(told) else f"{told} {last}").split(), spoken_of[2].split()
    everyone = set(checklist_words()["everyone"])
    return bool(set(before) - everyone) or bool(set(after) - everyone)


def names_people(sentence: str) -> bool:
    """Whether a sentence speaks of patients."""
    return says("people", sentence)


def of_some_beside(sentence: str) -> bool:
    """Whether words beside what is asked say of which patients: "Biopsy for HIV-positive patients", "… if female"."""
    # "…, and, for patients treated at B, C": a part of the line alone.
    words = re.sub(r"\band,? (?:for|in)\b.*", "", sentence.casefold())
    if says("everyone_too", words):
        return False
    if says("within", words) or re.search(
        r"(?<!\beven )(?<!\bas )(?<!\band )(?<!\bexcept )(?<!\bonly )\bif\b(?! any\b)", words
    ):
        return True
    if _OF_TREATMENT.match(words) and says("demands", words):
        return True
    people = "|".join(map(re.escape, checklist_words()["people"]))
    everyone = set(checklist_words()["everyone"])
    told = re.findall(rf"\b(?:for|in) ((?:[^\s.;:,]+ ){{1,3}})(?:{people})\b", words)
    joins = {"if", "except", "when", "unless", "that", "which", "by", "and", "or", "with", "without", "as"}
    return any(set(before.split()) - everyone and not joins & set(before.split()) for before in told)


def is_all(kind: str, text: str) -> bool:
    """Whether the text is nothing but a word or phrase of this kind."""
    return trimmed(text).casefold() in checklist_words()[kind]


def announces_exceptions(lead: str) -> bool:
    """Whether the lead of a list ends in words after which its exceptions have to come."""
    return any(trimmed(lead).casefold().endswith(words) for words in checklist_words()["excepts"])


def only_filler(text: str, also: str = "") -> bool:
    """Whether the text holds no word but those that change nothing of a bound, and those of a further kind."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return set(words) <= {*checklist_words()["filler"], *checklist_words().get(also, ())}


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    listed = "|".join(map(re.escape, checklist_words()[kind]))
    return re.compile(rf"(?<![\w-])(?:{listed})(?!\w|-\w)")


@cache
def _opener() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, checklist_words()['opener']))}) +", re.IGNORECASE)


@cache
def _joint_before() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in checklist_words()["joins"] if w[0].isalpha())
    return re.compile(rf"^(?:{words}) +", re.IGNORECASE)


@cache
def _joint_after() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in checklist_words()["joins"] if w[0].isalpha())
    return re.compile(rf"[ ,;]+(?:{words})$", re.IGNORECASE)
