"""The amendment as one HTML page that needs nothing else: no script, no picture, no other file."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from protocol_nlp.amend.compare import Amendment, Change
from protocol_nlp.amend.report.told import MEANINGS, ids, notes, step, summary, wording


def report(amendment: Amendment) -> str:
    """The page: a row for each criterion, with both wordings side by side and the words that differ marked."""
    rows = [_row(change) for change in amendment.changes]
    shown = [row for row in rows if row["kind"] != "unchanged" or row["notes"]]
    counts = [(kind, amendment.counts[kind], meaning) for kind, meaning in MEANINGS.items() if amendment.counts[kind]]
    return _template().render(amendment=amendment, rows=shown, counts=counts, summary=summary(amendment))


def _row(change: Change) -> dict[str, object]:
    before, after = wording(change.before), wording(change.after)
    return {
        "kind": change.kind,
        "ids": ids(change),
        "notes": list(notes(change)),
        "pieces": _pieces(before, after),
        "steps": [step(s) for s in change.steps],
    }


def _pieces(before: str, after: str) -> dict[str, list[tuple[bool, str]]]:
    """Both wordings in pieces, each with whether the other lacks it; blanks belong to the word before them."""
    ours, theirs = _words(before), _words(after)
    out: dict[str, list[tuple[bool, str]]] = {"before": [], "after": []}
    alone = not (before and after)
    for what, i, k, j, m in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        differs = what != "equal" and not alone
        out["before"].append((differs, "".join(ours[i:k])))
        out["after"].append((differs, "".join(theirs[j:m])))
    return {side: [piece for piece in pieces if piece[1]] for side, pieces in out.items()}


def _words(text: str) -> list[str]:
    return [f"{word} " for word in text.split()]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("protocol_nlp.amend.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("amendment.html.j2")
