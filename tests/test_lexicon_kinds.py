"""Names that are not alike in meaning share no concept."""

from __future__ import annotations

import pytest

from protocol_nlp import lexicon


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("allogeneic stem cell transplant", "allogeneic organ transplant"),
        ("age", "age at diagnosis"),
        ("untreated brain metastases", "symptomatic brain metastases"),
        ("treated brain metastases", "asymptomatic brain metastases"),
        ("women of childbearing potential", "fertile patients"),
        ("never smoker", "nonsmoker"),
        ("cholesterol", "non-hdl-c"),
        ("nursing home", "institutionalized"),
        ("mechanical ventilation", "noninvasive ventilation"),
        ("business days", "days"),
        ("GyE", "Gy"),
    ],
)
def test_what_differs_shares_no_concept(one: str, other: str) -> None:
    ids = [
        {t.id for t in (*lexicon.entries(), *lexicon.measures()) if words in t.aliases}
        | {u.issue or u.ucum for u in lexicon.units() if words in u.surfaces}
        for words in (one, other)
    ]
    assert all(ids)
    assert not ids[0] & ids[1]
