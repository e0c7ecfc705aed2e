"""Laws of denials: what a cue may deny and what it may not, and what the facts say of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import protocol_nlp
from protocol_nlp import lexicon
from protocol_nlp.annotate import annotator, tables
from protocol_nlp.assemble import read
from protocol_nlp.export.facts import _prefixed
from protocol_nlp.tree import Comparison, Condition, Expr, Not, Role, Span, children, criteria, walk

THINGS = "hypertension|diabetes|asthma|stroke|epilepsy|heart failure|warfarin|aspirin".split("|")
# A denial ends at each of these.
ENDS = (". ", "; ", " due to ", ", and adequate ")
CUES = sorted(
    cue
    for row in tables.rows("status")
    for cue in tables.status_cues(row)
    if row["direction"] == "forward" and row["category"] == "negated"
)
ROLES: tuple[Role, ...] = ("inclusion", "exclusion")


def parsed(text: str, role: Role | None = None) -> Expr:
    node = read(annotator().tokens(text, [Span(0, len(text))])[0], role=role)
    assert node is not None
    return node


def denied(node: Expr) -> set[str]:
    """The concepts under a Not."""
    return {n.concept.text for top in walk(node) if isinstance(top, Not) for n in walk(top) if isinstance(n, Condition)}


def negated(text: str) -> dict[str, bool]:
    """The entities of an entry of one criterion, each with what its fact says."""
    facts = map(json.loads, protocol_nlp.convert(f"Inclusion Criteria:\n\n* {text}\n", to="facts").splitlines())
    return {f["text"]: f["negated"] for f in facts if f["kind"] == "entity"}


@settings(deadline=None)
@given(st.sampled_from(CUES), st.sampled_from(THINGS))
def test_each_cue_denies_the_thing_behind_it(cue: str, thing: str) -> None:
    assert any(thing in d for d in denied(parsed(f"{cue} {thing}"))), cue


@settings(deadline=None)
@given(st.sampled_from(CUES), st.permutations(THINGS), st.sampled_from(ENDS), st.sampled_from(ROLES))
def test_a_denial_stays_in_its_clause(cue: str, things: list[str], end: str, role: Role) -> None:
    first, second = things[:2]
    found = denied(parsed(f"{cue} {first}{end}{second}", role))
    assert not any(second in d for d in found), f"{cue} {first}{end}{second}"


@settings(deadline=None)
@given(st.sampled_from(CUES), st.permutations(THINGS), st.sampled_from(ROLES))
def test_a_denial_looks_forward_only(cue: str, things: list[str], role: Role) -> None:
    before, thing = things[:2]
    found = denied(parsed(f"{before}. {cue} {thing}", role))
    assert not any(before in d for d in found)


@settings(deadline=None)
@given(st.sampled_from(CUES))
def test_a_cue_alone_denies_nothing(cue: str) -> None:
    assert denied(parsed(cue)) == set()
    assert denied(parsed(f"hypertension. {cue}.")) == set()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("no stroke with aphasia", {"stroke": True, "aphasia": False}),
        ("not without hypertension", {"hypertension": False}),
        ("cannot tolerate metformin", {"metformin": False}),
        ("no contraindication to aspirin", {"contraindication": True, "aspirin": False}),
        ("no malignancy except melanoma", {"malignancy": True, "melanoma": False}),
        ("neuropathy not caused by diabetes", {"neuropathy": False, "diabetes": False}),
        ("asthma, with or without epilepsy", {"asthma": False, "epilepsy": False}),
        ("no asthma or epilepsy", {"asthma": True, "epilepsy": True}),
        # an exception turns the sign: once of its rule, not twice of a rule that denies already
        ("malignancy other than melanoma", {"malignancy": False, "melanoma": True}),
        ("malignancy (except melanoma)", {"malignancy": False, "melanoma": True}),
        ("malignancy unless it is not melanoma", {"melanoma": False}),
        # the exception fact names all that is exempt, the flag stands at the first
        ("malignancy other than melanoma or breast cancer", {"melanoma": True, "breast cancer": False}),
        # a verb that only says that a thing happens; a relation leaves its object as it is
        ("not participating in radiotherapy or chemotherapy", {"radiotherapy": True, "chemotherapy": True}),
        ("no fever, with normal temperature", {"fever": True, "temperature": False}),
        # a permission denies nothing, unless it says so
        ("diabetes (metformin is allowed)", {"diabetes": False, "metformin": False}),
        ("diabetes. Patients with asthma are not excluded", {"diabetes": False, "asthma": True}),
    ],
)
def test_facts_say_what_is_denied(text: str, wanted: dict[str, bool]) -> None:
    found = negated(text)
    assert {k: found[k] for k in wanted} == wanted


def test_a_denied_phrase_without_a_label_is_an_observation() -> None:
    facts = map(
        json.loads, protocol_nlp.convert("Inclusion Criteria:\n\n* no fixed address\n", to="facts").splitlines()
    )
    assert [(f["text"], f["label"], f["negated"]) for f in facts if f["kind"] == "entity"] == [
        ("fixed address", "Observation", True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "does not meet the criteria",  # about the trial
        "unable to lie on the left side",  # what nobody is able to do
        "biopsy is not required for entry",  # a predicate
        "lack of a guardian",  # who
        "cannot speak English",
    ],
)
def test_a_denied_phrase_that_names_nothing_of_the_patient_is_no_entity(text: str) -> None:
    assert True not in negated(text).values()


NAMES = sorted(
    (alias, thing.id)
    for thing in (*lexicon.entries(), *lexicon.measures())
    for alias in thing.aliases
    # before a number no prefix stands
    if alias.islower() and not alias.startswith(("non", "in ", "no ", "two-", "five-", "ten-"))
)


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(("non-", "non ")))
@example(("coagulopathy", "condition:coagulopathy"), "non-")
@example(("neurologic disease", "condition:neurological_disease"), "non ")
@example(("fasting glucose", "fasting_glucose"), "non-")
def test_what_a_prefix_denies_is_never_what_is_read(name: tuple[str, str], prefix: str) -> None:
    alias, id = name
    assume(f"{prefix}{alias}" not in tables.readings())
    assert id not in stated(parsed(f"{prefix}{alias}"))


def stated(node: Expr) -> set[str | None]:
    """The ids of all that is not denied."""
    below = set().union(*map(stated, children(node))) if not isinstance(node, Not) else set()
    own = node.concept if isinstance(node, Condition) else node.measure if isinstance(node, Comparison) else None
    return below | ({own.id} if own else set())


@pytest.mark.parametrize("text", ["non-diabetic", "non diabetic", "Non-diabetic"])
def test_a_prefix_before_a_single_word_denies_it(text: str) -> None:
    assert negated(text) == {"diabetic": True}


def test_a_name_behind_its_prefix_is_denied() -> None:
    for text in ("with non-", "is a non ", "with NON-"):
        assert _prefixed(Span(len(text), len(text) + 7), f"{text}cardiac surgery"), text
    assert not _prefixed(Span(8, 15), "a canon cardiac")


def test_the_lead_of_a_list_denies_what_stands_below_it() -> None:
    text = "Inclusion Criteria:\n\n* Absence of any of the following:\n    * asthma\n    * stroke or epilepsy\n"
    trial = protocol_nlp.parse(protocol_nlp.read(text, name="lead", format="text")[0])
    leads = [c.governs for c in criteria(trial) if c.governs]
    assert [(g.denied, g.connective) for g in leads] == [(True, "or")]


def test_an_item_with_a_rule_of_its_own_is_not_denied_by_its_lead() -> None:
    text = (
        "Inclusion Criteria:\n\n* None of the following:\n    * asthma\n    * patients with treated HIV are eligible\n"
    )
    trial = protocol_nlp.parse(protocol_nlp.read(text, name="lead", format="text")[0])
    last = list(criteria(trial))[-1]
    assert last.expr is not None
    assert not any(isinstance(n, Not) for n in walk(last.expr))
