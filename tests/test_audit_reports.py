"""Reports of the audit: SARIF by its schema and a second reader, workflow commands, the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sarif_pydantic import Sarif

import protocol_nlp
from protocol_nlp.audit import Audit, Settings, all_rules, audit
from protocol_nlp.audit.finding import SEVERITIES
from protocol_nlp.audit.report import FORMATS, report
from protocol_nlp.audit.report.position import Lines, Position, grouped
from protocol_nlp.audit.report.text import cells

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT.parent / "shared" / "standards" / "sarif-schema-2.1.0.json"
TEXT = (
    "Inclusion Criteria:\r\n\r\n* Haemoglobin  9 g/dL 😀\r\n* Fever > 38.5 ° C\r\n\r\n"
    "Exclusion Criteria:\r\n\r\n* <b>Stroke</b> within 6 months, 100 %\r\n"
    "* Live vaccine within 4 weeks of enrolment\r\n* Surgery within 2 weeks of enrolment\r\n"
)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    path = tmp_path_factory.mktemp("entry") / "entry.txt"
    path.write_bytes(TEXT.encode())
    return audit(protocol_nlp.parse(protocol_nlp.read(path)[0]))


@pytest.fixture(scope="module")
def sarif(done: Audit) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(report([done], "sarif"))
    return loaded


@pytest.mark.parametrize("format", FORMATS)
def test_every_report_is_the_same_twice_and_takes_an_entry_without_findings(format: str, done: Audit) -> None:
    calm = audit(done_trial("Inclusion Criteria:\n\n* Age 18 years or older\n"))
    assert report([done], format) == report([done], format)
    assert len(report([calm], format)) < len(report([done], format))


def done_trial(text: str) -> Any:
    return protocol_nlp.parse(protocol_nlp.read(text, name="text")[0])


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the SARIF schema is not beside the project")
def test_sarif_fits_the_schema_of_oasis(sarif: dict[str, Any]) -> None:
    jsonschema.validate(sarif, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_sarif_is_read_by_another_program(sarif: dict[str, Any], done: Audit) -> None:
    (run,) = Sarif.model_validate(sarif).runs
    assert len(run.results or []) == len(done.findings) > 3


def test_sarif_declares_all_rules_and_points_at_them(sarif: dict[str, Any]) -> None:
    run = sarif["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in all_rules()]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_regions_slice_the_words_by_offset_and_by_column(sarif: dict[str, Any], done: Audit) -> None:
    lines = TEXT.split("\r\n")
    for result, finding in zip(sarif["runs"][0]["results"], done.findings, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        start = region["charOffset"]
        assert TEXT[start : start + region["charLength"]] == finding.quote == region["snippet"]["text"]
        if region["startLine"] == region["endLine"]:
            line = lines[region["startLine"] - 1]
            assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == finding.quote
        assert result["partialFingerprints"] == {"protocolNlp/v1": finding.fingerprint}


def test_sarif_names_the_criterion_and_offers_the_rewrite(sarif: dict[str, Any]) -> None:
    results = {result["ruleId"]: result for result in sarif["runs"][0]["results"]}
    assert results["TIM001"]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "exclusion/E01"
    (fix,) = results["UNT002"]["fixes"]
    assert fix["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "°C"
    assert results["UNT002"]["level"] == "note"
    assert len(results["TIM004"]["relatedLocations"]) == 1


def test_sarif_points_into_a_file_only_where_the_text_is_the_file(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    study = {"identificationModule": {"nctId": "NCT00000001"}, "eligibilityModule": {"eligibilityCriteria": TEXT}}
    path.write_text(json.dumps({"protocolSection": study}), encoding="utf-8")
    found = audit(protocol_nlp.parse(protocol_nlp.read(path)[0]))
    results = json.loads(report([found], "sarif"))["runs"][0]["results"]
    assert results
    assert all("region" not in result["locations"][0]["physicalLocation"] for result in results)
    assert all("fixes" not in result for result in results)


def test_workflow_commands_are_one_line_each_and_escaped(done: Audit) -> None:
    lines = report([done], "github").splitlines()
    assert len(lines) == len(done.findings)
    assert all(re.match(r"::(error|warning|notice) file=[^,]+,line=\d+,endLine=\d+,", line) for line in lines)
    (stroke,) = (line for line in lines if "title=TIM001" in line)
    assert "col=17,endColumn=32" in stroke
    assert stroke.startswith("::warning ")
    assert "%0AEither: " in stroke


class Reader(HTMLParser):
    """The page's marked words, its cards, and whatever it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, str] = {}
        self.cards: list[str] = []
        self.fetched: list[str] = []
        self._mark: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "a" and held["class"] != "back":
            self._mark = held["href"]
            self.marks.setdefault(str(self._mark), "")
        if tag == "details":
            self.cards += [str(held["id"])] if "id" in held else []
        if tag in ("link", "img", "iframe", "object") or "src" in held:
            self.fetched.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._mark = None

    def handle_data(self, data: str) -> None:
        if self._mark:
            self.marks[self._mark] += data


def test_the_page_marks_the_words_and_needs_nothing_else(done: Audit) -> None:
    page = report([done], "html")
    reader = Reader()
    reader.feed(page)
    assert reader.cards == [f"f{number}" for number in range(1, len(done.findings) + 1)]
    assert {mark.removeprefix("#") for mark in reader.marks} <= set(reader.cards)
    number = next(n for n, f in enumerate(done.findings, 1) if f.code == "TIM001")
    assert reader.marks[f"#f{number}"] == "within 6 months"
    assert reader.fetched == []
    assert "http" not in page
    assert "&lt;b&gt;Stroke&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_text_report_shows_places_and_a_summary(done: Audit) -> None:
    told = report([done], "text")
    assert "8:17 E01 warning TIM001" in told
    assert "also at 10:" in told
    assert "not decidable: I01\n" in told
    assert told.rstrip().splitlines()[-2].startswith("5 criteria: ")
    assert told.rstrip().splitlines()[-1].startswith("safe rewrites: 1")


def test_the_text_report_is_grouped_by_criterion_and_the_gravest_comes_first() -> None:
    text = "Exclusion Criteria:\n\n* History of severe heart disease within 6 months\n* Hemoglobin  9 g/dL, bad pain\n"
    found = audit(done_trial(text)).findings
    told = [(f.criterion, SEVERITIES.index(f.severity)) for f in grouped(found)]
    assert told == sorted(told)
    assert len(told) == len(found) > 2


def test_the_mark_stands_under_the_words_where_characters_are_wide_and_lines_long() -> None:
    lead = "体重 e\u0301\t活动性 "
    long = "pain and " * 20 + "severe lung disease" + " or fever" * 20
    text = f"Exclusion Criteria:\r\n\r\n* {lead}severe liver disease\r\n* {long}\r\n"
    told = report([audit(done_trial(text), Settings(select=("SUB002",)))], "text").splitlines()
    for quote in ("severe liver disease", "severe lung disease"):
        line, mark = next((told[i], told[i + 1]) for i, t in enumerate(told) if quote in t and " | " in t)
        assert cells(line[: line.index(quote)]) == mark.index("^")
        assert mark.count("^") == len(quote)
        assert cells(line) < 112
    assert any(line.endswith("…") and "| …" in line for line in told)


def test_lines_lead_into_a_file_only_where_the_text_is_the_file(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    study = {"identificationModule": {"nctId": "NCT00000001"}, "eligibilityModule": {"eligibilityCriteria": TEXT}}
    path.write_text(json.dumps({"protocolSection": study}), encoding="utf-8")
    found = audit(protocol_nlp.parse(protocol_nlp.read(path)[0]))
    assert "study.json[NCT00000001]:8:17 E01" in report([found], "text")
    assert all(",line=" not in line and "NCT00000001" in line for line in report([found], "github").splitlines())


@pytest.mark.parametrize("odd", ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_no_markup_of_an_entry_reaches_the_page(odd: str) -> None:
    text = f"Exclusion Criteria:\n\n* Severe {odd} disease within 6 months\n* {odd} and/or severe illness\n"
    (registration,) = protocol_nlp.read(text, name=f"entry{odd}")
    page = report([audit(protocol_nlp.parse(replace(registration, id=odd, title=odd)))], "html")
    reader = Reader()
    reader.feed(page)
    assert reader.fetched == []
    assert page.count("<script>") == page.count("</script>") == 1
    assert "<img" not in page
    assert "49" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL) or "{{" not in odd


def test_lines_end_as_files_end_them() -> None:
    lines = Lines("a\r\nbé\rc\n")
    assert [lines.at(offset) for offset in (0, 3, 4, 6, 8)] == [
        Position(1, 1),
        Position(2, 1),
        Position(2, 2),
        Position(3, 1),
        Position(4, 1),
    ]
    assert [lines.line(number) for number in (1, 2, 3, 4)] == ["a", "bé", "c", ""]


def test_selection_reaches_the_report(done: Audit) -> None:
    few = audit(protocol_nlp.parse(done.registration), Settings(select=("UNT",)))
    assert {result["ruleId"] for result in json.loads(report([few], "sarif"))["runs"][0]["results"]} == {"UNT002"}
