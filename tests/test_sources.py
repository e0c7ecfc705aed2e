"""sources: every registry format read, every damaged file told in one line with its place."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_nlp.errors import SourceError
from protocol_nlp.sources import FORMATS, discover, read
from protocol_nlp.tree import Registration

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "sources"
FIXTURES = sorted(path for path in GOLDEN.iterdir() if path.is_file())
SEED = ROOT / "protocols" / "NCT04172805.txt"
SHARED = ROOT.parent / "shared"

STUDY = '{"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "Adults"}}}'
BOMB = """<?xml version="1.0"?>
<!DOCTYPE clinical_study [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<clinical_study><brief_title>&c;</brief_title></clinical_study>
"""
READS_A_FILE = """<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<clinical_study><brief_title>&x;</brief_title></clinical_study>
"""


def one(content: bytes | str, *, name: str | None = None, format: str | None = None) -> Registration:
    (entry,) = read(content, name=name, format=format)
    return entry


def ictrp(inclusion: str, exclusion: str = "", register: str = "ChiCTR", gender: str = "") -> Registration:
    return one(
        "<Trials_downloaded_from_ICTRP><Trial><TrialID>X1</TrialID>"
        f"<Source_Register>{register}</Source_Register><Inclusion_gender>{gender}</Inclusion_gender>"
        f"<Inclusion_Criteria>{inclusion}</Inclusion_Criteria>"
        f"<Exclusion_Criteria>{exclusion}</Exclusion_Criteria></Trial></Trials_downloaded_from_ICTRP>"
    )


# Golden files


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_golden(path: Path) -> None:
    got = []
    for entry in read(path):
        assert entry.provenance.path == path.as_posix()
        assert entry.provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        fields = asdict(entry)
        fields["format"] = fields.pop("provenance")["format"]
        got.append(fields)
    expected = json.loads((GOLDEN / "expected" / f"{path.name}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(got)) == expected


def test_every_format_has_a_golden_file() -> None:
    assert {read(path)[0].provenance.format for path in FIXTURES} == set(FORMATS)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_the_format_is_in_the_content_not_in_the_name(path: Path) -> None:
    raw = path.read_bytes()
    entries = read(path)
    for name in ("x.txt", "x.json", "x.xml", "x"):
        assert [e.text for e in read(raw, name=name)] == [e.text for e in entries]
    named = read(raw, name="x", format=entries[0].provenance.format)
    assert [e.text for e in named] == [e.text for e in entries]


def test_seed_is_the_whole_file_and_its_blank_labels_stay_blank() -> None:
    (entry,) = read(SEED)
    assert (entry.id, entry.registry) == ("NCT04172805", "ClinicalTrials.gov")
    assert entry.text.encode() == SEED.read_bytes()
    assert (entry.title, entry.phase, entry.sex, entry.minimum_age, entry.maximum_age) == (None,) * 5
    assert entry.healthy_volunteers is None
    assert entry.conditions == entry.interventions == ()


# Text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Inclusion:\r\n- a\r\n\r- b\n", "Inclusion:\r\n- a\r\n\r- b\n"),
        (b"\xef\xbb\xbfInclusion \xe2\x89\xa5 18", "Inclusion ≥ 18"),
        ("\ufeffβ ≤ 3\r\n".encode("utf-16-le"), "β ≤ 3\r\n"),
        ("\ufeffβ ≤ 3".encode("utf-16-be"), "β ≤ 3"),
        (b"\r\n", "\r\n"),
        (b"<18 years", "<18 years"),
        (b"<ULN for AST, and ALT > 5", "<ULN for AST, and ALT > 5"),
        (b"[Note: adults] only", "[Note: adults] only"),
        (b"[1] Adults", "[1] Adults"),
        (b"{adults} only", "{adults} only"),
        (b"null", "null"),
    ],
)
def test_text_stays_as_given(raw: bytes, text: str) -> None:
    entry = one(raw)
    assert entry.provenance.format == "text"
    assert entry.text == text
    assert entry.provenance.sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    ("name", "id", "registry"),
    [
        (None, "stdin", None),
        ("-", "stdin", None),
        ("a/b/NCT01234567.txt", "NCT01234567", "ClinicalTrials.gov"),
        ("2022-500000-11-00.txt", "2022-500000-11-00", "CTIS"),
        ("NCT01234567_draft.txt", "NCT01234567_draft", None),
        ("2012-001234-11.txt", "2012-001234-11", None),
    ],
)
def test_id_and_registry_of_a_text(name: str | None, id: str, registry: str | None) -> None:
    entry = one("Adults", name=name)
    assert (entry.id, entry.registry, entry.provenance.path) == (id, registry, name or "stdin")


@pytest.mark.parametrize(
    ("ages", "low", "high"),
    [
        ("18 Years and older (Adult, Older Adult )", "18 Years", None),
        ("18 Years to 70 Years   (Adult, Older Adult )", "18 Years", "70 Years"),
        ("6 Months to 21 Years", "6 Months", "21 Years"),
        ("12 to 30 years old", "12 years", "30 years"),
        ("18+ years", "18 years", None),
        ("up to 17 Years (Child )", None, "17 Years"),
        ("Child, adult", None, None),
        ("18 and older", None, None),
    ],
)
def test_stated_ages(ages: str, low: str | None, high: str | None) -> None:
    copied = one(f"Ages Eligible for Study\n\n  {ages}\nInclusion criteria\nx\n")
    on_one_line = one(f"Ages Eligible for Study:\t{ages}\nInclusion criteria\nx\n")
    assert (copied.minimum_age, copied.maximum_age) == (low, high)
    assert (on_one_line.minimum_age, on_one_line.maximum_age) == (low, high)


def test_a_label_stated_twice_or_inside_criteria_says_nothing() -> None:
    assert one("Sex\nMale\nCohort B\nSex\nFemale\n").sex is None
    assert one("Inclusion criteria\nSex: male\nAges: 18 years to 70 years\n").sex is None
    assert one("Volunteers\nNo Healthy Volunteers\n").healthy_volunteers is False
    assert one("Accepts Healthy Volunteers\nNo\n").healthy_volunteers is False
    assert one("Accepts Healthy Volunteers\nSex\n").healthy_volunteers is None


# ClinicalTrials.gov


def test_studies_come_alone_in_a_page_and_in_a_bare_list() -> None:
    for content in (STUDY, f'{{"studies": [{STUDY}]}}', f"[{STUDY}]"):
        assert [(e.id, e.text) for e in read(content, name="s.json")] == [("s", "Adults")]
    assert [e.id for e in read(f"[{STUDY}, {STUDY}]", name="s.json")] == ["s-1", "s-2"]


def test_odd_fields_of_a_study_stay_empty() -> None:
    odd = {"sex": 3, "minimumAge": ["18"], "healthyVolunteers": "perhaps", "eligibilityCriteria": None}
    section = {"eligibilityModule": odd, "conditionsModule": "x", "designModule": {"phases": [1, "PHASE3"]}}
    entry = one(json.dumps({"protocolSection": section}))
    assert (entry.sex, entry.minimum_age, entry.healthy_volunteers, entry.text) == (None, None, None, "")
    assert (entry.conditions, entry.phase) == ((), "PHASE3")


@pytest.mark.parametrize(
    ("written", "phase"),
    [
        ("N/A", "NA"),
        ("Phase 2", "PHASE2"),
        ("Early Phase 1", "EARLY_PHASE1"),
        ("Phase 2/Phase 3", "PHASE2/PHASE3"),
        ("Pilot phase", "Pilot phase"),
        ("", None),
    ],
)
def test_phase_of_legacy_xml(written: str, phase: str | None) -> None:
    assert one(f"<clinical_study><phase>{written}</phase></clinical_study>").phase == phase


def test_legacy_xml_may_hold_several_studies_and_declare_an_8_bit_encoding() -> None:
    study = "<clinical_study><brief_title>\xe9tude</brief_title></clinical_study>"
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    entries = read(f"{head}<studies>{study}{study}</studies>".encode("latin-1"), name="two.xml")
    assert [(e.id, e.title, e.text) for e in entries] == [("two-1", "étude", ""), ("two-2", "étude", "")]
    utf16 = f'<?xml version="1.0" encoding="UTF-16"?>{study}'.encode("utf-16")
    assert one(utf16).title == "étude"


# CTIS and ICTRP


def ctis(*criteria: object, section: str = "principalInclusionCriteria") -> str:
    rows = [{section: text} for text in criteria]
    about = {"trialInformation": {"eligibilityCriteria": {section: rows}}}
    return json.dumps({"authorizedPartI": {"trialDetails": about}})


def test_ctis_older_layout_and_a_list() -> None:
    assert one(ctis("Adults", "Consent")).text == "Inclusion criteria:\n1. Adults\n2. Consent\n"
    assert one(ctis("Fever", section="principalExclusionCriteria")).text == "Exclusion criteria:\n1. Fever\n"
    assert one(ctis()).text == ""
    assert len(read(f"[{ctis('a')}, {ctis('b')}]")) == 2


@pytest.mark.parametrize(
    ("criterion", "line"),
    [
        ("1. Adults", "1. Adults"),
        ("1.Adults", "1.Adults"),
        ("(a) Adults", "(a) Adults"),
        ("• Adults", "• Adults"),
        ("1.5 x ULN", "1. 1.5 x ULN"),
        ("E. coli infection", "1. E. coli infection"),
        ("-5 °C", "1. -5 °C"),
    ],
)
def test_ctis_criterion_keeps_a_marker_of_its_own(criterion: str, line: str) -> None:
    assert one(ctis(criterion)).text == f"Inclusion criteria:\n{line}\n"


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("a&lt;br&gt;b", "a\nb"),
        ("a&amp;lt;BR /&amp;gt;b", "a\nb"),
        ("a<br/>b<sup>2</sup><i>c</i>d", "a\nb^2cd"),
        ("10&lt;sup&gt;9&lt;/sup&gt;/L, 1&lt;sup&gt;st&lt;/sup&gt;", "10^9/L, 1st"),
        ("&lt;ul&gt;&lt;li&gt;a&lt;/li&gt;&lt;li&gt;b&lt;/li&gt;&lt;/ul&gt;", "- a\n- b"),
        ("AST &lt;ULN and b &lt; 3 and c&gt; 2", "AST <ULN and b < 3 and c> 2"),
        ("&amp;ge; 3 &amp;notin R&amp;D", "≥ 3 &notin R&D"),
        ("Main inclusion criteria:&lt;br&gt;a", "a"),
        ("All inclusion criteria: met", "All inclusion criteria: met"),
    ],
)
def test_ictrp_html(escaped: str, text: str) -> None:
    assert ictrp(escaped).text.replace("\n\n", "\n") == f"Inclusion criteria:\n{text}"


def test_ictrp_sections() -> None:
    assert ictrp("a", "b").text == "Inclusion criteria:\na\n\nExclusion criteria:\nb"
    assert ictrp("Inclusion Criteria: a Exclusion Criteria: b").text.startswith("Inclusion Criteria: a Excl")
    assert ictrp("a", register="ClinicalTrials.gov").text == "a"
    assert ictrp("", "").text == ""
    assert ictrp("meets no exclusion criteria").text == "Inclusion criteria:\nmeets no exclusion criteria"


@pytest.mark.parametrize(
    ("written", "sex"),
    [
        ("Both", "ALL"),
        ("Male and Female", "ALL"),
        ("Females", "FEMALE"),
        ("&lt;br&gt;Female: yes&lt;br&gt;Male: yes&lt;br&gt;", "ALL"),
        ("Female: no Male: yes", "MALE"),
        ("Female: no Male: no", "Female: no Male: no"),
        ("Not specified", "Not specified"),
        ("N/A", None),
        ("", None),
    ],
)
def test_ictrp_sex(written: str, sex: str | None) -> None:
    assert ictrp("a", gender=written).sex == sex


# Damaged files

FAULTS = {
    "empty": (b"", None, None, "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", None, None, "is empty"),
    "latin-1": ("naïve".encode("latin-1"), None, "byte 2", "not UTF-8 text: cannot read byte 0xEF"),
    "latin-1 after a mark": (b"\xef\xbb\xbfab\xe9", None, "byte 5", "not UTF-8"),
    "half a UTF-16 unit": (b"\xff\xfea\x00b", None, "byte 4", "not UTF-16"),
    "NUL": (b"ab\x00c", None, "byte 2", "binary"),
    "NUL in UTF-16": ("\ufeffa\0".encode("utf-16-le"), None, "character 1", "binary"),
    "PDF": (b"%PDF-1.7 text", None, None, "PDF"),
    "RTF": (b"{\\rtf1 Adults}", None, None, "RTF"),
    "Office": (b"PK\x03\x04...", None, None, "Office"),
    "truncated JSON": (STUDY[:60].encode(), None, "1:44", "not valid JSON: Unterminated string"),
    "truncated JSON, line 3": (b'{\n"studies": [\n{"x": ', None, "3:7", "not valid JSON"),
    "two JSON documents": (b'{"a": 1}\n{"b": 2}', None, "2:1", "not valid JSON: Extra data"),
    "JSON of another kind": (b'{"resourceType": "Patient"}', None, None, "JSON, but no registry entry"),
    "JSON list of numbers": (b"[1, 2]", None, None, "JSON, but no registry entry"),
    "no study": (b'{"studies": []}', None, None, "holds no study"),
    "a study that is none": (f'[{STUDY}, {{"x": 1}}]'.encode(), None, None, "studies[1].protocolSection"),
    "a section that is none": (b'{"protocolSection": 1}', None, None, "protocolSection is missing"),
    "criteria that are no text": (STUDY.replace('"Adults"', "[1]").encode(), None, None, "is no text"),
    "CTIS criterion that is no text": (ctis("a", 5).encode(), None, None, "number 2 is no text"),
    "CTIS element that is none": (f"[{ctis('a')}, 1]".encode(), None, None, "element 1 is no CTIS trial"),
    "JSON too deep": (b'{"a":' * 100_000, None, None, "nested too deeply"),
    "JSON with a huge number": (b'{"a": ' + b"1" * 5000 + b"}", None, None, "thousands of digits"),
    "JSON with half a character": (STUDY.replace("Adults", "\\ud800").encode(), None, None, "surrogate"),
    "XML that stops": (b"<clinical_study>\n  <phase>", None, "2:10", "not valid XML: no element found"),
    "XML entity unknown": ("<clinical_study>é&nbsp;".encode(), None, "1:18", "undefined entity"),
    "XML of another kind": (b"<note>Adults</note>", None, None, "XML, but no registry entry"),
    "XML bomb": (BOMB.encode(), None, None, "document type definition"),
    "XML that reads a file": (READS_A_FILE.encode(), None, None, "document type definition"),
    "XML in an unknown encoding": (
        b'<?xml version="1.0" encoding="iso-8859-99"?><a/>',
        None,
        None,
        "declares",
    ),
    "web page": (b"<!DOCTYPE html>\n<html><p>Adults</p></html>", None, None, "HTML"),
    "text said to be JSON": (b"Adults", "ctgov-json", "1:1", "not valid JSON"),
    "text said to be XML": (b"Adults", "ictrp-xml", "1:1", "not valid XML"),
    "CT.gov said to be CTIS": (STUDY.encode(), "ctis-json", None, "not ctis-json: it looks like ctgov-json"),
    "legacy said to be ICTRP": (b"<clinical_study/>", "ictrp-xml", None, "it looks like ctgov-xml"),
    "no such format": (b"Adults", "pdf", None, "unknown format 'pdf'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_damaged_files(fault: str) -> None:
    content, format, position, reason = FAULTS[fault]
    with pytest.raises(SourceError) as caught:
        read(content, name="entry.dat", format=format)
    error = caught.value
    assert error.path == "entry.dat"
    assert error.position == position
    assert reason in error.reason
    assert "\n" not in str(error)
    assert str(error).startswith("entry.dat:")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path, Path("a\0b")):
        with pytest.raises(SourceError, match="cannot be opened"):
            read(path)
    with pytest.raises(SourceError, match="surrogate"):
        read("a\ud800")


def test_format_overrides_what_the_content_looks_like() -> None:
    entry = one(STUDY, format="text")
    assert (entry.provenance.format, entry.text) == ("text", STUDY)


def test_deep_xml_is_read_without_recursion() -> None:
    deep = "<a>" * 20_000 + "Adults" + "</a>" * 20_000
    assert ictrp(deep).text.endswith("Adults")
    block = f"<eligibility><criteria><textblock>{deep}</textblock></criteria></eligibility>"
    assert one(f"<clinical_study>{block}</clinical_study>").text == "Adults"


# Laws

_PIECES = st.sampled_from(
    [b"{", b"[", b'{"studies":', b'{"protocolSection":', b'"', b"}", b"]", b"<?xml ", b"<clinical_study>"]
    + [
        b"<Trial>",
        b"<TrialID>",
        b"</",
        b">",
        b"&lt;",
        b"\\ud800",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x00",
        b"\r\n",
    ]
    + [path.read_bytes() for path in FIXTURES]
)
_RAW = st.binary(max_size=200) | st.lists(_PIECES | st.binary(max_size=5), max_size=8).map(b"".join)


@settings(deadline=None)
@given(_RAW, st.sampled_from([None, *FORMATS]))
def test_any_bytes_give_entries_or_one_error(raw: bytes, format: str | None) -> None:
    try:
        entries = read(raw, format=format)
    except SourceError:
        return
    assert entries
    for entry in entries:
        assert entry.id
        assert entry.provenance.sha256 == hashlib.sha256(raw).hexdigest()
        assert format in (None, entry.provenance.format)
        json.dumps(asdict(entry), ensure_ascii=False).encode()  # can be written anywhere


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_text_is_never_altered(text: str) -> None:
    entry = one(text, format="text") if text != "\ufeff" and not text.startswith("{\\rtf") else None
    assert entry is None or entry.text == text.removeprefix("\ufeff")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_criteria_of_a_study_are_the_decoded_string(text: str) -> None:
    study = {"protocolSection": {"eligibilityModule": {"eligibilityCriteria": text}}}
    assert one(json.dumps(study)).text == text


@pytest.mark.parametrize("cut", range(20, 2000, 97))
@pytest.mark.parametrize("path", [p for p in FIXTURES if p.suffix in (".json", ".xml")], ids=lambda path: path.name)
def test_a_file_cut_short_is_an_error_with_a_place(path: Path, cut: int) -> None:
    raw = path.read_bytes().rstrip()
    if cut >= len(raw):
        return
    with pytest.raises(SourceError) as caught:
        read(raw[:cut])
    assert caught.value.position


# discover


def test_discover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = "b.txt a.JSON sub/c.xml sub/d.facts.jsonl sub/e.md .hidden/f.txt .g.txt x[1].dat"
    for name in names.split():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("Adults")
    monkeypatch.chdir(tmp_path)
    assert [p.as_posix() for p in discover(["."])] == ["a.JSON", "b.txt", "sub/c.xml"]
    assert [p.as_posix() for p in discover(["sub", "b.txt", "./b.txt"])] == ["sub/c.xml", "b.txt"]
    assert [p.as_posix() for p in discover(["**/*.txt"])] == ["b.txt"]
    assert [p.as_posix() for p in discover(["x[1].dat"])] == ["x[1].dat"]
    assert [p.as_posix() for p in discover(["su?"])] == ["sub/c.xml"]
    assert discover([]) == []


@pytest.mark.parametrize("name", ["none.txt", "*.none", "", "a\0b"])
def test_discover_names_what_is_not_there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=r"no such file or folder|no file matches"):
        discover([name])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may list every folder")
def test_discover_tells_of_a_closed_folder(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(SourceError, match="cannot be listed"):
        discover([str(tmp_path)])


# Real records beside the project


@pytest.mark.skipif(not SHARED.is_dir(), reason="the material beside the project (../shared) is absent")
@pytest.mark.parametrize(
    ("folder", "format", "count"),
    [
        ("registry/sarcoma", "text", 205),
        ("registry/api_v2", "ctgov-json", 112),
        ("registry/legacy_xml", "ctgov-xml", 30),
        ("corpora", "text", 2400),
    ],
)
def test_real_records(folder: str, format: str, count: int) -> None:
    formats: Counter[str] = Counter()
    for path in discover([str(SHARED / folder)]):
        for entry in read(path):
            formats[entry.provenance.format] += 1
            assert entry.text
            if format == "text":
                assert entry.text.encode() == path.read_bytes()
            else:
                assert entry.id == path.stem
                assert entry.title
                assert entry.sex in {"ALL", "FEMALE", "MALE"}
    assert formats == {format: count}
