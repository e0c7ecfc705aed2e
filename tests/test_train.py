"""Reading brat, making training pieces and scoring, on examples written for the purpose."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol_nlp.annotate.criteria_tokenizer import split
from protocol_nlp.train.brat import Document, Entity, held_out, read
from protocol_nlp.train.corpus import gold_docs, longest, pieces, wrapped
from protocol_nlp.train.distil import majority
from protocol_nlp.train.evaluate import score
from protocol_nlp.train.fit import blank

NLP = blank()


def document(text: str, *entities: Entity) -> Document:
    return Document(name="NCT1_inc", corpus="chia", text=text, entities=entities)


@given(st.text(alphabet=st.sampled_from("aB1.9 \n\t>=\u00d7^/-'s\u00ad\u200b\uff11e\u0301"), max_size=60))
def test_tokens_join_to_the_text(text: str) -> None:
    words, spaces = split(text)
    assert "".join(w + " " * s for w, s in zip(words, spaces, strict=True)) == text
    assert NLP(text).text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (">=1.5x10^9/L", [">=", "1.5", "x", "10", "^", "9", "/", "L"]),
        ("AST/ALT", ["AST", "/", "ALT"]),
        ("18-70", ["18", "-", "70"]),
        ("non-pregnant", ["non", "-", "pregnant"]),
        ("HbA1c 5mg", ["HbA1c", "5", "mg"]),
        ("Crohn's", ["Crohn", "'s"]),
    ],
)
def test_criteria_words(text: str, words: list[str]) -> None:
    assert split(text)[0] == words


def test_leaf_takes_the_name_and_the_type(tmp_path: Path) -> None:
    (tmp_path / "NCT1.txt").write_text("severe acute pain, normal HbA1c in women", newline="")
    (tmp_path / "NCT1.ann").write_text(
        "T1\tCondition 7 17\tacute pain\nT2\tCondition-Name 13 17\tpain\nT3\tObservation 26 31\tHbA1c\n"
        "T4\tLife-Stage-And-Gender 35 40\twomen\nE1\tCondition:T1 Name:T2\nE2\tObservation:T3 \n"
        "A1\tObservation-Type-Value E2 lab\n"
    )
    (found,) = read(tmp_path, "leaf")
    assert [(found.text[e.start : e.end], e.label) for e in found.entities] == [
        ("pain", "Condition"),
        ("HbA1c", "Measurement"),
        ("women", "Person"),
    ]


def test_chia_keeps_line_ends_and_marks_gaps(tmp_path: Path) -> None:
    (tmp_path / "NCT1_inc.txt").write_bytes(b"One\r\nhepatic or renal disease\r\n")
    (tmp_path / "NCT1_inc.ann").write_text(
        "T1\tCondition 16 29\trenal disease\nT2\tCondition 5 12;22 29\thepatic disease\nT3\tValue 0 3\tOne\n"
    )
    (found,) = read(tmp_path, "chia")
    assert found.text[16:29] == "renal disease"
    assert [e.whole for e in found.entities] == [True, False]


def test_pieces_lose_bullets_and_keep_offsets() -> None:
    text = "  -  Age 18\r\n\r\n 2. a. Fever\n*\n(iii) Gout  \nA fit adult"
    found = list(pieces(document(text)))
    assert [piece.text for piece in found] == ["Age 18", "Fever", "Gout", "A fit adult"]
    assert all(text[p.start : p.start + len(p.text)] == p.text for p in found)


def test_longest_wins_and_losses_are_counted() -> None:
    kept, lost = longest([Entity(start=0, end=4, label="Drug"), Entity(start=0, end=9, label="Condition")])
    assert ([e.label for e in kept], lost) == (["Condition"], 1)


def test_gaps_are_left_unlearnt() -> None:
    text = "hepatic or renal disease"
    gap = Entity(start=0, end=24, label="Condition", whole=False)
    whole = Entity(start=11, end=24, label="Condition")
    counts: Counter[str] = Counter()
    (doc,) = gold_docs(NLP, [document(text, gap, whole)], counts)
    assert [token.ent_iob_ for token in doc] == ["", "", "B", "I"]
    assert counts["lost: gaps"] == 1
    assert counts["kept"] == 1


def test_wrapping_keeps_entities() -> None:
    counts: Counter[str] = Counter()
    (doc,) = gold_docs(NLP, [document("renal disease", Entity(start=0, end=13, label="Condition"))], counts)
    other = wrapped(doc, random.Random(1))
    assert "\n" in other.text
    assert [token.ent_iob_ for token in other] == ["B", "I", "I"]


def test_score_is_one_to_one_and_neutral_on_gaps() -> None:
    gold = document(
        "x" * 40,
        Entity(start=0, end=5, label="Drug"),
        Entity(start=10, end=15, label="Condition"),
        Entity(start=20, end=30, label="Condition", whole=False),
    )
    found = {gold.name: [(0, 5, "Drug"), (11, 15, "Condition"), (12, 14, "Condition"), (22, 24, "Drug")]}
    assert score([gold], found, exact=True).scores()["all"]["f1"] == pytest.approx(0.4)
    loose = score([gold], found, exact=False)
    assert (loose.tp.total(), loose.fp.total(), loose.fn.total()) == (2, 1, 0)


def test_the_split_is_fixed() -> None:
    share = sum(held_out(f"NCT{n:08d}") for n in range(2000)) / 2000
    assert share == pytest.approx(0.2, abs=0.03)


def test_majority_prefers_votes_then_length() -> None:
    long, short, other = (0, 3, "Drug"), (1, 3, "Drug"), (5, 6, "Person")
    assert majority([[long], [long, other], [short]], 2) == [long]
    assert majority([[long], [short, other]], 1) == [long, other]
