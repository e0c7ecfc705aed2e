"""The checklist: what it holds, and that no registry text becomes markup in it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from strategies import TEXTS, trials
from trees import Page, criterion, example, trial

import protocol_nlp
from protocol_nlp.display import wording
from protocol_nlp.export import export
from protocol_nlp.export.checklist import NOT_CHECKABLE, checklist
from protocol_nlp.export.checklist_md import escaped
from protocol_nlp.tree import Provenance, Quantity, Span, TimeWindow, Trial, Within, criteria

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item"}
INLINE = {"text", "text_special", "strong_open", "strong_close", "em_open", "em_close"}
ELEMENTS = set(
    "html head meta title style body header p h1 h2 bdi form dl div dt dd label input strong em ul li"
    " section table caption thead tbody tr th td b q span fieldset legend".split()
)
ATTRIBUTES = set(
    "aria-label aria-labelledby autocomplete charset class colspan content http-equiv id lang name scope type".split()
)
VOID = {"meta", "input"}

HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></style></td></table><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}{# gone #}",
    "a\u202eb\u2066c\u200fd",
    "[click](javascript:alert(1)) <javascript:alert(1)> ![x](javascript:1)",
    "[x]: javascript:alert(1) \"t\"",
    "&lt;script&gt;alert(2)&lt;/script&gt; &#60;b&#62;",
    "# h\r\n\r\n---\n- item\n1. one\n> quote\n```\ncode\n```\n    code",
    "| a | b |\n|---|---|\n~~x~~ *y* __z__ `w` $m$",
    "<!-- comment --> <![CDATA[x]]> <?php ?>",
    "http://example.invalid www.example.invalid",
    "\\<b\\> \\\\",
    "x\x00y\x1b[31m",
]  # fmt: skip


class Reader(HTMLParser):
    """Elements, attributes and text of a page; complains where tags do not close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def html(trial: Trial) -> Reader:
    """The page, read, after it was seen to hold only the template's own elements."""
    reader = Reader(export(trial, "checklist-html").text)
    assert reader.elements <= ELEMENTS
    assert reader.attributes <= ATTRIBUTES
    return reader


def markdown(trial: Trial) -> str:
    """The text of the rendered Markdown, after it was seen to hold only the template's own markup."""
    out = ""
    for token in MARKDOWN.parse(export(trial, "checklist-md").text):
        assert token.type.removesuffix("_open").removesuffix("_close") in BLOCKS | {"inline"}
        for child in token.children or ():
            assert child.type in INLINE | {"softbreak"}
            out += child.content
        out += "\n"
    return out


def squeezed(text: str) -> str:
    return " ".join(text.split())


def infected(value: Any, poison: str) -> Any:
    """The tree with the poison in each string that is not a choice from a fixed list."""
    fixed = {"kind", "role", "form", "status", "side", "pick", "reference", "label", "schema_version", "text"}
    if isinstance(value, str):
        return poison
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(infected(v, poison) for v in value)
    if hasattr(value, "__dataclass_fields__"):
        names = [
            n for n in value.__dataclass_fields__ if n not in fixed or (n == "text" and not isinstance(value, _TOP))
        ]
        return replace(value, **{n: infected(getattr(value, n), poison) for n in names if n != "__pydantic_config__"})
    return value


_TOP = type(example().registration)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_text_in_any_field_stays_text(poison: str) -> None:
    base = example()
    sick = infected(base, poison)
    # The wording of a criterion is a slice of the entry's text: poison that, too.
    whole = Span(0, len(poison))
    items = tuple(replace(c, span=whole, lead=whole) for c in sick.criteria)
    sick = replace(sick, registration=replace(sick.registration, text=poison), criteria=items)
    shown = wording(poison)
    page, text = html(sick), markdown(sick)
    for reading in (squeezed(page.text), squeezed(text)):
        assert reading.count(squeezed(shown)) > 20
        assert "49" not in reading
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00]", reading)


@settings(max_examples=60, deadline=None)
@given(trials())
def test_any_tree_gives_a_sound_page_and_sound_markdown(trial: Trial) -> None:
    page, text = html(trial), markdown(trial)
    for item in criteria(trial):
        start, end = item.lead
        shown = squeezed(wording(trial.registration.text[start:end]))
        assert shown in squeezed(page.text)
        assert shown in squeezed(text)


@given(TEXTS)
def test_escaped_text_renders_as_itself(text: str) -> None:
    shown = wording(text)
    (inline,) = [t for t in MARKDOWN.parse(f"- x {escaped(shown)} x") if t.type == "inline"]
    assert "".join(c.content for c in inline.children or ()) == f"x {shown} x"
    assert {c.type for c in inline.children or ()} <= {"text", "text_special"}


def test_the_title_block() -> None:
    for text in (squeezed(html(example()).text), squeezed(markdown(example()))):
        for told in (
            "NCT00000001",
            "An example of sarcoma",
            "ClinicalTrials.gov",
            "NCT00000001.txt (SHA-256 ab12ab12ab12…)",
            "8 (4 inclusion, 4 exclusion)",
            "75 %",
        ):
            assert told in text
        assert "entries/" not in text
    assert ("Not checkable", "1") in checklist(example()).facts


def test_every_criterion_has_its_boxes_reading_and_wording() -> None:
    made = checklist(example())
    assert [s.title for s in made.sections] == ["Inclusion criteria", "Exclusion criteria"]
    rows = {row.id: row for s in made.sections for row in s.rows}
    assert list(rows) == ["I01", "I02", "I02.1", "I02.2", "I03", "E01", "E02", "E03", "E04"]
    assert [row.depth for row in rows.values()] == [0, 0, 1, 1, 0, 0, 0, 0, 0]
    assert rows["I01"].answers == ("Met", "Not met", "Unknown", "Not applicable")
    assert rows["E01"].answers[0] == "Met – excluded"
    assert rows["I02"].answers == rows["I03"].answers == ()
    assert rows["I01"].original == "Age 18-70 years; ECOG PS < 2"
    assert rows["I01"].reading.text.startswith("All of: age")
    assert rows["I03"].reading.text == "Not read by the program. Judge it from the original wording."
    assert rows["E04"].unread == 1

    text = export(example(), "checklist-md").text
    assert text.count("☐ Met   ☐ Not met   ☐ Unknown   ☐ Not applicable") == 3
    assert text.count("☐ Met – excluded   ☐ Not met   ☐ Unknown   ☐ Not applicable") == 4
    assert text.count("Initials: ______") == 8
    assert "\n- **I02 Hematology:**\n  - **I02.1** Absolute neutrophil" in text
    assert text.count(NOT_CHECKABLE) == 1
    assert "*Not read:* 1 part;" in text

    page = export(example(), "checklist-html").text
    assert page.count('<input type="radio" name="p1-') == 12
    assert page.count("Met – excluded</label>") == 4
    assert page.count(NOT_CHECKABLE) == 1
    assert page.count('scope="rowgroup"') == 1


def test_answers_of_two_rows_never_share_a_name() -> None:
    twins = replace(example(), criteria=example().criteria * 2)
    names = re.findall(r'type="radio" name="([^"]+)"', export(twins, "checklist-html").text)
    assert {names.count(n) for n in set(names)} == {4, 3}
    assert names.count("decision") == 3


def test_the_page_needs_nothing_else() -> None:
    page = export(example(), "checklist-html").text
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert not re.search(r"(src|href)=|url\(|@import|<script|https?:", page)
    assert "default-src 'none'" in page
    assert "@media print" in page


@pytest.mark.parametrize(("share", "read"), [("0", "100 %"), ("0.0004", "99.9 %"), ("1", "0 %"), ("0.125", "87.5 %")])
def test_the_share_read_is_never_flattered(share: str, read: str) -> None:
    assert ("Share of the text read", read) in checklist(trial("a", opaque_share=Decimal(share))).facts


def test_an_entry_without_criteria_says_so() -> None:
    empty = trial("", provenance=Provenance(path="", format="text", sha256=""))
    assert "No criteria were found" in markdown(empty)
    assert "No criteria were found" in html(empty).text


def test_unknown_roles_have_their_own_section() -> None:
    p = Page("pH and eGFR")
    made = checklist(trial(p.text, [criterion(p, "C01", "pH", p.condition("pH")), criterion(p, "C02", "eGFR", None)]))
    (section,) = made.sections
    assert section.title == "Criteria of unknown role"
    assert [row.reading.text for row in section.rows] == [
        "pH",
        "Not read by the program. Judge it from the original wording.",
    ]
    assert ("Criteria", "2 (2 of unknown role)") in made.facts


def test_a_window_alone_in_a_criterion() -> None:
    p = Page("fever within 2 days")
    window = TimeWindow(span=p.span("within 2 days"), length=Quantity(span=p.span("within 2 days")), anchor=None)
    expr = Within(span=p.span(p.text), operand=p.condition("fever"), window=window)
    (row,) = checklist(trial(p.text, [criterion(p, "E01", p.text, expr)])).sections[0].rows
    assert row.facts.windows == ("no number read (window's anchor not stated) — fever",)
    assert row.facts.thresholds == ()


def test_all_colours_of_text_can_be_read() -> None:
    style = export(example(), "checklist-html").text
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", style))
    pairs = [(ink, "ffffff") for ink in ("ink", "soft", "blue", "red")]
    pairs += [(ink, colours["pale"]) for ink in ("ink", "blue", "red")] + [("warn-ink", colours["warn"])]
    for ink, ground in pairs:
        assert contrast(colours[ink], ground) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_points_in_points_are_escaped_once() -> None:
    text = "Age [18] or (AST [x] and ALT [y] and (a [z] or b [w]) and (c [v] or (d and e [u])))"
    made = export(protocol_nlp.parse(protocol_nlp.read(text, name="escape", format="text")[0]), "checklist-md").text
    assert "\\\\" not in made
