"""The checklist as a Word file (extra "docx"): tables whose rows stay on one page, in plain paragraphs and runs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol_nlp.checklist.dates import ARITHMETIC, Counted
from protocol_nlp.checklist.sheet import LOSSES, Checklist, Note, Row, Section
from protocol_nlp.checklist.wording import capital
from protocol_nlp.errors import ExportError
from protocol_nlp.export.artifact import Artifact

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

MISSING: Final = 'the format docx needs python-docx: pip install "protocol-nlp[docx]"'
MILLIMETRES: Final = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
MARGIN: Final = 12.0
# A file of the same content has the same bytes: no hour of its making stands in it.
NO_TIME: Final = datetime(1980, 1, 1)
LONG: Final = 140  # characters of a question; a longer one is a text, which reads badly in bold
INK, SOFT, BLUE, RED, GREEN, BROWN = "17212B", "4B5865", "17497A", "8F1D1D", "145A32", "5A3A00"
HOW_TO: Final = (
    "Answer each question about the patient; “keeps eligible” names the answer that does. The original wording"
    " decides. Without an “Original” below it, the question is the entry’s own sentence. A line set further in belongs"
    " to the line above; under a heading, answer for both together. NOT CHECKABLE marks a criterion that promises a"
    " list the entry does not hold: ask the sponsor for it."
)


def ready(templates: Path | None) -> None:
    """Raises ExportError where python-docx is missing, and for templates, which this format does not take."""
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise ExportError(MISSING) from error
    if templates:
        raise ExportError(f"{templates}: the format docx takes no templates; its styles can be changed in Word")


def write(sheet: Checklist, templates: Path | None = None) -> Artifact:
    """One Word file, the same bytes for the same checklist. Raises ExportError as `ready` does."""
    ready(templates)
    from docx import Document

    document = Document()
    _page(document, sheet)
    _title(document, sheet)
    for section in sheet.sections:
        _section(document, section, sheet)
    if not sheet.sections:
        document.add_paragraph("No criteria were found in this entry.")
    line = _ticked(document.add_paragraph(), ("Eligible", "Not eligible", "Open questions"), head="Decision:  ")
    line.paragraph_format.space_before = _points(12)
    document.add_paragraph("Name ____________________   Signature ____________________   Date ______________")
    properties = document.core_properties
    properties.title, properties.author, properties.comments = f"Eligibility checklist: {sheet.id}", "protocol-nlp", ""
    properties.created = properties.modified = NO_TIME
    held = BytesIO()
    document.save(held)
    return Artifact("", ".docx", LOSSES if sheet.sections else (), _without_times(held))


def _page(document: Document, sheet: Checklist) -> None:
    from docx.shared import Mm

    page = document.sections[0]
    page.page_width, page.page_height = (Mm(side) for side in MILLIMETRES[sheet.paper])
    page.left_margin = page.right_margin = Mm(MARGIN)
    page.top_margin, page.bottom_margin = Mm(13), Mm(15)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", _points(8.5)
    normal.paragraph_format.space_after = _points(2)
    footer = page.footer.paragraphs[0]
    _run(footer, f"{sheet.id} · source SHA-256 {sheet.sha256} · page ", SOFT, 7)
    _field(footer, "PAGE")
    _run(footer, " of ", SOFT, 7)
    _field(footer, "NUMPAGES")


def _title(document: Document, sheet: Checklist) -> None:
    _run(document.add_heading(level=1), f"Eligibility checklist: {sheet.id}", BLUE, 15)
    if sheet.title:
        _run(document.add_paragraph(), sheet.title, bold=True)
    facts = document.add_paragraph()
    for number, (name, value) in enumerate(sheet.facts):
        _run(facts, f"{'   ' if number else ''}{name}: ", SOFT)
        _run(facts, value, bold=True)
    document.add_paragraph(
        "Patient ________________   Site ________________   Screened by ________________   Date ____________"
    )
    _run(document.add_paragraph(), HOW_TO, SOFT, 8)
    if sheet.events:
        _run(document.add_heading(level=2), "Dates that time is counted from", BLUE, 10)
        for event in sheet.events:
            line = document.add_paragraph()
            _run(line, f"{capital(event.name)}: ")
            _run(line, event.date or "______________", bold=bool(event.date))
        _run(document.add_paragraph(), ARITHMETIC, SOFT, 8)
    _findings(document, sheet.notes)


def _section(document: Document, section: Section, sheet: Checklist) -> None:
    from docx.shared import Mm

    head = document.add_heading(level=2)
    _run(head, section.title, BLUE, 11)
    if section.meaning:
        _run(document.add_paragraph(), section.meaning, SOFT)
    names = ["Id", "Question", "Answer and record"]
    widths = [20.0, 0.0, 58.0]
    if section.table:
        names = ["Id", "Analyte and question", "Bound as stated", "In the other unit", "Answer and record"]
        widths = [20.0, 0.0, 24.0, 24.0, 50.0]
    widths[1] = MILLIMETRES[sheet.paper][0] - 2 * MARGIN - sum(widths)
    table = document.add_table(rows=1, cols=len(names))
    table.style, table.autofit = "Table Grid", False
    for cell, name in zip(table.rows[0].cells, names, strict=True):
        _shade(cell, BLUE)
        _run(cell.paragraphs[0], name, "FFFFFF", 7.5, bold=True)
    _of_row(table.rows[0], "w:tblHeader", "w:cantSplit")
    for row in section.rows:
        _row(table, row, laboratory=section.table)
    # Word goes by the cells, other programs by the columns.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for line in table.rows:
        for cell, width in zip(line.cells, widths, strict=True):
            cell.width = Mm(width)


def _row(table: Table, row: Row, *, laboratory: bool) -> None:
    line = table.add_row()  # type: ignore[no-untyped-call]
    _of_row(line, "w:cantSplit")
    cells = line.cells
    _run(cells[0].paragraphs[0], row.id, RED if row.role == "exclusion" else BLUE, bold=True)
    if row.role:
        _run(cells[0].add_paragraph(), row.role, SOFT, 6.5)
    _question(cells[1], row)
    if row.kind == "group":
        for cell in cells:
            _shade(cell, "F3F6F9")
        for paragraph in (p for cell in cells for p in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True
    if laboratory:
        _run(cells[2].paragraphs[0], row.bound, bold=True)
        _run(cells[3].paragraphs[0], row.other_unit)
    if row.asked:
        _ticked(cells[-1].paragraphs[0], [label for _, label in row.answers])
        if row.keeps:
            _run(cells[-1].add_paragraph(), f"Keeps eligible: {row.keeps}", GREEN, 7.5, bold=True)
        value, source = ("________", "_______") if laboratory else ("____________", "___________")
        _run(cells[-1].add_paragraph(), f"Value {value}  Date {value[2:]}", SOFT, 8)
        _run(cells[-1].add_paragraph(), f"Source {source}  Initials {source[3:]}", SOFT, 8)


def _question(cell: _Cell, row: Row) -> None:
    from docx.shared import Mm

    _run(cell.paragraphs[0], row.question, bold=len(row.question) <= LONG)
    for counted in row.windows:
        _window(cell.add_paragraph(), counted)
    for remark in row.remarks:
        _run(cell.add_paragraph(), remark, BROWN, 7.5)
    _findings(cell, row.notes)
    if row.original:
        _run(cell.add_paragraph(), f"Original: “{row.original}”", SOFT, 7.5)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.left_indent = Mm(4 * min(row.depth, 4))


def _window(paragraph: Paragraph, counted: Counted) -> None:
    _run(paragraph, capital(counted.text), INK, 7.5)
    if counted.dates:
        _run(paragraph, f": {counted.dates}", INK, 7.5, bold=True)
    elif counted.edges and not counted.event_name:
        _run(paragraph, "; counted from (no event was found in the entry): ____________", INK, 7.5)
    if counted.remark:
        _run(paragraph, f". {counted.remark}", INK, 7.5)


def _findings(place: Document | _Cell, notes: Iterable[Note]) -> None:
    for note in notes:
        paragraph = place.add_paragraph()
        _run(paragraph, f"{note.code} ", BLUE, 7.5, bold=True)
        question = f"; ask the author: {note.question}" if note.question else ""
        _run(paragraph, note.message + question, BLUE, 7.5)


def _ticked(paragraph: Paragraph, labels: Iterable[str], head: str = "") -> Paragraph:
    if head:
        _run(paragraph, head, bold=True)
    # A box stays on the line of its label.
    _run(paragraph, "   ".join(f"☐ {label}".replace(" ", "\N{NO-BREAK SPACE}") for label in labels))
    return paragraph


def _run(paragraph: Paragraph, text: str, colour: str = INK, size: float | None = None, *, bold: bool = False) -> None:
    from docx.shared import RGBColor

    run = paragraph.add_run(text)
    run.bold = bold
    run.font.color.rgb = RGBColor.from_string(colour)
    if size:
        run.font.size = _points(size)


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that Word fills in."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size = _points(7)
    field.append(run._r)
    paragraph._p.append(field)


def _of_row(row: Any, *names: str) -> None:
    """Properties of a table row that python-docx has no names for."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    for name in names:
        properties.append(OxmlElement(name))


def _shade(cell: _Cell, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _without_times(held: BytesIO) -> bytes:
    """The same archive with one time for all of its parts."""
    made = BytesIO()
    with zipfile.ZipFile(held) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in given.namelist():
            target.writestr(zipfile.ZipInfo(name, NO_TIME.timetuple()[:6]), given.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
