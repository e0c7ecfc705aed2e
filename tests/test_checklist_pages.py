"""The checklist as HTML and Markdown: no registry text becomes markup in it, and the page needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from strategies import TEXTS, trials
from trees import example, trial

from protocol_nlp.checklist import Note, checklist, html, markdown
from protocol_nlp.checklist.markdown import escaped
from protocol_nlp.display import wording
from protocol_nlp.errors import ExportError
from protocol_nlp.export import export
from protocol_nlp.tree import Provenance, Span, Trial, criteria

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item"}
INLINE = {"text", "text_special", "strong_open", "strong_close", "em_open", "em_close"}
ELEMENTS = set(
    "html head meta title style body header main nav footer p h1 h2 bdi form dl div dt dd label input strong ul li a br"
    " section table caption thead tbody tr th td q span fieldset legend button progress output script".split()
)
ATTRIBUTES = set(
    "aria-describedby aria-label aria-labelledby accept autocomplete charset class colspan content data-answer data-ask"
    " data-edges data-event data-field data-label data-of data-progress data-section data-state hidden href http-equiv"
    " id lang max name role scope tabindex type value".split()
)
VOID = {"meta", "input", "br"}

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
        self.links: list[str] = []
        self.scripts = 0
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "script":
            self.scripts += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data


def page_of(trial: Trial, notes: Iterable[Note] = ()) -> Reader:
    """The page, read, after it was seen to hold only the template's own elements."""
    reader = Reader(html.write(checklist(trial, notes=notes)).text)
    assert reader.elements <= ELEMENTS
    assert reader.attributes <= ATTRIBUTES
    assert reader.scripts == 2
    assert all(re.fullmatch(r"#section\d+", link) for link in reader.links)
    return reader


def text_of(trial: Trial, notes: Iterable[Note] = ()) -> str:
    """The text of the rendered Markdown, after it was seen to hold only the template's own markup."""
    out = ""
    for token in MARKDOWN.parse(markdown.write(checklist(trial, notes=notes)).text):
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
    notes = [
        Note(criterion=where, code=poison, slug=poison, severity="error", message=poison, question=poison)
        for where in (poison, None)
    ]
    page, text = page_of(sick, notes), text_of(sick, notes)
    for reading in (squeezed(page.text), squeezed(text)):
        assert reading.count(squeezed(shown)) > 12
        assert "49" not in reading
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00]", reading)


@settings(max_examples=60, deadline=None)
@given(trials())
def test_any_tree_gives_a_sound_page_and_sound_markdown(trial: Trial) -> None:
    page, text = page_of(trial), text_of(trial)
    for item in criteria(trial):
        start, end = item.lead
        shown = squeezed(wording(trial.registration.text[start:end] or item.text)).strip(" ,;:.?")
        assert shown in squeezed(page.text)
        assert shown in squeezed(text)


@given(TEXTS)
def test_escaped_text_renders_as_itself(text: str) -> None:
    shown = wording(text)
    (inline,) = [t for t in MARKDOWN.parse(f"- x {escaped(shown)} x") if t.type == "inline"]
    assert "".join(c.content for c in inline.children or ()) == f"x {shown} x"
    assert {c.type for c in inline.children or ()} <= {"text", "text_special"}


def test_the_page_needs_nothing_else() -> None:
    page = export(example(), "checklist-html").text
    assert page.startswith("<!DOCTYPE html>\n")
    assert not re.search(r"src=|url\(|@import|https?:", page)
    assert "default-src 'none'" in page
    assert "@media print" in page


def test_the_policy_names_the_style_and_the_script_that_the_page_holds() -> None:
    page = export(example(), "checklist-html").text
    policy = re.search(r'content="(default-src[^"]*)"', page)
    assert policy
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (held,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        found = base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()
        assert f"{directive} 'sha256-{found}'" in policy[1]


def test_what_the_script_reads_cannot_end_its_element() -> None:
    sick = replace(example(), registration=replace(example().registration, id="</script><script>alert(1)</script>"))
    page = html.write(checklist(sick)).text
    (held,) = re.findall(r'id="plan">(.*?)</script>', page)
    assert json.loads(held)["trial"] == "</script><script>alert(1)</script>"
    assert page.count("<script") == 2


def test_names_of_answers_are_never_shared() -> None:
    twins = replace(example(), criteria=example().criteria * 2)
    names = re.findall(r'type="radio" name="([^"]+)"', export(twins, "checklist-html").text)
    assert {names.count(n) for n in set(names)} == {4, 3}
    keys = [row.key for s in checklist(twins).sections for row in s.rows if row.asked]
    assert len(keys) == len(set(keys))


def test_an_entry_without_criteria_says_so() -> None:
    empty = trial("", provenance=Provenance(path="", format="text", sha256=""))
    assert "No criteria were found" in text_of(empty)
    assert "No criteria were found" in page_of(empty).text


def test_all_colours_of_text_can_be_read() -> None:
    style = export(example(), "checklist-html").text
    colours = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", style))
    pairs = [(ink, "ffffff") for ink in ("ink", "soft", "blue", "red", "green", "warn-ink")]
    pairs += [(ink, colours["pale"]) for ink in ("ink", "soft", "blue", "red")] + [("warn-ink", colours["warn"])]
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


class TestTemplates:
    def test_a_folder_takes_the_place_of_the_template_it_holds(self, tmp_path: Path) -> None:
        (tmp_path / "checklist.md.j2").write_text("{{ list.id }} has {{ list.judged | length }} criteria *\n")
        assert markdown.write(checklist(example()), tmp_path).text == "NCT00000001 has 8 criteria *\n"
        assert html.write(checklist(example()), tmp_path).text == export(example(), "checklist-html").text

    def test_it_can_extend_the_own_one(self, tmp_path: Path) -> None:
        (tmp_path / "checklist.md.j2").write_text('{% include "built-in/checklist.md.j2" %}Site rules apply.\n')
        made = markdown.write(checklist(example()), tmp_path).text
        assert made == export(example(), "checklist-md").text + "Site rules apply.\n"

    @pytest.mark.parametrize(
        ("template", "line", "reason"),
        [
            ("a\n{% if %}\n", 2, "Expected an expression"),
            ("a\nb\n{{ list.nothing }}\n", 3, "'protocol_nlp.checklist.sheet.Checklist object' has no attribute"),
            ("{{ list.id | upper }}\n{{ 1 // 0 }}\n", 2, "the template fails: integer division"),
            ("\n{% for s in list.sections %}\n{{ s.rows.x.y }}{% endfor %}", 3, "has no attribute 'x'"),
        ],
    )
    def test_a_template_that_fails_is_named_with_its_line(
        self, tmp_path: Path, template: str, line: int, reason: str
    ) -> None:
        path = tmp_path / "checklist.html.j2"
        path.write_text(template)
        with pytest.raises(ExportError, match=rf"^{re.escape(str(path))}:{line}: .*{re.escape(reason)}"):
            html.write(checklist(example()), tmp_path)

    def test_a_template_that_names_another_that_is_not_there(self, tmp_path: Path) -> None:
        path = tmp_path / "checklist.html.j2"
        path.write_text('{% include "other.j2" %}')
        with pytest.raises(ExportError, match=r"checklist\.html\.j2:1: the template fails: .*other\.j2"):
            html.write(checklist(example()), tmp_path)

    def test_a_folder_without_templates(self, tmp_path: Path) -> None:
        with pytest.raises(ExportError, match=r"holds no template of a checklist"):
            html.ready(tmp_path)
        with pytest.raises(ExportError, match=r"nowhere: no such folder of templates"):
            markdown.ready(tmp_path / "nowhere")

    def test_registry_text_is_escaped_in_a_template_of_ones_own(self, tmp_path: Path) -> None:
        (tmp_path / "checklist.html.j2").write_text("<p>{{ list.title }}</p>")
        sick = replace(example(), registration=replace(example().registration, title="<b>{{ 7 * 7 }}</b>"))
        assert html.write(checklist(sick), tmp_path).text == "<p>&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;</p>"
