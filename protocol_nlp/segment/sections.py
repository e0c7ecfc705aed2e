"""Rows -> sections: the rows under each role heading, and what around them is no criterion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from protocol_nlp.tree import Role, Span

from .headings import Heading, counts_otherwise, read_heading
from .rows import Row, read_again
from .titles import group_word, is_designation, is_title, names_people
from .words import is_filler, is_page_line, plain, tokens, words

LINE_MAX, WITNESSES = 80, 2
_STATES = tuple(re.compile(rf"[\w\s-]{{0,40}}\b{w}clusions?\b") for w in ("in", "ex"))
_ROLE_WORD = re.compile(r"\b(?:in|ex)clusion")


@dataclass(slots=True)
class Section:
    """Rows under one role heading, in order; no role where the text names none."""

    role: Role | None
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Sections:
    """A text in sections, the spans of their headings, and of what belongs to none (narrative, furniture)."""

    sections: list[Section]
    headings: list[Span]
    outside: list[Span]


def read_sections(text: str, found: list[Row]) -> Sections:
    """The sections of a text; every row is in a section, a heading, or outside."""
    return _Reader(text, found).read()


class _Reader:
    def __init__(self, text: str, found: list[Row]) -> None:
        self.text = text
        self.rows = found
        self.plains = [plain(text[r.start : r.end]) for r in found]
        nexts = zip_longest(found, found[1:])
        self.said = [read_heading(text, row, after.style if after else "") for row, after in nexts]
        # Whether the text names sections of both roles, so that "Donor eligibility:" is only a part of one.
        self.both = all(any(state.match(p) for p in self.plains) for state in _STATES)
        self.again = False
        self.result = Sections([Section(None)], [], [])

    def read(self) -> Sections:
        first, last = self.page()
        for i, row in enumerate(self.rows):
            if not first <= i < last or (first and is_page_line("label", self.plains[i])):
                self.result.outside.append(whole(row))
            else:
                self.place(i, row)
        return self.result

    def page(self) -> tuple[int, int]:
        """Which rows of a web copy hold the criteria: all of a text that is none.

        A web copy is known by two lines of field names before the first role heading or of page furniture
        behind it; one alone ("Sex", "Allocation") may be a word of the criteria.
        """
        every = (0, len(self.rows))
        heads = [i for i, s in enumerate(self.said) if s and s.strict and len(self.plains[i]) < LINE_MAX]
        if not heads:
            return every
        labels = [p for p in self.plains[: heads[0]] if is_page_line("label", p)]
        ends = [i for i in range(heads[0], len(self.rows)) if is_page_line("furniture", self.plains[i])]
        if len(labels) + len(ends) < WITNESSES:
            return every
        return heads[0], ends[0] if ends else len(self.rows)

    @property
    def section(self) -> Section:
        return self.result.sections[-1]

    def place(self, i: int, row: Row) -> None:
        """Put a row into the section, or begin one with it."""
        here, phrase, said = self.section, self.plains[i], self.said[i]
        if said and said.strict and self.both and "eligibility" in phrase and not _ROLE_WORD.search(phrase):
            if self.names_part(i):
                self.result.headings.append(whole(row))
                return
            # Behind the exclusions, "Eligibility criteria for donors" states once more who may enter.
            self.again = self.states_again(i)
            if not self.again:
                said = Heading(None, row.end) if here.role is None and not here.rows else None
        if said and self.governs(i, row, said):
            self.open(row, said)
        elif phrase in words("pdq") and here.role is None:
            self.close("inclusion")
            self.result.sections.append(Section(words("pdq")[phrase], [row]))
        elif here.role is None and not here.rows and is_page_line("notice", phrase):
            self.result.outside.append(whole(row))
        else:
            here.rows.append(row)

    def states_again(self, i: int) -> bool:
        """Whether a line without bullet, with a list below it, opens the criteria for one more kind of people."""
        row, after = self.rows[i], self.rows[i + 1] if i + 1 < len(self.rows) else None
        behind = self.section.role == "exclusion" or self.again
        return behind and "criteria" in self.plains[i] and row.marker is None and bool(after and after.marker)

    def names_part(self, i: int) -> bool:
        """Whether a title right above a role heading only says of which part of the study it is: "2. Treatment
        eligibility" / "Inclusion Criteria:"."""
        after = self.said[i + 1] if i + 1 < len(self.rows) else None
        raw = self.text[self.rows[i].start : self.rows[i].end]
        return after is not None and after.strict and (is_title(raw) or raw.endswith(":")) and bool(self.section.rows)

    def governs(self, i: int, row: Row, said: Heading) -> bool:
        """Whether a heading opens a section here, or is an item ("2. Exclusion criteria for surgery: …")."""
        here = self.section
        following = self.rows[i + 1] if i + 1 < len(self.rows) else None
        deeper = following is not None and following.indent > row.indent
        if not said.lead:
            same = said.role == here.role and bool(here.rows)
            return row.marker is None or not (same or (deeper and said.end < row.end))
        after = self.said[i + 1] if following else None
        if following is None or (not here.rows and after and after.strict):
            return False  # the sentence is all that the section says
        if row.marker:
            return deeper and bool(following.marker) and not here.rows and here.role is not None
        return said.role is not None or not here.rows or here.role is None

    def open(self, row: Row, said: Heading) -> None:
        """Begin a section; the words of its heading are no item, what follows them on the line is one."""
        before = self.section
        role: Role | None = None if said.role == "both" else said.role
        # "Patients can be included unless …" right below a role heading speaks of that role.
        bound = before.role is not None and (not said.explicit or not before.rows)
        if said.lead and (role is None or bound):
            role = before.role
        counted = counts_otherwise(self.text[row.start : said.end], role)
        if counted and said.lead and role == before.role:
            before.rows.append(row)
            return
        self.close(role)
        if counted:
            self.result.sections.append(Section(role, [replace(row, end=said.end)]))
        else:
            self.result.headings.append(Span(whole(row).start, said.end))
            self.result.sections.append(Section(role))
        start = said.end + len(self.text[said.end : row.end]) - len(self.text[said.end : row.end].lstrip())
        if start < row.end:
            rest = replace(row, start=start, marker=None, blank=True)
            self.section.rows.extend(read_again(self.text, rest))

    def close(self, role: Role | None) -> None:
        """End a section: words for whom the next one is, right before its heading, belong to that heading."""
        rows = self.section.rows
        while rows and self.introduces(rows[-1], role):
            self.result.headings.append(whole(rows.pop()))

    def introduces(self, row: Row, role: Role | None) -> bool:
        """Whether an unmarked row only names whom the next section is for: "Cohort A:", "Clinicians"."""
        raw = self.text[row.start : row.end]
        here = self.section
        if row.marker:
            # "2. Cohort B", where no item 1 stands before it.
            counts_on = any(r.marker and r.style == row.style and r.value == row.value - 1 for r in here.rows[-2:-1])
            return row.marker.counted and not counts_on and is_designation(raw.rstrip(":"))
        if here.role is None:
            return all(map(is_filler, tokens(raw))) or (len(here.rows) == 1 and names_people(raw))
        bulleted = len(here.rows) > 1 and here.rows[-2].marker is not None
        if group_word(raw) and (bulleted or raw.endswith(":")):
            return True
        # After the exclusions of one kind of people come the inclusions of the next.
        return bulleted and here.role == "exclusion" and role == "inclusion" and (names_people(raw) or is_title(raw))


def whole(row: Row) -> Span:
    """The row with its marker."""
    return Span(row.marker.start if row.marker else row.start, row.end)
