"""Laws of the logic: what a list, an exception or a denial may do to the things it names, and the order of passes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_nlp.annotate import annotator
from protocol_nlp.annotate.tokens import Token
from protocol_nlp.assemble import read
from protocol_nlp.bind import bind
from protocol_nlp.clauses import clauses
from protocol_nlp.grammar import expression, parts
from protocol_nlp.normalize import PASSES
from protocol_nlp.tree import Comparison, Condition, Expr, Not, Opaque, Or, Role, Span, Unless, Within, rewrite, walk

THINGS = "hypertension|diabetes|asthma|stroke|seizure|basal cell carcinoma|heart failure|aspirin|warfarin|MRI".split(
    "|"
)
WORDS = (
    "and|or|and/or|,|, and|, or|;|; or|.|no|without|not|neither|nor|either|both|except|other than|such as|including|"
    "with the exception of|unless|if|for patients with|must|are allowed|is not allowed|are eligible|are excluded|e.g.|"
    ":|(|)|with|who have|due to|at least two of the following:|any of the following:|none of the following:|but|non-|"
    "within 4 weeks|in the past 3 months|during the study|women|men|history of|ANC ≥ 1.5 x 10^9/L|AST ≤ 3 x ULN|"
    "is not considered a form of|exceptions include|however, the following are allowed:|treated|active|requiring"
).split("|")
ROLES: tuple[Role | None, ...] = ("inclusion", "exclusion", None)
phrases = st.lists(st.sampled_from(THINGS) | st.sampled_from(WORDS), max_size=14).map(" ".join)
roles = st.sampled_from(ROLES)


def tokens(text: str) -> list[Token]:
    return annotator().tokens(text, [Span(0, len(text))])[0]


def conditions(node: Expr | None) -> list[Condition]:
    return [n for n in walk(node) if isinstance(n, Condition)] if node else []


@settings(deadline=None)
@given(phrases, roles)
def test_a_thing_is_mentioned_once(text: str, role: Role | None) -> None:
    spans = sorted(c.concept.span for c in conditions(read(tokens(text), role=role)))
    assert all(a.end <= b.start for a, b in pairwise(spans)), text


@settings(deadline=None)
@given(phrases, roles)
def test_no_thing_is_left_out(text: str, role: Role | None) -> None:
    found = tokens(text)
    node = read(found, role=role)
    named = [c.concept.span for c in conditions(node)]
    for n in walk(node) if node else ():
        match n:
            case Comparison() if n.measure is not None:
                named.append(n.measure.span)
            case Within() if n.window.anchor is not None:
                named.append(n.window.anchor.span)
            case Opaque():
                named.append(n.span)
            case _:
                pass
    for token in found:
        if token.kind == "CONCEPT":
            assert any(span.overlaps(token.span) for span in named), (text, token.text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(THINGS), min_size=2, max_size=5, unique=True), roles)
def test_a_denial_reaches_over_its_list(things: list[str], role: Role | None) -> None:
    text = f"no {', '.join(things[:-1])} or {things[-1]}"
    node = read(tokens(text), role=role)
    assert isinstance(node, Not)
    assert isinstance(node.operand, Or)
    assert len(node.operand.operands) == len(things)


@settings(deadline=None)
@given(st.lists(st.sampled_from(THINGS), min_size=2, max_size=5, unique=True))
def test_the_section_decides_what_and_means(things: list[str]) -> None:
    text = f"{', '.join(things[:-1])} and {things[-1]}"
    among = {role: read(tokens(text), role=role) for role in ROLES}
    assert {r: n.kind for r, n in among.items() if n} == {"inclusion": "and", "exclusion": "or", None: "and"}
    excluded = among["exclusion"]
    assert isinstance(excluded, Or)
    assert excluded.implied


@settings(deadline=None)
@given(st.lists(st.sampled_from(THINGS), min_size=1, max_size=4, unique=True), st.sampled_from(["", " within 4 weeks"]))
def test_an_exception_lists_each_thing(things: list[str], window: str) -> None:
    listed = f"{', '.join(things[:-1])} and {things[-1]}" if len(things) > 1 else things[0]
    node = read(tokens(f"malignancy other than {listed}{window}"), role="exclusion")
    if window:
        assert isinstance(node, Within)
        node = node.operand
    assert isinstance(node, Unless)
    exempt = node.exception.operands if isinstance(node.exception, Or) else (node.exception,)
    assert len(exempt) == len(things)


def test_each_pass_has_a_name_and_a_reason() -> None:
    names = [name for name, _ in PASSES]
    assert len(set(names)) == len(names)
    assert all(step.__doc__ for _, step in PASSES)


@pytest.mark.parametrize("name", [name for name, _ in PASSES])
def test_each_pass_has_a_case_file_and_is_at_work_in_each_of_its_lines(name: str) -> None:
    (path,) = (Path(__file__).parent / "cases").glob(f"pass_{name}_*clusion.txt")
    role: Role | None = "inclusion" if path.stem.endswith("inclusion") else "exclusion"
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = [phrase for phrase, arrow, _ in (line.partition(" ⇒ ") for line in lines) if arrow]
    assert len(cases) >= 8
    for phrase in cases:
        node = expression(clauses(bind(parts(tokens(phrase)), None), role))
        assert node is not None
        for other, step in PASSES:
            made = rewrite(node, step)
            if other == name:
                assert made != node, phrase
            node = made


def test_each_pass_is_at_work_in_a_case() -> None:
    working: set[str] = set()
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt")):
        section = path.stem.rpartition("_")[2]
        role: Role | None = "inclusion" if section == "inclusion" else "exclusion" if section == "exclusion" else None
        for line in path.read_text(encoding="utf-8").splitlines():
            phrase, arrow, _ = line.partition(" ⇒ ")
            node = expression(clauses(bind(parts(tokens(phrase)), None), role)) if arrow else None
            for name, step in PASSES if node is not None else ():
                assert node is not None
                made = rewrite(node, step)
                working |= {name} if made != node else set()
                node = made
    assert working == {name for name, _ in PASSES}


@pytest.mark.parametrize("joint", ["or", "and"])
def test_times_that_or_joins_are_alternatives_of_one_window(joint: str) -> None:
    phrase = f"immunotherapy within 4 weeks before enrollment {joint} during the study"
    node = read(tokens(phrase), role="exclusion" if joint == "or" else "inclusion")
    assert isinstance(node, Within)
    assert isinstance(node.operand, Condition if joint == "or" else Within)
    assert [len(w.others) for w in node.window.each] == [0] * (2 if joint == "or" else 1)
    assert [str(w) for w in node.window.others] == (["during study_period"] if joint == "or" else [])
