"""Laws of the whole way from text to tree, over texts made of the language of criteria and over any text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import protocol_nlp
from protocol_nlp.annotate import annotator
from protocol_nlp.annotate.scan import scan
from protocol_nlp.annotate.view import view
from protocol_nlp.assemble import read
from protocol_nlp.normalize import normalize
from protocol_nlp.tree import Condition, Expr, Role, Span, children, criteria, leaves, walk

PIECES = (
    "Age|ECOG performance status|ANC|AST and ALT|creatinine clearance|Hemoglobin (Hb)|life expectancy|QTcF|platelets|"
    "≥|\\>=|<|≤|at least|no more than|between|18|1.5 x 10^9/L|2.5 x ULN|60 mL/min|0-2|18 years or older|III or IV|"
    "100,000/mm³ (100 × 10⁹/L)|within 4 weeks|in the past 3 months|for 6 months|prior to enrollment|of the first dose|"
    "after the last dose|major surgery|hypertension|soft tissue sarcoma|pregnant|women of childbearing potential|must|"
    "and|or|and/or|,|;|.|:|(|)|[|]|/|-|no|without|except|unless|if|other than|are allowed|history of|known|the|with|"
    "one of the following|\u00a0|\u200b|\r\n|  |~|&gt;=|whichever is longer|5 half-lives|±|grade|≥≥|1,5|%"
).split("|")
criterion_text = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
# A NUL byte makes a file binary, and half a surrogate pair is no text: both are errors of the file.
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
texts = criterion_text | any_text


roles: st.SearchStrategy[Role | None] = st.sampled_from(["inclusion", "exclusion", None])


def expression(text: str, role: Role | None = None) -> Expr | None:
    return read(annotator().tokens(text, [Span(0, len(text))])[0], role=role)


@given(texts)
def test_view_maps_every_character_to_its_place(text: str) -> None:
    seen = view(text, Span(0, len(text)))
    assert len(seen.text) == len(seen.starts) == len(seen.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(seen.starts, seen.ends, strict=True))
    assert list(seen.starts) == sorted(seen.starts)


@given(texts)
def test_lexemes_cover_the_view(text: str) -> None:
    seen = view(text, Span(0, len(text))).text
    at = 0
    for lexeme in scan(seen):
        assert not seen[at : lexeme.start].strip()
        assert lexeme.start < lexeme.end
        at = lexeme.end
    assert not seen[at:].strip()


@settings(deadline=None)
@given(texts, roles)
def test_spans_nest_and_slice(text: str, role: Role | None) -> None:
    node = expression(text, role)
    for parent in walk(node) if node else ():
        assert 0 <= parent.span.start <= parent.span.end <= len(text)
        for child in children(parent):
            assert parent.span.holds(child.span), (parent, child)


@settings(deadline=None)
@given(texts, roles)
def test_every_token_belongs_to_a_node(text: str, role: Role | None) -> None:
    tokens = annotator().tokens(text, [Span(0, len(text))])[0]
    node = read(tokens, role=role)
    held = {i for span in (leaves(node) if node else ()) for i in range(span.start, span.end)}
    for token in tokens:
        # a token may be parted at a blank: "no | history of"
        said = {i for i in range(token.span.start, token.span.end) if not text[i].isspace()}
        assert said <= held, token


@settings(deadline=None)
@given(texts, roles)
@example("≥ within 4 weeks one of the following Age", None)
def test_passes_are_idempotent_and_reading_is_deterministic(text: str, role: Role | None) -> None:
    node = expression(text, role)
    assert node == expression(text, role)
    if node is not None:
        assert normalize(node) == normalize(normalize(node))


@settings(deadline=None, max_examples=60)
@given(st.lists(texts, max_size=5).map("\n".join))
def test_no_entry_text_is_an_error(text: str) -> None:
    registration = protocol_nlp.read(text or " ", name="law", format="text")[0]
    trial = protocol_nlp.parse(registration)
    for criterion in criteria(trial):
        assert registration.text[criterion.lead.start : criterion.lead.end] == criterion.text
        assert 0 <= criterion.opaque_share <= 1


RECORDS = Path(__file__).parents[2] / "shared" / "registry" / "sarcoma"


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the material beside the project (../shared) is absent")
def test_each_thing_of_a_record_is_mentioned_once_and_none_is_dropped() -> None:
    """Over 205 registry entries: the things of a tree do not overlap, and all words and entities stand in it."""
    seen = 0
    for path in sorted(RECORDS.glob("*.txt")):
        for registration in protocol_nlp.read(path):
            for criterion in criteria(protocol_nlp.parse(registration, link=False)):
                where = (registration.id, criterion.id)
                node = criterion.expr
                if node is None:
                    assert not criterion.entities, where
                    continue
                seen += 1
                named = sorted(n.concept.span for n in walk(node) if isinstance(n, Condition))
                assert all(a.end <= b.start for a, b in pairwise(named)), where
                held = {i for span in leaves(node) for i in range(span.start, span.end)}
                said = registration.text
                lost = [i for e in criterion.entities for i in range(*e.span) if i not in held and said[i].isalnum()]
                assert not lost, (where, "".join(said[i] for i in lost))
    assert seen > 6000
