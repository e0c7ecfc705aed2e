"""Where a criterion stands, and what the lines around it mean for it: headings, groups, alternatives, lost lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

from protocol_nlp.checklist.dates import Counted
from protocol_nlp.checklist.rivals import rivals
from protocol_nlp.checklist.wording import announces_exceptions, is_all, of_some, says, starts, trimmed
from protocol_nlp.display import wording
from protocol_nlp.lexicon import checklist_words
from protocol_nlp.phrase_words import is_neoplasm
from protocol_nlp.segment import headings
from protocol_nlp.segment.words import is_filler, tokens
from protocol_nlp.segment.words import words as heading_words
from protocol_nlp.tree import Concept, Condition, Criterion, Role, Trial, walk

_DENIES: Final = re.compile(r"\b(?:no|not|without|never|negative|absence of|free of|free from)\b", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(
    r"(?:note:? *)?(?:further|other|additional|more)\b[\w /,-]*\bcriteria\b[\w /,-]*\bapply\W*", re.IGNORECASE
)
_CHOICE: Final = re.compile(r"\b(?:any|one|either|combination) of\b", re.IGNORECASE)
# A list of which any line is enough: each of its lines would be asked for as if it were needed.
_ANY_OF: Final = re.compile(
    r"\b(?:one|any|either) of the following\b|\bdefined (?:by|as) the following\b"
    r"|\b(?:is|are) defined (?:as|by)(?: either| one of)?\W*$|\b(?:can|may|which|eligible .*) includes?\W*$"
    r"|\beligible (?:if|as long as|provided)\b|^\W*\d*\W*(?:some )?examples?\b",
    re.IGNORECASE,
)
_EXAMPLES: Final = re.compile(r"^\W*\d*\W*(?:some )?examples?\b|\bincludes?\W*$", re.IGNORECASE)
_DIAGNOSED: Final = re.compile(
    r"\b(?:confirm|diagnos|document|histolog|measur|evidence|presence|patholog|no )", re.IGNORECASE
)
_DIAGNOSIS_MAX: Final = 14
# How a line begins that asks for one thing, and is no name in a list.
_ASKS: Final = re.compile(
    r"\W*(?:no|not|must|has|have|is|are|known|history|prior|previous|without|with|at least|measur\w*|histolog\w*"
    r"|cytolog\w*|patholog\w*|biopsy|confirmed|documented|diagnos\w*|evidence|presence|patients?|participants?|subjects?"
    r"|individuals?)\b",
    re.IGNORECASE,
)
# The words before a colon or dash outside of brackets; the longest label of a part of the patients.
_LABEL: Final = re.compile(r"((?:[^:()\[\]]|\([^()]*\)|\[[^\[\]]*\])*?)(?::(?!\S)| [-–—] )")
_LABEL_MAX: Final = 110
_EVERYBODY: Final = frozenset("all across both general common every each overall".split())
_AND_AFTER: Final = re.compile(r"[\s,;-]and\W*$", re.IGNORECASE)
_OR: Final = r"(?:and/)?or"


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
    missing: Criterion | None = None
    before: set[tuple[str, Role | None]] = set()
    tied = _ties(items)
    either, mixed = _alternatives(items, text)
    among = mixed | ({} if under.listed else _diagnoses(items))
    listing = False
    differing = rivals(items)
    for item in items:
        lead = wording(item.text)
        first = (lead.casefold().split(" ")[0], item.role)
        # The items of one list are worded alike: with a word that items before it began with, the list has ended.
        stated = states(lead)
        if missing and (item.role != missing.role or first in before or (listing and stated)):
            missing = None
        listing = missing is not None and not stated and _EXAMPLES.search(wording(missing.text)) is not None
        yield (
            item,
            replace(
                under,
                exception_of=wording(missing.id) if missing else "",
                group=under.group or item.id in tied or item.id in either or item.id in differing,
                rivals=()
                if item.id in either or under.choice or names_group(lead)
                else differing.get(item.id, under.rivals),
                within=under.group,
                tied=tied.get(item.id, under.tied),
                either=either.get(item.id, ()),
                among=() if item.id in either else among.get(item.id, ()),
            ),
        )
        turns = _DENIES.search(lead.casefold().replace("no evidence of disease", "")) or _ANY_OF.search(lead)
        # A list that the line's own last line promises, and that stands flattened below it.
        inner, grouped = item, names_group(lead)
        while inner.children:
            inner = inner.children[-1]
            grouped = grouped or names_group(wording(inner.text))
        turned = inner.role == "exclusion" and says("admits", wording(inner.text))
        if inner is not item and inner.list_missing and (turned or (inner.role == "inclusion" and grouped)):
            missing = inner
            continue
        if item.list_missing and item.role == "exclusion" and says("admits", lead):
            missing = item
        example = _EXAMPLES.match(lead) is not None and not item.children
        if (item.list_missing or example) and (announces_exceptions(lead) or (turns and item.role == "inclusion")):
            missing = item
        if missing in (None, item):
            before.add(first)


def heads(criterion: Criterion) -> bool:
    """Whether the words only name what stands below them, or say nothing at all."""
    if criterion.form == "heading":
        return not (criterion.children and _CHOICE.search(wording(criterion.text)))
    words = wording(criterion.text)
    if not criterion.children:
        return not criterion.list_missing and (is_all("nothing", words) or _ELSEWHERE.fullmatch(words) is not None)
    return criterion.form == "criterion" and (starts("groups", words) or trimmed(words) == trimmed(_label(words)))


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
    # "… within 8 weeks (part 2 only) or surgery": a part of the line alone.
    words = re.sub(r"(?<=\w )\([^()]*\)(?= ?\w)", "", words)
    if re.search(
        rf"\b(?:{groups})\b[^.;()]{{0,30}}\bonly\b|\bonly\b[^.;()]{{0,20}}\b(?:{groups})\b", words, re.IGNORECASE
    ):
        return True
    if re.match(rf"\W*(?:in|for|at|during) (?:the )?(?:[\w-]+ )?(?:{groups})\b", words, re.IGNORECASE):
        return True
    label = _label(words).casefold()
    if re.search(r"\((?:for|in|use of|applies to)\b[^()]*\bonly\)\W*$", words, re.IGNORECASE):
        return True
    if label.startswith(("applies to", "applicable to")):
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
    if rest and re.match(r"aged? .*\d|(?:adults?|children|adolescents|p(?:a)?ediatric)\b(?! and)", label):
        return True
    leads = not rest or ". " in label or re.search(r"\b(?:following|includ\w+|defined|any of|all of)\b", label)
    return not bare and (named or (starts("label", label) and not leads) or label.endswith(" only"))


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


def states(words: str) -> bool:
    """Whether a line says something with a verb, and does not only name a thing."""
    return any(w in heading_words("verb") for w in tokens(words)) or says("demands", words)


def _diagnoses(items: Sequence[Criterion]) -> dict[str, tuple[str, ...]]:
    """Id of each inclusion that only names a tumour near others that do -> the ids of all of them: the lines of a list
    that lost its lead, or demands for several diagnoses at once.

    Two that follow each other are enough where each is nothing but a name; where no line has a bullet, three that say
    more of the tumour, and all that demands nothing between the first and the last of them.
    """
    runs: list[list[Criterion]] = [[]]
    for item in items:
        bare = _names_tumour(item) and not _DIAGNOSED.search(wording(item.text))
        if bare and len(tokens(item.text)) <= _DIAGNOSIS_MAX and not states(wording(item.text)):
            runs[-1].append(item)
        elif runs[-1]:
            runs.append([])
    found = {item.id: tuple(wording(i.id) for i in run) for run in runs if len(run) > 1 for item in run}
    plain = [i for i in items if i.role == "inclusion" and i.form == "criterion" and not i.children]
    if sum(i.marker is not None for i in plain) * 5 > len(plain):
        return found
    named = [n for n, item in enumerate(plain) if _names_tumour(item) and not _ASKS.match(wording(item.text))]
    if len(named) > 2:
        between = plain[named[0] : named[-1] + 1]
        run = [i for i in between if not says("demands", wording(i.text)) and not says("permits", wording(i.text))]
        found |= {item.id: tuple(wording(i.id) for i in run) for item in run}
    return found


def _names_tumour(item: Criterion) -> bool:
    """Whether an inclusion without lines below it begins with a tumour."""
    if item.role != "inclusion" or item.children or item.form != "criterion" or not item.expr:
        return False
    first = [n.concept for n in walk(item.expr) if isinstance(n, Condition)][:3]
    return any(map(is_tumour, first))


def is_tumour(concept: Concept) -> bool:
    """Whether a concept is a tumour, by its identifier or by the end of its name."""
    return (concept.id or "").startswith("histology:") or is_neoplasm(concept.text)


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
