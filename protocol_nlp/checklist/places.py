"""Where a criterion stands, and what the lines around it mean for it: headings, groups, alternatives, lost lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

from protocol_nlp.checklist.dates import Counted
from protocol_nlp.checklist.diagnoses import diagnoses, states
from protocol_nlp.checklist.groups import label_of, names_criteria, names_group, names_stage, ties
from protocol_nlp.checklist.lost import lost_lists
from protocol_nlp.checklist.rivals import rivals
from protocol_nlp.checklist.wording import is_all, of_some, starts, trimmed
from protocol_nlp.display import wording
from protocol_nlp.lexicon import checklist_words
from protocol_nlp.segment import headings
from protocol_nlp.segment.words import is_filler, tokens
from protocol_nlp.segment.words import words as heading_words
from protocol_nlp.tree import Criterion, Trial

_ELSEWHERE: Final = re.compile(
    r"(?:note:? *)?(?:further|other|additional|more)\b[\w /,-]*\bcriteria\b[\w /,-]*\bapply\W*", re.IGNORECASE
)
_CHOICE: Final = re.compile(r"\b(?:any|one|either|combination) of\b", re.IGNORECASE)
_EVERYBODY: Final = frozenset("all across both general common every each overall".split())
_AND_AFTER: Final = re.compile(r"[\s,;-]and\W*$", re.IGNORECASE)
_OR: Final = r"(?:and/)?or"

_COUNTS: Final = re.compile(r"\b(?:any|all|one|either|both|each|two|three|none|following|below)\b", re.IGNORECASE)
# A title of things of which one is used: "Acceptable contraception", "Permitted methods".
_METHODS: Final = re.compile(
    r"\b(?:acceptable|allowed|permitted|effective|examples?|methods?|options?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """Where a criterion stands: what the leads and headings above it, and the items before it, mean for it.

    `windows` are those of a list's lead; `group`: it holds for a part of the patients, or (`part`) of the study;
    `listed`: it is the item of a list; `exception_of` is the id of a criterion before it that announces exceptions,
    denies a list, or wants any of it, and has none; `exempt`: it is itself an exception of the exclusion above it.
    `tied` is the id of a line before it that names a group to which it may belong as well; `either` are the ids of
    lines of which one is enough; `among` those of lines of which one may be enough: bare diagnoses on lines of their
    own, "or" beside "and"; `choice`: it is a line of a list of which one is enough.
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
    among: tuple[str, ...] = ()
    choice: bool = False
    rivals: tuple[str, ...] = ()
    within: bool = False

    def below(self, criterion: Criterion, windows: tuple[Counted, ...] = ()) -> Under:
        """The place of the items under a criterion that stands here."""
        words = wording(criterion.text)
        return Under(
            depth=self.depth + 1,
            windows=windows or self.windows,
            part=self.part,
            group=self.group or starts("groups", words) or names_group(words) or _leads_some(criterion),
            listed=self.listed or criterion.form == "list",
            exempt=self.exempt,
            tied=self.tied,
            rivals=self.rivals,
        )


def _leads_some(criterion: Criterion) -> bool:
    """Whether a lead demands a list of some patients: "Patients with HIV are eligible if they meet all of these:"."""
    words = wording(criterion.text)
    people = "|".join(map(re.escape, checklist_words()["people"]))
    named = re.match(
        rf"(?!all |each |both )(?:[\w/-]+ ){{1,4}}(?:{people}) (?:as defined by|defined by|meeting)\b", words, re.I
    )
    return criterion.role == "inclusion" and bool(criterion.children) and (of_some(words) or named is not None)


def sections(trial: Trial) -> Iterator[tuple[str, tuple[Criterion, ...]]]:
    """The criteria under each heading that names a part of the study or of the people, with the heading's words; empty
    words where it names none: "Treatment inclusion criteria:" beside "Procurement inclusion criteria:"."""
    named = _headings(trial.registration.text)
    open_at = ""
    held: list[Criterion] = []
    for item in trial.criteria:
        last = next((n for n in reversed(named) if n.end <= item.span.start), None)
        others = {n.part for n in named if last and (n.excludes == last.excludes or (n.opened and last.opened))}
        heading = last.words if last and last.part and len(others) > 1 else ""
        if heading != open_at and held:
            yield open_at, tuple(held)
            held = []
        open_at = heading
        held.append(item)
    if held:
        yield open_at, tuple(held)


class _Heading(NamedTuple):
    end: int
    excludes: bool
    part: frozenset[str]
    words: str
    opened: bool = False


def _headings(text: str) -> list[_Heading]:
    """The headings with a role; the words before one that only name a part ("Subprotocol B") hold for it, and for those
    behind it until other such words, or a heading with a part of its own."""
    found: list[_Heading] = []
    opened = ""
    spans = headings(text)
    for span, following in zip_longest(spans, spans[1:]):
        words = wording(text[span.start : span.end])
        said = tokens(words)
        above = following is not None and not text[span.end : following.start].strip(" \t\r\n:*#~-")
        if not any(w in heading_words("verb") for w in said) and not _names_role(said, above=above):
            opened = words if _part(words, above=above) else ""
            continue
        part = _part(words)
        if part or not all(map(is_filler, said)) or _EVERYBODY & set(said):
            opened = ""
        whole = f"{opened} – {words}" if opened else words
        found.append(_Heading(span.end, _excludes(words), part or _part(opened, above=True), whole, bool(opened)))
    return found


def _names_role(said: Sequence[str], *, above: bool) -> bool:
    """Whether the words of a heading name a role; "Treatment eligibility" right `above` another heading names none."""
    roles = {w for w in said if w in heading_words("role")}
    return bool(roles) and not (above and roles == {"eligibility"})


def _excludes(heading: str) -> bool:
    return any(w.startswith(("exclu", "inelig", "non-inclu")) for w in tokens(heading))


def _part(heading: str, *, above: bool = False) -> frozenset[str]:
    """What a heading says besides that criteria of a role follow; right `above` another heading, words that say nothing
    in that one may name a part: "Treatment eligibility" / "Inclusion criteria"."""
    said = tokens(heading)
    if any(w in heading_words("verb") or w in _EVERYBODY for w in said):
        return frozenset()
    named = any(w in heading_words("group") for w in said)
    bare = [w for w in said if w not in heading_words("role") and w not in heading_words("noun")]
    if above and not named:
        people = {*checklist_words()["people"], *checklist_words()["everyone"], "key", "main", "major", "general"}
        return frozenset(w for w in bare if w not in people and not w.isdigit())
    kept = [w for w in bare if w not in heading_words("generic")] if named else [w for w in bare if not is_filler(w)]
    return frozenset(kept)


def siblings(items: Sequence[Criterion], under: Under, text: str) -> Iterator[tuple[Criterion, Under]]:
    """Criteria that stand beside each other, each with its place."""
    lost = lost_lists(items)
    tied = {**lost.tied, **ties(items)}
    either, mixed = _alternatives(items, text)
    among = mixed | ({} if under.listed else diagnoses(items))
    differing = rivals(items)
    stages = [item for item in items if names_stage(wording(item.text))]
    for item in items:
        joined = item.id in either
        stage = item in stages and sum(other.role == item.role for other in stages) > 1
        alone = joined or under.choice or names_group(wording(item.text))
        yield (
            item,
            replace(
                under,
                exception_of=lost.turned.get(item.id, ""),
                group=under.group or item.id in tied or joined or item.id in differing or stage,
                rivals=() if alone else differing.get(item.id, under.rivals),
                within=under.group,
                tied=under.tied if joined else tied.get(item.id, under.tied),
                either=either.get(item.id, ()),
                among=() if joined else among.get(item.id, ()),
            ),
        )


def heads(criterion: Criterion) -> bool:
    """Whether the words only name what stands below them, or say nothing at all."""
    if criterion.form == "heading":
        words = wording(criterion.text)
        return not (criterion.children and (_CHOICE.search(words) or (_METHODS.search(words) and _named(criterion))))
    words = wording(criterion.text)
    if not criterion.children:
        empty = is_all("nothing", words) or _ELSEWHERE.fullmatch(words) is not None or _only_titles(words)
        return not criterion.list_missing and empty
    if names_criteria(trimmed(words)) or (_only_titles(words) and not _COUNTS.search(words)):
        return True
    return criterion.form == "criterion" and (starts("groups", words) or trimmed(words) == trimmed(label_of(words)))


def _named(criterion: Criterion) -> bool:
    """Whether most of the lines below an inclusion only name things."""
    stated = sum(states(wording(c.text)) for c in criterion.children)
    return criterion.role == "inclusion" and 2 * stated < len(criterion.children)


def _only_titles(words: str) -> bool:
    """Whether a line says nothing but that criteria follow: "Other Excluded Conditions", "General criteria"."""
    said = tokens(words)
    nouns = any(w in heading_words("noun") for w in said)
    return nouns and len(said) > 1 and all(map(is_filler, said)) and not any(w in heading_words("verb") for w in said)


def _alternatives(
    items: Sequence[Criterion], text: str
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Id of each inclusion that is joined to its neighbours by "or" -> the ids of all that are joined so; and of those
    where an "and" stands beside it, so that the words alone do not say what belongs together."""
    runs: list[list[Criterion]] = []
    for last, item in pairwise(items):
        if last.role != "inclusion" or item.role != "inclusion" or "heading" in (last.form, item.form):
            continue
        between = text[last.span.end : item.span.start]
        ends = re.search(rf"[\s,;-]{_OR}\W*$", text[last.span.start : last.span.end], re.IGNORECASE)
        begins = re.match(rf"\W*{_OR}[\s:,-]", text[item.span.start : item.span.end], re.IGNORECASE)
        if not (ends or begins or re.fullmatch(rf"[\W\d]*\b{_OR}\b[\W\d]*", between, re.IGNORECASE)):
            continue
        if runs and runs[-1][-1] is last:
            runs[-1].append(item)
        else:
            runs.append([last, item])
    either: dict[str, tuple[str, ...]] = {}
    mixed: dict[str, tuple[str, ...]] = {}
    for run in runs:
        at = items.index(run[0])
        before = items[at - 1] if at and items[at - 1].role == "inclusion" else None
        if before and _AND_AFTER.search(text[before.span.start : before.span.end]):
            run.insert(0, before)
        joined = mixed if before in run else either
        joined |= {item.id: tuple(wording(i.id) for i in run) for item in run}
    return either, mixed
