"""Classes of drugs, names that were given up, and opposites that must not share a row."""

from __future__ import annotations

from protocol_nlp import lexicon, nomenclature


def test_classes_of_drugs_are_entries_and_lead_upwards() -> None:
    above = nomenclature.ancestors()
    assert {"class:checkpoint_inhibitor", "class:immunotherapy", "class:anti_pd_1"} <= above["drug:pembrolizumab"]
    assert above["class:anti_pd_1"] < above["drug:nivolumab"]
    assert "class:anthracycline" not in above["drug:ifosfamide"]
    assert [name for name, classes in above.items() if name in classes] == [], "no class is above itself"


def test_opposites_are_not_one_concept() -> None:
    """A row never files a thing with its opposite: the id would say the reverse of the text."""
    opposites = (
        ("inability", "ability"),
        ("unable", "able"),
        ("negative", "positive"),
        ("non-", ""),
        ("hypo", "hyper"),
    )
    for entry in lexicon.entries():
        names = set(entry.aliases)
        for one, other in opposites:
            swapped = {name.replace(one, other, 1) for name in names if name.startswith(one)} & names
            assert not swapped, (entry.id, swapped)


def test_an_obsolete_name_still_links_to_what_it_is_called_today() -> None:
    names = {e.id: {a.lower() for a in e.aliases} for e in lexicon.entries()}
    assert nomenclature.obsolete()["haemangiopericytomas"].concept == "histology:solitary_fibrous_tumor"
    for spelling, fact in nomenclature.obsolete().items():
        assert spelling in names[fact.concept], spelling
