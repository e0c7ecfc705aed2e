"""Odd characters and long items: read without a fault, with the offsets of the text as given."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol_nlp import parse, read
from protocol_nlp.annotate.view import view
from protocol_nlp.tree import Comparison, Concept, Condition, Span, Trial, Within, criteria, walk


def trial(lead: str) -> Trial:
    return parse(read(f"Inclusion Criteria:\n* {lead}\n")[0])


def concepts(made: Trial) -> list[Concept]:
    found = []
    for criterion in criteria(made):
        found += criterion.entities
        for node in walk(criterion.expr) if criterion.expr else ():
            if isinstance(node, Condition):
                found.append(node.concept)
            elif isinstance(node, Comparison) and node.measure:
                found.append(node.measure)
            elif isinstance(node, Within) and node.window.anchor:
                found.append(node.window.anchor)
    return found


@pytest.mark.parametrize(
    ("lead", "id"),
    [
        ("leiomyo\u00adsarcoma of the uterus", "histology:uterine_leiomyosarcoma"),
        ("leiomyo\u200bsarcoma of the skin", "histology:leiomyosarcoma"),
        ("\ufeffpembrolizumab\u200d within 4 weeks", "drug:pembrolizumab"),
        ("ｌｅｉｏｍｙｏｓａｒｃｏｍａ of bone", "histology:leiomyosarcoma"),
        ("Ewing’s sarcoma", "histology:ewing_sarcoma"),
        ("soft‑tissue sarcoma", "histology:soft_tissue_sarcoma"),
        ("Sjögren syndrome", "condition:sjogren_syndrome"),
        ("Guillain\u2011Barré syndrome", "condition:guillain_barre_syndrome"),
    ],
)
def test_invisible_and_wide_characters_do_not_hide_a_name(lead: str, id: str) -> None:
    made = trial(lead)
    text = made.registration.text
    (span, *_) = [c.span for c in concepts(made) if c.id == id]
    # what stands there as given, with its odd characters, is what was read
    seen = view(text, span).text
    assert seen
    assert set(seen.lower()) <= set(view(lead, Span(0, len(lead))).text.lower())


@pytest.mark.parametrize(
    ("lead", "low"),
    [
        ("ANC ≥ 1.5 × 10⁹/L", "1.5"),
        ("ANC ≥ １.５ x 10^9/L", "1.5"),
        ("ANC ≧ 1.5\u00a0×\u00a010\u2079/L", "1.5"),
        ("ANC ＞= 1.5 x 10^9/L", "1.5"),
    ],
)
def test_superscripts_and_full_width_signs_keep_the_bound(lead: str, low: str) -> None:
    made = trial(lead)
    bounds = [n for n in walk(made.criteria[0].expr) if isinstance(n, Comparison)] if made.criteria[0].expr else []
    assert [str(b.quantity.low) for b in bounds] == [low]
    text = made.registration.text
    assert text[slice(*bounds[0].span)].startswith("ANC")


MIXED = "患者必须年满18岁 Возраст от 18 лет العمر ≥ 18 सं 18 years of age or older"


@pytest.mark.parametrize(
    "lead",
    [
        MIXED,
        "a" * 40_000,
        "leiomyosarcoma or " * 2_200 + "sarcoma",
        "ANC ≥ 1.5 x 10^9/L, " * 1_900 + "platelets ≥ 100",
        "(" * 1_000 + "sarcoma" + ")" * 1_000,
        "non-" * 4_000 + "melanoma",
        "\u200b\u00ad" * 500 + "sarcoma",
    ],
    ids=["scripts", "one word", "many names", "many bounds", "brackets", "prefixes", "invisible"],
)
def test_long_and_mixed_items_keep_their_place(lead: str) -> None:
    made = trial(lead)
    text = made.registration.text
    for criterion in criteria(made):
        assert text[slice(*criterion.lead)] == criterion.text
        for node in walk(criterion.expr) if criterion.expr else ():
            assert criterion.lead.start <= node.span.start <= node.span.end <= criterion.lead.end
    for concept in concepts(made):
        assert 0 <= concept.span.start < concept.span.end <= len(text)


ODD = st.text(
    st.sampled_from("aAé ß-–(⁹²½１％＞≥<\u00ad\u200b\u200d\ufeff\u0301\u202e年лтعः®µΩ😀\t\u00a0.,/"), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(ODD, ODD)
@example("\u0301", "")
@example("", "®™")
def test_no_character_moves_a_span(before: str, after: str) -> None:
    made = trial(f"x {before} sarcoma {after} y".replace("\n", " "))
    text = made.registration.text
    places = [c.span for c in concepts(made) if c.id == "histology:sarcoma" and c.linked == "exact"]
    assert all(view(text, place).text.lower() == "sarcoma" for place in places)
    for criterion in criteria(made):
        assert text[slice(*criterion.lead)] == criterion.text
