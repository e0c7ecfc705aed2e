"""Trees made by hand for tests of the writers: a page of registry text, and nodes cut out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from protocol_nlp.tree import (
    And,
    AtLeast,
    Code,
    Comparison,
    Concept,
    Condition,
    Criterion,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Provenance,
    Quantity,
    Registration,
    Span,
    TimeWindow,
    Trial,
    Unless,
    Within,
    hull,
    walk,
)


class Page:
    """A text whose pieces are named by their words; each method takes the first place of those words."""

    def __init__(self, text: str) -> None:
        self.text = text

    def span(self, words: str) -> Span:
        start = self.text.index(words)
        return Span(start, start + len(words))

    def concept(self, words: str, **known: Any) -> Concept:
        return Concept(span=self.span(words), text=words, **known)

    def condition(self, words: str, label: Any = "Condition", **known: Any) -> Condition:
        concept = self.concept(words, label=label, name=known.pop("name", None), id=known.pop("id", None))
        return Condition(span=self.span(words), concept=concept, **known)

    def opaque(self, words: str) -> Opaque:
        return Opaque(span=self.span(words), text=words)

    def quantity(self, words: str, low: str | None = None, high: str | None = None, **known: Any) -> Quantity:
        """Inclusive at each stated end, unless `known` says otherwise."""
        ends: dict[str, Any] = {"low_inclusive": low is not None, "high_inclusive": high is not None} | known
        return Quantity(
            span=self.span(words),
            low=None if low is None else Decimal(low),
            high=None if high is None else Decimal(high),
            **ends,
        )

    def comparison(self, measure: Concept | None, quantity: Quantity, **known: Any) -> Comparison:
        span = measure.span.cover(quantity.span) if measure else quantity.span
        return Comparison(span=span, measure=measure, quantity=quantity, **known)


def criterion(page: Page, id: str, lead: str, expr: Expr | None, **known: Any) -> Criterion:
    """A criterion whose own words are `lead`; its role follows from the first letter of its id,
    its entities are the labelled things of the expression."""
    role: Any = {"I": "inclusion", "E": "exclusion"}.get(id[0])
    below: Sequence[Criterion] = known.get("children", ())
    span = hull([page.span(lead), *(c.span for c in below)])
    entities = {c.span: c for c in _concepts(expr)}
    known.setdefault("entities", tuple(entities[place] for place in sorted(entities)))
    return Criterion(id=id, role=role, span=span, lead=page.span(lead), text=lead, expr=expr, **known)


def _concepts(expr: Expr | None) -> Iterator[Concept]:
    """The labelled things of an expression."""
    for node in walk(expr) if expr else ():
        found = node.concept if isinstance(node, Condition) else getattr(node, "measure", None)
        if found is not None and found.label:
            yield found


def trial(text: str, criteria: Sequence[Criterion] = (), **known: Any) -> Trial:
    """A trial around a text; `known` are fields of its registration."""
    share = known.pop("opaque_share", Decimal("0.25"))
    fields: dict[str, Any] = {
        "id": "NCT00000001",
        "provenance": Provenance(path="entries/NCT00000001.txt", format="text", sha256="ab12" * 16),
    }
    registration = Registration(text=text, **(fields | known))
    return Trial(registration=registration, criteria=tuple(criteria), opaque_share=share)


PAGE = Page(
    "Inclusion Criteria:\r\n"
    "1. Age 18-70 years; ECOG PS \\< 2\r\n"
    "2. Hematology:\r\n"
    "   a. ANC ≥ 1.5 x 10^9/L (1500/mm3)\r\n"
    "   b. AST 2.5 x ULN, or 6 x ULN if liver metastases\r\n"
    "3. The main organ function meets the following criteria:\r\n"
    "Exclusion Criteria:\r\n"
    "1. Surgery or biopsy within 28 days prior to enrollment\r\n"
    "2. Other malignancy within 5 years, with the exception of carcinoma in situ and skin cancer\r\n"
    "3. No washout of at least 4 weeks or 5 half-lives after chemotherapy, whichever is longer\r\n"
    "4. Two of the following: diabetes, smoking, obesity; whatever else applies\r\n"
)


def example() -> Trial:
    """A small entry that holds every kind of node, a heading, a missing list and a child."""
    p = PAGE
    age = p.comparison(
        p.concept("Age", id="age", name="age", label="Person"),
        p.quantity("18-70 years", "18", "70", unit="a"),
    )
    ecog = p.comparison(
        p.concept("ECOG PS", id="ecog", name="ECOG performance status", label="Measurement"),
        p.quantity("\\< 2", None, "2", high_inclusive=False),
    )
    anc = p.comparison(
        p.concept("ANC", id="neutrophils", name="absolute neutrophil count", label="Measurement", codes=(_LOINC,)),
        p.quantity("≥ 1.5 x 10^9/L", "1.50", unit="10*9/L", unit_text="x 10^9/L"),
        alternatives=(p.quantity("1500/mm3", "1500", unit="/mm3"),),
    )
    ast = p.concept("AST", id="ast", name="aspartate aminotransferase", label="Measurement")
    usual = p.comparison(ast, p.quantity("2.5 x ULN", None, "2.5", reference="ULN", issues=("comparator:lost",)))
    tier = p.comparison(ast, p.quantity("6 x ULN", None, "6", reference="ULN"))
    if_liver = If(span=p.span("6 x ULN if liver metastases"), guard=p.condition("liver metastases"), then=tier)
    liver = Or(span=p.span("AST 2.5 x ULN, or 6 x ULN if liver metastases"), operands=(usual, if_liver))

    surgery = Or(
        span=p.span("Surgery or biopsy"),
        operands=(p.condition("Surgery", "Procedure"), p.condition("biopsy", "Procedure")),
        marks=(p.span(" or "),),
    )
    month = TimeWindow(
        span=p.span("within 28 days prior to enrollment"),
        length=p.quantity("within 28 days", None, "28", unit="d"),
        side="before",
        anchor=p.concept("enrollment", id="enrollment", name="enrolment"),
    )
    malignancy = Unless(
        span=p.span("Other malignancy within 5 years, with the exception of carcinoma in situ and skin cancer"),
        operand=Within(
            span=p.span("Other malignancy within 5 years"),
            operand=p.condition("Other malignancy"),
            window=TimeWindow(
                span=p.span("within 5 years"),
                length=p.quantity("within 5 years", None, "5", unit="a"),
                side="before",
            ),
            implied=True,
        ),
        exception=And(
            span=p.span("carcinoma in situ and skin cancer"),
            operands=(p.condition("carcinoma in situ"), p.condition("skin cancer", status="history")),
        ),
        marks=(p.span(", "), p.span("with the exception of")),
    )
    washout = Not(
        span=p.span("No washout of at least 4 weeks or 5 half-lives after chemotherapy, whichever is longer"),
        operand=Within(
            span=p.span("washout of at least 4 weeks or 5 half-lives after chemotherapy, whichever is longer"),
            operand=p.condition("washout", "Observation"),
            window=TimeWindow(
                span=p.span("at least 4 weeks or 5 half-lives after chemotherapy, whichever is longer"),
                length=p.quantity("at least 4 weeks", "4", unit="wk"),
                alternatives=(p.quantity("5 half-lives", "5", unit="{half_life}"),),
                pick="longer",
                side="after",
                anchor=p.concept("chemotherapy", label="Drug"),
            ),
        ),
        marks=(p.span("No "),),
    )
    risks = AtLeast(
        span=p.span("Two of the following: diabetes, smoking, obesity"),
        count=2,
        operands=(p.condition("diabetes"), p.condition("smoking", "Observation"), p.condition("obesity")),
    )
    rest = And(
        span=p.span("Two of the following: diabetes, smoking, obesity; whatever else applies"),
        operands=(risks, p.opaque("whatever else applies")),
        implied=True,
    )
    both = And(span=p.span("Age 18-70 years; ECOG PS \\< 2"), operands=(age, ecog), implied=True)
    return trial(
        p.text,
        (
            criterion(p, "I01", "Age 18-70 years; ECOG PS \\< 2", both),
            criterion(
                p,
                "I02",
                "Hematology:",
                None,
                form="heading",
                children=(
                    criterion(p, "I02.1", "ANC ≥ 1.5 x 10^9/L (1500/mm3)", anc),
                    criterion(p, "I02.2", "AST 2.5 x ULN, or 6 x ULN if liver metastases", liver),
                ),
            ),
            criterion(
                p,
                "I03",
                "The main organ function meets the following criteria:",
                p.opaque("The main organ function meets the following criteria:"),
                form="list",
                list_missing=True,
                opaque_share=Decimal(1),
            ),
            criterion(
                p,
                "E01",
                "Surgery or biopsy within 28 days prior to enrollment",
                Within(
                    span=p.span("Surgery or biopsy within 28 days prior to enrollment"),
                    operand=surgery,
                    window=month,
                ),
            ),
            criterion(p, "E02", p.text[malignancy.span.start : malignancy.span.end], malignancy),
            criterion(p, "E03", p.text[washout.span.start : washout.span.end], washout),
            criterion(p, "E04", p.text[rest.span.start : rest.span.end], rest),
        ),
        registry="ClinicalTrials.gov",
        title="An example of sarcoma",
        conditions=("Sarcoma",),
        sex="ALL",
        minimum_age="18 Years",
        healthy_volunteers=False,
    )


_LOINC = Code(system="LOINC", value="751-8")
