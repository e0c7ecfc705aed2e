"""A pipeline given with --model: its things and its parses are used, its labels translated, its faults named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import spacy
from spacy.lookups import Lookups
from spacy.training import Example

from protocol_nlp import parse, read
from protocol_nlp.annotate import recognize
from protocol_nlp.cli import main
from protocol_nlp.errors import ModelError
from protocol_nlp.lexicon import LABELS

SENTENCES = (
    ("Tumors such as zorbloma are excluded", "NOUN ADJ ADP NOUN AUX VERB"),
    ("Sarcomas such as quuxoma were treated", "NOUN ADJ ADP NOUN AUX VERB"),
    ("Patients with sarcomas are excluded", "NOUN ADP NOUN AUX VERB"),
)


@pytest.fixture(scope="module")
def parsing(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small pipeline that tags, lemmatizes and finds one kind of thing, saved to disk as a user's own would be."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("morphologizer")
    examples = [
        Example.from_dict(nlp.make_doc(text), {"pos": tags.split(), "morphs": [""] * len(tags.split())})
        for text, tags in SENTENCES
    ]
    nlp.initialize(lambda: examples)
    for _ in range(30):
        nlp.update(examples)
    lookups = Lookups()
    lookups.add_table("lemma_lookup", {"sarcomas": "sarcoma", "tumors": "tumor"})
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"}).initialize(lookups=lookups)  # type: ignore[attr-defined]
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "CANCER", "pattern": "Tumors"}])  # type: ignore[attr-defined]
    folder = tmp_path_factory.mktemp("model")
    nlp.to_disk(folder)
    return str(folder)


def test_members_of_a_class_are_found_and_take_its_label(parsing: str) -> None:
    ((things, members),) = recognize.finds(recognize.installed(parsing), ["Tumors such as zorbloma are excluded"])
    text = "Tumors such as zorbloma are excluded"
    assert [(m.relation, text[slice(*m.general)], text[slice(*m.special)]) for m in members] == [
        ("such_as", "Tumors", "zorbloma")
    ]
    assert [(text[t.start : t.end], t.label) for t in things] == [("Tumors", "Condition"), ("zorbloma", "Condition")]


def test_memberships_reach_the_trial_with_their_places(parsing: str) -> None:
    entry = read("Exclusion Criteria:\n* Tumors such as zorbloma are excluded\n")[0]
    assert parse(entry).memberships == ()
    (found,) = parse(entry, model=parsing).memberships
    assert (entry.text[slice(*found.general)], entry.text[slice(*found.special)]) == ("Tumors", "zorbloma")


def test_a_model_without_parses_has_no_detector(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "plain")
    assert recognize.installed(str(tmp_path / "plain")).pipe_names == []


def test_labels_of_public_models_lead_to_ours_or_to_none() -> None:
    table = recognize.counterparts()
    assert (table["DISEASE"], table["CHEMICAL"], table["ENTITY"]) == ("Condition", "Drug", None)
    assert {label for label in table.values() if label} <= set(LABELS)
    assert not set(table) & set(LABELS)


def fault(where: Path) -> str:
    """The line that a faulty model folder costs a run, which writes nothing and leaves with exit code 2."""
    with pytest.raises(ModelError) as caught:
        recognize.installed(str(where))
    line = str(caught.value)
    assert "\n" not in line
    assert repr(str(where)) in line
    assert line.endswith("leave --model out")
    return line


def test_a_model_of_another_version_is_named(parsing: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    nlp = spacy.blank("en")
    nlp.to_disk(other)
    meta = json.loads((other / "meta.json").read_text(encoding="utf-8"))
    (other / "meta.json").write_text(json.dumps(meta | {"spacy_version": ">=2.3.0,<2.4.0"}), encoding="utf-8")
    assert "W095" in fault(other)


@pytest.mark.parametrize("file", ["config.cfg", "meta.json", "tokenizer"])
def test_a_damaged_model_is_named(file: str, tmp_path: Path) -> None:
    where = tmp_path / "own"
    spacy.blank("en").to_disk(where)
    (where / file).write_bytes(b"\x00 nothing of the kind")
    fault(where)


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    fault(tmp_path)


@pytest.mark.parametrize("file", [None, "ner/model", "tok2vec/model", "vocab/vectors", "config.cfg"])
def test_the_models_own_folder_is_named_where_it_is_missing_or_damaged(
    file: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = tmp_path / "model"
    if file:
        shutil.copytree(recognize.SHIPPED, where)
        (where / file).write_bytes((where / file).read_bytes()[:900])
    monkeypatch.setattr(recognize, "SHIPPED", where)
    with pytest.raises(ModelError, match=r"the package's own model in model/ cannot be loaded") as caught:
        recognize.shipped()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("install the package again")


def test_the_run_ends_with_one_line_and_nothing_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = tmp_path / "entry.txt"
    entry.write_text("Inclusion Criteria:\n* Age 18 years or older\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["convert", str(entry), "--model", "no_such_model", "-o", str(tmp_path / "out")])
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "error: model 'no_such_model' is not installed: install the package, or leave --model out"
    ]
    assert not list(tmp_path.glob("out/*.json"))
