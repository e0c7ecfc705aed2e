"""The registry of formats, and how outputs reach files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import trials
from trees import example

from protocol_nlp.errors import ExportError
from protocol_nlp.export import FORMATS, Artifact, export, write
from protocol_nlp.tree import Trial


@pytest.mark.parametrize(
    ("format", "suffix"),
    [("json", ".json"), ("facts", ".facts.jsonl"), ("checklist-md", ".md"), ("checklist-html", ".html")],
)
def test_each_format_has_its_suffix(format: str, suffix: str) -> None:
    artifact = export(example(), format)
    assert artifact.suffix == suffix
    assert artifact.text.endswith("\n")


def test_an_unknown_format_names_the_known_and_the_nearest() -> None:
    with pytest.raises(ExportError, match=r'"checklist_html".*json, facts.*mean "checklist-html"'):
        export(example(), "checklist_html")
    with pytest.raises(ExportError) as caught:
        export(example(), "zzz")
    assert "did you mean" not in str(caught.value)


def test_the_writers_load_when_they_are_used() -> None:
    code = "import sys, protocol_nlp.export; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pydantic", "jinja2"} & set(loaded.stdout.split())


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60, deadline=None)
@given(trial=trials())
def test_every_tree_is_written_the_same_way_twice(format: str, trial: Trial) -> None:
    artifact = export(trial, format)
    assert artifact == export(trial, format)
    artifact.text.encode()


def test_losses_are_short_lines() -> None:
    for format in FORMATS:
        losses = export(example(), format).losses
        assert all(loss and "\n" not in loss and len(loss) < 100 for loss in losses)
    assert export(example(), "json").losses == ()
    assert "1 x whichever window is longer" in export(example(), "facts").losses


def test_an_artifact_does_not_change() -> None:
    with pytest.raises(AttributeError):
        Artifact("a", ".b").text = "c"  # type: ignore[misc]


def test_write_replaces_the_whole_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "a.md"
    write("long before\n" * 100, target)
    write("≤ after\r\n", str(target))
    assert target.read_bytes() == "≤ after\r\n".encode()
    assert os.listdir(target.parent) == ["a.md"]
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def test_write_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write("text", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "text"


def test_write_names_the_path_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for impossible in (tmp_path / "file" / "a.json", tmp_path, tmp_path / ("n" * 300)):
        with pytest.raises(ExportError) as caught:
            write("text", impossible)
        assert str(caught.value).startswith(f"{impossible}: ")
        assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == ["file"]


def test_what_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    write("old", target)
    with pytest.raises(ExportError, match="surrogate"):
        write("new \ud800", target)
    assert target.read_text() == "old"


def test_a_pipe_is_written_and_not_replaced() -> None:
    write("text", os.devnull)
    assert not Path(os.devnull).is_file()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
