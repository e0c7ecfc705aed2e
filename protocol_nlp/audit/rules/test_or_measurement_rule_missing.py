from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings, Severity
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import sentence, span
from protocol_nlp.audit.words import Hit, WordList
from protocol_nlp.tree import Comparison, Span

TESTS: Final = WordList("audit_test_missing", ("unless", "ask", "severity"))
MARKERS: Final = WordList("audit_marker_state", ("place",))
"""Words that say in which state a gene or a protein is. place: "behind" its name, or "before" it."""
_ASSAYS: Final = frozenset(
    (
        "ihc ngs fish pcr sequencing immunohistochemistry immunohistochemical hybridization hybridisation assay "
        "assays kit clone cps tps score panel cytometry karyotyping ish cish clia asco staining stain % percent "
        "copies ratio cytogenetics"
    ).split()
)
_MARKER: Final = re.compile(r"(?=[^\d]*[A-Z][^a-z]*[A-Z0-9])[A-Za-z]?[A-Z0-9]{2,7}[a-z]?")
_MIXED: Final = frozenset("Met Kit Myc Ras Raf Her2 Claudin Nectin Trop2 p53 p16".split())
_LESIONS: Final = frozenset(
    (
        "lesion lesions tumor tumors tumour tumours mass masses nodule nodules node nodes metastasis metastases "
        "primary disease"
    ).split()
)
_SHARED: Final = frozenset(
    (
        "involvement loss involved cells sample necrosis component tumor tumour bone marrow histology "
        "differentiation viable lumen"
    ).split()
)
_COUNTED: Final = frozenset({"positive", "expressing"})  # of cells: left to the table
_TAKES: Final = frozenset({"expressing", "overexpressing"})  # "tumor expressing GPC3"
_FORECASTS: Final = frozenset({"chance", "risk", "probability", "survival", "population", "weight", "cure"})
_METHODS: Final = frozenset(
    (
        "measurable measured ct mri mr pet imaging scanning scan scans recist ultrasound x caliper calipers axis "
        "radiographic radiographically radiological pathology pathologic histologic histological tomography "
        "resonance choi rano echocardiogram echocardiography muga predicted slice biopsy cytology "
        "spirometry dlco fev1 lvef ejection karnofsky lansky saturation"
    ).split()
)
_STAINS: Final = frozenset(
    "expression expressing expresses express staining stained stain ihc immunohistochemistry".split()
)
_SCORES: Final = frozenset({"cps", "tps", "score"})
_STRENGTH: Final = frozenset(
    "intensity kit clone 22c3 sp142 sp263 28 1+ 2+ 3+ sequencing pcr fish assay validated".split()
)
_GERMS: Final = frozenset(
    "HIV HBV HCV HPV EBV CMV HSV VZV HTLV HBSAG HBC HBCAB HBEAG COVID SARS TB DNA RNA CT MRI PET CNS ECOG QTC".split()
)


@rule(code="OPS001", severity="info")
def test_or_measurement_rule_missing(document: Document) -> Iterator[Draft]:
    """A finding that a test decides, and the entry does not say which test, specimen, time or formula.

    A warning where the methods differ so much that patients change sides: a gene or a protein without an assay, the
    size of a tumor without a word on how it is measured, a share of it.

    Why it matters
        A QT interval corrected after Bazett is some 20 ms longer than after Fridericia at a fast heart rate: the same
        patient is in danger by one formula and eligible by the other.
    Example
        Exclusion: QTc > 470 ms
    Use instead
        Exclusion: QTcF (Fridericia, mean of three recordings) > 470 ms
    """
    for item in document.stated():
        said = {word.folded for near in (item, *item.children) for word in near.words}
        told: set[str] = set()
        places: list[Span] = []
        for hit in item.find(TESTS):
            row = hit.row
            if said & set(row["unless"].split("|")) or row["surface"] in told or _no_limit(item, hit):
                continue
            told.add(row["surface"])
            place = span(item, hit.first, hit.last)
            for node, _ in item.nodes(Comparison):
                if node.measure and node.measure.span.overlaps(place):
                    place = place.cover(node.quantity.span)
            yield Draft(
                span=place,
                message="a test decides this, and how it is done is not said",
                readings=Readings("by the method of the local hospital", "by another one, with another result"),
                question=f"{row['ask']}? (“{item.quote(place)}”)",
                severity=cast(Severity, row["severity"]),
            )
            places.append(place)
        for place in (*_markers(item), *_unmeasured(item), *_stained(item)):
            if not any(place.overlaps(earlier) for earlier in places):
                places.append(place)
                yield Draft(
                    span=place,
                    message="a test decides this, and how it is done is not said",
                    readings=Readings("by the method and the cut-off of one site", "by those of another one"),
                    question=f"By which test, on which specimen or scan, with which cut-off? (“{item.quote(place)}”)",
                    severity="warning",
                    confidence="medium",
                )


def _stained(item: Item) -> Iterator[Span]:
    """Shares of stained cells, and scores of a marker, without how strong the stain is, or by which kit."""
    for node, place in item.nodes(Comparison):
        here = sentence(item, item.nearest(node.span.start))
        said = {item.words[i].folded for i in here}
        scored = node.quantity.unit == "%" or _SCORES & said
        if scored and _STAINS & said and not _STRENGTH & said and not place.in_exception:
            yield node.span


def _markers(item: Item) -> Iterator[Span]:
    """Names of genes and proteins with the state they are to be in, where no assay is named near them."""
    starts = {hit.first: hit for hit in item.find(MARKERS)}
    if not starts:
        return
    said = {word.folded for near in (item, *item.children, *item.above()) for word in near.words}
    if said & _ASSAYS:
        return
    for at, hit in starts.items():
        if hit.row["place"] == "behind":
            before = at - 1
            if before >= 1 and item.words[before].text == ")":
                before -= 1
            # "PD-L1", "NY-ESO-1": the parts of one name
            first = before
            while first >= 1 and _touch(item, first - 1) and item.words[first - 1].text.isalnum():
                first -= 1
            cells = {w.folded for w in item.words[hit.last + 1 : hit.last + 3]} & {"cell", "cells"}
            after = hit.last + 1
            if item.words[hit.last].folded in _TAKES and after < len(item.words) and _is_marker(item.words[after].text):
                yield span(item, at, after)
            elif first >= 0 and not cells and any(_is_marker(item.words[k].text) for k in range(first, before + 1)):
                yield span(item, first, hit.last)
        else:
            behind = hit.last + 1
            if behind < len(item.words) and _is_marker(item.words[behind].text):
                yield span(item, at, behind)


def _unmeasured(item: Item) -> Iterator[Span]:
    """Sizes of tumours without a word on the scan, and shares of something that no laboratory measures."""
    for node, place in item.nodes(Comparison):
        unit, known = node.quantity.unit, measure(node.measure)
        here = {item.words[i].folded for i in sentence(item, item.nearest(node.span.start))}
        if node.quantity.reference or here & (_METHODS | _ASSAYS - {"%", "percent", "score"}) or place.in_exception:
            continue
        length = unit in ("cm", "mm") and bool(_LESIONS & here)
        share = (
            unit == "%"
            and (known is None or known.label != "Measurement")
            and bool(_SHARED & here)
            and not (_FORECASTS | _COUNTED) & here
        )
        if length or share:
            yield node.span


def _touch(item: Item, at: int) -> bool:
    """Whether nothing but a hyphen stands between a word and the next: "PD-L1", "c-Met"."""
    between = item.view.text[item.words[at].end : item.words[at + 1].start]
    return between in ("", "-", "\u2011", "\u2013")


def _is_marker(text: str) -> bool:
    return (bool(_MARKER.fullmatch(text)) or text in _MIXED) and text.upper() not in _GERMS


def _no_limit(item: Item, hit: Hit) -> bool:
    """Whether a QT interval has no number in its sentence ("drugs that prolong QTc"): nothing has to be measured."""
    here = sentence(item, hit.first)
    return item.words[hit.first].folded in ("qt", "qtc") and not any(item.words[i].text[0].isdigit() for i in here)
