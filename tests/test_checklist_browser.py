"""The checklist page in a browser: filled in, computed, saved, loaded, printed; skipped where no Chromium is found.

`make test-tools` installs Chromium where it can, and axe-core, which judges the accessibility of the page.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from trees import example

import protocol_nlp
from protocol_nlp.checklist import Checklist, checklist, html
from protocol_nlp.checklist.dates import Counted, Edge, told
from protocol_nlp.checklist.sheet import YES_NO, Event, Judged, Logic, Row, Section

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: make test-tools")
AXE: Final = Path(__file__).parent / "browser" / "node_modules" / "axe-core" / "axe.min.js"
ALONE: Final = (
    "--no-sandbox --disable-dev-shm-usage --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
SEED: Final = Path(__file__).parent.parent / "protocols" / "NCT04172805.txt"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        yield found
        found.close()


@pytest.fixture(scope="module")
def seed() -> Checklist:
    return checklist(protocol_nlp.parse(protocol_nlp.read(SEED)[0]))


class Shown:
    """A checklist in a page of its own; every message of the browser and every request is kept."""

    def __init__(self, browser: Browser, folder: Path, sheet: Checklist, width: int = 1280) -> None:
        self.path = folder / f"page{len(list(folder.iterdir()))}.html"
        self.path.write_text(html.write(sheet).text, encoding="utf-8")
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, offline=True)
        # A page opens at once; a machine that runs much else at the same time may take its time all the same.
        self.page.set_default_navigation_timeout(90_000)
        self.told: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.told.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(self.path.as_uri())

    def answer(self, key: str, value: str) -> None:
        self.page.locator(f'input[data-answer="{key}"][value="{value}"]').check()

    def answer_all(self, values: Mapping[str, str]) -> None:
        """The same at once, as fast as a script can."""
        self.page.evaluate(
            """values => {
                const boxes = document.querySelectorAll('input[data-answer]');
                boxes.forEach(b => { b.checked = values[b.dataset.answer] === b.value; });
                boxes[0].dispatchEvent(new Event('change', { bubbles: true }));
            }""",
            dict(values),
        )

    @property
    def state(self) -> str:
        return self.page.locator("#state").inner_text()

    @property
    def message(self) -> str:
        return self.page.locator("#message").inner_text()

    def load(self, file: Path) -> str:
        before = self.message
        self.page.locator("#load").set_input_files(str(file))
        self.page.wait_for_function("before => document.getElementById('message').textContent !== before", arg=before)
        return self.message

    def save(self, file: Path) -> dict[str, Any]:
        with self.page.expect_download() as download:
            self.page.locator("#save").click()
        download.value.save_as(file)
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return content


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    shown: list[Shown] = []

    def opened(sheet: Checklist, width: int = 1280) -> Shown:
        shown.append(Shown(browser, tmp_path, sheet, width))
        return shown[-1]

    yield opened
    for each in shown:
        assert each.told == []
        assert [url for url in each.asked if not url.startswith("blob:")] == [each.path.as_uri()]
        each.page.close()


def keeping(sheet: Checklist) -> dict[str, str]:
    """The answers that keep the patient eligible."""
    values = {"Yes": "true", "No": "false", "not clear": "true"}
    rows = [row for section in sheet.sections for row in section.rows if row.asked]
    return {row.key: values.get(row.keeps, "true") for row in rows}


def test_the_seed_is_small_and_decided_by_its_answers(show: Any, seed: Checklist) -> None:
    shown = show(seed)
    assert len(shown.path.read_bytes()) < 300_000
    assert shown.state == "Undecided"
    shown.answer_all(keeping(seed))
    assert shown.state == "Eligible by all answers"
    shown.answer("E01", "true")
    assert shown.state == "Not eligible"
    assert shown.page.locator("#why").inner_text() == "Against: E01"
    shown.answer("E01", "unknown")
    assert (shown.state, shown.page.locator("#why").inner_text()) == ("Undecided", "Open (1): E01")
    shown.page.locator("#why a").click()
    assert shown.page.url.split("#")[1] == shown.page.locator('tr:has([data-answer="E01"])').get_attribute("id")


def test_progress_is_counted_for_each_section(show: Any, seed: Checklist) -> None:
    shown = show(seed)
    rows = [row for row in seed.sections[0].rows if row.asked]
    counts = shown.page.locator('[data-progress="1"]:not(progress)')
    assert set(counts.all_inner_texts()) == {f"0 of {len(rows)}"}
    shown.answer(rows[0].key, "unknown")
    assert set(counts.all_inner_texts()) == {f"1 of {len(rows)}"}
    assert shown.page.locator('progress[data-progress="1"]').evaluate("p => [p.value, p.max]") == [1, len(rows)]


def value(logic: Any, given: Mapping[str, str]) -> str:
    """Three-valued logic with N for what does not apply, as docs/design.md describes it."""
    name, *rest = logic
    if name == "row":
        return given.get(rest[0], "U")
    if name == "not":
        return {"T": "F", "F": "T"}.get(value(rest[0], given), value(rest[0], given))
    if name == "instead":
        return value(rest[1], given) if value(rest[1], given) != "N" else value(rest[0], given)
    if name == "but_not":
        exempt = value(("not", rest[1]), given)
        parts = [value(rest[0], given), *([] if exempt == "N" else [exempt])]
        name = "all"
    else:
        parts = [value(part, given) for part in rest]
    held = [part for part in parts if part != "N"]
    if not held:
        return "N"
    # Kleene: F < U < T.
    return min(held, key="FUT".index) if name == "all" else max(held, key="FUT".index)


KEYS: Final = ("a", "b", "c", "d")
ANSWERS: Final = {"true": "T", "false": "F", "unknown": "U", "na": "N"}


def logics(chance: random.Random, depth: int) -> Logic:
    if not depth or chance.random() < 0.2:
        return ("row", chance.choice(KEYS))
    name = chance.choice(["all", "any", "not", "but_not", "instead"])
    count = {"not": 1, "but_not": 2, "instead": 2}.get(name, chance.randint(1, 3))
    return (name, *(logics(chance, depth - 1) for _ in range(count)))


def sheet_of(base: Checklist, rows: list[Row], judged: list[Judged], events: tuple[Event, ...] = ()) -> Checklist:
    section = Section(id="consent", title="Rows", meaning="", rows=tuple(rows))
    return replace(base, sections=(section,), judged=tuple(judged), events=events)


def row_of(key: str, **known: Any) -> Row:
    return Row(
        key=key, id=key, criterion=key, role="inclusion", kind="ask", depth=0, question=key, answers=YES_NO, **known
    )


@pytest.mark.parametrize("role", ["inclusion", "exclusion", None])
def test_the_page_computes_the_three_valued_logic(show: Any, role: Any) -> None:
    chance = random.Random(7)
    for _ in range(6):
        logic = logics(chance, 3)
        shown = show(
            sheet_of(checklist(example()), [row_of(k) for k in KEYS], [Judged(id="x", role=role, logic=logic)])
        )
        every = list(itertools.product([*ANSWERS, ""], repeat=len(KEYS)))
        for given in chance.sample(every, 60):
            shown.answer_all(dict(zip(KEYS, given, strict=True)))
            found = value(logic, {k: ANSWERS[v] for k, v in zip(KEYS, given, strict=True) if v})
            against = "T" if role == "exclusion" else "F"
            state = {against: "Not eligible", "U": "Undecided"}.get(found, "Eligible by all answers")
            assert shown.state == state, (logic, given)


def test_one_against_decides_before_any_open(show: Any) -> None:
    judged = [Judged(id=k, role="inclusion", logic=("row", k)) for k in KEYS]
    shown = show(sheet_of(checklist(example()), [row_of(k) for k in KEYS], judged))
    shown.answer("b", "false")
    assert shown.state == "Not eligible"
    assert shown.page.locator("#why").inner_text().split("\n")[0] == "Against: b"


def test_an_entry_without_criteria_is_never_eligible(show: Any) -> None:
    shown = show(replace(checklist(example()), sections=(), judged=()))
    assert shown.state == "Undecided"


def test_dates_are_the_same_as_on_paper(show: Any) -> None:
    chance = random.Random(11)
    edges = [(Edge("on or after", chance.randint(-30, 30), chance.randint(-400, 400)),) for _ in range(40)]
    windows = tuple(
        Counted(text=str(n), event="first_dose", event_name="First dose", edges=e) for n, e in enumerate(edges)
    )
    shown = show(
        sheet_of(
            checklist(example()), [row_of("a", windows=windows)], [], (Event(key="first_dose", name="First dose"),)
        )
    )
    days = [date(2028, 2, 29), date(2027, 1, 31), date(1999, 12, 31), date(1900, 3, 1)]
    for day in [*days, *(date(2026, 1, 1) + timedelta(days=chance.randint(0, 3000)) for _ in range(6))]:
        shown.page.locator('input[data-event="first_dose"]').fill(day.isoformat())
        shown.page.locator('input[data-event="first_dose"]').dispatch_event("change")
        assert shown.page.locator("output").all_inner_texts() == [told(edge, day) for edge in edges]


def test_a_window_without_event_asks_for_a_date_of_its_own(show: Any, seed: Checklist) -> None:
    shown = show(seed)
    row = shown.page.locator('tr:has([data-answer="E16"])')
    row.locator('input[data-event="row E16"]').fill("2027-01-29")
    row.locator('input[data-event="row E16"]').dispatch_event("change")
    assert "2027-01-01" in row.locator("output").inner_text()


def test_what_was_saved_comes_back(show: Any, seed: Checklist, tmp_path: Path) -> None:
    shown = show(seed)
    shown.answer_all(keeping(seed))
    shown.page.get_by_label("Value for I02 (2)").fill("42 “years”")
    shown.page.get_by_label("First dose of study drug").fill("2027-01-15")
    file = tmp_path / "saved.json"
    saved = shown.save(file)
    assert (saved["trial"], saved["sha256"]) == ("NCT04172805", seed.sha256)
    assert saved["answers"] == keeping(seed)
    fresh = show(seed)
    assert fresh.load(file) == "saved.json is loaded."
    assert fresh.state == "Eligible by all answers"
    assert fresh.page.get_by_label("Value for I02 (2)").input_value() == "42 “years”"
    assert fresh.page.locator("output").first.inner_text() == shown.page.locator("output").first.inner_text()
    again = tmp_path / "again.json"
    assert fresh.save(again) == saved
    ordered = show(replace(seed, sections=seed.sections[::-1]))
    assert ordered.load(file) == "saved.json is loaded."


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"trial": "NCT00000009"}, "it belongs to NCT00000009, and this page is about NCT04172805"),
        ({"sha256": "0" * 64}, "it was filled in for another version of this entry (source 000000000000…"),
        ({"checklist": "0"}, "the questions of its checklist differ from those of this page"),
        ({"format": "x"}, "it is no saved checklist of this kind"),
        ({"answers": None}, "it holds no answers"),
    ],
)
def test_a_file_of_another_trial_or_version_is_refused(
    show: Any, seed: Checklist, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    shown = show(seed)
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(shown.save(file) | change))
    shown.answer("E01", "unknown")
    assert shown.load(file).startswith(f"saved.json was not loaded: {reason}")
    assert shown.page.locator('input[data-answer="E01"][value="unknown"]').is_checked()


def test_what_is_no_json_is_refused(show: Any, seed: Checklist, tmp_path: Path) -> None:
    shown = show(seed)
    for content in ("{", "", "null", "[]", "3"):
        (tmp_path / "odd.json").write_text(content)
        assert shown.load(tmp_path / "odd.json").startswith("odd.json was not loaded: it is no")
        shown.page.evaluate("document.getElementById('message').textContent = ''")


def test_it_works_by_keyboard_alone(show: Any) -> None:
    judged = [Judged(id=k, role="inclusion", logic=("row", k)) for k in ("a", "b")]
    shown = show(sheet_of(checklist(example()), [row_of("a"), row_of("b")], judged))
    shown.page.locator("#why").focus()
    for key in ("a", "b"):
        while shown.page.evaluate("document.activeElement.dataset.answer || ''") != key:
            shown.page.keyboard.press("Tab")
            outline = shown.page.evaluate(
                "[document.activeElement.outerHTML, getComputedStyle(document.activeElement).outlineStyle]"
            )
            assert outline[1] != "none", outline[0]
        shown.page.keyboard.press("Space")
    assert shown.state == "Eligible by all answers"
    shown.page.keyboard.press("ArrowDown")
    assert shown.state == "Not eligible"


def test_registry_text_never_runs(show: Any) -> None:
    from test_checklist_pages import HOSTILE, infected

    for poison in HOSTILE:
        base = example()
        shown = show(checklist(replace(infected(base, poison), registration=replace(base.registration, title=poison))))
        shown.page.wait_for_timeout(20)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_cut_off_at_the_side(show: Any, seed: Checklist, width: int) -> None:
    shown = show(seed, width)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_all_rows(show: Any, seed: Checklist) -> None:
    from pypdf import PdfReader

    shown = show(seed)
    printed = PdfReader(BytesIO(shown.page.pdf(format="A4")))
    text = " ".join(" ".join(page.extract_text() for page in printed.pages).split())
    for row in (row for section in seed.sections for row in section.rows):
        assert row.id in text
    assert "Save" not in text


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: make test-tools")
@pytest.mark.parametrize("width", [360, 1280])
def test_no_serious_violation_of_accessibility(browser: Browser, tmp_path: Path, seed: Checklist, width: int) -> None:
    # The page's policy forbids foreign scripts: here alone it is set aside.
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    (tmp_path / "page.html").write_text(html.write(seed).text, encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document)")["violations"]
    context.close()
    assert [(v["id"], v["impact"]) for v in found if v["impact"] in ("serious", "critical")] == []
