"""Eligibility text -> nested Items: sections, bullets, numbers, headings, wrapped and lost line breaks.

The way: `lines` cuts the text, `markers` knows bullets and numbers, `rows` joins wrapped lines, `headings`
and `sections` find who is in and who is out, `nesting` builds the tree, `inline` takes lists inside a line
apart, `items` names the result.
"""

from __future__ import annotations

from protocol_nlp.tree import Span

from .items import Form, Item, Reading, ids, read_text, walk

__all__ = ["Form", "Item", "Reading", "headings", "ids", "outline", "outside", "read_text", "walk"]


def outline(text: str) -> tuple[Item, ...]:
    """The items of a registry entry in the order of the text; empty where the text holds none.

    `text` is either the criteria alone or a whole plain web copy, whose narrative and page furniture are left
    out. No heading at all gives items without a role. Odd text is never an error.
    """
    return read_text(text).items


def headings(text: str) -> tuple[Span, ...]:
    """Where the text says which role the items behind have: "Key Inclusion Criteria:", "… excluded if:"."""
    return read_text(text).headings


def outside(text: str) -> tuple[Span, ...]:
    """What is neither item nor heading: narrative, labels and furniture of a web copy, line-break signs."""
    return read_text(text).outside
