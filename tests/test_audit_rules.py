"""Rules, their texts under tests/rules and their pages in docs/rules.md belong together, one to one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import protocol_nlp
from protocol_nlp.audit.engine import all_rules, audit, findings
from protocol_nlp.audit.fix import rewritten
from protocol_nlp.audit.pages import catalogue
from protocol_nlp.audit.rule import Rule
from protocol_nlp.tree import Span, Trial

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT.parent / "shared" / "audit" / "rules.json"
TEXTS = ROOT / "tests" / "rules"
PACKAGE = ROOT / "protocol_nlp" / "audit" / "rules"
HEADINGS = {"inclusion": "Inclusion Criteria:\n\n* {}\n", "exclusion": "Exclusion Criteria:\n\n* {}\n", "entry": "{}"}
RULES = {rule.slug.replace("-", "_"): rule for rule in all_rules()}


class Case(NamedTuple):
    """A text with the places that the rule has to report, and whether it has to report anything."""

    rule: Rule
    text: str
    places: tuple[Span, ...]
    speaks: bool


def marked(rule: Rule, section: str, text: str, *, speaks: bool) -> Case:
    """The text in its section, without the brackets around its places."""
    whole = HEADINGS[section].format(text)
    places: list[Span] = []
    parts = re.split(r"\[\[(.*?)\]\]", whole, flags=re.DOTALL)
    at = 0
    for i, part in enumerate(parts):
        if i % 2:
            places.append(Span(at, at + len(part)))
        at += len(part)
    return Case(rule, "".join(parts), tuple(places), speaks)


def texts(fault: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((TEXTS / f"{fault}.yml").read_text(encoding="utf-8"))
    return loaded


def cases() -> Iterator[Any]:
    for fault, rule in RULES.items():
        for kind, speaks in (("fail", True), ("pass", False)):
            for section, some in texts(fault)[kind].items():
                for number, text in enumerate(some, 1):
                    case = marked(rule, section, text, speaks=speaks)
                    yield pytest.param(case, id=f"{fault}-{kind}-{section}-{number}")


def examples() -> Iterator[Any]:
    """The two examples of each page: "Inclusion: …", "Exclusion: …", or a whole entry."""
    for fault, rule in RULES.items():
        for title, speaks in (("Example", True), ("Use instead", False)):
            section, _, text = rule.page[title].partition(": ")
            if section.lower() in HEADINGS and "\n\n" not in rule.page[title]:
                case = marked(rule, section.lower(), " ".join(text.split()), speaks=speaks)
            else:
                page = rule.page[title]
                case = marked(rule, "entry", " ".join(page.split()) if page[0] == "{" else page + "\n", speaks=speaks)
            yield pytest.param(case, id=f"{fault}-{title}")


@cache
def parsed(text: str) -> Trial:
    return protocol_nlp.parse(protocol_nlp.read(text, name="text")[0])


@pytest.mark.parametrize("case", [*cases(), *examples()])
def test_a_rule_speaks_where_it_should_and_nowhere_else(case: Case) -> None:
    trial = parsed(case.text)
    found = [s for f in findings(trial, [case.rule]) for s in f.places]
    if not case.speaks:
        assert [trial.registration.text[s.start : s.end] for s in found] == []
        return
    assert found
    for place in case.places:
        assert any(place.overlaps(s) for s in found), f"nothing at {case.text[place.start : place.end]!r}"
    stray = [case.text[s.start : s.end] for s in found if not any(s.overlaps(p) for p in case.places)]
    assert not case.places or stray == []


@pytest.mark.parametrize("fault", RULES)
def test_safe_rewrites_give_what_the_file_says(fault: str) -> None:
    for pair in texts(fault).get("fix", ()):
        before, after = (HEADINGS[pair["section"]].format(pair[k]) for k in ("before", "after"))
        assert rewritten(before, findings(parsed(before), [RULES[fault]])) == after


def test_each_rule_has_its_file_its_texts_and_nothing_is_left_over() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert modules == set(RULES)
    assert {path.stem for path in TEXTS.glob("*.yml")} == set(RULES)
    assert len({rule.code for rule in all_rules()}) == len(all_rules())


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="the catalogue of rules is not beside the project")
def test_the_rules_are_those_of_the_catalogue_and_two_gates() -> None:
    listed = {row["code"]: row for row in json.loads(CATALOGUE.read_text(encoding="utf-8"))["rules"]}
    assert {rule.code for rule in all_rules()} - set(listed) == {"STR009", "STR010"}
    assert set(listed) <= {rule.code for rule in all_rules()}
    for rule in all_rules():
        if row := listed.get(rule.code):
            assert (rule.slug, rule.severity) == (row["name"].replace("_", "-"), row["severity"]), rule.code
            assert ("preview" if rule.preview else "on" if rule.default else "off") == row["default"], rule.code


@pytest.mark.parametrize("fault", RULES)
def test_a_rule_has_four_texts_each_way(fault: str) -> None:
    loaded = texts(fault)
    assert set(loaded) <= {"pass", "fail", "fix"}
    for kind in ("pass", "fail"):
        assert set(loaded[kind]) <= set(HEADINGS)
        some = [text for group in loaded[kind].values() for text in group]
        assert len(set(some)) >= 4, f"{fault}: {kind} has {len(set(some))} texts"


@pytest.mark.parametrize("fault", RULES)
def test_a_finding_says_what_two_people_would_do(fault: str) -> None:
    for group, some in texts(fault)["fail"].items():
        for text in some:
            case = marked(RULES[fault], group, text, speaks=True)
            for finding in findings(parsed(case.text), [case.rule]):
                assert finding.readings.one != finding.readings.other
                assert all((*finding.readings, finding.message, finding.question))
                assert finding.question.endswith("?") or "?" in finding.question or finding.question.endswith(".")
                whole = parsed(case.text).registration.text
                assert finding.quote == whole[finding.span.start : finding.span.end]


def test_the_page_of_all_rules_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == catalogue(all_rules()), (
        "write it anew: protocol-nlp rules --format md > docs/rules.md"
    )


def test_an_entry_is_audited_the_same_way_twice() -> None:
    trial = parsed((ROOT / "protocols" / "NCT04172805.txt").read_text(encoding="utf-8"))
    assert audit(trial) == audit(trial)
