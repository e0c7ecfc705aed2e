from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import measure
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Comparison, Span

# Amounts and sizes that are often given as they are, and not as limits.
AMOUNTS: Final = frozenset(
    "prednisone_equivalent_dose drug_dose radiation_dose anthracycline_dose opioid_dose lesion_size ct_size "
    "lesion_count bsa contraceptive_failure_rate pregnancy_test hormone_receptor_staining".split()
)
# Words that state the direction, or say that the number is no limit.
STATED: Final = frozenset("minimum maximum equivalent before until to sensitivity limitation early × *".split())
GRADES: Final = frozenset({"ctcae_grade", "grade"})
GONE: Final = frozenset("recovered resolved improved recovery returned".split())
BARE: Final = WordList("audit_bare_grade", ("kind",))
BOUND: Final = frozenset("≥ ≤ > < = or and to - – / + through & least than above below over , greater".split())
LOWER: Final = frozenset("≤ < less lower below better or most".split())
# The gap that a dropped sign leaves in a line: two blanks before a number or a grade, or one behind a bracket.
GAP: Final = re.compile(r"(?<=[\w)%])[ \t]{2,}(?=\d|[Gg]rade\b|NCI\b|CTCAE)|(?<=\()[ \t]+(?=\d)")
WIDE: Final = re.compile(r"(?<=[a-z,])[ ]{2,}(?=[a-z])")
SPACED: Final = 3
"""So many double blanks between small words are the style of the entry, and no sign of damage."""


@rule(code="NUM004", severity="error")
def comparator_lost(document: Document) -> Iterator[Draft]:
    """A measure with a value and no direction between them, or a gap before a number: "≥" or "≤" was probably lost in
    conversion.

    Why it matters
        A blood count of 1.2 is out under one sign and in under the other; the wrong guess endangers the patient.
    Example
        Inclusion: Absolute neutrophil count 1.5 x 10^9/L
    Use instead
        Inclusion: Absolute neutrophil count ≥ 1.5 x 10^9/L
    """
    told: list[Span] = []
    for node, _, item in document.nodes(Comparison):
        known, signs = measure(node.measure), set(item.said(node.quantity.span))
        # Nobody's haemoglobin is exactly 9: an equals sign on a continuous scale is a sign that lost its other half.
        equal = bool(known and known.unit) and "=" in signs and not {"<", ">", "≤", "≥"} & signs
        down = node.measure is not None and node.measure.id in GRADES and _down_to(node, item)
        lost = "comparator:lost" in node.quantity.issues and _limit(node, item)
        narrow = _below_one(node, item)
        if node.measure is None or not (lost or equal or down or narrow):
            continue
        place = node.measure.span.cover(node.quantity.span)
        said = item.quote(place)
        told.append(place)
        yield Draft(
            span=place,
            message=f'no sign says whether "{said}" is a lower or an upper limit',
            readings=Readings(
                f"at least this: {node.measure.text} above the number qualifies",
                f"at most this: {node.measure.text} above the number does not",
            )
            if not (down or narrow)
            else Readings("grade 0 alone may enter", "grades 0 and 1 may enter: the sign was “≤”")
            if narrow
            else Readings("down to this grade or lower: a patient with none left is in", "to exactly this grade"),
            question=f"Is “{said}” meant as ≥ or as ≤? The sign seems to be lost.",
            severity="warning" if down or narrow else None,
        )
    yield from _gaps(document, told)
    yield from _bare_grades(document, told)


def _bare_grades(document: Document, told: list[Span]) -> Iterator[Draft]:
    """One grade or class among the exclusions, below the worst ("severe reaction (grade 3)", "NYHA class III")."""
    for item in document.stated():
        if item.role != "exclusion":
            continue
        words = [w.folded for w in item.words]
        for hit in item.find(BARE):
            behind = words[hit.last + 1 : hit.last + 2]
            before = set(words[max(0, hit.first - 3) : hit.first])
            place = item.span(hit.start, hit.end)
            if before & BOUND or (behind and behind[0] in BOUND) or any(place.overlaps(t) for t in told):
                continue
            if hit.row["kind"] == "aside" and (behind != [")"] or words[hit.first - 1] != "("):
                continue
            said = item.quote(place)
            yield Draft(
                span=place,
                message=f'"{said}" alone, or from there on?',
                readings=Readings("this grade or class alone excludes", "this one and the worse ones exclude"),
                question=f"Is “{said}” meant with those that are worse? Then write “or worse”.",
                severity="warning",
                confidence="medium",
            )


def _gaps(document: Document, told: list[Span]) -> Iterator[Draft]:
    """Gaps in a line where a sign was lost, at places that are not told yet."""
    if len(WIDE.findall(document.text)) >= SPACED:
        return
    for item in document.stated():
        source = item.source(item.lead)
        for gap in GAP.finditer(source):
            before = re.search(r"\S*[ (]*\S*$", source[: gap.start()])
            behind = re.match(r"\S+(?: [^\W\d]+)?", source[gap.end() :])
            start = before.start() if before else gap.start()
            end = gap.end() + (len(behind[0].rstrip(".,;)")) if behind else 0)
            place = Span(item.lead.start + start, item.lead.start + end)
            if any(place.overlaps(other) for other in told):
                continue
            said = item.quote(place)
            yield Draft(
                span=place,
                message=f'a gap in "{said}": a sign such as "≥" or "≤" was lost there',
                readings=Readings("at least this much", "at most this much"),
                question=f"Which sign stood in “{said}”?",
                confidence="medium",
            )


def _below_one(node: Comparison, item: Item) -> bool:
    """Whether a general condition below 1 is asked for: hardly any trial takes the fit alone, so "≤" may be meant."""
    of, quantity = node.measure.id if node.measure else None, node.quantity
    return item.role == "inclusion" and of == "ecog" and quantity.high == 1 and not quantity.high_inclusive


def _limit(node: Comparison, item: Item) -> bool:
    """Whether the number is a limit of a measure before it, and not a dose, a size, or a word's "minimum"."""
    known = measure(node.measure)
    if known is None or known.id in AMOUNTS or node.measure is None:
        return False
    said = {*item.said(node.span), *item.before(node.span, 2)}
    behind = item.after(node.quantity.span, 1)
    # "creatinine maximum by age: up to 1 year, creatinine 0.4; …": the direction stands at the head of a table.
    table = {"maximum", "minimum"} & set(item.before(node.span, len(item.words)))
    if STATED & said or table or behind[:1] == ("+",):
        return False
    return node.measure.span.start < node.quantity.span.start or known.id == "age"


def _down_to(node: Comparison, item: Item) -> bool:
    """Whether toxicity has to have gone down to one grade, and no sign says that a lower one will do as well."""
    quantity = node.quantity
    before = item.before(node.span, 8)
    sure = (LOWER | {"version", "v"}) & {*item.said(node.span), *item.after(node.span, 2)}
    return quantity.low == quantity.high and "to" in before and bool(GONE & set(item.said(item.lead))) and not sure
