from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Span

OPENING: Final = {")": "(", "]": "["}
# "a)", "12)", "iv)" at the head of a line or behind a blank is the label of an item.
LABEL: Final = re.compile(r"(?:^|[\s;,.:(])(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})$")
# What is shown of an aside that never ends.
SHOWN: Final = 80


@rule(code="STR003", severity="warning")
def unbalanced_brackets(document: Document) -> Iterator[Draft]:
    """A bracket is opened and never closed, or closed and never opened.

    Why it matters
        The bracket says which words are an aside. Without its other half, nobody knows where the condition ends.
    Example
        Exclusion: Systemic steroids (> 10 mg/day) prednisone or equivalent)
    Use instead
        Exclusion: Systemic steroids (> 10 mg/day prednisone or equivalent)
    """
    text = document.text
    for criterion in document.trial.criteria:
        for span, opened in _loose(text, criterion.span):
            said = " ".join(text[span.start : span.end].split())
            yield Draft(
                span=span,
                message=f'the bracket in "{said}" is ' + ("never closed" if opened else "closed and was never opened"),
                readings=Readings(
                    "the aside ends early: what follows it is a condition of its own",
                    "the aside goes on to the end: what follows only explains",
                ),
                question="Where does the aside begin and end?",
            )


def _loose(text: str, whole: Span) -> Iterator[tuple[Span, bool]]:
    """The brackets without their other half, with the words they stand by; true where it is an opening one."""
    stack: list[int] = []
    last = whole.start
    for i in range(whole.start, whole.end):
        c = text[i]
        if c in "([":
            stack.append(i)
        elif c in ")]":
            if stack and text[stack[-1]] == OPENING[c]:
                last = stack.pop()
            elif not LABEL.search(text[whole.start : i]) or (i and text[i - 1].isspace()):
                line = max(text.rfind("\n", whole.start, i) + 1, whole.start, i - SHOWN)
                yield Span(last if last >= line else line, i + 1), False
    for i in stack:
        stop = min(whole.end, i + SHOWN)
        line = text.find("\n", i, stop)
        yield Span(i, stop if line < 0 else line), True
