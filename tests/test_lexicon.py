"""The tables of lexicons/: what the loaders promise, what the shipped rows must keep, and how a faulty row is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import FrozenInstanceError, fields
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol_nlp import lexicon, nomenclature
from protocol_nlp.annotate import tables, tokens
from protocol_nlp.annotate.scan import unit_at
from protocol_nlp.annotate.view import view
from protocol_nlp.display import ISSUES
from protocol_nlp.errors import LexiconError
from protocol_nlp.lexicon import Unit
from protocol_nlp.tree import Span

LOADERS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "units": lexicon.units,
    "measures": lexicon.measures,
    "anchors": lexicon.anchors,
    "entries": lexicon.entries,
    "abbreviations": lexicon.abbreviations,
}
CACHED = (*LOADERS.values(), lexicon._swaps, lexicon._respelled, nomenclature.ancestors, nomenclature.obsolete)
OTHERS = {"spellings": lexicon.measures, "obsolete_names": nomenclature.obsolete}
# How a code of each system is written; a system that is not here is a typing error in a table.
CODES = {"ONCOTREE": r"[A-Z0-9_]+", "NCIT": r"C\d+", "MONDO": r"\d{7}", "LOINC": r"\d{1,5}-\d"}
NAMES = ("measures", "anchors", *lexicon.ENTRY_TABLES)
CUE_TABLES = ("comparators", "time_cues", "limits", "cues")


ISSUES_PAGE = (Path(__file__).parents[1] / "docs" / "issues.md").read_text(encoding="utf-8")


def cleaned(text: str) -> str:
    """A spelling as the scanner sees it in a text."""
    return view(text, Span(0, len(text))).text


# What the shipped tables must keep.


@pytest.mark.parametrize("name", LOADERS)
def test_a_loader_returns_rows_once(name: str) -> None:
    rows = LOADERS[name]()
    assert isinstance(rows, tuple)
    assert rows
    assert len(set(rows)) == len(rows)
    assert LOADERS[name]() is rows


@pytest.mark.parametrize("name", ["units", "measures", "anchors", "entries"])
def test_rows_are_frozen_to_the_bottom(name: str) -> None:
    for row in LOADERS[name]():
        hash(row)
        for field in fields(row):
            assert not isinstance(getattr(row, field.name), list | dict | set)
    with pytest.raises(FrozenInstanceError):
        setattr(row, field.name, ())


def named(table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The rows of a table that names things: id and spellings, listed and added."""
    match table:
        case "measures":
            yield from ((m.id, m.aliases) for m in lexicon.measures())
        case "anchors":
            yield from ((a.id, a.surfaces) for a in lexicon.anchors())
        case _:
            yield from ((e.id, e.aliases) for e in lexicon.entries() if e.table == table)


def listed(table: str) -> Iterator[str]:
    """The cells with the spellings, as the file has them."""
    text = resources.files("protocol_nlp").joinpath(f"lexicons/{table}.tsv").read_text(encoding="utf-8")
    header, *rows = (line.split("\t") for line in text.split("\n") if line and not line.startswith("#"))
    column = header.index("aliases" if "aliases" in header else "surfaces")
    return (row[column] for row in rows)


@pytest.mark.parametrize("table", NAMES)
def test_no_two_rows_share_a_spelling_and_listed_ones_stay(table: str) -> None:
    owners: dict[str, str] = {}
    for (row, spellings), cell in zip(named(table), listed(table), strict=True):
        for spelling in spellings:
            assert spelling
            assert spelling == spelling.strip()
            assert owners.setdefault(spelling, row) == row, spelling
        assert {s for part in cell.split("|") for s in lexicon.spellings(part)} <= set(spellings)


def test_no_two_units_share_a_spelling() -> None:
    owners: dict[tuple[bool, str], int] = {}
    for number, unit in enumerate(lexicon.units()):
        assert unit.surfaces
        for surface in unit.surfaces:
            assert surface
            key = (unit.cased, surface if unit.cased else surface.lower())
            assert owners.setdefault(key, number) == number, surface


def test_every_spelling_of_a_unit_is_read_as_that_unit() -> None:
    for unit in lexicon.units():
        for surface in unit.surfaces:
            text = cleaned(f"3 {surface}")
            start, end, found = unit_at(text, 1) or (0, 0, None)
            assert found == unit, surface
            assert end == len(text), surface
            assert text[start:end] == text[2:] or text[1:start] in (" ", " -"), surface


def test_a_unit_code_has_one_dimension_and_one_factor() -> None:
    known: dict[str, tuple[str, str, Decimal | None]] = {}
    for unit in lexicon.units():
        meaning = (unit.dimension, unit.canonical, unit.factor)
        assert known.setdefault(unit.ucum, meaning) == meaning, unit.ucum
        assert unit.ucum.isascii()
        assert " " not in unit.ucum
        assert unit.factor is None or unit.factor > 0
        assert unit.issue is None or unit.issue in ISSUES, unit.issue
        assert unit.issue is None or f"| `{unit.issue}` |" in ISSUES_PAGE, unit.issue


def test_a_measure_fits_its_units_and_bounds() -> None:
    units = {u.ucum: u.dimension for u in lexicon.units()}
    for m in lexicon.measures():
        assert m.label in lexicon.LABELS, m.id
        assert m.dimensions, m.id
        assert set(m.dimensions) <= {*units.values(), *lexicon.UNITLESS}, m.id
        assert m.unit is None or units[m.unit] in m.dimensions, m.id
        # Bounds without a unit are bounds of plain numbers, so plain numbers have to fit.
        assert m.unit or m.high is None or {"none", "score"} & set(m.dimensions), m.id
        assert m.low is None or m.high is None or m.low < m.high, m.id
        # A multiple has to be one of something, and a limit is of use only to a multiple.
        assert ("multiple" in m.dimensions) == bool(m.references), m.id
        assert set(m.references) <= set(lexicon.REFERENCES), m.id


def check_digit(loinc: str) -> str:
    """The digit behind the hyphen of a LOINC code: mod 10, every second digit from the right doubled."""
    body = loinc.partition("-")[0][::-1]
    total = sum(sum(map(int, str(int(d) * (1 if i % 2 else 2)))) for i, d in enumerate(body))
    return str(-total % 10)


@pytest.mark.parametrize(("body", "digit"), [("2160", "0"), ("1742", "6"), ("718", "7"), ("48642", "3")])
def test_the_check_digit_is_the_published_one(body: str, digit: str) -> None:
    assert check_digit(f"{body}-{digit}") == digit


def test_loinc_codes_pass_their_check_digit_and_stand_once() -> None:
    codes = [code for measure in lexicon.measures() for code in measure.codes]
    assert {code.system for code in codes} == {"LOINC"}
    assert len(codes) == len(set(codes))
    for code in codes:
        assert re.fullmatch(CODES["LOINC"], code.value)
        assert check_digit(code.value) == code.value[-1], code.value


def test_entries_have_one_id_each_and_codes_that_can_be_looked_up() -> None:
    entries = lexicon.entries()
    assert len({entry.id for entry in entries}) == len(entries)
    assert {entry.table for entry in entries} == set(lexicon.ENTRY_TABLES)
    for entry in entries:
        assert entry.label in lexicon.LABELS
        assert entry.source, entry.id
        assert not entry.classes or entry.table == "drugs"
        assert len(set(entry.codes)) == len(entry.codes)
        for code in entry.codes:
            assert re.fullmatch(CODES[code.system], code.value), (entry.id, code)


def test_an_oncotree_code_names_one_entry() -> None:
    owners: dict[str, str] = {}
    for entry in lexicon.entries():
        for code in entry.codes:
            if code.system == "ONCOTREE":
                assert owners.setdefault(code.value, entry.id) == entry.id


def test_the_knowledge_base_is_large_enough_to_be_of_use() -> None:
    spelled = [list(listed(table)) for table in NAMES]
    assert sum(map(len, spelled)) >= 1_200
    assert sum(len(lexicon.spellings(part)) for cells in spelled for cell in cells for part in cell.split("|")) >= 5_000


def test_an_abbreviation_is_shorter_than_what_it_stands_for() -> None:
    for short, long in lexicon.abbreviations():
        assert len(short) < len(long), (short, long)


# The tables of cues, which annotate/tables.py reads.


@pytest.mark.parametrize("table", CUE_TABLES)
def test_cue_rows_are_whole_and_their_spellings_can_be_met(table: str) -> None:
    text = resources.files("protocol_nlp").joinpath(f"lexicons/{table}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len({line.count("\t") for line in lines}) == 1
    rows = list(tables.rows(table))
    assert len(rows) == len(lines) - 1
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        role = tuple(value for column, value in row.items() if column != "surfaces")
        for surface in row["surfaces"].split("|"):
            assert surface
            assert surface == cleaned(surface), "a text is cleaned before it is compared"
            assert seen.setdefault((surface, *role), row["surfaces"]) == row["surfaces"]


def test_cue_kinds_are_those_the_code_knows() -> None:
    needs = {"", "number", "next", "quantity", "time", "anchor", "counted"}
    for row in tables.rows("comparators"):
        assert row["op"] in {"ge", "gt", "le", "lt", "eq", "approx", "pm", "worse", "better", "worse_or", "better_or"}
        assert row["place"] in {"before", "after"}
        assert row["needs"] in needs
    known = {m.id for m in lexicon.measures()}
    directed = [id for row in tables.rows("directions") for id in row["measures"].split("|")]
    assert set(directed) <= known
    assert len(directed) == len(set(directed))
    assert {row["worse"] for row in tables.rows("directions")} == {"high", "low"}
    for row in tables.rows("time_cues"):
        assert row["kind"] in tables._TIME_KINDS
        assert row["needs"] in needs
    assert {row["kind"] for row in tables.rows("limits")} == set(lexicon.REFERENCES)
    assert {row["kind"] for row in tables.rows("cues")} == set(tables._CUE_KINDS)
    kinds = {*tables._TIME_KINDS.values(), *tables._CUE_KINDS.values(), *(k for k, _ in tables._STATUS_KINDS.values())}
    assert kinds | set(tables.PRIORITY) <= set(get_args(tokens.Kind))


def test_status_cues_are_of_one_category_and_can_be_met() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for row in tables.rows("status"):
        role = row["category"], row["direction"]
        assert role in tables._STATUS_KINDS
        for cue in tables.status_cues(row):
            assert cue == cleaned(cue) == " ".join(cue.split()).lower()
            assert seen.setdefault(cue, role) == role, cue
    assert set(seen.values()) == set(tables._STATUS_KINDS)


def test_every_spelling_has_a_reading() -> None:
    readings = tables.readings()
    assert "" not in readings
    assert all(readings.values())
    assert {r.kind for found in readings.values() for r in found} <= set(get_args(tokens.Kind))


# The laws of added spellings.

WORD = st.text("abcdefghiklmnoprstuvxyz", min_size=3, max_size=9)
PHRASE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@given(st.lists(st.lists(WORD, min_size=1, max_size=3), min_size=1, max_size=3))
def test_a_choice_gives_each_combination_once(choices: list[list[str]]) -> None:
    found = lexicon.spellings(" ".join("{" + ",".join(words) + "}" for words in choices))
    size = 1
    for words in choices:
        size *= len(set(words))
    assert len(found) == len(set(found)) == size
    assert all(word in words for name in found for word, words in zip(name.split(), choices, strict=True))


def test_an_optional_piece_leaves_no_blank_behind() -> None:
    assert lexicon.spellings("day{, of} dose") == ("day dose", "day of dose")
    assert lexicon.spellings("{first,} dose") == ("first dose", "dose")


@given(PHRASE)
@example("metastasis")
@example("mass")
@example("biopsy")
@example("toxicity")
def test_a_plural_has_no_plural_and_keeps_what_follows_of(alias: str) -> None:
    many = lexicon.plural(alias)
    # "women" and "children" look like singulars; so would "asis" from "asi", which is no word
    if not alias.endswith(("woman", "child", "si")):
        assert many is None or (many != alias and lexicon.plural(many) is None)
        assert lexicon.plural(f"{alias} of bone") == (f"{many} of bone" if many else None)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("tumor", "tumors"), ("biopsy", "biopsies"), ("day", "days"), ("mass", "masses"), ("axis", None),
        ("metastasis", "metastases"), ("reflex", "reflexes"), ("woman", "women"), ("child", "children"),
        ("pregnant woman", "pregnant women"), ("disease of the liver", "diseases of the liver"), ("TKI", "TKIs"),
        ("treated", None), ("bleeding", None), ("hepatic", None), ("diabetes", None), ("CD4", None), ("MI", None),
    ],
)  # fmt: skip
def test_plurals(one: str, many: str | None) -> None:
    assert lexicon.plural(one) == many


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("tumor", "tumour"), ("leukemia", "leukaemia"), ("anemia", "anaemia"), ("hemoglobin", "haemoglobin"),
        ("leukocyte", "leucocyte"), ("edema", "oedema"), ("diarrhea", "diarrhoea"), ("esophageal", "oesophageal"),
        ("estrogen", "oestrogen"), ("fetal", "foetal"), ("pediatric", "paediatric"), ("cesarean", "caesarean"),
        ("randomized", "randomised"), ("hospitalization", "hospitalisation"), ("sulfate", "sulphate"),
        ("center", "centre"), ("apnea", "apnoea"), ("enrollment", "enrolment"),
    ],
)  # fmt: skip
def test_both_spellings_lead_to_both(american: str, british: str) -> None:
    for given_, other in ((american, british), (british, american)):
        added = set(lexicon.variants(f"acute {given_}"))
        assert f"acute {other}" in added
        assert lexicon.plural(f"acute {other}") in {*added, None}


def test_hemodialysis_in_british() -> None:
    assert "haemodialysis" in lexicon.variants("hemodialysis")


@given(PHRASE)
@example("leukemia")
@example("haemophilic anaemia")
def test_the_listed_spelling_comes_first_and_plurals_follow(alias: str) -> None:
    added = list(lexicon.variants(alias))
    assert added[0] == alias
    assert lexicon.plural(alias) in {*added, None}
    assert list(lexicon.variants(alias)) == added


@pytest.mark.parametrize("table", NAMES)
def test_american_and_british_lead_to_each_other(table: str) -> None:
    """Whichever of the two a table lists, the same two are added."""
    for word in {word for _, spellings in named(table) for spelling in spellings for word in spelling.split()}:
        forms = set(lexicon._respelled(word))
        assert all(set(lexicon._respelled(form)) == forms for form in forms), word


def test_a_hyphen_may_be_a_blank_in_words_alone() -> None:
    assert "soft tissue sarcomas" in lexicon.variants("soft-tissue sarcoma")
    assert "PD 1" not in lexicon.variants("PD-1")


def test_spellings_of_units() -> None:
    power = set(lexicon.unit_variants("10^9/L"))
    assert {"10^9/L", "10*9/L", "10**9/L", "10E9/L", "10(9)/L", "x 10^9/L", "×10^9/L", "10^9 per L"} <= power
    assert set(lexicon.unit_variants("mg/m2")) == {"mg/m^2", "mg per m^2"}
    assert {"mg per kg per day", "mg/kg per day"} <= set(lexicon.unit_variants("mg/kg/day"))
    assert set(lexicon.unit_variants("/mm3")) == {"/mm^3", "per mm^3"}
    assert set(lexicon.unit_variants("m20")) == {"m20"}


# A faulty row is one clear error with table, line and reason. Each fault stands in a small table of its own.

UNITS = "ucum\tdimension\tcanonical\tfactor\tsurfaces\tcased\tissue"
MEASURES = "id\tname\tlabel\tdimensions\tunit\tlow\thigh\tloinc\treference\taliases"
ANCHORS = "id\tlabel\tclear\tsurfaces"
ENTRIES = "id\tname\tlabel\tcodes\taliases\tsource"
DRUGS = "id\tname\tlabel\tcodes\taliases\tclass\tsource"
SOUND = {
    "spellings": "us\tuk\ntumor\ttumour",
    "units": f"{UNITS}\nkg\tmass\tg\t1000\tkg|kilos\t\t\ns\ttime\ts\t1\ts\t\t",
    "measures": f"{MEASURES}\nweight\tWeight\tMeasurement\tmass|none\tkg\t1\t350\t29463-7\t\tweight",
    "anchors": f"{ANCHORS}\nsurgery\tSurgery\t1\tsurgery",
    "histologies": f"{ENTRIES}\nhistology:x\tx\tCondition\tNCIT:C1\txoma\town",
    "drugs": f"{DRUGS}\nclass:a\tantibody\tDrug\t\tantibody\t\town\ndrug:y\ty\tDrug\t\tyumab\tclass:a\town",
    "conditions": f"{ENTRIES}\ncondition:z\tz\tCondition\t\tzitis\town",
    "procedures": f"{ENTRIES}\nprocedure:w\tw\tProcedure\t\twectomy\town",
    "obsolete_names": "name\tconcept\tverdict\tsource\nxoma\thistology:x\trenamed\tWHO 2020",
    "abbreviations": "short\tlong\nWK\twectomy of the knee",
}


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Writes a table for the loaders to read in place of the package's own; the others are small and sound."""
    (tmp_path / "lexicons").mkdir()

    def write(table: str, text: str) -> None:
        (tmp_path / "lexicons" / f"{table}.tsv").write_text(text + "\n", encoding="utf-8")
        forget()

    def forget() -> None:
        for loader in CACHED:
            loader.cache_clear()  # type: ignore[attr-defined]

    for table, text in SOUND.items():
        write(table, text)
    with monkeypatch.context() as patch:
        patch.setattr(lexicon, "files", lambda package: tmp_path)
        yield write
    forget()


def rows(name: str, lines: Iterable[str]) -> str:
    return "\n".join((SOUND[name], *lines))


def test_small_tables_load(put: Callable[[str, str], None]) -> None:
    unit, measure = lexicon.units()[0], lexicon.measures()[0]
    assert unit == Unit(ucum="kg", dimension="mass", canonical="g", factor=Decimal(1000), surfaces=("kg", "kilos"))
    assert (measure.low, measure.high, measure.aliases) == (Decimal(1), Decimal(350), ("weight", "weights"))
    assert list(dict.fromkeys(e.table for e in lexicon.entries())) == list(lexicon.ENTRY_TABLES)
    assert lexicon.entries()[2].classes == ("class:a",)
    assert nomenclature.ancestors() == {"drug:y": frozenset({"class:a"})}
    assert nomenclature.obsolete()["xomas"].concept == "histology:x"
    assert lexicon.abbreviations() == (("WK", "wectomy of the knee"),)


def test_comments_and_empty_lines_count_as_lines(put: Callable[[str, str], None]) -> None:
    put("anchors", f"# a comment\n\n{ANCHORS}\n# another\nvisit\tVisit\tyes\tvisit")
    with pytest.raises(LexiconError, match=r"^lexicons/anchors\.tsv:5: clear 'yes' is unknown$"):
        lexicon.anchors()


def test_a_listed_spelling_wins_over_an_added_one(put: Callable[[str, str], None]) -> None:
    put("anchors", f"{ANCHORS}\none\tOne\t1\tdose|tumour\nmany\tMany\t1\tdoses|tumor")
    assert [a.surfaces for a in lexicon.anchors()] == [("dose", "tumour", "tumours", "tumors"), ("doses", "tumor")]


FAULTS = [
    ("units", ["g\tmass\tkg\t1\tg\t\t"], r"4: mass has the canonical unit g"),
    ("units", ["g\tmass\tg\t1,5\tg\t\t"], r"4: factor '1,5' is no number"),
    ("units", ["g\tmass\tg\tNaN\tg\t\t"], r"4: factor 'NaN' is no number"),
    ("units", ["g\tmass\tg\tInfinity\tg\t\t"], r"4: factor 'Infinity' is no number"),
    ("units", ["g\tmass\tg\t1\t\t\t"], r"4: surfaces is empty"),
    ("units", ["g\tmass\tg\t1\tg||gram\t\t"], r"4: surfaces has an empty value"),
    ("units", ["g\tmass\tg\t1\tg| gram\t\t"], r"4: surfaces has .* a blank at a value's edge"),
    ("units", ["g\tmass\tg\t1\tg|KG\t\t"], r"4: surfaces 'KG' is already in line 2"),
    ("units", ["g\tmass\tg\t1\tg\tyes\t"], r"4: cased 'yes' is unknown"),
    ("units", ["g\tmass\tg\t1\tg\t"], r"4: 6 cells under 7 columns"),
    ("units", ["\tmass\tg\t1\tg\t\t"], r"4: ucum is empty"),
    ("units", ["g\t\tg\t1\tg\t\t"], r"4: dimension is empty"),
    ("measures", ["h\tH\tMeasurement\tlength\t\t\t\t\t\theight"], r"3: dimensions \{'length'\} unknown"),
    ("measures", ["h\tH\tMeasurement\t\t\t\t\t\t\theight"], r"3: dimensions .* unknown"),
    ("measures", ["h\tH\tMeasurement\tmass\ts\t\t\t\t\theight"], r"3: unit 's' has none of the dimensions"),
    ("measures", ["h\tH\tMeasurement\tmass\tcm\t\t\t\t\theight"], r"3: unit 'cm' has none of the dimensions"),
    ("measures", ["h\tH\tMeasure\tmass\t\t\t\t\t\theight"], r"3: label 'Measure' is unknown"),
    ("measures", ["h\tH\tMeasurement\tmass\tkg\tlow\t\t\t\theight"], r"3: low 'low' is no number"),
    ("measures", ["h\tH\tMeasurement\tmass\tkg\t\t--1\t\t\theight"], r"3: high '--1' is no number"),
    ("measures", ["h\tH\tMeasurement\tmass\tkg\t\t\t\tupper\theight"], r"3: reference 'upper' is unknown"),
    ("measures", ["h\tH\tMeasurement\tmass\tkg\t\t\t\t\t"], r"3: aliases is empty"),
    ("measures", ["h\tH\tMeasurement\tmass\tkg\t\t\t\t\theight|{body ,}weight"], r"3: .*'weight' is already in line 2"),
    ("measures", ["weight\tH\tMeasurement\tmass\tkg\t\t\t\t\theight"], r"3: id weight is already in line 2"),
    ("anchors", ["visit\tVisit\t1\tvisit|{,a}"], r"3: surfaces has an optional piece that stands alone"),
    ("anchors", ["visit\tVisit\t\tvisit"], r"3: clear '' is unknown"),
    ("anchors", ["visit\tVisit\t1\tsurgery"], r"3: surfaces 'surgery' is already in line 2"),
    ("anchors", ["visit\t\t1\tvisit"], r"3: label is empty"),
    ("histologies", ["histology:x\tx\tCondition\t\tother\town"], r"3: id histology:x is already in line 2"),
    ("histologies", ["histology:v\tv\tDisease\t\tvoma\town"], r"3: label 'Disease' is unknown"),
    ("histologies", ["histology:v\tv\tCondition\tC123\tvoma\town"], r"3: codes 'C123' is not SYSTEM:VALUE"),
    ("histologies", ["histology:v\tv\tCondition\tNCIT:\tvoma\town"], r"3: codes 'NCIT:' is not SYSTEM:VALUE"),
    ("drugs", ["drug:v\tv\tDrug\t\tvumab\tclass:a|\town"], r"4: class has an empty value"),
    ("drugs", ["drug:v\tv\tDrug\t\tvumab\tclass:b\town"], r"4: class class:b has no row"),
    ("drugs", ["drug:v\tv\tDrug\t\tvumab\t\town"], r"4: class is empty"),
    ("drugs", ["drug:v\tv\tDrug\t\tvumab\town"], r"4: 6 cells under 7 columns"),
    ("obsolete_names", ["voma\thistology:v\trenamed\tWHO"], r"3: concept histology:v is no entry"),
    ("obsolete_names", ["voma\thistology:x\tgone\tWHO"], r"3: verdict 'gone' is unknown"),
    ("obsolete_names", ["xoma\thistology:x\trenamed\tWHO"], r"3: name 'xoma' is already in line 2"),
    ("conditions", ["condition:v\tv\tCondition\t\tzitis\town"], r"3: aliases 'zitis' is already in line 2"),
    ("procedures", ["procedure:v\t\tProcedure\t\tvectomy\town"], r"3: name is empty"),
    ("abbreviations", ["\tlong form"], r"3: short is empty"),
    ("spellings", ["fiber\t"], r"3: uk is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "lines", "reason"), FAULTS, ids=[f"{t}-{r}" for t, _, r in FAULTS])
def test_a_faulty_row_is_named(put: Callable[[str, str], None], table: str, lines: list[str], reason: str) -> None:
    put(table, rows(table, lines))
    loader = LOADERS.get(table) or OTHERS.get(table, lexicon.entries)
    with pytest.raises(LexiconError, match=rf"^lexicons/{table}\.tsv:{reason}"):
        loader()


@pytest.mark.parametrize("table", SOUND)
def test_a_missing_column_is_named(put: Callable[[str, str], None], table: str) -> None:
    header, *body = SOUND[table].split("\n")
    put(table, "\n".join((header.rpartition("\t")[0], *body)))
    loader = LOADERS.get(table) or OTHERS.get(table, lexicon.entries)
    with pytest.raises(LexiconError, match=rf"^lexicons/{table}\.tsv:1: the header is not "):
        loader()
