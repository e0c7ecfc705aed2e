"""The committed outputs of the example entry are what the package makes of it now."""

from __future__ import annotations

from pathlib import Path

import pytest

import protocol_nlp
from protocol_nlp.export import export
from protocol_nlp.tree import Trial, criteria

ROOT = Path(__file__).parent.parent
ENTRY = "protocols/NCT04172805.txt"
FORMATS = ("json", "facts", "checklist-md", "checklist-html")


@pytest.fixture(scope="module")
def trial() -> Trial:
    # As `make demo` does it, from the root: the path as given is a part of the output.
    content = (ROOT / ENTRY).read_bytes()
    return protocol_nlp.parse(protocol_nlp.read(content, name=ENTRY)[0])


@pytest.mark.parametrize("format", FORMATS)
def test_the_committed_output_is_current(trial: Trial, format: str) -> None:
    made = export(trial, format)
    committed = ROOT / "output" / f"NCT04172805{made.suffix}"
    assert committed.read_text(encoding="utf-8") == made.text, "run `make demo` and read the difference"


def test_the_entry_holds_its_23_criteria(trial: Trial) -> None:
    roles = [c.role for c in criteria(trial)]
    assert (roles.count("inclusion"), roles.count("exclusion"), len(roles)) == (6, 17, 23)
    assert [c.id for c in criteria(trial) if c.list_missing] == ["I05", "E09"]


def test_every_character_of_every_criterion_belongs_to_a_node(trial: Trial) -> None:
    from protocol_nlp.tree import leaves

    text = trial.registration.text
    for criterion in criteria(trial):
        assert criterion.expr is not None
        held = {i for span in leaves(criterion.expr) for i in range(*span)}
        lost = [i for i in range(*criterion.lead) if not text[i].isspace() and i not in held]
        assert not lost, (criterion.id, "".join(text[i] for i in lost))
