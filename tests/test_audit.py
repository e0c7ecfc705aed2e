"""The audit's engine: laws that hold for any text, settings, verdicts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import protocol_nlp
from protocol_nlp.audit import Audit, Settings, all_rules, audit
from protocol_nlp.audit.document import Document
from protocol_nlp.audit.settings import Suppression, baseline, baseline_text, from_table, suppressions, unused
from protocol_nlp.audit.words import WordList, words
from protocol_nlp.errors import AuditError
from protocol_nlp.tree import criteria

ROOT = Path(__file__).parents[1]
ENTRY = "Exclusion Criteria:\n\n* Stroke within 6 months\n* Pregnancy\n* Surgery within 6 months\n"
PIECES = st.sampled_from(
    ["within 6 months", "≥ 1.5", "x ULN", "(", ")", "except", "stable", "\n* ", "\n", ":", "or", "and/or", "platelets"]
)


def audited(text: str, chosen: Settings | None = None) -> Audit:
    return audit(protocol_nlp.parse(protocol_nlp.read(text, name="text")[0]), chosen)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        PIECES | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8), max_size=12
    ).map(" ".join)
)
def test_any_text_is_audited_and_each_place_reported_once(text: str) -> None:
    if not text.strip():
        return
    whole = "Exclusion Criteria:\n\n* " + text
    done = audited(whole, Settings(preview=True))
    assert len({(f.code, f.span) for f in done.findings}) == len(done.findings)
    assert len({f.fingerprint for f in done.findings}) == len(done.findings)
    ids = {c.id for c in criteria(protocol_nlp.parse(done.registration))}
    for finding in done.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(whole)
        assert finding.quote == whole[finding.span.start : finding.span.end]
        assert set(finding.criteria) <= ids
        assert finding.criterion is None or finding.criterion in finding.criteria


def test_a_fingerprint_survives_an_edit_elsewhere_and_counts_repetitions() -> None:
    chosen = Settings(select=("TIM001",))
    before = audited(ENTRY, chosen).findings
    after = audited(ENTRY.replace("* Pregnancy", "* Pregnancy or breast-feeding\n* HIV"), chosen).findings
    assert [f.quote for f in before] == ["within 6 months"] * 2
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after]
    assert before[0].fingerprint != before[1].fingerprint


def test_a_fingerprint_survives_the_same_words_earlier_in_the_text() -> None:
    chosen = Settings(select=("TIM001",))
    old = {f.fingerprint for f in audited(ENTRY, chosen).findings}
    new = audited(ENTRY.replace("* Stroke", "* Sepsis within 6 months\n* Stroke"), chosen).findings
    assert old == {f.fingerprint for f in new[1:]}
    assert new[0].fingerprint not in old


def test_a_fault_of_the_whole_entry_keeps_its_fingerprint_wherever_it_is_met_first() -> None:
    chosen = Settings(select=("SUB002",))
    text = "Exclusion Criteria:\n\n* HIV, HBV or severe liver disease\n"
    (one,) = audited(text, chosen).findings
    (two,) = audited(text.replace("* HIV", "* Cirrhosis, severe liver disease\n* HIV"), chosen).findings
    assert one.fingerprint == two.fingerprint
    assert two.criteria == ("E01", "E02")
    assert two.also_quotes == ("severe liver disease",)


def test_each_place_is_reported_by_a_rule_once() -> None:
    done = audited((ROOT / "protocols" / "NCT04172805.txt").read_text(encoding="utf-8"), Settings(preview=True))
    for rule in all_rules():
        places = [place for f in done.findings if f.code == rule.code for place in f.places]
        assert len(set(places)) == len(places), rule.code
    assert any(f.also for f in done.findings)


def test_nothing_else_is_said_of_what_is_not_in_english_and_none_of_it_is_decidable() -> None:
    text = (
        "Inclusion Criteria:\n\n* Patienten mit schwerer Herzerkrankung oder ECOG 0-1\n"
        "* Severe heart disease\n* Age 18 years or older and of sound mind\n* Women who are not pregnant\n"
    )
    done = audited(text)
    assert [(f.code, f.criterion) for f in done.findings if f.criterion == "I01"] == [("STR010", "I01")]
    assert any(f.code == "SUB002" and f.criterion == "I02" for f in done.findings)
    assert next(v for v in done.verdicts if v.criterion == "I01").decidable == "undecidable"
    whole = audited("Критерии:\n\n* Беременность\n* Возраст 18-70 лет\n")
    assert [f.code for f in whole.findings] == ["STR010"]
    assert {v.decidable for v in whole.verdicts} == {"undecidable"}


def test_a_reason_quotes_the_criterion_it_is_given_for() -> None:
    text = "Exclusion Criteria:\n\n* Vaccine within 4 weeks of surgery\n* Sepsis within 2 weeks of surgery\n"
    reasons = [r for v in audited(text).verdicts for r in v.reasons if r.startswith("TIM004")]
    assert [r.partition(": ")[2] for r in reasons] == ["within 4 weeks of surgery", "within 2 weeks of surgery"]


def test_names_may_be_beginnings_codes_or_slugs() -> None:
    def codes(**asked: tuple[str, ...]) -> set[str]:
        return {r.code for r in Settings(**asked).chosen(all_rules()) if not r.gate}

    assert codes(select=("TIM001",)) == codes(select=("window-without-anchor",)) == {"TIM001"}
    assert {code[:3] for code in codes(select=("TIM", "NUM"))} == {"TIM", "NUM"}
    assert "TIM001" not in codes(ignore=("TIM001",))
    assert codes(select=("NUM004",), extend_select=("TIM001",)) == {"NUM004", "TIM001"}


@pytest.mark.parametrize("where", ["select", "ignore", "extend_select"])
def test_an_unknown_name_is_an_error_that_names_the_nearest(where: str) -> None:
    with pytest.raises(AuditError, match=r"'TIM01'.*did you mean TIM00"):
        Settings(**{where: ("TIM01",)}).chosen(all_rules())  # type: ignore[arg-type]
    with pytest.raises(AuditError, match="did you mean window-without-anchor"):
        Settings(**{where: ("window-without-ancor",)}).chosen(all_rules())  # type: ignore[arg-type]


def test_suppressions_answer_one_finding_and_say_when_they_answer_none(tmp_path: Path) -> None:
    first, second = audited(ENTRY, Settings(select=("TIM001",))).findings
    file = tmp_path / "answers.toml"
    file.write_text(
        f'[[suppress]]\nfingerprint = "{first.fingerprint}"\ncode = "TIM001"\nreason = "agreed"\n'
        '[[suppress]]\nfingerprint = "0000000000000000"\ncode = "TIM001"\nreason = "old"\n',
        encoding="utf-8",
    )
    answers = suppressions(file)
    done = audited(ENTRY, Settings(select=("TIM001",), suppressions=answers))
    assert done.findings == (second,)
    assert done.silenced == (first,)
    assert list(unused(answers, done.silenced)) == [answers[1]]
    wrong = Settings(suppressions=(Suppression(fingerprint="0", code="TIM991", reason="x"),))
    with pytest.raises(AuditError, match="suppressions: no rule is called 'TIM991'"):
        wrong.chosen(all_rules())


@pytest.mark.parametrize("text", ['[[suppress]]\ncode = "TIM001"\n', "other = 1\n", "[[suppress]\n", "suppress = 3\n"])
def test_a_faulty_file_of_suppressions_is_one_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AuditError, match=r"answers\.toml"):
        suppressions(file)


def test_a_baseline_silences_what_it_holds_and_nothing_new(tmp_path: Path) -> None:
    old = audited(ENTRY)
    file = tmp_path / "baseline.json"
    file.write_text(baseline_text({old.registration.id: old.findings}), encoding="utf-8")
    held = Settings(baseline=baseline(file))
    assert audited(ENTRY, held).findings == ()
    new = audited(ENTRY + "* Sepsis within 2 months\n", held).findings
    assert "within 2 months" in {f.quote for f in new}
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(AuditError, match="no baseline"):
        baseline(file)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"selct": []}, "did you mean select"),
        ({"select": "TIM"}, "a list of names"),
        ({"fail-on": "never ever"}, "none of error"),
        ({"preview": 1}, "true or false"),
    ],
)
def test_a_faulty_setting_is_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(AuditError, match=message):
        from_table(Path("protocol-nlp.toml"), table)


def test_verdicts_rest_on_all_rules_whatever_is_shown() -> None:
    text = "Inclusion Criteria:\n\n* Age 18 years or older\n* Stroke within 6 months\n* Hemoglobin  9 g/dL\n"
    full = audited(text)
    levels = {v.criterion: v.decidable for v in full.verdicts}
    assert levels == {"I01": "decidable", "I02": "guess", "I03": "undecidable"}
    assert full.decidable == "undecidable"
    assert audited(text, Settings(select=("SUB001",))).verdicts == full.verdicts
    assert any(reason.startswith("TIM001") for v in full.verdicts for reason in v.reasons)


def test_severity_decides_what_fails() -> None:
    (finding,) = audited(ENTRY, Settings(select=("TIM001",))).findings[:1]
    assert [Settings(fail_on=bar).fails([finding]) for bar in ("error", "warning", "info", "never")] == [
        False,
        True,
        True,
        False,
    ]
    assert Settings(fail_on="error").fails([replace(finding, severity="error")])


def test_words_are_matched_whole_and_longest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ({"surface": "stable|{clinically,neurologically} stable"}, {"surface": "Low"})
    monkeypatch.setattr("protocol_nlp.audit.words.cells", lambda *_: rows)
    found = WordList("any")
    text = "Unstable, clinically-stable; Low and low"
    assert [text[h.start : h.end] for h in found.find(words(text))] == ["clinically-stable", "Low"]


def test_a_fixed_term_keeps_a_rule_silent() -> None:
    text = "Exclusion Criteria:\n\n* Other cancer, except cured non-melanoma skin cancer\n"
    assert [f.quote for f in audited(text, Settings(select=("EXC003",))).findings] == ["cured non-melanoma skin cancer"]


def test_items_know_their_words_and_their_place() -> None:
    trial = protocol_nlp.parse(protocol_nlp.read("Exclusion Criteria:\n\n* HIV &amp;\n  HBV\n", name="t")[0])
    (item,) = Document(trial).items
    assert item.view.text == "HIV & HBV"
    assert item.quote(item.lead) == "HIV &amp; HBV"
    assert item.said(item.lead) == ("hiv", "&", "hbv")
