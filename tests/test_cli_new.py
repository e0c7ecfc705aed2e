"""`new`, and a protocol on its way through `convert` and `audit`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from protocol_nlp.cli import app


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_draft_converts_audits_and_comes_out_as_text() -> None:
    asked = ("--disease", "liposarcoma", "--line", "second", "--classes", "anthracycline, anti-pd-1")
    made = run("new", *asked, "-o", "p/a.yml")
    assert made == (0, "", "written to p/a.yml; next: protocol-nlp convert p/a.yml --to text\n")
    code, told, said = run("convert", "p/a.yml", "--to", "text")
    assert (code, told.splitlines()[2]) == (0, "1. Written informed consent")
    assert "100.0 % of their text read" in said
    assert run("convert", "p/", "--to", "json,text,checklist", "-o", "out/")[0] == 0
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.html", "a.json", "a.md", "a.txt"]
    assert run("audit", "p/a.yml", "--fail-on", "warning")[0] == 0


def test_without_a_file_it_goes_to_standard_output() -> None:
    code, told, said = run("new", "--disease", "GIST")
    assert (code, said) == (0, "")
    assert told.startswith("# A draft, written by")


def test_a_file_is_never_replaced() -> None:
    Path("mine.yml").write_text("mine", encoding="utf-8")
    code, told, said = run("new", "--disease", "GIST", "-o", "mine.yml")
    assert (code, told, said) == (2, "", "error: -o: mine.yml is there already and is not replaced without --force\n")
    assert Path("mine.yml").read_text(encoding="utf-8") == "mine"


def test_an_unknown_class_names_the_nearest_and_writes_nothing() -> None:
    code, told, said = run("new", "--disease", "GIST", "--classes", "tky", "-o", "x.yml")
    assert (code, told, said) == (2, "", "error: unknown class 'tky'; did you mean 'tki'?\n")
    assert not Path("x.yml").exists()


def test_a_broken_protocol_is_one_line_with_its_place() -> None:
    Path("b.yml").write_text("format: protocol-nlp/1\ninclusion:\n- use: ecog\n  with: {most: 9}\n", encoding="utf-8")
    assert run("convert", "b.yml", "--to", "md", "-o", "out/") == (2, "", "error: b.yml:4: most: 9 is outside 0 to 4\n")
    assert not Path("out").exists()
