"""The tables as phrases to look for: what each spelling may be, and where it may be that."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from protocol_nlp import lexicon
from protocol_nlp.annotate.tokens import Kind, Term

# When two readings cover the same words, the lower number wins.
PRIORITY: dict[str, int] = {
    "COMPARATOR": 0, "TRAILING": 0, "LIMIT": 1, "NORMAL": 1, "WITHIN": 2, "PAST": 2, "NEXT": 2, "FOR": 2, "AGO": 2,
    "APART": 2, "BEFORE": 3, "PSEUDO": 3, "EXCEPT": 3, "PERMIT": 4, "MEASURE": 5, "ANCHOR": 6, "CONCEPT": 7, "OF": 8,
    "AFTER": 8, "SINCE": 8, "DURING": 8, "UNTIL": 8, "AT": 8,
}  # fmt: skip

_TIME_KINDS: dict[str, Kind] = {
    "within": "WITHIN", "past": "PAST", "next": "NEXT", "for": "FOR", "before": "BEFORE", "after": "AFTER",
    "since": "SINCE", "during": "DURING", "until": "UNTIL", "at": "AT", "ago": "AGO", "apart": "APART", "of": "OF",
}  # fmt: skip
_CUE_KINDS: dict[str, Kind] = {
    "and": "AND", "or": "OR", "and_or": "AND_OR", "nor": "NOR", "either": "EITHER", "except": "EXCEPT",
    "unless": "UNLESS", "permit": "PERMIT", "if": "IF", "for_patients": "IF", "must": "MUST", "subject": "SUBJECT",
    "example": "EXAMPLE", "definition": "EXAMPLE", "other_than": "EXCEPT", "outside": "PERMIT", "eligible": "PERMIT",
    "prohibit": "PROHIBIT",
    "count_any": "COUNT", "count_all": "COUNT", "count_none": "COUNT", "count_2": "COUNT",
    "count_3": "COUNT",
}  # fmt: skip
# By category and direction; a value says more where the kind alone does not.
_STATUS_KINDS: dict[tuple[str, str], tuple[Kind, str]] = {
    ("negated", "forward"): ("NOT", "not"),
    ("prefix", "forward"): ("NOT", "non"),
    ("unable", "forward"): ("NOT", "unable"),
    ("negated", "backward"): ("PROHIBIT", "denied"),
    ("pseudo", "forward"): ("PSEUDO", "pseudo"),
    ("optional", "forward"): ("PSEUDO", "optional"),
    ("historical", "forward"): ("STATUS", "history"),
    ("planned", "forward"): ("STATUS", "planned"),
    ("suspected", "forward"): ("STATUS", "suspected"),
    ("family", "forward"): ("STATUS", "family"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a spelling may be: a token kind with its value, where its `needs` are met."""

    kind: Kind
    value: str | Term | None
    needs: str = ""


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of a cue table; comment lines start with `#`."""
    text = resources.files("protocol_nlp").joinpath(f"lexicons/{table}.tsv").read_text(encoding="utf-8")
    yield from csv.DictReader(
        (line for line in text.splitlines() if line and not line.startswith("#")),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
        restval="",
    )


def status_cues(row: dict[str, str]) -> Iterator[str]:
    """The spellings of a row of status.tsv. A list within braces has commas of its own, so "|" is cut first."""
    for part in row["surfaces"].split("|"):
        yield from lexicon.spellings(part)


# The relation ("prior to") is its own token; the event is what follows it.
_RELATIONS = (
    "time of ",
    "date of ",
    "day of ",
    "prior to ",
    "before ",
    "after ",
    "since ",
    "during ",
    "following ",
    "until ",
    "of ",
    "at ",
    "from ",
    "the ",
)
# "Prior" is the status of the thing that follows it, which can be an event all the same.
_PAST = ("prior ", "previous ")


@cache
def readings() -> dict[str, tuple[Reading, ...]]:
    """Spelling -> its possible readings; a spelling with a capital letter counts only as written."""
    out: dict[str, list[Reading]] = {}

    def put(surface: str, reading: Reading) -> None:
        out.setdefault(surface, []).append(reading)

    for row in rows("comparators"):
        kind: Kind = "COMPARATOR" if row["place"] == "before" else "TRAILING"
        for surface in row["surfaces"].split("|"):
            put(surface, Reading(kind, row["op"], row["needs"] or ("quantity" if kind == "TRAILING" else "")))
    for row in rows("time_cues"):
        for surface in row["surfaces"].split("|"):
            put(surface, Reading(_TIME_KINDS[row["kind"]], row["kind"], row["needs"]))
    for row in rows("limits"):
        for surface in row["surfaces"].split("|"):
            put(surface, Reading("NORMAL" if row["kind"] == "normal" else "LIMIT", row["kind"]))
    for row in rows("cues"):
        for surface in row["surfaces"].split("|"):
            put(surface, Reading(_CUE_KINDS[row["kind"]], row["kind"]))
    for row in rows("status"):
        kind, value = _STATUS_KINDS[row["category"], row["direction"]]
        for surface in status_cues(row):
            put(surface, Reading(kind, value))
    for measure in lexicon.measures():
        term = Term(
            id=measure.id,
            name=measure.name,
            label=measure.label,
            codes=measure.codes,
            dimensions=frozenset(measure.dimensions),
            plain=measure.unit is None,
            amount=_amount(measure),
        )
        reading = Reading("MEASURE", term)
        for alias in measure.aliases:
            put(alias, reading)
    for anchor in lexicon.anchors():
        term = Term(id=anchor.id, name=anchor.label, label=None, clear=anchor.clear, event=anchor.id)
        for alias in anchor.surfaces:
            if alias.lower().startswith((*_RELATIONS, *_PAST)):
                continue
            put(alias, Reading("ANCHOR", term))
    for entry in lexicon.entries():
        term = Term(id=entry.id, name=entry.name, label=entry.label, codes=entry.codes)
        reading = Reading("CONCEPT", term)
        for alias in entry.aliases:
            put(alias, reading)
    return {surface: tuple(_merged(found) if len(found) > 1 else found) for surface, found in out.items()}


def _amount(measure: lexicon.Measure) -> bool:
    """A count of things: where no number stands, the words name the things, not their count."""
    return measure.label in ("Condition", "Procedure") and {"none"} <= set(measure.dimensions) <= {"none", "cycle"}


def _merged(found: list[Reading]) -> list[Reading]:
    """A spelling that is both a thing and an event ("surgery") is the thing, with the event kept beside it."""
    anchor = next((r.value for r in found if r.kind == "ANCHOR"), None)
    things = [r for r in found if r.kind in ("CONCEPT", "MEASURE")]
    if not isinstance(anchor, Term) or not things:
        return found
    kept = [r for r in found if r.kind not in ("CONCEPT", "MEASURE", "ANCHOR")]
    for r in things:
        assert isinstance(r.value, Term)
        kept.append(Reading(r.kind, replace(r.value, event=anchor.id, clear=anchor.clear), r.needs))
    return kept
