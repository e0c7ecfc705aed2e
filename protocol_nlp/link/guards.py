"""When two spellings may be the same name, one of them misspelt, and when they must not be.

A near neighbour among medical names is often another thing: afatinib and apatinib, hypo- and hyperkalaemia, type 1
and type 2. So words have to agree one by one, and a word may differ only as a slip of the hand or of the ear differs.
"""

from __future__ import annotations

import re
from functools import lru_cache

from protocol_nlp.tree import Label

# The shortest word that may hold a slip, and the shortest that may hold two.
ONE_SLIP, TWO_SLIPS = 6, 10
ONE_WORD = 9  # the shortest single word that a suggestion is made for
_WORD = re.compile(r"[^\W_]+")
_OPPOSITES = (
    ("hyper", "hypo"), ("inter", "intra"), ("pre", "post"), ("macro", "micro"), ("ante", "anti"), ("brady", "tachy"),
    ("endo", "exo"), ("poly", "oligo"), ("homo", "hetero"), ("proximal", "distal"), ("benign", "malignant"),
    ("acute", "chronic"), ("primary", "secondary"), ("adult", "child"), ("male", "female"), ("left", "right"),
    ("high", "low"), ("active", "inactive"), ("positive", "negative"), ("intra", "extra"), ("supra", "infra"),
)  # fmt: skip
_DENYING = ("non", "anti", "no", "not", "without", "inability", "unable", "un", "in", "im", "ir", "dis", "a", "de")
_SOUND_ALIKE = ("aeiouy", "ck", "sz", "sc")
# Labels that a model mixes up; a candidate of any other kind does not fit.
_NEAR: tuple[frozenset[Label], ...] = (
    frozenset({"Condition", "Observation"}),
    frozenset({"Drug", "Procedure"}),
    frozenset({"Procedure", "Device", "Visit"}),
    frozenset({"Measurement", "Observation"}),
)


def fits(label: Label, kind: str) -> bool:
    """Whether a mention with this label can be a concept of that kind."""
    return label == kind or any(label in near and kind in near for near in _NEAR)


def words(text: str) -> list[str]:
    """The words and numbers of a name, in lower case and singular."""
    return [_singular(w) for w in _WORD.findall(text.lower())]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@lru_cache(maxsize=100_000)
def misspelt(text: str, name: str, *, drug: bool = False) -> bool:
    """Whether `text` is `name` but for slips: a letter too many, too few, swapped, or heard as another vowel.

    Words must agree in number and order, numbers and short words exactly; "angio sarcoma" is "angiosarcoma". Names of
    drugs differ from each other by a letter, so that there only a letter too many, too few or swapped is a slip.
    """
    ours, theirs = words(text), words(name)
    if "".join(ours) == "".join(theirs):
        return True
    if len(ours) != len(theirs):
        return False
    return all(a == b or _slip(a, b, drug) for a, b in zip(ours, theirs, strict=True))


def _slip(ours: str, theirs: str, drug: bool) -> bool:
    shorter = min(len(ours), len(theirs))
    if shorter < ONE_SLIP or not (ours.isalpha() and theirs.isalpha()) or opposite(ours, theirs):
        return False
    allowed = 1 if shorter < TWO_SLIPS or drug else 2
    return _slips(ours, theirs, allowed, drug)


def _slips(a: str, b: str, allowed: int, drug: bool) -> bool:
    """Whether `allowed` slips at most lead from one word to the other."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    if a == b:
        return True
    if not allowed:
        return False
    rest = allowed - 1
    if _slips(a[1:], b, rest, drug) or _slips(a, b[1:], rest, drug):
        return True
    if a[:2] == b[1::-1] and len(a) > 1 and _slips(a[2:], b[2:], rest, drug):
        return True
    alike = bool(a and b) and any(a[0] in group and b[0] in group for group in _SOUND_ALIKE)
    return alike and not drug and _slips(a[1:], b[1:], rest, drug)


def opposite(ours: str, theirs: str) -> bool:
    """Whether one word is the other's opposite: another of two prefixes, or a denying one more."""
    for one, other in (*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)):
        if ours.startswith(one) and theirs.startswith(other):
            return True
    return any(ours == d + theirs or theirs == d + ours for d in _DENYING)


def fragment(text: str, name: str) -> bool:
    """Whether a mention is only a piece of a name ("cervix" of "cancer of the cervix"), or too little to tell."""
    ours, theirs = words(text), words(name)
    if len(ours) == 1:
        return len(ours[0]) < ONE_WORD or len(theirs) > 1
    return set(ours) <= set(theirs) or len(ours) < len(theirs) - 1


def holds(text: str, name: str) -> bool:
    """Whether each word of a drug's name stands in the text, misspelt at most: another drug's name is not like it."""
    ours = words(text)
    return all(any(a == b or _slip(a, b, True) for a in ours) for b in words(name))


# Words that many names share: two names are not alike for having them in common.
_COMMON = frozenset(
    "disease disorder syndrome condition event abnormality lesion tumor tumour cancer malignancy sarcoma carcinoma "
    "inhibitor agonist antagonist agent therapy treatment drug antibody acute chronic severe active primary secondary "
    "malignant benign advanced metastatic cell tissue type level test count score function of the in to and or".split()
)


def related(text: str, name: str) -> bool:
    """Whether the two share a word that says something, or the beginning of one."""
    ours, theirs = (set(words(x)) - _COMMON for x in (text, name))
    return any(a == b or (min(len(a), len(b)) >= 5 and a[:5] == b[:5]) for a in ours for b in theirs)


def contradicts(text: str, name: str) -> bool:
    """Whether a name must not even be suggested: other numbers, an opposite, or a denial that only one of them has."""
    ours, theirs = words(text), words(name)
    if [w for w in ours if not w.isalpha()] != [w for w in theirs if not w.isalpha()]:
        return True
    if {w for w in ours if w in _DENYING} != {w for w in theirs if w in _DENYING}:
        return True
    return any(opposite(a, b) for a in ours if a not in theirs for b in theirs if b not in ours)
