"""How many hand-checked mentions come out with the right concept: `python tests/linking_score.py FOLDER [--misses]`.

FOLDER holds the registry entries as ID.txt. `tests/linking/mentions.tsv` lists, for 40 of them, every mention of a
soft-tissue or bone tumour, a drug or drug class, and a quantity measured in blood, serum or urine, with the concept
that is right (`|`: either is; `none`: no concept may be linked). Found: the concept stands on a span that overlaps the
mention. A concept of those three kinds anywhere else is wrong, unless it is too general to be listed ("study drug").
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from protocol_nlp import parse, read
from protocol_nlp.tree import Comparison, Concept, Condition, Span, Trial, Within, criteria, walk

TABLE = Path(__file__).parent / "linking" / "mentions.tsv"
NONE = "none"
GENERAL = frozenset(
    {
        "class:systemic_therapy",
        "class:anticancer_therapy",
        "class:investigational_agent",
        "class:concomitant_medication",
    }
)
DOSES = frozenset({"prednisone_equivalent_dose", "anthracycline_dose"})  # right where listed, no analytes elsewhere


@dataclass(frozen=True, slots=True)
class Mention:
    """One row: where it stands, what it says, which ids are right."""

    record: str
    span: Span
    text: str
    ids: frozenset[str]


@dataclass(slots=True)
class Score:
    """Counts, and one line for each mistake."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        return self.right / ((self.right + self.missed) or 1)


def mentions() -> list[Mention]:
    """The rows of the table."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t"))
    return [
        Mention(r["record"], Span(int(r["start"]), int(r["end"])), r["text"], frozenset(r["concept"].split("|")))
        for r in rows
    ]


def concepts(trial: Trial) -> Iterator[Concept]:
    """All that the trial names: entities, conditions, measures, events that time is counted from."""
    for criterion in criteria(trial):
        yield from criterion.entities
        for node in walk(criterion.expr) if criterion.expr else ():
            match node:
                case Condition():
                    yield node.concept
                case Comparison() if node.measure is not None:
                    yield node.measure
                case Within() if node.window.anchor is not None:
                    yield node.window.anchor


def counted(concept_id: str, analytes: frozenset[str]) -> bool:
    """Whether a concept is of the kinds that the table lists."""
    kind, colon, _ = concept_id.partition(":")
    listed = kind in ("histology", "drug", "class", "regimen") if colon else concept_id in analytes
    return listed and concept_id not in GENERAL


def score(folder: Path) -> Score:
    """The score over the records of the table, which all have to be in the folder."""
    total = Score()
    wanted = mentions()
    analytes = frozenset(i for m in wanted for i in m.ids - DOSES if ":" not in i)
    for record in dict.fromkeys(m.record for m in wanted):
        for registration in read(folder / f"{record}.txt"):
            rate([m for m in wanted if m.record == record], parse(registration), analytes, total)
    return total


def rate(wanted: list[Mention], trial: Trial, analytes: frozenset[str], total: Score) -> None:
    """Add one record to the score. A concept that is right for no mention is wrong, also where another one is right;
    the same concept on overlapping spans counts once."""
    record, text = wanted[0].record, trial.registration.text
    linked = sorted({(c.span, c.id) for c in concepts(trial) if c.id})
    for mention in wanted:
        if any(span.overlaps(mention.span) and name in mention.ids for span, name in linked):
            total.right += 1
        elif NONE not in mention.ids:
            total.missed += 1
            named = ", ".join(sorted(mention.ids))
            total.mistakes.append(f"{record}:{mention.span.start} {mention.text!r} ({named}) missed")
    bad: list[tuple[Span, str]] = []
    for span, name in linked:
        over = [m for m in wanted if m.span.overlaps(span)]
        known = any(name in m.ids for m in over) or any(name == n and span.overlaps(s) for s, n in bad)
        if counted(name, analytes) and not known:
            bad.append((span, name))
            named = "; ".join(", ".join(sorted(m.ids)) for m in over) or "none of ours"
            total.mistakes.append(f"{record}:{span.start} {text[span.start : span.end]!r} is {named}, not {name}")
    total.wrong += len(bad)


def main() -> None:
    total = score(Path(sys.argv[1]))
    if "--misses" in sys.argv[2:]:
        print(*total.mistakes, sep="\n")
    print(
        f"linking: {total.right} right, {total.wrong} wrong, {total.missed} missed; "
        f"precision {total.precision:.3f}, recall {total.recall:.3f}"
    )


if __name__ == "__main__":
    main()
