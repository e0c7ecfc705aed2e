"""Phrase ⇒ canonical line: one file a construct under tests/cases/, one case a line.

The phrases of files named `…_exclusion.txt` stand among exclusions, those of `…_inclusion.txt` among inclusions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol_nlp.annotate import annotator
from protocol_nlp.assemble import read
from protocol_nlp.tree import Role, Span

FOLDER = Path(__file__).parent / "cases"


def cases() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                phrase, _, wanted = line.partition(" ⇒ ")
                found.append((f"{path.stem}:{number}", phrase, wanted))
    return found


@pytest.mark.parametrize(("where", "phrase", "wanted"), cases(), ids=[c[0] for c in cases()])
def test_case(where: str, phrase: str, wanted: str) -> None:
    tokens = annotator().tokens(phrase, [Span(0, len(phrase))])[0]
    stem = where.partition(":")[0]
    role: Role | None = (
        "exclusion" if stem.endswith("_exclusion") else "inclusion" if stem.endswith("_inclusion") else None
    )
    assert str(read(tokens, role=role)) == wanted, f"{where}: {phrase}"


def test_there_are_enough_cases() -> None:
    assert len(cases()) >= 500
