from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Severity
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, sentence, span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span, Within

GLOSSES: Final = WordList("audit_standard_gloss", ("keys", "standard"))
_BARRIERS: Final = frozenset({"barrier", "condom", "condoms", "diaphragm", "spermicide", "spermicidal", "abstinence"})
_TOGETHER: Final = frozenset({"plus", "combined", "combination", "addition", "with", "together"})
_OLD_SCANS: Final = frozenset({"spiral", "helical", "conventional"})
_DAYS: Final = {"day": 1, "d": 1, "wk": 7, "week": 7, "mo": 30, "month": 30, "a": 365, "year": 365}
_LONGEST_IMAGING = 35
_FAR = 40


@rule(code="VER003", severity="error")
def standard_misquoted(document: Document) -> Iterator[Draft]:
    """What the criterion says of a standard is not what the standard says.

    Sizes of RECIST 1.0 under the name of RECIST 1.1, imaging older than RECIST allows, barrier methods called highly
    effective, a stage or grade explained in other words than its definition.

    Why it matters
        One screener follows the name, the other the words. A woman who uses condoms alone is protected by the one
        reading and becomes pregnant on the drug by the other.
    Example
        Inclusion: Highly effective contraception (barrier method or pill)
    Use instead
        Inclusion: Highly effective contraception (implant, intrauterine device or sterilisation)
    """
    modern = any(_cites_recist(item) for item in document.items)
    for item in document.stated():
        found: list[tuple[Span, str, Severity | None]] = [*_contraception(item), *_glosses(item)]
        if modern:
            found += [*_scans(item), *_imaging(item)]
        for i, (place, says, severity) in enumerate(found):
            if any(place.overlaps(earlier) for earlier, _, _ in found[:i]):
                continue
            yield Draft(
                span=place,
                message=f"not what the standard says: {says}",
                readings=Readings("by the name of the standard", "by the words of the criterion"),
                question=f"The name or the words? ({says})",
                severity=severity,
            )


def _cites_recist(item: Item) -> bool:
    """Whether RECIST 1.1 is named."""
    said = [w.folded for w in item.words]
    version = any(said[i].removeprefix("v") == "1" and said[i + 1 : i + 3] == [".", "1"] for i in range(len(said)))
    return version and "recist" in said


def _contraception(item: Item) -> Iterator[tuple[Span, str, Severity | None]]:
    """Barrier methods among those called highly effective."""
    for i in range(len(item.words) - 1):
        if [w.folded for w in item.words[i : i + 2]] != ["highly", "effective"]:
            continue
        here = sentence(item, i)
        stop = min(here.stop, i + _FAR)
        barrier = next((k for k in range(i + 2, stop) if item.words[k].folded in _BARRIERS), None)
        if barrier is None or not any("contracept" in item.words[k].folded for k in range(i + 2, stop)):
            continue
        between = {item.words[k].folded for k in range(i + 2, barrier)}
        denied = {"not", "excluding", "except", "acceptable", "supplemented"} & between
        if denied or _TOGETHER & {w.folded for w in item.words[max(i + 2, barrier - 4) : barrier]} - {"with"}:
            continue
        yield (
            span(item, i, barrier),
            "barrier methods are not highly effective (failure rate above 1 % a year)",
            "warning",
        )


def _glosses(item: Item) -> Iterator[tuple[Span, str, Severity | None]]:
    """Explanations in brackets, or behind "refers to", that hold none of the words of the definition."""
    for hit in item.find(GLOSSES):
        after = item.words[hit.last + 1 : hit.last + 3]
        inner = next((b for b in brackets(item) if b.start == hit.last + 2), None)
        if after and after[0].folded == "refers":
            inner = range(hit.last + 1, next((b.stop for b in brackets(item) if hit.first in b), len(item.words)))
        if inner is None or len(inner) < 3:
            continue
        said = {item.words[i].folded for i in inner}
        if not said & set(hit.row["keys"].split("|")):
            yield span(item, hit.first, inner.stop - 1), hit.row["standard"], None


def _scans(item: Item) -> Iterator[tuple[Span, str, Severity | None]]:
    """Limits by the kind of CT, which RECIST 1.1 has given up."""
    kinds = [i for i, w in enumerate(item.words) if w.folded in _OLD_SCANS]
    sized = [i for i, w in enumerate(item.words) if w.folded in ("mm", "cm")]
    scans = any(w.folded == "ct" for w in item.words)
    if kinds and sized and scans and min(abs(k - s) for k in kinds for s in sized) <= 8:
        places = [*kinds, *sized]
        yield (
            span(item, min(places), max(places)),
            "RECIST 1.1: 10 mm by CT with slices of at most 5 mm",
            None,
        )


def _imaging(item: Item) -> Iterator[tuple[Span, str, Severity | None]]:
    """A measurable lesion that may have been imaged long ago."""
    for node, _ in item.nodes(Within):
        length = node.window.length
        if length is None or length.high is None or length.unit not in _DAYS or node.window.side == "after":
            continue
        if length.high * _DAYS[length.unit] <= _LONGEST_IMAGING:
            continue
        starts = item.view.starts
        at = next((i for i, w in enumerate(item.words) if starts[w.start] >= node.window.span.start), None)
        said = {item.words[i].folded for i in sentence(item, at)} if at is not None else set()
        if "recist" in said and "measurable" in said and not {"progression", "progressed", "biopsy"} & said:
            yield node.window.span, "RECIST 1.1: baseline imaging at most 4 weeks before treatment", None
