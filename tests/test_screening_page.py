"""The checklist that screening fills in: it never decides what screening left open; in a browser it opens filled."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import protocol_nlp
from protocol_nlp.screening import Screening, read_patient, screen
from protocol_nlp.screening.answers import outcome, sheet
from protocol_nlp.screening.report import report

HERE: Final = Path(__file__).parent
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def screenings(path: Path) -> list[Screening]:
    held: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    source: Path | str = HERE.parent / held["file"] if "file" in held else held["protocol"]
    trial = protocol_nlp.parse(protocol_nlp.read(source)[0])
    found = []
    for one in held["patients"]:
        content = one["fhir"] if "fhir" in one else {"format": "protocol-nlp-patient/1", **one["patient"]}
        anchors: dict[str, date] = one.get("anchors", held.get("anchors", {}))
        found.append(screen(trial, read_patient(json.dumps(content, default=str)), anchors))
    return found


@pytest.mark.parametrize("path", sorted((HERE / "screening").glob("*.yml")), ids=lambda p: p.stem)
def test_the_page_decides_nothing_that_screening_left_open_and_nothing_otherwise(path: Path) -> None:
    for done in screenings(path):
        made, saved = sheet(done, audit=False)
        judgements = {j.criterion.id: j for j in done.judgements}
        for judged in made.judged:
            told = outcome(judged.logic, saved["answers"])
            if told in ("true", "false"):
                assert judgements[judged.id].truth == {"true": "met", "false": "not met"}[told]
            elif told == "na":
                assert not judgements[judged.id].applies


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: make test-tools")
def test_the_page_opens_filled_in(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    done = screenings(HERE / "screening" / "examples.yml")[0]
    place = tmp_path / "p.html"
    place.write_text(report(done, "html"), encoding="utf-8")
    answers = sheet(done)[1]["answers"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(offline=True)
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(place.as_uri())
        ticked = page.eval_on_selector_all(
            "input[data-answer]:checked", "boxes => Object.fromEntries(boxes.map(b => [b.dataset.answer, b.value]))"
        )
        told = (page.inner_text("#message"), page.inner_text("#state"))
        value = page.eval_on_selector('[data-field="Value of I13"]', "input => input.value")
        browser.close()
    assert faults == []
    assert ticked == answers
    assert told == ("The screening of the patient file is loaded.", "Not eligible")
    assert value == "creatinine clearance: 29.9 mL/min"
