"""The library of templates, protocols in YAML, and drafts; what is wrong with a file is one message with its line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from random_protocols import random_values
from typer.testing import CliRunner

import protocol_nlp
from protocol_nlp import lexicon
from protocol_nlp.audit import audit
from protocol_nlp.cli import app
from protocol_nlp.draft import Item, Protocol, Template, load, new, registration, templates
from protocol_nlp.draft.library import topics
from protocol_nlp.draft.new import diseases, names
from protocol_nlp.draft.schema import schema_text
from protocol_nlp.draft.wording import wording
from protocol_nlp.errors import DraftError, SourceError
from protocol_nlp.export import export
from protocol_nlp.tree import Provenance

PROTOCOLS = sorted((Path(__file__).parent.parent / "protocols").glob("*.yml"))
HEAD = "format: protocol-nlp/1\n"
GOOD = """format: protocol-nlp/1
id: T1
anchor: enrollment
inclusion:
  - use: age_minimum
    with: {minimum: 21}
  - use: platelets
    with:
      bound: 75
      window: 10 days
exclusion:
  - use: stroke
    with: {anchor: first_dose}
  - text: Known allergy   to latex
"""
WORDS = """Inclusion Criteria:

1. Age of at least 21 years
2. Platelet count ≥ 75 × 10^9/L within 10 days before enrollment

Exclusion Criteria:

1. Stroke within 6 months before the first dose of study treatment
2. Known allergy to latex
"""


class TestLibrary:
    def test_it_is_large_and_every_topic_has_templates(self) -> None:
        assert len(templates()) >= 60
        assert {t.topic for t in templates().values()} == set(topics())

    @pytest.mark.parametrize("template", templates().values(), ids=lambda t: t.id)
    def test_a_template_is_one_plain_sentence(self, template: Template) -> None:
        assert not re.search(r"\band/or\b|\betc\b|\bclinically significant\b|[;\n]|\.$", template.wording)
        assert template.reason.endswith(".")

    def test_no_window_without_its_event(self) -> None:
        for template in templates().values():
            for words in re.findall(r"within (\{\w+\}|\d+ \w+)([^,]*)", template.wording):
                assert " before " in words[1] or "whichever" in template.wording, template.id


class TestProtocol:
    def test_wording(self) -> None:
        assert wording(load(GOOD, "t.yml")) == WORDS

    def test_an_entry_like_any_other(self, tmp_path: Path) -> None:
        path = tmp_path / "t.yml"
        path.write_text(GOOD, encoding="utf-8")
        (entry,) = protocol_nlp.read(path)
        assert (entry.id, entry.text, entry.provenance.format) == ("T1", WORDS, "protocol-yaml")
        trial = protocol_nlp.parse(entry)
        assert [c.id for c in trial.criteria] == ["I01", "I02", "E01", "E02"]
        assert all(entry.text[c.lead.start : c.lead.end] == c.text for c in trial.criteria)
        assert protocol_nlp.read(GOOD.encode(), name="stdin")[0].text == WORDS

    def test_a_file_without_an_id_is_named_after_itself(self) -> None:
        assert load(GOOD.replace("id: T1\n", ""), "there/mine.yml").id == "mine"

    def test_numbers_stay_as_written(self) -> None:
        text = HEAD + "inclusion:\n- use: neutrophils\n  with: {bound: 1.50}\n"
        assert "≥ 1.50 ×" in wording(load(text, "t.yml"))

    def test_a_noun_agrees_with_its_number(self) -> None:
        text = HEAD + "inclusion:\n- use: measurable_disease\n- use: prior_lines\n  with: {least: 1, most: 2}\n"
        assert "At least 1 measurable lesion as" in wording(load(text, "t.yml"))
        assert "at most 2 prior lines of" in wording(load(text, "t.yml"))


BAD = [
    ("", None, "no keys and values"),
    ("just words\n", None, "no keys and values"),
    ("- a\n- b\n", None, "no keys and values"),
    ("format: [unclosed\n", "2", "not valid YAML"),
    ("format: protocol-nlp/1\n---\nformat: protocol-nlp/1\n", "2", "not valid YAML"),
    ("id: x\n", "1", "'format' is missing"),
    ("format: protocol-nlp/9\n", "1", "format 'protocol-nlp/9' is unknown"),
    (HEAD, "1", "no criteria"),
    (HEAD + "inclusions: []\n", "2", "unknown key 'inclusions'; did you mean 'inclusion'"),
    (HEAD + "id: a\nid: b\n", "3", "'id' stands twice; first in line 2"),
    (HEAD + "anchor: &a enrollment\n", "2", "an anchor"),
    (HEAD + "anchor: !!python/object:os.system x\n", "2", "a tag"),
    (HEAD + "a: &a [x]\nb: [*a, *a]\n", "2", "an anchor"),
    (HEAD + "inclusion: *a\n", "2", "an alias"),
    (HEAD + "inclusion:\n- <<: {use: ecog}\n", "3", "plain word"),
    (HEAD + "inclusion: x\n", "2", "inclusion has to be a list"),
    (HEAD + "inclusion:\n- ecog\n", "3", "has to be keys and values"),
    (HEAD + "inclusion:\n- use: eccog\n", "3", "unknown template 'eccog'; did you mean 'ecog'"),
    (HEAD + "inclusion:\n- use: stroke\n", "3", "stroke is of the exclusion criteria"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {max: 1}\n", "4", "unknown key 'max'; known are most"),
    (HEAD + "inclusion:\n- use: ecog\n  wiht: {most: 1}\n", "4", "unknown key 'wiht'"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: 5}\n", "4", "most: 5 is outside 0 to 4"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: -1}\n", "4", "most: -1 is outside 0 to 4"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: one}\n", "4", "'one' is no number"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: 1e0}\n", "4", "'1e0' is no number"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: nan}\n", "4", "'nan' is no number"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: }\n", "4", "most is empty"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: 1.5}\n", "4", "more than 0 digits"),
    (HEAD + "inclusion:\n- use: ecog\n  with: {most: [1]}\n", "4", "most has to be one value"),
    (HEAD + "exclusion:\n- use: stroke\n  with: {window: 6}\n", "4", "'6' is no length of time"),
    (HEAD + "exclusion:\n- use: stroke\n  with: {window: 6 days}\n", "4", "no length of time"),
    (HEAD + "exclusion:\n- use: stroke\n  with: {window: 99 months}\n", "4", "outside 1 month to 24 months"),
    (HEAD + "exclusion:\n- use: stroke\n  with: {window: 1 months}\n", "4", "no length of time"),
    (HEAD + "exclusion:\n- use: stroke\n  with: {anchor: enrolment}\n", "4", "did you mean 'enrollment'"),
    (HEAD + "anchor: enrolment\nexclusion:\n- use: stroke\n", "2", "did you mean 'enrollment'"),
    (HEAD + "inclusion:\n- use: histology\n  with: {histologies: [liposarcom]}\n", "4", "did you mean 'liposarcoma'"),
    (HEAD + "inclusion:\n- use: histology\n  with: {histologies: []}\n", "4", "0 names"),
    (HEAD + "inclusion:\n- use: histology\n  with: {histologies: [sarcoma, sarcoma]}\n", "4", "'sarcoma' stands twice"),
    (
        HEAD + "exclusion:\n- use: cyp3a4_inhibitor\n  with: {drugs: [aspirin]}\n",
        "4",
        "'aspirin' is not for this criterion",
    ),
    (HEAD + "inclusion:\n- use: age_range\n  with: {minimum: 70, maximum: 60}\n", "4", r"more than maximum \(60\)"),
    (
        HEAD + "inclusion:\n- use: age_range\n  with:\n    minimum: 80\n",
        "5",
        r"minimum \(80\) is more than maximum \(75\)",
    ),
    (HEAD + "inclusion:\n- use: ecog\n- use: ecog\n  with: {most: 1}\n", "4", "the same criterion as in line 3"),
    (HEAD + "inclusion:\n- text:\n", "3", "text is empty"),
    (HEAD + "inclusion:\n\t- use: ecog\n", "3", "a tab; YAML indents with blanks alone"),
    (HEAD + "inclusion:\n- use: platelets\n  with: {bound: 0100}\n", "4", "'0100' is no number"),
    (HEAD + 'inclusion:\n- text: "a\\0b"\n', "3", "a character that cannot be printed"),
    (HEAD + "phase: PHASE9\ninclusion:\n- use: ecog\n", "2", "phase 'PHASE9' is unknown; did you mean 'PHASE4'"),
    (HEAD + "sex: robot\ninclusion:\n- use: ecog\n", "2", "sex 'robot' is unknown; known are ALL, FEMALE, MALE"),
    (HEAD + "disease: sarcoma\ninclusion:\n- use: ecog\n", "2", "unknown key 'disease'"),
    (HEAD + "inclusion:\n" + "".join(f"{'  ' * i}- a:\n" for i in range(1, 99)), "8", "nested too deeply"),
    (HEAD + "inclusion:\n- text: a\n  use: ecog\n", "4", "unknown key 'use'"),
    (HEAD + "x: " + "[" * 2000 + "]" * 2000 + "\n", "2", "nested too deeply"),
    (HEAD + "# " + "x" * 1_000_001 + "\n", None, "longer than"),
]


class TestBadFiles:
    @pytest.mark.parametrize(("text", "line", "reason"), BAD, ids=range(len(BAD)))
    def test_one_message_with_the_line(self, text: str, line: str | None, reason: str) -> None:
        with pytest.raises(SourceError, match=reason) as caught:
            load(text, "bad.yml")
        assert caught.value.position == line
        assert "\n" not in str(caught.value)

    def test_a_yaml_file_is_never_taken_for_text(self, tmp_path: Path) -> None:
        path = tmp_path / "other.yml"
        path.write_text("name: something else\n", encoding="utf-8")
        with pytest.raises(SourceError, match=r"other.yml:1: unknown key 'name'"):
            protocol_nlp.read(path)

    @pytest.mark.parametrize("own", ["Exclusion Criteria:", "- Not pregnant", "Exclusion Criteria: 1. Age 18"])
    def test_own_words_that_would_be_read_as_a_heading_are_refused(self, own: str) -> None:
        text = f'{HEAD}inclusion:\n- use: ecog\n- text: "{own}"\n- use: age_minimum\n'
        with pytest.raises(SourceError, match=r"a.yml:4: .* is not read as one criterion of its section"):
            protocol_nlp.read(text.encode(), name="a.yml")

    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (b"", "error: bad.yml: the file is empty"),
            (
                f"{HEAD}title: caf\xe9\n".encode("latin-1"),
                "error: bad.yml:byte 33: not UTF-8 text: cannot read byte 0xE9",
            ),
            (f"{HEAD}id: \0\n".encode(), "error: bad.yml:byte 27: a binary file, not text: it holds a NUL byte"),
            (
                (HEAD + "inclusion:\n" + "- use: ecog\n" * 90_000).encode(),
                "error: bad.yml: longer than 1,000,000 characters",
            ),
            (f"{HEAD}a: &a [1]\nb: [*a, *a]\n".encode(), "error: bad.yml:2: an anchor (&a): a protocol needs none"),
            (f"{HEAD}inclusion:\n- use: ecog\n- use: nobody\n".encode(), "error: bad.yml:4: unknown template 'nobody'"),
        ],
        ids=["empty", "encoding", "binary", "huge", "bomb", "template"],
    )
    def test_the_command_says_one_line_and_writes_nothing(
        self, raw: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("bad.yml").write_bytes(raw)
        result = CliRunner().invoke(app, ["convert", "bad.yml", "--to", "text,json", "-o", "out"])
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(said)
        assert result.stderr.count("\n") == 1
        assert not Path("out").exists()

    def test_text_with_a_key_like_line_stays_text(self) -> None:
        entry = protocol_nlp.read("Inclusion Criteria:\n\n* format: tablets\n", name="a")[0]
        assert entry.provenance.format == "text"

    @settings(deadline=None, max_examples=60)
    @given(st.text(max_size=60), st.integers(0, len(GOOD)))
    def test_any_text_loads_or_is_a_source_error(self, extra: str, at: int) -> None:
        said = ""
        try:
            load(GOOD[:at] + extra + GOOD[at:], "t.yml")
        except SourceError as error:
            said = str(error)
        assert "\n" not in said


class TestNew:
    @pytest.mark.parametrize("disease", diseases())
    @pytest.mark.parametrize("line", [None, *names("lines")])
    def test_every_draft_loads(self, disease: str, line: str | None) -> None:
        told = new(disease, line, names("classes"), title='A "title": of # signs', id="draft-1")
        protocol = load(told, "d.yml")
        assert (protocol.id, protocol.title, protocol.conditions) == ("draft-1", 'A "title": of # signs', (disease,))

    def test_classes_add_their_own(self) -> None:
        plain = {i.template.id for i in load(new("liposarcoma"), "d.yml").items if i.template}
        asked = {i.template.id for i in load(new("LPS", "2", ["Anthracycline", "pd_1"]), "d.yml").items if i.template}
        assert {"lvef", "anthracycline_cumulative_dose", "autoimmune_disease", "pneumonitis"} <= asked - plain
        assert "prior_lines" in asked - plain

    def test_reasons_and_sources_stand_in_comments(self) -> None:
        told = new("synovial sarcoma", "later", ["cell-therapy"])
        assert "# Why: Nobody takes part" in told
        assert "# For cell-therapy: Leukapheresis" in told
        assert "# Source: " in told
        assert "neutrophils\n    with:\n      bound: 1.0  # 0.5 to 3.0 × 10^9/L" in told

    def test_every_histology_by_its_name(self) -> None:
        for entry in lexicon.entries():
            if entry.table == "histologies":
                assert load(new(entry.name), "d.yml").conditions[0], entry.name

    @pytest.mark.parametrize(
        ("asked", "row"),
        [
            ("PD-1 inhibitor", "anti-pd-1"),
            ("Ipilimumab", "anti-pd-1"),
            ("pazopanib", "anti-angiogenic"),
            ("checkpoint inhibitors", "anti-pd-1"),
            ("crizotinib", "tki"),
            ("daunorubicin", "anthracycline"),
            ("CAR-T", "cell-therapy"),
        ],
    )
    def test_a_class_by_a_drug_or_by_another_name(self, asked: str, row: str) -> None:
        assert f"# For {row}: " in new("LMS", None, [asked])

    def test_a_file_is_replaced_only_by_force(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        call = ["new", "--disease", "GIST", "-o", "a.yml"]
        Path("a.yml").write_text("mine", encoding="utf-8")
        result = CliRunner().invoke(app, call)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "error: -o: a.yml is there already and is not replaced without --force\n"
        assert Path("a.yml").read_text(encoding="utf-8") == "mine"
        assert CliRunner().invoke(app, [*call, "--force"]).exit_code == 0
        assert load(Path("a.yml").read_text(encoding="utf-8"), "a.yml").id == "a"

    def test_any_sarcoma_of_the_lexicon(self) -> None:
        assert "histologies: [clear_cell_sarcoma_of_soft_tissue]" in new("clear cell sarcoma")

    @pytest.mark.parametrize(
        ("disease", "line", "classes", "message"),
        [
            ("lipsarcoma", None, (), "unknown disease 'lipsarcoma'; did you mean 'liposarcoma'"),
            ("qqqq", None, (), "unknown disease 'qqqq'; known are liposarcoma, "),
            ("GIST", "4", (), "unknown line '4'; known are first, second, third, later"),
            ("GIST", None, ("tki", "anthracyclin"), "unknown class 'anthracyclin'; did you mean 'anthracycline'"),
        ],
    )
    def test_unknown_words_name_the_nearest(
        self, disease: str, line: str | None, classes: tuple[str, ...], message: str
    ) -> None:
        with pytest.raises(DraftError, match=re.escape(message)):
            new(disease, line, classes)


class TestAudit:
    @pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
    def test_an_example_has_no_error_and_no_warning(self, path: Path) -> None:
        found = audit(protocol_nlp.parse(protocol_nlp.read(path)[0])).findings
        assert [(f.code, f.quote) for f in found if f.severity != "info"] == []

    def test_the_whole_library_has_no_error_and_no_warning(self) -> None:
        for template in templates().values():
            text = f"{HEAD}{template.role}:\n- use: {template.id}\n"
            found = audit(protocol_nlp.parse(protocol_nlp.read(text.encode(), name="t.yml")[0])).findings
            assert [(template.id, f.code) for f in found if f.severity != "info"] == []

    @pytest.mark.parametrize("topic", topics())
    def test_no_value_in_range_brings_a_warning(self, topic: str) -> None:
        for template in (t for t in templates().values() if t.topic == topic and t.parameters):
            for n in range(2):
                values = random_values(template, Random(f"{template.id} {n}"))
                item = Item(role=template.role, line=1, template=template, values=values)
                origin = Provenance(path="t.yml", format="protocol-yaml", sha256="0" * 64)
                trial = protocol_nlp.parse(registration(Protocol(id="t", items=(item,)), origin))
                assert [(item.words, f.code) for f in audit(trial).findings if f.severity != "info"] == []


class TestSchema:
    VALIDATOR = Draft202012Validator(json.loads(schema_text()))

    @pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
    def test_the_examples_are_valid(self, path: Path) -> None:
        Draft202012Validator.check_schema(self.VALIDATOR.schema)
        self.VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    @pytest.mark.parametrize(
        "items",
        [
            "[{use: nobody}]",
            "[{use: ecog, with: {most: 9}}]",
            "[{use: ecog, with: {max: 1}}]",
            "[{use: stroke}]",
            "[{text: ''}]",
            "[{use: histology, with: {histologies: [liposarcom]}}]",
        ],
    )
    def test_what_the_reader_refuses_is_not(self, items: str) -> None:
        text = f"{HEAD}inclusion: {items}\n"
        with pytest.raises(SourceError):
            load(text, "t.yml")
        assert not self.VALIDATOR.is_valid(yaml.safe_load(text))

    def test_the_command_prints_it(self) -> None:
        assert CliRunner().invoke(app, ["schema", "protocol"]).stdout == schema_text()
        assert CliRunner().invoke(app, ["schema", "nothing"]).exit_code == 2


class TestWordingExport:
    @pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
    def test_a_protocol_comes_out_as_it_was_rendered(self, path: Path) -> None:
        trial = protocol_nlp.parse(protocol_nlp.read(path)[0])
        made = export(trial, "text")
        assert (made.text, made.suffix) == (trial.registration.text, ".txt")
        again = protocol_nlp.parse(protocol_nlp.read(made.text, name="again")[0])
        assert [(c.id, str(c.expr)) for c in again.criteria] == [(c.id, str(c.expr)) for c in trial.criteria]

    def test_lists_and_headings_of_an_entry(self) -> None:
        text = "Inclusion criteria\n\n  - Age over 18;\n  - One of:\n     + stroke\n     + seizure\n"
        text += "Exclusion criteria\n1) Pregnancy\n"
        made = export(protocol_nlp.parse(protocol_nlp.read(text, name="e")[0]), "text")
        assert made.text == (
            "Inclusion Criteria:\n\n1. Age over 18;\n2. One of:\n   * stroke\n   * seizure\n\n"
            "Exclusion Criteria:\n\n1. Pregnancy\n"
        )
        assert made.losses == ("text outside the criteria, bullets and headings (40 characters)",)
