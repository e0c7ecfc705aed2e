"""How fast the checklist page answers with 80 criteria, and how fast the PDF is set.

    python benchmarks/checklist_page.py

Needs playwright and a Chromium; prints milliseconds, nothing is asserted.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

import protocol_nlp
from protocol_nlp.checklist import checklist, html, pdf

SEED = Path(__file__).parent.parent / "protocols" / "NCT04172805.txt"
LINES = "".join(
    f"* Prior treatment number {n} within {n % 9 + 1} weeks before the first dose, except for local therapy\n"
    for n in range(80)
)
ANSWER = """() => {
    const boxes = Array.from(document.querySelectorAll('input[data-answer][value="false"]'));
    return boxes.slice(0, 40).map(box => {
        const start = performance.now();
        box.click();
        return performance.now() - start;
    });
}"""


def main() -> None:
    entry = protocol_nlp.read(f"Exclusion Criteria:\n\n{LINES}", name="eighty", format="text")[0]
    sheet = checklist(protocol_nlp.parse(entry))
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_file = Path(folder) / "page.html"
        page_file.write_text(html.write(sheet).text, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(page_file.as_uri())
        times = page.evaluate(ANSWER)
        browser.close()
    print(
        f"{len(sheet.judged)} criteria: an answer takes {median(times):.1f} ms (median), {max(times):.1f} ms (slowest)"
    )
    seed = checklist(protocol_nlp.parse(protocol_nlp.read(SEED)[0]))
    print(f"the example's page: {len(html.write(seed).text.encode()) / 1000:.0f} kB")
    pdf.ready(None)
    start = time.process_time()
    pdf.write(seed)
    print(f"the example's PDF: {time.process_time() - start:.1f} s of one processor")


if __name__ == "__main__":
    main()
