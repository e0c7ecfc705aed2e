"""Numbers, units and registry text as shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from strategies import DECIMALS, TEXTS

from protocol_nlp.display import amount, issue, number, unit_name, wording


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\r\n\t words  ", "two words"),
        (r"\>= 3 \[a\] 10\^9 \\ \n", r">= 3 [a] 10^9 \ \n"),
        ("&lt; 5 &ge; 3 &#39;a&#x27; &amp; &nbsp; b", "< 5 ≥ 3 'a' & b"),
        (
            r"\&lt; &amp;lt; &unknown; AT&T &#99999999; &#x110000;",
            "&lt; &lt; &unknown; AT&T &#99999999; &#x110000;",
        ),
        ("a\u200bb\ufeff", "ab"),
        ("a\u202eb\u2066", "a⟨U+202E⟩b⟨U+2066⟩"),
        ("a\x00b\x7f\ud800", "a⟨U+0000⟩b⟨U+007F⟩⟨U+D800⟩"),
        ("&#xD800;&#8238;", "⟨U+D800⟩⟨U+202E⟩"),
        ("", ""),
    ],
)
def test_wording(text: str, shown: str) -> None:
    assert wording(text) == shown


@given(TEXTS)
def test_wording_is_one_line_of_what_can_be_printed(text: str) -> None:
    shown = wording(text)
    assert shown == " ".join(shown.split())
    shown.encode()
    assert not any(c < " " or "\u202a" <= c <= "\u202e" for c in shown)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1500", "1500"),
        ("10000", "10,000"),
        ("1.50", "1.50"),
        ("12345.678", "12,345.678"),
        ("1E+3", "1000"),
        ("-2", "-2"),
        ("1E+40", "1E+40"),
        ("1E-40", "1E-40"),
        ("NaN", "NaN"),
    ],
)
def test_number(value: str, shown: str) -> None:
    assert number(Decimal(value)) == shown


@given(DECIMALS)
def test_a_shown_number_is_that_number(value: Decimal) -> None:
    assert Decimal(number(value).replace(",", "")) == value


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("10*9/L", "2 × 10⁹/L"),
        ("10*3/uL", "2 × 10³/µL"),
        ("10*6.{copies}/mL", "2 × 10⁶·copies/mL"),
        ("/uL", "2/µL"),
        ("%", "2%"),
        ("a", "2 years"),
        ("{half_life}", "2 half-lives"),
        ("{score}", "2 points"),
        ("{ratio}", "2"),
        ("{fold}", "2-fold"),
        ("mg/d", "2 mg/day"),
        ("d/wk", "2 days/week"),
        ("ug/mL", "2 µg/mL"),
        ("u[IU]/mL", "2 µIU/mL"),
        ("mm[Hg]", "2 mmHg"),
        ("cm[H2O]", "2 cmH₂O"),
        ("mL/min/{1.73_m2}", "2 mL/min/1.73 m²"),
        ("g/(24.h)", "2 g/24 h"),
        ("U/g{Hb}", "2 U/g Hb"),
        ("dyn.s/cm5", "2 dyn·s/cm⁵"),
        ("cells per field", "2 cells per field"),
        ("<b>", "2 <b>"),
        (None, "2"),
    ],
)
def test_amount(unit: str | None, shown: str) -> None:
    assert amount("2", unit) == shown


def test_one_has_a_singular() -> None:
    assert amount("1", "a", one=True) == "1 year"
    assert unit_name("{cycle}", one=True) == "cycle"


@given(TEXTS)
def test_any_unit_and_any_issue_can_be_shown(text: str) -> None:
    for shown in (unit_name(text), issue(text), amount("1", text)):
        assert "\n" not in shown


def test_a_known_issue_is_explained() -> None:
    assert issue("comparator:lost") == "comparator not in the text"
    assert issue("strange:new_thing") == "strange: new thing"
