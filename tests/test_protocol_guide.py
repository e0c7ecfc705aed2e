"""The page on protocols keeps what it says: its example is complete, and comes out as it is printed there."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from random_protocols import faults
from typer.testing import CliRunner

import protocol_nlp
from protocol_nlp.audit import audit
from protocol_nlp.cli import app
from protocol_nlp.draft import load
from protocol_nlp.draft.new import names

PAGE = (Path(__file__).parent.parent / "docs" / "protocols.md").read_text(encoding="utf-8")
BLOCKS = [
    dedent(block).strip("\n") + "\n"
    for block in re.findall(r"(?:^(?: {4}.*)?\n)+", PAGE, re.MULTILINE)
    if block.strip()
]


def block(start: str) -> str:
    (found,) = [b for b in BLOCKS if b.startswith(start)]
    return found


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my-trial.yml").write_text(block("format: "), encoding="utf-8")


def test_the_protocol_comes_out_as_printed() -> None:
    result = CliRunner().invoke(app, ["convert", "my-trial.yml", "--to", "text"])
    assert (result.exit_code, result.stdout) == (0, block("Inclusion Criteria:"))


def test_it_is_read_as_its_templates_say_and_the_audit_has_nothing_against_it() -> None:
    protocol = load(block("format: "), "my-trial.yml")
    # all but the author's own words, which promise nothing
    (own,) = [item for item in protocol.items if item.own]
    assert [f for f in faults(protocol) if own.own not in f] == []
    trial = protocol_nlp.parse(protocol_nlp.read("my-trial.yml")[0])
    assert [f.code for f in audit(trial).findings if f.severity != "info"] == []


def test_the_commands_of_the_page_work_in_their_order() -> None:
    for line in block("protocol-nlp new").splitlines():
        command = line.partition("#")[0].split()[1:]
        if command[0] == "new":
            Path("protocols").mkdir()
        assert CliRunner().invoke(app, command).exit_code == 0, line


def test_the_page_names_every_class() -> None:
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.partition("## A protocol from nothing")[0], re.MULTILINE) == [
        *names("classes")
    ]
