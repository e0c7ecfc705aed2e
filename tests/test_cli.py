"""The command line over a stand-in reader of criteria, then a few runs of the real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from typer.testing import CliRunner

import protocol_nlp
from protocol_nlp.cli import app
from protocol_nlp.errors import ModelError, SourceError
from protocol_nlp.export import FORMATS, Artifact
from protocol_nlp.tree import Criterion, Provenance, Registration, Span, Trial

Run = Callable[..., Result]
ENTRY = "Inclusion Criteria:\n\n* Age 18 years or older\n\nExclusion Criteria:\n\n* Pregnancy\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line, standing in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    return invoke


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Readers and writers of one line: the text names the trials, or says what is to go wrong."""
    calls = SimpleNamespace(models=[], formats=[])

    def read(source: Path | bytes, *, name: str | None = None, format: str | None = None) -> list[Registration]:
        calls.formats.append(format)
        text = (source if isinstance(source, bytes) else source.read_bytes()).decode()
        if text.startswith("damaged"):
            raise SourceError(str(source), "is no registry entry", position="line 1")
        origin = Provenance(path=name or str(source), format="text", sha256="0" * 64)
        return [Registration(id=word, text=text, provenance=origin) for word in text.split()]

    def parse(entry: Registration, *, model: str | None = None) -> Trial:
        calls.models.append(model)
        if entry.id == "bug":
            raise ZeroDivisionError("by\nzero")
        if model == "absent":
            raise ModelError("absent: no such model is installed")
        if entry.id == "empty":
            return Trial(registration=entry)
        whole = Span(0, 4)
        item = Criterion(
            id="I01",
            role="inclusion",
            span=whole,
            lead=whole,
            text=entry.text[:4],
            expr=None,
            opaque_share=Decimal("0.25"),
        )
        return Trial(registration=entry, criteria=(item,), opaque_share=Decimal("0.25"))

    def export(trial: Trial, format: str) -> Artifact:
        suffix = {"json": ".json", "facts": ".facts.jsonl", "checklist-md": ".md", "checklist-html": ".html"}
        return Artifact(f"{format} {trial.registration.id}\n", suffix[format], ("a thing", "another"))

    monkeypatch.setattr(protocol_nlp, "parse", parse)
    monkeypatch.setattr("protocol_nlp.sources.read", read)
    monkeypatch.setattr("protocol_nlp.batch.export", export)
    return calls


def files(folder: str | Path) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.mark.usefixtures("faked")
class TestDestinations:
    def test_one_input_in_one_format_goes_to_standard_output(self, run: Run) -> None:
        Path("a.txt").write_text("NCT1")
        result = run("convert", "a.txt")
        assert (result.exit_code, result.stdout) == (0, "json NCT1\n")
        assert result.stderr == "1 trial, 1 criterion, 75.0 % of their text read, written to standard output\n"

    def test_more_of_either_goes_to_the_output_folder(self, run: Run) -> None:
        Path("a.txt").write_text("NCT1")
        assert run("convert", "a.txt", "--to", "json,checklist").exit_code == 0
        assert files("output") == ["NCT1.html", "NCT1.json", "NCT1.md"]
        Path("b.txt").write_text("NCT2")
        assert run("convert", "a.txt", "b.txt").exit_code == 0
        assert Path("output/NCT2.json").read_text() == "json NCT2\n"

    def test_a_folder_is_made_with_those_above_it(self, run: Run) -> None:
        Path("a.txt").write_text("NCT1")
        assert run("convert", "a.txt", "-o", "new/place/").exit_code == 0
        assert files("new/place") == ["NCT1.json"]

    def test_facts_of_many_inputs_go_to_one_file(self, run: Run) -> None:
        for name in "ba":
            Path(f"{name}.txt").write_text(f"NCT{name}")
        assert run("convert", ".", "--to", "facts", "-o", "build/facts.jsonl").exit_code == 0
        assert Path("build/facts.jsonl").read_text() == "facts NCTa\nfacts NCTb\n"
        assert files("build") == ["facts.jsonl"]

    def test_standard_input_to_standard_output(self, run: Run) -> None:
        result = run("convert", "-", "--to", "facts", stdin=b"NCT1 NCT2")
        assert (result.exit_code, result.stdout) == (0, "facts NCT1\nfacts NCT2\n")

    @pytest.mark.parametrize("output", ["-", "x.json"])
    def test_one_json_file_holds_one_trial(self, run: Run, output: str) -> None:
        Path("a.txt").write_text("NCT1 NCT2")
        result = run("convert", "a.txt", "-o", output)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "holds one trial" in result.stderr
        assert files(".") == ["a.txt"]

    @pytest.mark.parametrize("output", ["-", "x.json", "a.txt"])
    def test_one_file_takes_one_format(self, run: Run, output: str) -> None:
        Path("a.txt").write_text("NCT1")
        result = run("convert", "a.txt", "--to", "json,md", "-o", output)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "takes one format" in result.stderr
        assert files(".") == ["a.txt"]

    def test_no_trial_replaces_another_of_the_same_run(self, run: Run) -> None:
        for name in ("a", "b", "c"):
            Path(name).mkdir()
            Path(name, "copy.txt" if name > "a" else "first.txt").write_text("NCT1" if name > "a" else "nct1")
        result = run("convert", "a", "b", "c")
        assert result.exit_code == 0
        assert files("output") == ["NCT1.copy-2.json", "NCT1.copy.json", "nct1.json"]
        assert result.stderr.count("note: ") == 2

    def test_no_input_is_replaced(self, run: Run) -> None:
        Path("NCT1.json").write_text("NCT1")
        for output in ("NCT1.json", "."):
            result = run("convert", "NCT1.json", "-o", output)
            assert result.exit_code == 2
            assert "is one of the inputs" in result.stderr
        assert Path("NCT1.json").read_text() == "NCT1"

    def test_an_id_cannot_leave_the_folder(self, run: Run) -> None:
        Path("a.txt").write_text("../EUCTR1/GB ..")
        assert run("convert", "a.txt", "-o", "out/").exit_code == 0
        assert files("out") == ["_EUCTR1_GB.json", "trial.json"]

    def test_a_place_that_cannot_be_written(self, run: Run) -> None:
        Path("a.txt").write_text("NCT1")
        Path("file").write_text("")
        result = run("convert", "a.txt", "-o", "file/below/")
        assert result.exit_code == 2
        assert "cannot be written" in result.stderr

    def test_a_device_is_written_in_place(self, run: Run) -> None:
        Path("a.txt").write_text("NCT1")
        assert run("convert", "a.txt", "-o", os.devnull).exit_code == 0
        assert not Path(os.devnull).is_file()


class TestFailures:
    def test_the_rest_is_written(self, run: Run, faked: SimpleNamespace) -> None:
        for name, text in (("a", "NCT1"), ("b", "damaged"), ("c", "NCT3 bug")):
            Path(f"{name}.txt").write_text(text)
        result = run("convert", ".", "absent.txt", "-o", "out/")
        assert result.exit_code == 1
        assert files("out") == ["NCT1.json", "NCT3.json"]
        assert [line for line in result.stderr.splitlines() if line.startswith("error: ")] == [
            "error: absent.txt: no such file or folder",
            "error: b.txt:line 1: is no registry entry",
            "error: c.txt (bug): unexpected ZeroDivisionError: by zero (a fault of protocol-nlp, not of the file)",
        ]
        assert "2 trials" in result.stderr
        assert "3 inputs failed" in result.stderr

    @pytest.mark.parametrize("output", ["out/", "out.json", "-"])
    def test_nothing_readable_leaves_nothing(self, run: Run, faked: SimpleNamespace, output: str) -> None:
        Path("a.txt").write_text("damaged")
        result = run("convert", "a.txt", "-o", output)
        assert (result.exit_code, result.stdout) == (2, "")
        assert files(".") == ["a.txt"]

    def test_no_input_at_all(self, run: Run, faked: SimpleNamespace) -> None:
        Path("bare").mkdir()
        result = run("convert", "bare")
        assert result.exit_code == 2
        assert "bare" in result.stderr
        assert run("convert").exit_code == 2

    @pytest.mark.parametrize(("option", "known"), [("--to", "facts"), ("--from", "ctgov-json")])
    def test_an_unknown_format_names_the_known_ones(
        self, run: Run, faked: SimpleNamespace, option: str, known: str
    ) -> None:
        Path("a.txt").write_text("NCT1")
        result = run("convert", "a.txt", option, "docx")
        assert result.exit_code == 2
        assert "'docx'" in result.stderr
        assert known in result.stderr

    def test_a_missing_model_is_said_once(self, run: Run, faked: SimpleNamespace) -> None:
        for name in "abc":
            Path(f"{name}.txt").write_text("NCT1")
        result = run("convert", ".", "--model", "absent", "-o", "out/")
        assert (result.exit_code, result.stderr) == (2, "error: absent: no such model is installed\n")
        assert not Path("out").exists()

    def test_an_entry_without_criteria_is_counted(self, run: Run, faked: SimpleNamespace) -> None:
        Path("a.txt").write_text("empty")
        result = run("convert", "a.txt")
        assert result.exit_code == 0
        assert "0 criteria, 1 trial without criteria" in result.stderr


def test_options_reach_reader_and_parser(run: Run, faked: SimpleNamespace) -> None:
    Path("a.txt").write_text("NCT1")
    assert run("convert", "a.txt", "a.txt", "--from", "text", "--model", "some", "-o", "-").exit_code == 0
    assert (faked.formats, faked.models) == (["text"], ["some"])


def test_losses_are_said_on_demand(run: Run, faked: SimpleNamespace) -> None:
    Path("a.txt").write_text("NCT1")
    lost = run("convert", "a.txt", "--to", "md", "--show-losses").stderr.splitlines()[:2]
    assert lost == ["loss: NCT1.md: a thing", "loss: NCT1.md: another"]


def test_version(run: Run) -> None:
    assert run("--version").stdout.split() == ["protocol-nlp", protocol_nlp.__version__]


def test_help_loads_nothing_heavy() -> None:
    heavy = ("spacy", "scispacy", "lark", "pydantic", "jinja2", "defusedxml", "numpy")
    code = (
        "import sys\nfrom protocol_nlp.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', *sorted({heavy!r} & sys.modules.keys()))"
    ).replace(repr(heavy), repr(set(heavy)))
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.splitlines()[-1].strip() == "loaded:"


def test_help_names_every_format(run: Run) -> None:
    text = run("convert", "--help").stdout
    assert all(name.split("-")[-1] in text for name in FORMATS)


def test_the_schema_is_json(run: Run) -> None:
    assert json.loads(run("schema").stdout)["$schema"]


def test_a_closed_pipe_is_no_event() -> None:
    command = [sys.executable, "-m", "protocol_nlp", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_worker_processes_do_not_show_in_the_output(run: Run) -> None:
    Path("in").mkdir()
    for number in range(5):
        Path(f"in/NCT0000000{number}.txt").write_text(ENTRY.replace("18", f"{18 + number}"))
    Path("in/broken.json").write_text("{")
    for jobs in "12":
        result = run("convert", "in", "--to", "json,facts,checklist", "-o", f"out{jobs}/", "--jobs", jobs)
        assert result.exit_code == 1, result.stderr
        assert "5 trials, 10 criteria" in result.stderr
        assert result.stderr.count("broken.json") == 1
    assert len(files("out1")) == 20
    assert [Path("out1", name).read_bytes() for name in files("out1")] == [
        Path("out2", name).read_bytes() for name in files("out1")
    ]


class TestChecklist:
    def test_a_page_for_each_trial(self, run: Run) -> None:
        Path("a.txt").write_text(ENTRY)
        Path("b.txt").write_text(ENTRY)
        result = run("checklist", "a.txt", "b.txt", "-o", "sheets/")
        assert (result.exit_code, files("sheets")) == (0, ["a.html", "b.html"])
        assert result.stderr == "2 trials, 4 criteria, 100.0 % of their text read, written to sheets/\n"

    def test_markdown_with_dates_in_the_order_of_the_entry(self, run: Run) -> None:
        Path("a.txt").write_text(ENTRY + "* Surgery within 28 days before the first dose\n")
        made = run("checklist", "a.txt", "--format", "md", "--order", "as-written", "--anchor", "first_dose=2027-01-29")
        assert made.exit_code == 0
        assert "## Inclusion criteria" in made.stdout
        assert "**on or after 2027-01-01 and on or before 2027-01-29**" in made.stdout

    def test_findings_of_the_audit_are_noted_unless_told_not_to(self, run: Run) -> None:
        Path("a.txt").write_text("Exclusion Criteria:\n\n* Surgery within 4 weeks\n")
        assert "*TIM001 (warning):*" in run("checklist", "a.txt", "--format", "md").stdout
        assert "TIM001" not in run("checklist", "a.txt", "--format", "md", "--no-audit").stdout

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--anchor", "launch=2027-01-15"), 'unknown event "launch": known are informed_consent, '),
            (("--anchor", "first_dose=2027-13-01"), '"2027-13-01" is no date of the calendar'),
            (("--format", "odt"), "--format: unknown format 'odt'; known are html, md, pdf, docx"),
            (("--order", "random"), "--order: unknown order 'random'; known are clinical, as-written"),
            (("--paper", "a5"), "--paper: unknown paper 'a5'; known are a4, letter"),
            (("--template", "nowhere"), "nowhere: no such folder of templates"),
        ],
    )
    def test_bad_usage_is_one_line_and_nothing_is_written(
        self, run: Run, options: tuple[str, ...], message: str
    ) -> None:
        Path("a.txt").write_text(ENTRY)
        result = run("checklist", "a.txt", "-o", "sheets/", *options)
        assert result.exit_code == 2
        assert message in result.stderr
        assert result.stderr.count("\n") == 1
        assert not Path("sheets").exists()

    def test_a_template_that_fails_is_an_error_of_its_input(self, run: Run) -> None:
        Path("a.txt").write_text(ENTRY)
        Path("own").mkdir()
        Path("own/checklist.md.j2").write_text("fine\n{{ nothing }}\n")
        result = run("checklist", "a.txt", "--format", "md", "--template", "own", "-o", "sheets/")
        assert result.exit_code == 2
        assert "own/checklist.md.j2:2: the template fails: 'nothing' is undefined" in result.stderr
        assert not Path("sheets").exists()
