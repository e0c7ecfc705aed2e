"""What can be wrong with a patient file, and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from protocol_nlp.cli import app
from protocol_nlp.errors import PatientError
from protocol_nlp.screening import read_patient

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "protocol_nlp" / "screening" / "patient.schema.json").read_text(encoding="utf-8"))
ENTRY = "Inclusion Criteria:\n\n* Age ≥ 18 years\n\nExclusion Criteria:\n\n* QTc > 470 ms\n"
OWN: dict[str, Any] = {"format": "protocol-nlp-patient/1", "id": "P-1", "date": "2027-01-10", "age": 40}


def bundle(*resources: dict[str, Any]) -> str:
    people = [{"resourceType": "Patient", "id": "p"}]
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in (*people, *resources)]})


def own(**fields: Any) -> str:
    return json.dumps({**OWN, **fields})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p.json: no JSON object|p.json: not valid JSON|p.json:1:1: not valid JSON"),
        ("[]", "p.json: no JSON object: a patient file begins with {"),
        ('{"format": \n "x"', "p.json:2:5: not valid JSON: Expecting ',' delimiter"),
        ('{"format": NaN}', "p.json: not valid JSON: NaN is no number"),
        ('{"format": 1, "id": 1,\n "format": 2}', "p.json:2: the key 'format' stands twice in one object"),
        ("[" * 100_000, "p.json: JSON nested more than 60 levels deep"),
        ("{}", 'p.json: neither a patient file ("format": "protocol-nlp-patient/1") nor a FHIR Bundle'),
        ('{"format": "protocol-nlp-patient/9"}', 'p.json:format: it is not "protocol-nlp-patient/1"'),
        (own(observation=[]), 'p.json:observation: unknown key; did you mean "observations"?'),
        (own(observations=[{"name": "ECOG", "valu": 1}]), 'observations[0].valu: unknown key; did you mean "value"?'),
        (own(observations=[{"name": "ECOG", "value": "1"}]), 'observations[0].value: "1" stands where a number'),
        (own(observations=[{"value": 1}]), "observations[0]: neither name nor code"),
        (own(observations=[1]), "observations[0]: 1 stands where an object is asked for"),
        (own(observations={}), "observations: an object stands where a list is asked for"),
        (own(drugs=[{"name": "doxorubicin", "start": "2027-02-30"}]), 'drugs[0].start: "2027-02-30" is no date'),
        (own(drugs=[{"name": "doxorubicin", "date": "2027", "end": "2027"}]), "drugs[0].date: a single day, beside"),
        (own(drugs=[{"name": "doxorubicin", "status": "maybe"}]), 'drugs[0].status: "maybe" is not one of active'),
        (own(date="2027-01"), 'date: "2027-01" is no whole date'),
        (own(birth_date="2028-01-01"), "birth_date: 2028-01-01 is after the day the file describes"),
        (own(age=400), "age: 400 is no age in years"),
        (own(sex="f"), 'sex: "f" is not one of male, female'),
        (own(complete=["everything"]), "complete[0]: 'everything' is not one of conditions"),
        (own(events={"first_does": "2027-01-15"}), 'events.first_does: unknown key; did you mean "first_dose"?'),
        (own(events={"first_dose": "2027"}), "events.first_dose: no whole date"),
        ('{"resourceType": "Patient"}', "p.json:resourceType: Patient: a Bundle is read, with one Patient in it"),
        ('{"resourceType": "Bundle"}', "p.json:entry: 0 Patient resources"),
        (bundle({"resourceType": "Patient", "id": "q"}), "p.json:entry: 2 Patient resources"),
        (bundle({"resourceType": "Patient", "id": "p"}), "entry[1].resource.id: Patient/p stands twice"),
        (bundle({"id": "q"}), "entry[1].resource.resourceType: missing"),
        (
            bundle(
                {
                    "resourceType": "Observation",
                    "status": "final",
                    "subject": {"reference": "Patient/p"},
                    "effectiveDateTime": "2027-13-01",
                }
            ),
            'entry[1].resource.effectiveDateTime: "2027-13-01" is no date of the calendar',
        ),
    ],
)
def test_a_damaged_file_is_one_message_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PatientError) as raised:
        read_patient(text, name="p.json")
    assert any(part in str(raised.value) for part in message.split("|"))
    assert "\n" not in str(raised.value)


def test_the_schema_is_printed() -> None:
    result = CliRunner().invoke(app, ["schema", "patient"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, SCHEMA)


def test_deep_nesting_in_a_text_is_no_nesting() -> None:
    assert read_patient(own(id="[" * 500)).id == "[" * 500


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "screening").glob("*.yml")), ids=lambda p: p.stem)
def test_the_schema_holds_for_all_patients_of_the_tests(path: Path) -> None:
    checked = jsonschema.Draft202012Validator(SCHEMA)
    for one in yaml.safe_load(path.read_text(encoding="utf-8"))["patients"]:
        if "patient" in one:
            checked.validate({**json.loads(json.dumps(one["patient"], default=str)), "format": OWN["format"]})


@pytest.mark.parametrize(
    "wrong", [{"sex": "f"}, {"drug": []}, {"observations": [{"value": 1}]}, {"date": "2027"}, {"complete": ["all"]}]
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid({**OWN, **wrong})
    with pytest.raises(PatientError):
        read_patient(own(**wrong))


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.txt").write_text(ENTRY, encoding="utf-8")
    Path("p.json").write_text(own(observations=[{"name": "QTc", "value": 480, "unit": "ms"}]), encoding="utf-8")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["screen", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("_here")
def test_a_table_names_each_criterion_and_what_decided_it() -> None:
    code, told, said = run("t.txt", "--patient", "p.json")
    assert (code, said) == (0, "")
    assert told.startswith("P-1 for t: not eligible (1 for, 1 against, 0 open)\n")
    assert "QTc: 480 ms, no date" in told


@pytest.mark.usefixtures("_here")
def test_json_has_every_criterion_once() -> None:
    code, _, said = run("t.txt", "--patient", "p.json", "--to", "json", "-o", "out.json")
    assert (code, said) == (0, "P-1 for t: not eligible (1 for, 1 against, 0 open), written to out.json\n")
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert [(c["id"], c["state"], c["effect"]) for c in told["criteria"]] == [
        ("I01", "met", "for"),
        ("E01", "met", "against"),
    ]
    assert told["criteria"][1]["evidence"] == [
        {"path": "observations[0]", "what": "QTc", "value": "480 ms", "date": "no date"}
    ]


@pytest.mark.usefixtures("_here")
def test_the_page_holds_the_answers_that_its_own_load_takes() -> None:
    assert run("t.txt", "--patient", "p.json", "--to", "answers", "-o", "a.json")[0] == 0
    assert run("t.txt", "--patient", "p.json", "--to", "html", "-o", "a.html")[0] == 0
    saved = json.loads(Path("a.json").read_text(encoding="utf-8"))
    page = Path("a.html").read_text(encoding="utf-8")
    plan = json.loads(page.partition('id="plan">')[2].partition("</script>")[0])
    assert json.loads(page.partition('id="saved">')[2].partition("</script>")[0]) == saved
    assert all(saved[key] == plan[key] for key in ("format", "trial", "sha256", "checklist"))
    assert saved["answers"] == {"I01": "true", "E01": "true"}
    assert saved["fields"]["Value of E01"] == "QTc: 480 ms"
    for key in saved["answers"]:
        assert f'data-answer="{key}"' in page
    for name in saved["fields"]:
        assert f'data-field="{name}"' in page


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["t.txt", "--patient", "none.json"], "none.json: cannot be opened: No such file or directory"),
        (["none.txt", "--patient", "p.json"], "none.txt: cannot be opened: No such file or directory"),
        (["t.txt", "--patient", "t.txt"], "t.txt:1:1: not valid JSON: Expecting value"),
        (["t.txt", "--patient", "p.json", "--anchor", "frist_dose=2027-01-15"], 'unknown event "frist_dose"'),
        (["t.txt", "--patient", "p.json", "--anchor", "first_dose=2027-02-30"], '"2027-02-30" is no date'),
        (["t.txt", "--patient", "p.json", "--date", "2027-02-30"], '--date: "2027-02-30" is no date of the calendar'),
        (["t.txt", "--patient", "p.json", "--date", "2027-02-20"], "--date: the patient file describes 2027-01-10"),
        (["t.txt", "--patient", "p.json", "--to", "xml"], "--to: unknown format 'xml'"),
        (["t.txt", "--patient", "p.json", "-o", "p.json"], "-o: p.json is one of the inputs and is not replaced"),
        (["t.txt", "--patient", "p.json", "-o", "t.txt/x"], "t.txt"),
    ],
)
def test_a_wrong_call_writes_nothing(arguments: list[str], message: str) -> None:
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    code, told, said = run(*arguments)
    assert (code, told) == (2, "")
    assert said.startswith("error: ")
    assert message in said
    assert said.count("\n") == 1
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.usefixtures("_here")
def test_a_file_that_is_not_utf_8_is_named_with_its_byte() -> None:
    Path("b.json").write_bytes(b'{"id": "\xff"}')
    assert run("t.txt", "--patient", "b.json") == (
        2,
        "",
        "error: b.json:byte 8: not UTF-8 text: cannot read byte 0xFF\n",
    )
