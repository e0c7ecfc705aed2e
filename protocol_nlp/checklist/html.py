"""The checklist as one HTML page that needs nothing else: it is filled in, computes, saves and loads by itself.

The page's policy names the two pieces it may run, its style and its script, by their hashes: no text of the registry
could ever be run, even if it got through the escaping.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from protocol_nlp.checklist import checklist
from protocol_nlp.checklist.sheet import LOSSES, Checklist
from protocol_nlp.checklist.templating import environment, rendered
from protocol_nlp.export.artifact import Artifact, file_name
from protocol_nlp.tree import Trial

FORMAT = "protocol-nlp-checklist/1"


def export(trial: Trial) -> Artifact:
    """The checklist of a trial in clinical order."""
    return write(checklist(trial))


def ready(templates: Path | None) -> None:
    """Raises ExportError for a folder of templates that cannot be used."""
    environment(templates)


def write(sheet: Checklist, templates: Path | None = None, saved: dict[str, Any] | None = None) -> Artifact:
    """The page, filled in where answers are given as the page saves them (`filled`).

    Raises ExportError where a template of the folder `templates` fails.
    """
    made = environment(templates, autoescape=True)
    made.filters["json"] = json.dumps
    style, script = _asset("checklist.css"), _asset("checklist.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; form-action 'none'; base-uri 'none'"
    )
    text = rendered(
        made,
        "checklist.html.j2",
        sheet,
        plan=Markup(_data(plan(sheet))),
        style=Markup(style),
        script=Markup(script),
        policy=Markup(policy),
        saved=Markup(_data(saved)) if saved else "",
    )
    return Artifact(text, ".html", LOSSES if sheet.sections else ())


def filled(sheet: Checklist, answers: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Any]:
    """What the page's "Save" would write with these answers, by the keys of the rows, and fields, by their names."""
    made = plan(sheet)
    kept = {name: made[name] for name in ("format", "trial", "sha256", "checklist")}
    return kept | {"answers": dict(answers), "fields": dict(fields)}


def plan(sheet: Checklist) -> dict[str, Any]:
    """What the page's script works on: how answers decide, and what a saved file has to match."""
    places = dict(_places(sheet))
    criteria = [
        {"id": judged.id, "role": judged.role, "logic": judged.logic, "row": places.get(_first(judged.logic), "p1-1")}
        for judged in sheet.judged
    ]
    questions = [(row.key, row.question) for s in sheet.sections for row in s.rows if row.asked]
    identity = json.dumps([sorted(questions), sorted((c["id"], c["logic"]) for c in criteria)])
    return {
        "format": FORMAT,
        "trial": sheet.id,
        "sha256": sheet.sha256,
        "checklist": hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "file": f"{file_name(sheet.id)}.checklist.json",
        "criteria": criteria,
    }


def _places(sheet: Checklist) -> Iterator[tuple[str, str]]:
    """Key of each row -> the id of its line in the page."""
    for part, section in enumerate(sheet.sections, 1):
        for line, row in enumerate(section.rows, 1):
            yield row.key, f"p{part}-{line}"


def _first(logic: Any) -> str:
    """The key of the first row that a logic asks."""
    if logic[0] == "row":
        return str(logic[1])
    return next((key for part in logic[1:] if isinstance(part, tuple) and (key := _first(part))), "")


def _data(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _asset(name: str) -> str:
    return (files("protocol_nlp.checklist") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
