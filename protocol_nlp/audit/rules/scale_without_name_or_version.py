from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison, Span

SCALES: Final = WordList("audit_scale_version", ("scale",))
STAGES: Final = WordList("audit_tumour_stage", ("kind",))
_VERSIONED: Final = ("CTCAE", "RECIST", "TNM", "RANO")
_VERSION: Final = re.compile(r"v(?:ersion)?\d+|\d+(?:st|nd|rd|th)|v|version|ver|edition", re.IGNORECASE)
_GRADE: Final = ("ctcae_grade", "grade")
_TUMOURS: Final = frozenset(
    {"tumor", "tumour", "tumors", "tumours", "sarcoma", "carcinoma", "glioma", "histologic", "histological", "fnclcc"}
    | {"cancer", "lymphoma", "endometrioid", "ups", "gleason", "astrocytoma", "varices", "group", "fl", "sbr"}
)
_AROUND = 6


@rule(code="VER001", severity="warning", document_wide=True)
def scale_without_name_or_version(document: Document) -> Iterator[Draft]:
    """A scale that exists in several versions is cited without one, or a grade without any scale.

    Why it matters
        Versions differ: the same creatinine or the same lymph node is one grade, or measurable, in one version only.
    Example
        Exclusion: Neuropathy of CTCAE grade 2 or worse
    Use instead
        Exclusion: Neuropathy of CTCAE 5.0 grade 2 or worse
    """
    cited: dict[str, list[Span]] = {}
    settled: set[str] = set()
    for item in document.items:
        for hit in item.find(SCALES):
            scale = hit.row["scale"]
            cited.setdefault(scale, []).append(span(item, hit.first, hit.last))
            if _versioned(item, hit.first, hit.last):
                settled.add(scale)
    for scale in _VERSIONED:
        if scale in cited and scale not in settled:
            place, *rest = cited[scale]
            yield Draft(
                span=place,
                message=f"{scale} is cited without its version",
                readings=Readings("as in the version of the protocol's day", "as in the version the site uses today"),
                question=f"Which version of {scale}?",
                also=tuple(rest),
            )
    yield from _bare_stages(document)
    if "CTCAE" not in cited:
        yield from _bare_grades(document)


def _versioned(item: Item, first: int, last: int) -> bool:
    """Whether a version stands close by: "v1.1", "version 5", "5.0"; a lone number is a grade."""
    if any(c.isdigit() for c in item.words[last].text):
        return True
    after = item.words[last + 1 : last + 1 + _AROUND]
    around = (*after, *item.words[max(0, first - 3) : first])
    for i, word in enumerate(around):
        if word.folded.startswith("grade"):
            return False
        decimal = word.text.isdigit() and i + 1 < len(after) and after[i + 1].text == "."
        if decimal or _VERSION.fullmatch(word.text):
            return True
    return False


def _bare_grades(document: Document) -> Iterator[Draft]:
    """Grades of toxicity in an entry that names no scale of toxicity."""
    places = [place for node, _, item in document.nodes(Comparison) if (place := _grade(item, node))]
    if places:
        yield Draft(
            span=places[0],
            message="a grade, and no scale that defines it",
            readings=Readings("as in CTCAE 5.0", "as in another scale, or an older version"),
            question="Which scale, in which version (such as CTCAE 5.0)?",
            also=tuple(places[1:]),
        )


def _bare_stages(document: Document) -> Iterator[Draft]:
    """Stages or grades of a tumour in an entry that names no system of them."""
    found: dict[str, list[Span]] = {}
    for item in document.items:
        for hit in item.find(STAGES):
            found.setdefault(hit.row["kind"], []).append(span(item, hit.first, hit.last))
    if "system" in found:
        return
    for kind, places in found.items():
        yield Draft(
            span=places[0],
            message=f"a {kind} of a tumour, and no system that defines it",
            readings=Readings("as in the newest edition", "as in the edition or school that the site uses"),
            question=f"Which system defines the {kind}, in which edition?",
            also=tuple(places[1:]),
            confidence="medium",
        )


def _grade(item: Item, node: Comparison) -> Span | None:
    """The words of a grade of toxicity, not of a tumour."""
    of = node.measure.id if node.measure and node.measure.id else ""
    if of not in _GRADE and not of.startswith(("condition:", "observation:")) and node.measure and node.measure.id:
        return None
    starts = item.view.starts
    inside = [
        i for i, w in enumerate(item.words) if node.quantity.span.start <= starts[w.start] < node.quantity.span.end
    ]
    near = range(max(0, inside[0] - 1), min(inside[-1] + 2, len(item.words))) if inside else range(0)
    grades = [i for i in near if item.words[i].folded in ("grade", "grades")]
    around = {w.folded for w in item.words[max(0, near.start - 2) : near.stop + 3]}
    if not grades or around & _TUMOURS:
        return None
    return span(item, min(grades[0], inside[0]), max(grades[0], inside[-1]))
