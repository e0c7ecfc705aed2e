"""The facts format, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from strategies import trials
from trees import PAGE, Page, criterion, example, trial

from protocol_nlp.export import export
from protocol_nlp.tree import And, Expr, Not, Or, Quantity, Span, TimeWindow, Trial, Unless, Within

COMMON = ["doc", "criterion", "role", "kind", "span", "text"]
BOUNDS = ["low", "high", "low_inclusive", "high_inclusive"]
FIELDS = {
    "entity": ["label", "negated"],
    "threshold": ["concept", *BOUNDS, "unit", "reference"],
    "window": [*BOUNDS, "unit", "side", "anchor", "targets"],
    "exception": ["from", "except"],
    "logic": ["op", "members"],
}
TIMES = {"second", "minute", "hour", "day", "week", "month", "year", "half-life", "cycle", None}


def facts(trial: Trial) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export(trial, "facts").text.splitlines()]


def of(page: Page, expr: Expr, kind: str) -> list[dict[str, Any]]:
    """The facts of one kind that one expression gives."""
    found = facts(trial(page.text, [criterion(page, "I01", page.text, expr)]))
    return [f for f in found if f["kind"] == kind]


def pick(found: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(f[name] for name in names) for f in found]


def _spans(value: Any) -> Iterator[list[int]]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, int) for v in value):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _spans(inner)


@settings(max_examples=150, deadline=None)
@given(trials())
def test_every_fact_has_the_fields_of_its_kind_and_true_slices(trial: Trial) -> None:
    found = export(trial, "facts").text.split("\n")
    assert found.pop() == ""
    text = trial.registration.text
    order = []
    for one in map(json.loads, found):
        assert list(one) == [*COMMON, *FIELDS[one["kind"]]]
        assert one["doc"] == trial.registration.id
        assert one["role"] in ("inclusion", "exclusion", None)
        for fact in (one, one.get("concept"), one.get("anchor")):
            if fact:
                start, end = fact["span"]
                assert 0 <= start <= end <= len(text)
                assert fact["text"] == text[start:end]
        assert all(0 <= s <= e <= len(text) for s, e in _spans(one))
        if "low" in one:
            assert (one["low"], one["high"]) != (None, None)
            assert not (one["low"] is None and one["low_inclusive"])
            assert not (one["high"] is None and one["high_inclusive"])
        if one["kind"] == "window":
            assert one["unit"] in TIMES
        if one["kind"] == "logic":
            assert len(one["members"]) > 1
        order.append((one["span"][0], one["kind"]))
    assert order == sorted(order)
    assert len(set(found)) == len(found)


def test_thresholds_of_the_example() -> None:
    found = [f for f in facts(example()) if f["kind"] == "threshold"]
    assert pick(found, "criterion", "text", "low", "high", "low_inclusive", "high_inclusive", "unit", "reference") == [
        ("I01", "18-70 years", 18, 70, True, True, "a", None),
        ("I01", "\\< 2", None, 2, False, False, None, None),
        ("I02.1", "≥ 1.5 x 10^9/L", 1.5, None, True, False, "10*9/L", None),
        ("I02.1", "1500/mm3", 1500, None, True, False, "/mm3", None),
        ("I02.2", "2.5 x ULN", None, 2.5, False, True, None, "ULN"),
        ("I02.2", "6 x ULN", None, 6, False, True, None, "ULN"),
    ]
    assert found[0]["concept"] == {"span": list(PAGE.span("Age")), "text": "Age", "id": "age"}
    assert isinstance(found[0]["low"], int)


def test_windows_of_the_example() -> None:
    found = [f for f in facts(example()) if f["kind"] == "window"]
    assert pick(found, "text", "low", "high", "high_inclusive", "unit", "side") == [
        ("within 28 days", None, 28, True, "day", "before"),
        ("within 5 years", None, 5, True, "year", "before"),
        ("at least 4 weeks", 4, None, False, "week", "after"),
        ("5 half-lives", 5, None, False, "half-life", "after"),
    ]
    assert found[0]["anchor"] == {
        "span": list(PAGE.span("enrollment")),
        "text": "enrollment",
        "id": "enrollment",
    }
    assert found[0]["targets"] == [list(PAGE.span("Surgery")), list(PAGE.span("biopsy"))]
    assert found[1]["anchor"] is None


def test_exceptions_and_groups_of_the_example() -> None:
    exceptions = [f for f in facts(example()) if f["kind"] == "exception"]
    assert pick(exceptions, "text", "from", "except") == [
        (
            "with the exception of",
            [list(PAGE.span("Other malignancy"))],
            [list(PAGE.span("carcinoma in situ")), list(PAGE.span("skin cancer"))],
        )
    ]
    groups = [f for f in facts(example()) if f["kind"] == "logic" and f["criterion"] in ("E01", "E04")]
    assert pick(groups, "op", "members") == [
        ("or", [[list(PAGE.span("Surgery"))], [list(PAGE.span("biopsy"))]]),
        (
            "and",
            [
                [list(PAGE.span(w)) for w in ("diabetes", "smoking", "obesity")],
                [list(PAGE.span("whatever else applies"))],
            ],
        ),
    ]


def test_a_thing_and_what_qualifies_it_are_a_group_but_not_its_examples() -> None:
    page = Page("allergy to latex; heart disease such as angina or stroke")
    allergy = page.condition("allergy", qualifiers=(page.condition("latex", "Drug"),))
    members = [list(page.span("angina")), list(page.span("stroke"))]
    examples = Or(span=page.span("angina or stroke"), operands=(page.condition("angina"), page.condition("stroke")))
    disease = page.condition("heart disease", qualifiers=(examples,))
    assert pick(of(page, allergy, "logic"), "op", "members") == [
        ("and", [[list(page.span("allergy"))], [list(page.span("latex"))]])
    ]
    assert pick(of(page, disease, "logic"), "op", "members") == [("or", [[m] for m in members])]


def test_entities_are_negated_under_a_not_and_by_their_status() -> None:
    p = Page("no brain metastases, except treated lesions; denies pain; fever")
    expr = Not(
        span=p.span("no brain metastases, except treated lesions"),
        operand=Unless(
            span=p.span("brain metastases, except treated lesions"),
            operand=p.condition("brain metastases"),
            exception=p.condition("treated lesions"),
        ),
    )
    assert pick(of(p, expr, "entity"), "text", "label", "negated") == [
        ("brain metastases", "Condition", True),
        ("treated lesions", "Condition", False),
    ]
    assert pick(of(p, p.condition("pain", "Observation", status="absent"), "entity"), "negated") == [(True,)]
    assert pick(of(p, p.condition("fever"), "entity"), "negated") == [(False,)]
    assert of(p, p.condition("fever", None), "entity") == []


def test_a_measure_that_two_bounds_share_is_one_entity_and_two_thresholds() -> None:
    p = Page("AST and ALT ≤ 2.5 x ULN")
    bound = p.quantity("≤ 2.5 x ULN", None, "2.5", reference="ULN")
    sides = [p.comparison(p.concept(name, label="Measurement"), bound) for name in ("AST", "ALT")]
    expr = And(span=p.span(p.text), operands=(*sides, sides[0]))
    assert [f["concept"]["text"] for f in of(p, expr, "threshold")] == ["AST", "ALT"]
    assert [f["text"] for f in of(p, expr, "entity")] == ["AST", "ALT"]


def test_a_bound_without_a_number_is_a_loss_and_no_fact() -> None:
    p = Page("creatinine normal")
    empty = Quantity(span=p.span("normal"))
    expr = p.comparison(p.concept("creatinine"), empty)
    made = export(trial(p.text, [criterion(p, "I01", p.text, expr)]), "facts")
    assert made.text == ""
    assert made.losses == ("1 x a bound without a number",)


def test_a_window_in_an_unknown_unit_has_none_and_its_targets_may_be_empty() -> None:
    p = Page("within 3 visits")
    window = TimeWindow(span=p.span(p.text), length=p.quantity(p.text, None, "3", unit_text="visits"))
    nothing = Not(span=Span(0, 0), operand=p.comparison(None, Quantity(span=Span(0, 0))))
    found = of(p, Within(span=p.span(p.text), operand=nothing, window=window), "window")
    assert pick(found, "unit", "side", "targets") == [(None, None, [[0, 0]])]


def test_numbers_stay_exact() -> None:
    p = Page("x 0.1")
    quantity = p.quantity("0.1", "0.10", "100000000000000000001.5")
    made = export(trial(p.text, [criterion(p, "I01", p.text, p.comparison(p.concept("x"), quantity))]), "facts").text
    assert '"low": 0.1, "high": 100000000000000000001.5' in made
    assert json.loads(made, parse_float=Decimal)["high"] == Decimal("100000000000000000001.5")


def test_nothing_read_gives_no_facts() -> None:
    p = Page("words")
    assert export(trial(p.text), "facts").text == ""
    made = export(trial(p.text, [criterion(p, "I01", "words", p.opaque("words"))]), "facts")
    assert (made.text, made.losses) == ("", ("1 x text that was not read",))


def test_times_that_or_joins_are_a_window_each() -> None:
    page = Page("surgery within 28 days before enrollment or 7 days before first dose")
    first, other = (
        TimeWindow(span=page.span(words), length=page.quantity(words, None, size, unit="d"), side="before")
        for words, size in (("within 28 days", "28"), ("7 days", "7"))
    )
    expr = Within(
        span=Span(0, len(page.text)), operand=page.condition("surgery"), window=replace(first, others=(other,))
    )
    assert pick(of(page, expr, "window"), "high", "targets") == [(28, [[0, 7]]), (7, [[0, 7]])]
