"""The commands of the audit: exit codes, formats, settings files, rewrites."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from protocol_nlp.audit import all_rules
from protocol_nlp.cli import app

Run = Callable[..., Result]
TEXT = "Exclusion Criteria:\n\n* Stroke within 6 months\n* Pregnancy\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line, standing in a folder with one entry."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "entry.txt").write_text(TEXT, encoding="utf-8")

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return invoke


def test_the_severity_asked_for_decides_the_exit_code_and_the_format_never_does(run: Run) -> None:
    asked = ("audit", "entry.txt", "--select", "TIM001")
    for format in ("text", "json"):
        assert run(*asked, "--format", format).exit_code == 0
        assert run(*asked, "--format", format, "--fail-on", "warning").exit_code == 1
        assert run(*asked, "--format", format, "--fail-on", "never").exit_code == 0


def test_text_shows_place_words_and_both_readings(run: Run) -> None:
    told = run("audit", "entry.txt", "--select", "TIM001").stdout
    assert "entry.txt:3:10 E01 warning TIM001 window-without-anchor" in told
    assert " 3 | * Stroke within 6 months\n" in told
    assert "   |          ^^^^^^^^^^^^^^^\n" in told
    assert "either:" in told
    assert "or: " in told
    assert "1 finding: 0 errors, 1 warning, 0 info" in told
    assert "2 criteria: 1 decidable now, 1 decidable with a stated guess, 0 not decidable" in told


def test_json_holds_findings_and_verdicts(run: Run) -> None:
    told = json.loads(run("audit", "entry.txt", "--format", "json", "--select", "TIM").stdout)
    (finding,) = (f for f in told["findings"] if f["code"] == "TIM001")
    start, end = finding["span"]
    assert TEXT[start:end] == finding["quote"] == "within 6 months"
    assert (finding["line"], finding["column"]) == (3, 10)
    assert len(finding["readings"]) == 2
    (entry,) = told["entries"]
    assert {c["id"]: c["decidable"] for c in entry["criteria"]} == {"E01": "guess", "E02": "decidable"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--select", "TIM01"),
        ("--ignore", "nonsense"),
        ("--format", "xml"),
        ("--fail-on", "panic"),
        ("--baseline", "absent.json"),
        ("--config", "absent.toml"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_two(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("audit", "entry.txt", *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_an_input_that_cannot_be_read_is_exit_code_two_and_the_others_are_audited(run: Run) -> None:
    done = run("audit", "entry.txt", "absent.txt", "--select", "TIM001", "--fail-on", "never")
    assert done.exit_code == 2
    assert "TIM001" in done.stdout
    assert "absent.txt" in done.stderr


def test_settings_come_from_the_nearest_file_and_the_command_line_wins(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.protocol-nlp]\nselect = ["SUB001"]\n', encoding="utf-8")
    assert "TIM001" not in run("audit", "entry.txt").stdout
    (tmp_path / "protocol-nlp.toml").write_text('select = ["TIM"]\nfail-on = "warning"\n', encoding="utf-8")
    done = run("audit", "entry.txt")
    assert "TIM001" in done.stdout
    assert done.exit_code == 1
    assert "TIM001" not in run("audit", "entry.txt", "--select", "SUB001").stdout
    (tmp_path / "protocol-nlp.toml").write_text('slect = ["TIM"]\n', encoding="utf-8")
    assert "did you mean select" in run("audit", "entry.txt").stderr


def test_suppressions_and_baseline_silence_and_are_counted(run: Run, tmp_path: Path) -> None:
    (finding,) = json.loads(run("audit", "entry.txt", "--format", "json", "--select", "TIM001").stdout)["findings"]
    (tmp_path / "protocol-nlp.toml").write_text(
        'select = ["TIM001"]\nsuppressions = "answers.toml"\n', encoding="utf-8"
    )
    (tmp_path / "answers.toml").write_text(
        f'[[suppress]]\nfingerprint = "{finding["fingerprint"]}"\ncode = "TIM001"\nreason = "agreed"\n'
        '[[suppress]]\nfingerprint = "0"\ncode = "TIM001"\nreason = "was mended"\n',
        encoding="utf-8",
    )
    done = run("audit", "entry.txt", "--fail-on", "info")
    assert done.exit_code == 0
    assert "baseline: 1" in done.stdout
    assert "unused suppression 0 (TIM001): was mended" in done.stderr
    (tmp_path / "protocol-nlp.toml").unlink()
    assert run("audit", "entry.txt", "--write-baseline", "old.json").exit_code == 0
    assert run("audit", "entry.txt", "--baseline", "old.json", "--fail-on", "info").exit_code == 0


def test_statistics_count_by_rule(run: Run) -> None:
    assert run("audit", "entry.txt", "--statistics", "--select", "TIM001").stdout == (
        "    1  TIM001  warning  window-without-anchor\n"
    )


def test_statistics_for_machines(run: Run) -> None:
    told = json.loads(run("audit", "entry.txt", "--statistics", "--select", "TIM001", "--format", "json").stdout)
    assert told == [{"code": "TIM001", "slug": "window-without-anchor", "severity": "warning", "count": 1}]
    assert run("audit", "entry.txt", "--statistics", "--format", "sarif").exit_code == 2


def test_a_baseline_holds_both_formats_of_a_trial(run: Run, tmp_path: Path) -> None:
    for number, text in enumerate((TEXT, TEXT.replace("Stroke", "Sepsis"))):
        study = {"identificationModule": {"nctId": "NCT00000001"}, "eligibilityModule": {"eligibilityCriteria": text}}
        (tmp_path / f"{number}.json").write_text(json.dumps({"protocolSection": study}), encoding="utf-8")
    assert run("audit", "0.json", "1.json", "--write-baseline", "old.json").exit_code == 0
    done = run("audit", "0.json", "1.json", "--baseline", "old.json", "--fail-on", "info")
    assert done.exit_code == 0, done.output


def test_the_report_may_go_into_a_file(run: Run, tmp_path: Path) -> None:
    assert run("audit", "entry.txt", "--format", "json", "-o", "found.json").stdout == ""
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["findings"]


def test_explain_prints_the_page_of_a_rule(run: Run) -> None:
    told = run("explain", "window-without-anchor").stdout
    assert told.startswith("# TIM001 window-without-anchor\n")
    for title in ("What it finds", "Why it matters", "Example", "Use instead"):
        assert f"## {title}\n" in told
    done = run("explain", "TIM01")
    assert done.exit_code == 2
    assert "did you mean" in done.stderr


def test_rules_are_listed_for_people_and_machines(run: Run) -> None:
    rows = json.loads(run("rules", "--format", "json").stdout)
    assert [row["code"] for row in rows] == [rule.code for rule in all_rules()]
    assert set(rows[0]) == {"code", "slug", "family", "severity", "default", "preview", "summary", "page"}
    assert len(run("rules").stdout.splitlines()) == len(rows)
    assert run("rules", "--format", "xml").exit_code == 2
