"""Laws of two readings: they mention the same things, and stand only where the words leave two open."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from test_logic import phrases, roles, tokens

from protocol_nlp.assemble import read
from protocol_nlp.readings import STEPS
from protocol_nlp.tree import Ambiguous, Expr, Role, Span, children, leaves, walk

ROOT = Path(__file__).parent.parent
THINGS = ("stroke", "seizure", "asthma", "hypertension", "diabetes")


def doubtful(node: Expr | None) -> list[Ambiguous]:
    return [n for n in walk(node) if isinstance(n, Ambiguous)] if node else []


@settings(deadline=None)
@given(phrases, roles)
def test_readings_mention_the_same_things_once(text: str, role: Role | None) -> None:
    for node in doubtful(read(tokens(text), role=role)):
        first, second = node.readings
        assert first != second
        assert sorted(set(leaves(first))) == sorted(set(leaves(second))), str(node)
        for reading in node.readings:
            assert node.span.holds(reading.span)
            assert not doubtful(reading), "readings are not multiplied"


@settings(deadline=None)
@given(phrases, roles)
def test_children_stand_inside_in_each_reading(text: str, role: Role | None) -> None:
    for node in doubtful(read(tokens(text), role=role)):
        for parent in walk(node.readings[1]):
            for child in children(parent):
                assert parent.span.holds(child.span), (str(parent), str(child))


@settings(deadline=None)
@given(st.permutations(THINGS), st.lists(st.sampled_from(["and", "or"]), min_size=1, max_size=4))
def test_one_connective_has_one_reading_and_two_have_two(things: list[str], ops: list[str]) -> None:
    text = things[0] + "".join(f" {op} {thing}" for op, thing in zip(ops, things[1:], strict=False))
    found = doubtful(read(tokens(text), role="inclusion"))
    assert [n.reason for n in found] == (["logic:mixed"] if len(set(ops)) == 2 else [])
    for node in found:
        assert node.span == Span(0, len(text))


def test_each_reason_is_a_word_of_the_page_and_has_a_case() -> None:
    page = (ROOT / "docs/issues.md").read_text(encoding="utf-8")
    lines = [line for path in ROOT.glob("tests/cases/readings_*.txt") for line in path.read_text("utf-8").splitlines()]
    cases = [line.partition(" ⇒ ")[0] for line in lines if not line.startswith("#")]
    reasons = {n.reason for case in cases for role in ("inclusion", "exclusion") for n in doubtful(of(case, role))}
    assert reasons == {reason for reason, _ in STEPS}
    assert all(re.search(rf"`{reason}` \\| reading", page) for reason in reasons)
    assert all(step.__doc__ for _, step in STEPS)


def of(text: str, role: Role) -> Expr | None:
    return read(tokens(text), role=role)
