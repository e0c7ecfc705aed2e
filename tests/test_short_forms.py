"""Short forms that an entry explains: read so in all of it, and said where the tables know them otherwise."""

from __future__ import annotations

import pytest

from protocol_nlp import parse, read
from protocol_nlp.tree import Abbreviation, Trial, criteria


def trial(*leads: str) -> Trial:
    return parse(read("Inclusion Criteria:\n" + "".join(f"* {lead}\n" for lead in leads))[0])


def explained(made: Trial) -> dict[str, Abbreviation]:
    return {a.short: a for a in made.abbreviations}


def named(made: Trial, words: str) -> set[str | None]:
    return {e.id for c in criteria(made) for e in c.entities if e.text == words}


def test_an_explained_short_form_is_listed_with_its_place() -> None:
    made = trial("Histologically confirmed myxofibrosarcoma (MFS)", "Recurrent MFS after surgery")
    found = explained(made)["MFS"]
    text = made.registration.text
    assert (found.long, found.id, found.issues) == ("myxofibrosarcoma", "histology:myxofibrosarcoma", ())
    assert text[slice(*found.span)] == "MFS"
    assert text[slice(*found.long_span)] == "myxofibrosarcoma"


def test_it_is_read_so_in_every_lead() -> None:
    made = trial("Histologically confirmed myxofibrosarcoma (MFS)", "Recurrent MFS after surgery")
    assert named(made, "MFS") == {"histology:myxofibrosarcoma"}
    assert "histology:myxofibrosarcoma" not in named(trial("Recurrent MFS after surgery"), "MFS")


@pytest.mark.parametrize(
    ("lead", "short"),
    [
        ("Diagnosis of Marfan syndrome in childhood, lung maturation score (LMS) below average", "LMS"),
        ("Use of upper pole sutures (UPS) at any time", "UPS"),
        ("Participants in the growing infant support team (GIST) programme", "GIST"),
    ],
)
def test_the_entry_s_own_meaning_wins_over_the_tables_and_is_an_issue(lead: str, short: str) -> None:
    made = trial(lead, f"Documented {short} within 4 weeks")
    assert explained(made)[short].issues == ("abbreviation:unusual",)
    assert not {i for i in named(made, short) if i and i.startswith("histology:")}


@pytest.mark.parametrize(
    "lead",
    [
        "Leiomyosarcoma (LMS) of the uterus",
        "Undifferentiated pleiomorphic sarcoma (UPS)",
        "Advanced gastrointestinal stromal tumours (GIST)",
        "Absolute neutrophil count (ANC) ≥ 1.5 x 10^9/L",
    ],
)
def test_the_usual_meaning_is_no_issue_even_where_it_is_misspelt(lead: str) -> None:
    assert [a.issues for a in trial(lead).abbreviations] == [()]


def test_two_explanations_of_one_short_form_are_an_issue_of_both() -> None:
    made = trial("Progressive disease (PD) after chemotherapy", "No Parkinson disease (PD) at entry")
    assert len(made.abbreviations) == 2
    assert all("abbreviation:twice" in a.issues for a in made.abbreviations)


@pytest.mark.parametrize("lead", ["ALT ≤ 3 × ULN (≤ 5 × ULN if liver metastases)", "AST (SGOT) ≤ 2.5 x ULN"])
def test_a_bound_in_brackets_explains_nothing(lead: str) -> None:
    made = trial(lead)
    assert "ULN" not in explained(made)
