"""Mentions to concepts: the hand-checked list, where its records are at hand, and sentences of our own."""

from __future__ import annotations

from pathlib import Path

import linking_score
import pytest

from protocol_nlp import parse, read

RECORDS = Path(__file__).parents[2] / "shared" / "registry" / "sarcoma"


def test_the_listed_mentions_stand_where_the_list_says() -> None:
    rows = linking_score.mentions()
    assert len({m.record for m in rows}) >= 30
    assert all(0 <= m.span.start < m.span.end and m.text and m.ids for m in rows)
    assert rows == sorted(rows, key=lambda m: ([r.record for r in rows].index(m.record), m.span))


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the registry records beside the project are not there")
def test_tumours_drugs_and_analytes_of_forty_records_are_linked() -> None:
    for mention in linking_score.mentions():
        text = (RECORDS / f"{mention.record}.txt").read_bytes().decode()
        assert " ".join(text[mention.span.start : mention.span.end].split()) == mention.text
    found = linking_score.score(RECORDS)
    assert found.precision >= 0.98, "\n".join(found.mistakes)
    assert found.recall >= 0.93, "\n".join(found.mistakes)


def linked(text: str) -> set[str | None]:
    """The ids of all that a criterion names."""
    trial = parse(read(f"Inclusion Criteria:\n* {text}\n")[0])
    return {concept.id for concept in linking_score.concepts(trial)}


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Dermatofibrosarcoma protuberans", "histology:dermatofibrosarcoma_protuberans", "histology:fibrosarcoma"),
        ("Dedifferentiated liposarcoma", "histology:dedifferentiated_liposarcoma", "histology:liposarcoma"),
        ("KRAS (Kirsten rat sarcoma) mutation", None, "histology:sarcoma"),
        ("Prior anti-PD-1/PD-L1 therapy", "class:anti_pd_1_pd_l1", "observation:disease_progression"),
        ("Requires anti-platelet agents", "class:antiplatelet", "platelets"),
        ("Non-rhabdomyosarcoma soft tissue sarcoma", "histology:non_rhabdomyosarcoma_soft_tissue_sarcoma",
         "histology:rhabdomyosarcoma"),
        ("Liver function tests ≤ 2.5 x ULN", "liver_function_tests", "transaminases"),
        ("Undetectable viral load", "viral_load", "hiv_rna"),
        ("Human leukocyte antigen typing", None, "leukocytes"),
        ("Live vaccine within 30 days", "class:live_vaccine", "class:vaccine"),
        ("Tumours with alterations of EGFR or ALK", "condition:egfr", "gfr"),
        ("EGFR ≥ 60 mL/min/1.73 m2", "gfr", None),
        ("Hypoglycemia", "condition:hypoglycemia", "condition:hyperglycemia"),
        ("Chemotherapy with doxorubicin", "drug:doxorubicin", None),
    ],
)  # fmt: skip
def test_names_that_hold_others_and_opposites(text: str, wanted: str | None, unwanted: str | None) -> None:
    ids = linked(text)
    assert wanted is None or wanted in ids
    assert unwanted is None or unwanted not in ids
