"""Where a criterion stands, and what the lines around it mean for it: headings, groups, alternatives, lost lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from protocol_nlp.checklist.dates import Counted
from protocol_nlp.checklist.wording import announces_exceptions, is_all, starts, trimmed
from protocol_nlp.display import wording
from protocol_nlp.lexicon import checklist_words
from protocol_nlp.segment import headings
from protocol_nlp.segment.words import is_filler, tokens
from protocol_nlp.segment.words import words as heading_words
from protocol_nlp.tree import Criterion, Trial

_DENIES: Final = re.compile(r"\b(?:no|not|without|never)\b", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(
    r"(?:note:? *)?(?:further|other|additional|more)\b[\w /,-]*\bcriteria\b[\w /,-]*\bapply\W*", re.IGNORECASE
)
# A list of which any line is enough: each of its lines would be asked for as if it were needed.
_ANY_OF: Final = re.compile(
    r"\b(?:one|any|either) of the following\b|\bdefined (?:by|as) the following\b", re.IGNORECASE
)
# The words before a colon or dash outside of brackets; the longest label of a part of the patients.
_LABEL: Final = re.compile(r"((?:[^:()\[\]]|\([^()]*\)|\[[^\[\]]*\])*?)(?::(?!\S)| [-–—] )")
_LABEL_MAX: Final = 110
_OR: Final = r"(?:and/)?or"


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """Where a criterion stands: what the leads and headings above it, and the items before it, mean for it.

    `windows` are those of a list's lead; `group`: it holds for a part of the patients, or
    (`part`) of the study; `listed`: it is the item of a
    list; `exception_of` is the id of a criterion before it that announces exceptions, denies a list, or wants any of
    it, and has none; `exempt`: it is itself an exception of the exclusion above it. `tied` is the id of a line before
    it that names a group to which it may belong as well; `either` are the ids of lines of which one is enough.
    """

    depth: int = 0
    windows: tuple[Counted, ...] = ()
    group: bool = False
    part: bool = False
    listed: bool = False
    exception_of: str = ""
    exempt: bool = False
    tied: str = ""
    either: tuple[str, ...] = ()

    def below(self, criterion: Criterion, windows: tuple[Counted, ...] = ()) -> Under:
        """The place of the items under a criterion that stands here."""
        words = wording(criterion.text)
        return Under(
            depth=self.depth + 1,
            windows=windows or self.windows,
            part=self.part,
            group=self.group or starts("groups", words) or names_group(words),
            listed=self.listed or criterion.form == "list",
            exempt=self.exempt,
            tied=self.tied,
        )


def sections(trial: Trial) -> Iterator[tuple[str, tuple[Criterion, ...]]]:
    """The criteria under each heading that names a part of the study or of the people, with the heading's words; empty
    words where it names none: "Treatment inclusion criteria:" beside "Procurement inclusion criteria:"."""
    text = trial.registration.text
    named = [
        (span.end, _role(words), _part(words), words)
        for span in headings(text)
        if (words := text[span.start : span.end])
    ]
    open_at = ""
    held: list[Criterion] = []
    for item in trial.criteria:
        here = [n for n in named if n[0] <= item.span.start]
        last = here[-1] if here else None
        others = {part for _, role, part, _ in named if last and role == last[1]}
        heading = wording(last[3]) if last and last[2] and len(others) > 1 else ""
        if heading != open_at and held:
            yield open_at, tuple(held)
            held = []
        open_at = heading
        held.append(item)
    if held:
        yield open_at, tuple(held)


def _role(heading: str) -> bool:
    return any(w.startswith(("exclu", "inelig", "non-inclu")) for w in tokens(heading))


def _part(heading: str) -> frozenset[str]:
    """What a heading says besides that criteria of a role follow."""
    said = tokens(heading)
    if any(w in heading_words("verb") for w in said):
        return frozenset()
    named = any(w in heading_words("group") for w in said)
    bare = [w for w in said if w not in heading_words("role") and w not in heading_words("noun")]
    kept = [w for w in bare if w not in heading_words("generic")] if named else [w for w in bare if not is_filler(w)]
    return frozenset(kept)


def siblings(items: Sequence[Criterion], under: Under, text: str) -> Iterator[tuple[Criterion, Under]]:
    """Criteria that stand beside each other, each with its place."""
    missing: Criterion | None = None
    before: set[str] = set()
    tied = _ties(items)
    either = _alternatives(items, text)
    for item in items:
        lead = wording(item.text)
        first = lead.casefold().split(" ")[0]
        # The items of one list are worded alike: with a word that items before it began with, the list has ended.
        if missing and (item.role != missing.role or first in before):
            missing = None
        yield (
            item,
            replace(
                under,
                exception_of=wording(missing.id) if missing else "",
                group=under.group or item.id in tied or item.id in either,
                tied=tied.get(item.id, under.tied),
                either=either.get(item.id, ()),
            ),
        )
        turns = _DENIES.search(lead.casefold().replace("no evidence of disease", "")) or _ANY_OF.search(lead)
        if item.list_missing and (announces_exceptions(lead) or (turns and item.role == "inclusion")):
            missing = item
        if missing in (None, item):
            before.add(first)


def heads(criterion: Criterion) -> bool:
    """Whether the words only name what stands below them, or say nothing at all."""
    if criterion.form == "heading":
        return True
    words = wording(criterion.text)
    if not criterion.children:
        return not criterion.list_missing and (is_all("nothing", words) or _ELSEWHERE.fullmatch(words) is not None)
    return criterion.form == "criterion" and (starts("groups", words) or trimmed(words) == trimmed(_label(words)))


def names_group(words: str) -> bool:
    """Whether a line says of which part of the patients it is asked: "Arm A - …", "For cohorts 2 and 3: …",
    "Expansion cohort 1 (sarcoma): …", "… (part B only)"."""
    groups = "|".join(map(re.escape, checklist_words()["groups"]))
    if re.search(
        rf"\b(?:{groups})\b[^.;()]{{0,30}}\bonly\b|\bonly\b[^.;()]{{0,20}}\b(?:{groups})\b", words, re.IGNORECASE
    ):
        return True
    label = _label(words).casefold()
    if re.search(r"\((?:for|in|use of|applies to)\b[^()]*\bonly\)\W*$", words, re.IGNORECASE):
        return True
    if label.startswith(("applies to", "applicable to")):
        return True
    if not label or any(w in heading_words("verb") for w in tokens(re.sub(r"\([^()]*\)", "", label))):
        return False
    named = re.search(rf"\b(?:{groups})\b", re.sub(r"\([^()]*\)", "", label)) is not None
    bare = label.startswith("age ") or starts("no_label", label)
    return not bare and (named or starts("label", label) or label.endswith(" only"))


def _label(words: str) -> str:
    """The words before a line's first colon or dash."""
    found = _LABEL.match(words)
    return found[1] if found and len(found[1]) <= _LABEL_MAX else ""


def _ties(items: Sequence[Criterion]) -> dict[str, str]:
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


def _alternatives(items: Sequence[Criterion], text: str) -> dict[str, tuple[str, ...]]:
    """Id of each inclusion that is joined to its neighbours by "or" -> the ids of all that are joined so."""
    runs: list[list[Criterion]] = []
    for last, item in pairwise(items):
        if last.role != "inclusion" or item.role != "inclusion" or "heading" in (last.form, item.form):
            continue
        between = text[last.span.end : item.span.start]
        ends = re.search(rf"[\s,;]{_OR}\W*$", text[last.span.start : last.span.end], re.IGNORECASE)
        begins = re.match(rf"\W*{_OR}[\s:,]", text[item.span.start : item.span.end], re.IGNORECASE)
        if not (ends or begins or re.fullmatch(rf"[\W\d]*\b{_OR}\b[\W\d]*", between, re.IGNORECASE)):
            continue
        if runs and runs[-1][-1] is last:
            runs[-1].append(item)
        else:
            runs.append([last, item])
    return {item.id: tuple(wording(i.id) for i in run) for run in runs for item in run}
