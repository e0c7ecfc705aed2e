"""The criteria as plain registry wording: two headings, numbers, lists indented; one layout for every entry.

The words of each criterion stay as they are; only bullets, numbers, wrapped lines and indentation are made anew. What
stood outside the criteria has no place here. A protocol of our own comes out as the text it was rendered to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from protocol_nlp.export.artifact import Artifact
from protocol_nlp.tree import Criterion, Role, Trial, criteria

HEADINGS: dict[Role | None, str] = {
    "inclusion": "Inclusion Criteria:",
    "exclusion": "Exclusion Criteria:",
    None: "Eligibility Criteria:",
}
INDENT = "   "


def export(trial: Trial) -> Artifact:
    """The text, and what of the trial has no place in it."""
    sections = []
    for role, items in groupby(trial.criteria, key=lambda criterion: criterion.role):
        sections.append("\n".join([HEADINGS[role], "", *_lines(tuple(items), 0)]) + "\n")
    return Artifact("\n".join(sections), ".txt", tuple(_losses(trial)))


def _lines(items: Sequence[Criterion], depth: int) -> Iterator[str]:
    number = 0
    for item in items:
        words = " ".join(item.text.split())
        if item.form == "heading":
            yield f"{INDENT * depth}{words}"
            yield from _lines(item.children, depth)
            continue
        number += 1
        yield f"{INDENT * depth}{f'{number}.' if not depth else '*'} {words}"
        yield from _lines(item.children, depth + 1)


def _losses(trial: Trial) -> Iterator[str]:
    entry = trial.registration
    fields = ("title", "conditions", "interventions", "phase", "sex", "minimum_age", "maximum_age")
    yield from (f"{name}: this format holds criteria alone" for name in fields if getattr(entry, name))
    held = sum(not c.isspace() for item in criteria(trial) for c in item.text)
    left = sum(not c.isspace() for c in entry.text) - held
    if left and entry.provenance.format != "protocol-yaml":
        yield f"text outside the criteria, bullets and headings ({left} characters)"
