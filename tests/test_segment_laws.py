"""What holds for the Items of any text: spans nest, no character is lost, nothing crashes or is slow."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_nlp.segment import Item, outline, read_text, walk

SHARED = Path(__file__).parents[2] / "shared"


def nested(item: Item) -> None:
    assert item.span.holds(item.lead)
    assert item.lead.start < item.lead.end
    assert item.marker is None or item.marker.end <= item.span.start
    previous = item.lead.end
    for number, child in enumerate(item.children, 1):
        assert child.id == f"{item.id}.{number}"
        assert child.role == item.role
        assert (child.marker or child.span).start >= previous
        assert item.span.holds(child.span)
        previous = child.span.end
        nested(child)


def hold_the_laws(text: str) -> None:
    reading = read_text(text)
    assert reading == read_text(text)
    for item in reading.items:
        nested(item)
    pieces = [s for i in walk(reading.items) for s in (i.lead, i.marker) if s]
    pieces += [*reading.headings, *reading.outside]
    pieces.sort()
    at = 0
    for start, end in pieces:
        assert at <= start <= end
        assert not text[at:start].strip(), "a character belongs to nothing"
        at = end
    assert not text[at:].strip(), "a character belongs to nothing"
    ids = [i.id for i in walk(reading.items)]
    assert len(ids) == len(set(ids))


PIECES = [
    *("Inclusion Criteria:", "Exclusion Criteria", "Patients are excluded if:", "PATIENT CHARACTERISTICS:", "Age"),
    *("* ", "- ", "• ", "① ", "②", "o ", "**", "1. ", "2. ", "3. ", "1.1 ", "1.2 ", "a) ", "b) ", "i. ", "ii. "),
    *("(1) ", "(2) ", "A. ", "B. ", "#1 ", "\\*", "1\\) ", "~", "---", "or", "Cohort A:", "the following:"),
    *("Patients with cancer", "ECOG 0-2.", "None", "Primary purpose", "Allocation", "Sex", "Ages", " ; ", "("),
    *(")", ":", "é", "😀", "İ", "  ", "    ", "\t"),
]
BREAKS = ["\n", "\n\n", "\r\n", "\u2028", " "]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*PIECES, *BREAKS, *BREAKS]), max_size=40).map("".join))
def test_laws_of_odd_layouts(text: str) -> None:
    hold_the_laws(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=300))
def test_laws_of_any_text(text: str) -> None:
    hold_the_laws(text)


@pytest.mark.parametrize(
    "piece",
    [
        *("- a\n", "b) x\n", "A. x\n", "1.\n", "1. ", "a:\n", "x\n* y:\n", "Cohort A:\n", "~", " ", "\t", "("),
        *(": 1) a; 2) b;", "i. x ii. y ", "Inclusion Criteria: ", "not eligible ", "must "),
    ],
)
def test_no_text_is_slow(piece: str) -> None:
    text = (piece * 40_000)[:40_000]
    taken = []
    gc.disable()  # its cost is that of what the tests before have left in memory
    try:
        for _ in range(2):
            begin = time.process_time()
            read_text(text)
            taken.append(time.process_time() - begin)
    finally:
        gc.enable()
    assert min(taken) < 1


def registry() -> Iterator[Path]:
    for part in ("registry/sarcoma", "corpora/sts/train", "corpora/lct/train"):
        yield from sorted((SHARED / part).glob("*.txt"))


def test_laws_of_real_records() -> None:
    paths = list(registry())
    if not paths:
        pytest.skip("../shared/registry and ../shared/corpora are absent")
    both = re.compile(r"(?i)\binclusion criteria:?\s+(?=\S*[a-z]).*\bexclusion criteria:?\s+\S*[a-z]", re.DOTALL)
    short = 0
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        hold_the_laws(text)
        short += bool(both.search(text)) and {i.role for i in outline(text)} < {"inclusion", "exclusion"}
    assert short <= len(paths) // 100
