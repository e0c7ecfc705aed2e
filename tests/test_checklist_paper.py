"""The checklist as PDF and as a Word file; each part is skipped where its extra is not installed."""

from __future__ import annotations

import re
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from test_checklist_pages import HOSTILE, infected
from trees import example, trial

import protocol_nlp
from protocol_nlp.checklist import Checklist, Note, checklist
from protocol_nlp.checklist import docx as word
from protocol_nlp.checklist import pdf as paper
from protocol_nlp.checklist.sheet import Row
from protocol_nlp.display import wording
from protocol_nlp.errors import ExportError

SEED = Path(__file__).parent.parent / "protocols" / "NCT04172805.txt"


@pytest.fixture(scope="module")
def seed() -> Checklist:
    return checklist(protocol_nlp.parse(protocol_nlp.read(SEED)[0]))


def rows(sheet: Checklist) -> list[Row]:
    return [row for section in sheet.sections for row in section.rows]


def poisoned(poison: str) -> Checklist:
    noted = Note(criterion=None, code=poison, slug=poison, severity="error", message=poison, question=poison)
    base = example()
    sick = infected(base, poison)
    return checklist(replace(sick, registration=replace(sick.registration, text=base.registration.text)), notes=[noted])


def letters(text: str) -> str:
    """Without what a line break or a missing glyph may change."""
    return re.sub(r"[^a-zA-Z0-9]", "", text)


class TestPdf:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        pytest.importorskip("pypdf", reason="pypdf is not installed")
        try:
            paper.ready(None)
        except ExportError as error:
            pytest.skip(str(error))

    def pages(self, sheet: Checklist) -> list[Any]:
        from pypdf import PdfReader

        made = paper.write(sheet)
        assert (made.text, made.suffix) == ("", ".pdf")
        assert made.binary is not None
        return list(PdfReader(BytesIO(made.binary)).pages)

    @pytest.mark.parametrize(("size", "width"), [("a4", 595), ("letter", 612)])
    def test_each_page_names_trial_source_and_number(self, seed: Checklist, size: Any, width: int) -> None:
        pages = self.pages(replace(seed, paper=size))
        assert len(pages) > 2
        for number, page in enumerate(pages, 1):
            assert int(page.mediabox.width) == width
            text = page.extract_text()
            assert f"NCT04172805 · source SHA-256 {seed.sha256}" in text
            assert f"page {number} of {len(pages)}" in text

    def test_a_row_is_never_split_from_its_boxes(self, seed: Checklist) -> None:
        ids = sorted({row.id for row in rows(seed) if row.asked}, key=len, reverse=True)
        found = re.compile(rf"^(?:{'|'.join(map(re.escape, ids))})$", re.MULTILINE)
        total = 0
        for page in self.pages(seed):
            text = page.extract_text()
            assert (
                len(found.findall(text))
                == text.count("Initials")
                == text.count("Unknown") + text.count("Not clarified")
            )
            total += text.count("Initials")
        assert total == len([row for row in rows(seed) if row.asked])

    def test_it_is_the_same_bytes_each_time(self, seed: Checklist) -> None:
        assert paper.write(seed).binary == paper.write(seed).binary

    @pytest.mark.parametrize("poison", HOSTILE)
    def test_registry_text_stays_text(self, poison: str) -> None:
        pages = self.pages(poisoned(poison))
        text = letters("".join(page.extract_text() for page in pages))
        assert letters(wording(poison)) in text
        assert not any(page.get("/Annots") for page in pages)

    def test_a_template_that_asks_for_a_file_gets_none(self, tmp_path: Path, seed: Checklist) -> None:
        (tmp_path / "checklist.pdf.j2").write_text('<link rel="stylesheet" href="file:///etc/hostname"><p>x</p>')
        with pytest.raises(
            ExportError, match=r"loads no other file, and its template asks for one: .*file:///etc/hostname"
        ):
            paper.write(seed, tmp_path)

    def test_an_entry_without_criteria(self) -> None:
        assert "No criteria were found" in self.pages(checklist(trial("")))[0].extract_text()


class TestWord:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        try:
            word.ready(None)
        except ExportError as error:
            pytest.skip(str(error))

    def document(self, sheet: Checklist) -> Any:
        from docx import Document

        made = word.write(sheet)
        assert (made.text, made.suffix) == ("", ".docx")
        assert made.binary is not None
        return Document(BytesIO(made.binary))

    def test_each_row_stands_in_a_table_and_stays_on_its_page(self, seed: Checklist) -> None:
        document = self.document(seed)
        assert len(document.tables) == len(seed.sections)
        for table, section in zip(document.tables, seed.sections, strict=True):
            head, *lines = table.rows
            assert head._tr.xpath("./w:trPr/w:tblHeader")
            assert len(lines) == len(section.rows)
            for line, row in zip(lines, section.rows, strict=True):
                assert line._tr.xpath("./w:trPr/w:cantSplit")
                assert line.cells[0].paragraphs[0].text == row.id
                assert line.cells[1].paragraphs[0].text == row.question
                assert (line.cells[-1].text.count("☐") == len(row.answers)) or not row.asked

    def test_each_page_names_trial_source_and_number(self, seed: Checklist) -> None:
        footer = self.document(seed).sections[0].footer.paragraphs[0]
        assert f"NCT04172805 · source SHA-256 {seed.sha256} · page" in footer.text
        assert [f.get(f.nsmap and f"{{{f.nsmap['w']}}}instr") for f in footer._p.xpath(".//w:fldSimple")] == [
            "PAGE",
            "NUMPAGES",
        ]

    @pytest.mark.parametrize(("size", "width"), [("a4", 210.0), ("letter", 215.9)])
    def test_paper(self, seed: Checklist, size: Any, width: float) -> None:
        page = self.document(replace(seed, paper=size)).sections[0]
        assert page.page_width.mm == pytest.approx(width, abs=0.1)

    def test_it_is_the_same_bytes_each_time(self, seed: Checklist) -> None:
        made = word.write(seed).binary
        assert made == word.write(seed).binary
        assert made is not None
        with zipfile.ZipFile(BytesIO(made)) as archive:
            assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    @pytest.mark.parametrize("poison", HOSTILE)
    def test_registry_text_stays_text(self, poison: str) -> None:
        sheet = poisoned(poison)
        document = self.document(sheet)
        told = [p.text for p in document.paragraphs]
        told += [cell.text for table in document.tables for line in table.rows for cell in line.cells]
        assert any(wording(poison) in text for text in told)
        parts = document.part.package.iter_parts()
        assert not any(relation.is_external for part in parts for relation in part.rels.values())
        assert not document.element.xpath("//w:hyperlink")

    def test_it_takes_no_templates(self, tmp_path: Path) -> None:
        with pytest.raises(ExportError, match="the format docx takes no templates"):
            word.ready(tmp_path)


@pytest.mark.parametrize(("module", "library", "extra"), [(paper, "weasyprint", "pdf"), (word, "docx", "docx")])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, module: Any, library: str, extra: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ExportError, match=rf'pip install "protocol-nlp\[{extra}\]"'):
        module.ready(None)


def test_missing_libraries_of_the_system_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'\nmore")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(ExportError, match="needs the Pango libraries of the system: cannot load library"):
        paper.ready(None)
