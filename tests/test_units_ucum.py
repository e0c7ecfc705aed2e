"""units.tsv against ucumvert, a second and independent reading of UCUM.

Where the two differ on purpose, the difference stands here with its reason, and is itself tested.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest
from pint import Quantity
from ucumvert import InvalidUcumError, PintUcumRegistry, get_ucum_parser, parse_ucum
from ucumvert.xml_util import get_units_with_full_definition

from protocol_nlp import lexicon
from protocol_nlp.annotate.scan import unit_at

PARSER = get_ucum_parser()
Read = Callable[[str], "Quantity[float]"]
DIMENSIONS = sorted({unit.dimension for unit in lexicon.units()})

# Valid codes that pint can make no quantity of: a logarithm within a ratio.
NO_QUANTITY = {"dB/m"}
# Codes on a scale with an offset or a logarithm: a factor would be wrong; to itself it is 1.
NO_RATIO = {"Cel", "[degF]", "dB"}
# UCUM fixes the metre of mercury at 133.322 kPa, pint keeps the conventional millimetre's 133.322387415 Pa.
MERCURY = {"mm[Hg]", "[wood'U]"}
# Rows without a factor, and why.
NO_FACTOR = {
    "[degF]": "an offset scale",
    "[psi]": "no finite decimal in Pa",
    "/mo": "a month is no whole number of weeks: 4 a month and 1 a week are not the same amount",
    "/a": "the same of a year",
    "{cigarettes}/mo": "the same",
    "{drinks}/mo": "the same",
    "d/mo": "the same",
    "d/a": "the same",
}
# Dimensions that UCUM's algebra does not tell apart, so that only the table keeps them from being compared.
KEPT_APART = [
    ("[IU]/L", "/L", "an international unit is a plain number to UCUM"),
    ("{copies}/mL", "/mL", "annotations have no meaning in UCUM: copies, cells, colonies are all counts"),
    ("{copies}/mL", "[IU]/mL", "copies convert to units by an assay's own factor"),
    ("{log_copies}/mL", "{copies}/mL", "a logarithm written as an annotation"),
    ("mL/min/{1.73_m2}", "mL/min", "body surface is an annotation: the two differ by the patient"),
    ("L/min", "L/d", "a flow of blood or gas, and an output"),
    ("mL/min/m2", "m/s", "volume over area is a length"),
    ("g/(24.h)", "g/d", "protein in urine, and the dose of a drug"),
    ("mg/kg", "%", "a dose by weight is a mass over a mass"),
    ("mg/kg/d", "/d", "the same by day"),
    ("mg/g", "%", "a ratio of two masses in urine, and a share"),
    ("h/d", "%", "a time over a time"),
    ("Gy", "Sv", "absorbed and equivalent dose are J/kg both"),
    ("Bq", "/min", "decays and heartbeats"),
    ("{half_life}", "{cycle}", "lengths of time only where drug and schedule are known"),
    ("{points}", "{copies}", "plain numbers both"),
    ("[ppm]", "%", "both are shares; exhaled gas is never given in per cent"),
    ("kg/m2", "g/cm2", "body mass index and bone density"),
    ("kg", "ku", "masses of patients and of molecules"),
    ("/[HPF]", "/10.[HPF]", "a field is no unit, and ten fields are not always ten times one"),
]
# How criteria write it; the code meant; what UCUM reads instead (null: it is no code at all).
WRITTEN = [
    ("K/uL", "10*3/uL", "K/uL", "kelvin"),
    ("K/mm3", "10*3/mm3", "K/mm3", "kelvin"),
    ("G/L", "10*9/L", "G/L", "gauss"),
    ("T/L", "10*12/L", "T/L", "tesla"),
    ("M/uL", "10*6/uL", None, ""),
    ("x 10^9/L", "10*9/L", None, ""),
    ("cells/uL", "/uL", None, ""),
    ("mL/min/1.73 m2", "mL/min/{1.73_m2}", "mL/min/1.73.m2", "the point multiplies: 73 m2"),
    ("IU/L", "[IU]/L", None, ""),
    ("mcg/mL", "ug/mL", None, ""),
    ("mEq/L", "meq/L", None, ""),
    ("mmHg", "mm[Hg]", None, ""),
    ("mg%", "mg/dL", "mg%", "a hundredth of a milligram, not milligrams in 100 mL"),
    ("mM", "mmol/L", None, ""),
    ("C", "Cel", "C", "coulomb"),
    ("F", "[degF]", "F", "farad"),
    ("D", "[diop]", None, ""),
    ("ft", "[ft_i]", "ft", "femtotonne"),
    ("rads", "RAD", None, ""),
    ("kDa", "ku", None, ""),
    ("cc", "mL", None, ""),
    ("half-lives", "{half_life}", None, ""),
]


@pytest.fixture(scope="module")
def read() -> Read:
    """The quantity of a code, parsed once; an annotation alone is the number one."""
    registry = PintUcumRegistry()

    @cache
    def quantity(code: str) -> Quantity[float]:
        found = registry.from_ucum(code)
        return found if isinstance(found, Quantity) else quantity("1")

    return quantity


@cache
def parses(code: str) -> bool:
    """Whether UCUM's grammar and atoms allow a code."""
    try:
        parse_ucum(code, PARSER)
    except InvalidUcumError:
        return False
    return True


def units(dimension: str) -> list[lexicon.Unit]:
    return [unit for unit in lexicon.units() if unit.dimension == dimension]


def unit_of(code: str) -> lexicon.Unit:
    return next(unit for unit in lexicon.units() if unit.ucum == code)


def read_alone(surface: str) -> lexicon.Unit:
    start, end, unit = unit_at(f"3 {surface}", 1) or pytest.fail(f"{surface} is not read")
    assert (start, end) == (2, 2 + len(surface))
    return unit


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_dimension_holds_valid_codes_of_one_kind(read: Read, dimension: str) -> None:
    kinds = {}
    for code in {code for unit in units(dimension) for code in (unit.ucum, unit.canonical)}:
        assert parses(code), code
        if code not in NO_QUANTITY:
            kinds[code] = read(code).dimensionality
    assert len(set(map(str, kinds.values()))) <= 1, kinds


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_factors_are_those_of_ucum(read: Read, dimension: str) -> None:
    for unit in units(dimension):
        if unit.ucum == unit.canonical:
            assert unit.factor == 1
        elif unit.factor is not None:
            assert unit.ucum not in NO_RATIO
            ratio = (read(unit.ucum) / read(unit.canonical)).to_base_units()
            assert ratio.dimensionless
            ours = float(unit.factor) * (133.322387415 / 133.322 if unit.ucum in MERCURY else 1)
            assert ratio.magnitude == pytest.approx(ours, rel=1e-9), unit.ucum


def test_rows_without_a_factor_are_those_with_a_reason() -> None:
    assert {unit.ucum for unit in lexicon.units() if unit.factor is None} == set(NO_FACTOR)


def test_mercury_is_as_ucum_defines_it() -> None:
    defined = {u.code_cs: (u.conversion_factor, u.defining_unit) for u in get_units_with_full_definition()}
    assert defined["m[Hg]"] == ("133.3220", "kPa")
    assert defined["[wood'U]"] == ("1", "mm[Hg].min/L")
    assert unit_of("mm[Hg]").factor == Decimal("133.322")
    # mm[Hg].min/L = 133.322 Pa x 60 s / 0.001 m3, and dyn.s/cm5 = 100000 Pa.s/m3
    assert unit_of("[wood'U]").factor == Decimal("133.322") * 60 * 1000 / 100000


@pytest.mark.parametrize("code", sorted(NO_QUANTITY))
def test_exceptions_are_still_needed(read: Read, code: str) -> None:
    with pytest.raises(Exception, match="Ambiguous operation with offset unit"):
        read(code)


@pytest.mark.parametrize(("one", "other", "reason"), KEPT_APART, ids=lambda value: value.replace(" ", "_"))
def test_what_ucum_cannot_tell_apart_has_dimensions_of_its_own(read: Read, one: str, other: str, reason: str) -> None:
    assert read(one).dimensionality == read(other).dimensionality, reason
    assert unit_of(one).dimension != unit_of(other).dimension, reason


@pytest.mark.parametrize(("arbitrary", "enzyme"), [("[IU]/L", "U/L"), ("m[IU]/mL", "mU/mL"), ("[IU]/m2", "U/m2")])
def test_international_units_never_become_enzyme_units(read: Read, arbitrary: str, enzyme: str) -> None:
    assert read(arbitrary).dimensionality != read(enzyme).dimensionality
    assert unit_of(arbitrary).dimension != unit_of(enzyme).dimension


@pytest.mark.parametrize(("mass", "molar"), [("mg/dL", "umol/L"), ("g/L", "mmol/L"), ("mg/g", "mg/mmol")])
def test_mass_never_becomes_amount_of_substance(read: Read, mass: str, molar: str) -> None:
    """That takes the molar mass of the analyte, which no unit knows."""
    assert read(mass).dimensionality != read(molar).dimensionality
    assert unit_of(mass).dimension != unit_of(molar).dimension


@pytest.mark.parametrize(("surface", "meant", "misread", "what"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_a_spelling_that_ucum_reads_otherwise(
    read: Read, surface: str, meant: str, misread: str | None, what: str
) -> None:
    assert read_alone(surface).ucum == meant
    if misread is None:
        assert not parses(surface)
    else:
        assert read(misread).dimensionality != read(meant).dimensionality, what


def test_ten_fields_are_below_the_line(read: Read) -> None:
    """UCUM reads from the left, but a leading slash takes the whole term below it."""
    for code, fields in (("/10.[HPF]", 10), ("/50.[HPF]", 50)):
        assert read(code).magnitude == pytest.approx(1 / fields)


def test_a_code_in_braces_is_a_plain_number(read: Read) -> None:
    codes = {unit.ucum for unit in lexicon.units() if unit.ucum[0] == "{" and unit.ucum[-1] == "}"}
    # "{drinks}/{occasion}" has a brace at both ends and is a quotient
    assert all(read(code).dimensionless and read(code).magnitude == 1 for code in codes)
    assert {"{half_life}", "{cycle}", "{points}", "{score}"} <= codes
