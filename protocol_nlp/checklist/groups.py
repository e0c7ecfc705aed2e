"""Lines that say of which part of the patients they are asked, and lines that may go on about such a part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from protocol_nlp.checklist.wording import starts
from protocol_nlp.display import wording
from protocol_nlp.lexicon import checklist_words
from protocol_nlp.segment.words import tokens
from protocol_nlp.segment.words import words as heading_words
from protocol_nlp.tree import Criterion

# The words before a colon or dash outside of brackets; the longest label of a part of the patients.
_LABEL: Final = re.compile(r"((?:[^:()\[\]]|\([^()]*\)|\[[^\[\]]*\])*?)(?::(?!\S)| [-–—] )")
_LABEL_MAX: Final = 110

_CRITERIA_FOR: Final = re.compile(
    r"\W*((?:[\w-]+ ){0,3}?)(?:criteri(?:a|on)|requirements?) (?:specific )?(?:for|in|to|of) "
    r"(?!(?:the )?(?:all\b|both\b|any\b|each\b|every|stud(?:y|ies)\b|trial\b|this\b|inclusion|exclusion|enrol|entry"
    r"|eligib|participa|patients?\W*$|subjects?\W*$))[^.;]{2,80}$",
    re.IGNORECASE,
)

_SEX: Final = re.compile(
    r"\W*(?:for )?(?:(?:fe)?males?|wom[ae]n|m[ae]n)(?: (?:patients?|participants?|subjects?|only))?"
    r"(?: (?:of|with) (?:child-?\s?bearing|reproductive) potential)?\W*:",
    re.IGNORECASE,
)
# A step of the study, as the title of the criteria that are asked at it.
_STAGE: Final = re.compile(
    r"\W*(?:at |for |during |prior to |before |after |following )?(?:the )?(?:time of )?(?:pre-?)?"
    r"(?:screening|enrol+ment|registration|randomi[sz]ation"
    r"|(?:cell |tissue |tumou?r )?(?:collections?|harvest|procurement)|(?:leuk[ao]ph|ph)eresis"
    r"|infusion|lymphodepletion|transplant(?:ation)?|surgery|baseline|(?:re-?)?treatment"
    r"|vaccination|maintenance|induction|consolidation)\b[^:.;]{0,60}:"
    r"|\W*(?:prior to|before|at the time of) [^:.;]{3,80}:|\W*step \w+\b[^:.;]{0,60}:",
    re.IGNORECASE,
)


def names_group(words: str) -> bool:
    """Whether a line says of which part of the patients it is asked: "Arm A - …", "For cohorts 2 and 3: …",
    "Expansion cohort 1 (sarcoma): …", "… (part B only)"."""
    groups = "|".join(map(re.escape, checklist_words()["groups"]))
    # "Platelets ≥ 75,000/mm³ (cohorts A and B)"
    designation = (
        rf"(?:for |in )?(?:the )?(?:(?:dose[ -])?(?:escalation|expansion) )?(?:{groups})s?\b(?: [\w-]{{1,4}}\b,?)*"
    )
    if (
        re.search(rf"\({designation}\)\W*$", words, re.IGNORECASE)
        and len(re.findall(rf"\((?={designation})", words)) == 1
    ):
        return True
    if names_criteria(words.split(" a. ", maxsplit=1)[0].rstrip(" :")):
        return True
    # "… within 8 weeks (part 2 only) or surgery": a part of the line alone.
    words = re.sub(r"(?<=\w )\([^()]*\)(?= ?\w)", "", words)
    if re.search(
        rf"\b(?:{groups})\b[^.;()]{{0,30}}\bonly\b|\bonly\b[^.;()]{{0,20}}\b(?:{groups})\b", words, re.IGNORECASE
    ):
        return True
    if re.match(rf"\W*(?:in|for|at|during) (?:the )?(?:[\w-]+ )?(?:{groups})\b", words, re.IGNORECASE):
        return True
    label = label_of(words).casefold()
    if re.search(r"\((?:for|in|use of|applies to)\b[^()]*\bonly\)\W*$", words, re.IGNORECASE):
        return True
    if label.startswith(("applies to", "applicable to")) or names_sex(words):
        return True
    if not label or any(w in heading_words("verb") for w in tokens(re.sub(r"\([^()]*\)", "", label))):
        return False
    if label.startswith(("all ", "both ", "any ", "each ", "every ")):
        return False
    named = re.search(rf"\b(?:{groups})\b", re.sub(r"\([^()]*\)", "", label)) is not None
    bare = label.startswith("age ") or starts("no_label", label)
    # "Patients with any of the following:" announces a list, and singles nobody out.
    rest = words[len(label) :].strip(" :–—-")
    # "Age < 16 years: Lansky 70 %", "Adult patients - …"
    by_age = r"(?:(?:for )?(?:patients|participants|subjects) )?(?:aged? |[<>≥≤]).*\d"
    if rest and re.match(rf"{by_age}|(?:adults?|children|adolescents|p(?:a)?ediatric)\b(?! and)", label):
        return True
    leads = not rest or ". " in label or re.search(r"\b(?:following|includ\w+|defined|any of|all of)\b", label)
    return not bare and (named or (starts("label", label) and not leads) or label.endswith(" only"))


def names_criteria(words: str) -> bool:
    """Whether a line only says of whom the criteria below it are asked: "Additional inclusion criteria for the ccRCC
    cohort"; those for all patients, or for the study, are asked of all."""
    found = _CRITERIA_FOR.match(words)
    return found is not None and not any(w in heading_words("verb") for w in tokens(found[1]))


def names_sex(words: str) -> bool:
    """Whether a line is but a title of what one sex is asked: "Female patients:", "Men:"."""
    return _SEX.fullmatch(words) is not None


def names_stage(words: str) -> bool:
    """Whether a line is but the title of a step of the study, at which the criteria behind it are asked: "Screening:",
    "Prior to cell collection:"."""
    return _STAGE.fullmatch(words) is not None and not any(w in heading_words("verb") for w in tokens(words))


def label_of(words: str) -> str:
    """The words before a line's first colon or dash."""
    found = _LABEL.match(words)
    return found[1] if found and len(found[1]) <= _LABEL_MAX else ""


def ties(items: Sequence[Criterion]) -> dict[str, str]:
    """Id of each line that may belong to the group of a line before it -> id of that line.

    A line without bullet between lines that name groups may go on about the first of them, and so may one that begins
    with "Must", whose subject stands before it.
    """
    found: dict[str, str] = {}
    labelled = [names_group(wording(item.text)) for item in items]
    for at, item in enumerate(items):
        named = [n for n in range(at) if labelled[n] and items[n].role == item.role]
        if labelled[at] or not named:
            continue
        goes_on = all(items[n].id in found for n in range(named[-1] + 1, at))
        open_words = starts("goes_on", wording(item.text))
        usual = any(starts("goes_on", wording(items[n].text)) for n in range(named[0]) if items[n].role == item.role)
        between = any(labelled[n] and items[n].role == item.role for n in range(at + 1, len(items)))
        if (goes_on and open_words and not usual) or (between and item.marker is None):
            found[item.id] = wording(items[named[-1]].id)
    return found
