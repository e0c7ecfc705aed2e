from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from protocol_nlp.audit.document import Document, Item, Place
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.knowledge import entry
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import sentences, span
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import AtLeast, Comparison, Condition, If, Role, Span, Unless, Within

WHATEVER: Final = WordList("audit_whatever_degree")
CANCERS: Final = frozenset("condition:malignancy condition:second_malignancy condition:cancer condition:tumor".split())
# Words that spare the cancer of the trial itself.
OTHER: Final = frozenset(
    "other another second secondary concurrent concomitant additional synchronous different further than "
    "unrelated".split()
)


OF_AGE: Final = 18
MEN: Final = frozenset("men man male males".split())
LASTS: Final = frozenset("duration during until through throughout after".split())
OWN: Final = frozenset("patient patients subject subjects participant participants signed sign written".split())
GUARDIANS: Final = frozenset(
    "parent parents parental guardian guardians guardian's representative representatives assent caregiver lar "
    "family relative relatives proxy surrogate legally".split()
)


class Edge(NamedTuple):
    """A bound with the value itself inside, on one side of one measure."""

    measure: str
    unit: str | None
    reference: str | None
    value: str
    side: str


@rule(code="CON001", severity="error")
def contradiction(document: Document) -> Iterator[Draft]:
    """Two statements cannot both hold for a patient, or a criterion excludes the very patients of the trial; minors may
    enter and nobody else consents for them; how long men use contraception is told twice, and differently.

    Why it matters
        "Platelets ≥ 100" to enter and "platelets ≤ 100" to be excluded leave the patient with exactly 100 in and out
        at once; "any previous malignancy" excludes every patient of a cancer trial.
    Example
        Inclusion Criteria:

        * Hemoglobin ≥ 9.0 g/dL

        Exclusion Criteria:

        * Hemoglobin ≤ 9.0 g/dL
    Use instead
        Inclusion Criteria:

        * Hemoglobin ≥ 9.0 g/dL

        Exclusion Criteria:

        * Platelets < 100 x 10^9/L
    """
    yield from _edges(document)
    yield from _own_cancer(document)
    yield from _own_drug(document)
    yield from _every_degree(document)
    yield from _minors(document)
    yield from _contraception(document)


def _edges(document: Document) -> Iterator[Draft]:
    """Values that both sections claim for themselves."""
    met: dict[tuple[Role, Edge], tuple[Span, str]] = {}
    for node, place, item in document.nodes(Comparison):
        if item.role is not None and (edge := _edge(node, place)) is not None:
            met.setdefault((item.role, edge), (node.span, item.quote(node.span)))
    clashes: list[tuple[Span, Span, str, str]] = []
    for (role, edge), (here, said) in met.items():
        turned = edge._replace(side="high" if edge.side == "low" else "low")
        if role == "exclusion" and (there := met.get(("inclusion", turned))) is not None:
            clashes.append((here, there[0], said, there[1]))
    if clashes:
        first, *more = clashes
        yield Draft(
            span=first[0],
            message=f'"{first[2]}" excludes at the value that "{first[3]}" lets in'
            + (f" (and {len(more)} more such limits)" if more else ""),
            readings=Readings(
                f"a value exactly at the limit is in, by “{first[3]}”",
                f"a value exactly at the limit is out, by “{first[2]}”",
            ),
            question="Is a patient whose value is exactly the limit in or out?",
            also=tuple(sorted({first[1], *(place for one, other, *_ in more for place in (one, other))})),
        )


def _edge(node: Comparison, place: Place) -> Edge | None:
    quantity = node.quantity
    if (
        node.measure is None
        or node.measure.id is None
        or place.in_exception
        or (quantity.low is None) == (quantity.high is None)
    ):
        return None
    if any(isinstance(n, If | AtLeast | Within) for n in place.path):
        return None
    side = "low" if quantity.high is None else "high"
    if not (quantity.low_inclusive if side == "low" else quantity.high_inclusive):
        return None
    value = quantity.low if side == "low" else quantity.high
    return Edge(node.measure.id, quantity.unit, quantity.reference, f"{value:f}" if value is not None else "", side)


def _own_cancer(document: Document) -> Iterator[Draft]:
    """An exclusion of all earlier cancers in a trial for people with one."""
    required = next((n.span for n, place, item in document.nodes(Condition) if _demands_cancer(n, place, item)), None)
    if required is None:
        return
    for node, place, item in document.nodes(Condition):
        past = node.concept.id in CANCERS and node.status == "history"
        if item.role != "exclusion" or not past or _spared(item, place):
            continue
        said = item.quote(node.concept.span)
        yield Draft(
            span=node.concept.span.cover(_host(place) or node.span),
            message=f'"{said}" covers the cancer for which the patient enters',
            readings=Readings(
                "only other cancers are meant",
                "as written: every patient who had this cancer before is out, with relapsed disease above all",
            ),
            question="Are only other malignancies meant? If so, please write “other”.",
            also=(required,),
            confidence="medium",
        )


def _minors(document: Document) -> Iterator[Draft]:
    """Minors may enter, and nobody but the patient is named who could consent."""
    said = {word.folded for item in document.items for word in item.words}
    young = next((place for place, age in _youngest(document) if age < OF_AGE), None)
    if young is None or GUARDIANS & said:
        return
    for item in document.stated():
        if item.role == "exclusion":
            continue
        at = next((i for i, w in enumerate(item.words) if w.folded == "consent"), None)
        if at is None or not OWN & {w.folded for w in item.words}:
            continue
        place = item.span(item.words[max(0, at - 2)].start, item.words[at].end)
        yield Draft(
            span=place,
            message="minors may enter, and only the patient is named to consent",
            readings=Readings("a parent or guardian consents for a minor", "who cannot consent by law cannot enter"),
            question="Who consents for a minor, and from which age is assent asked for?",
            also=(young,),
            confidence="medium",
            severity="warning",
        )
        return


def _contraception(document: Document) -> Iterator[Draft]:
    """Men who are told twice how long to use contraception, and only once that it goes on after the treatment."""
    told: list[tuple[Span, bool]] = []
    for item in document.stated():
        if item.role == "exclusion":
            continue
        for here in sentences(item):
            said = {item.words[i].folded for i in here}
            at = next((i for i in here if item.words[i].folded.startswith("contracept")), None)
            if at is None or not MEN & said or not LASTS & said:
                continue
            whole = span(item, here.start, here.stop - 1)
            windows = [n.window for n, _ in item.nodes(Within) if whole.holds(n.window.span)]
            onward = any(w.side == "after" and w.length is not None for w in windows)
            told.append((span(item, max(here.start, at - 4), at), onward))
    short = next((place for place, onward in told if not onward), None)
    long = next((place for place, onward in told if onward), None)
    if short is not None and long is not None:
        first, second = sorted((short, long))
        yield Draft(
            span=second,
            message="how long men use contraception is told twice, and differently",
            readings=Readings("until the last dose, as one place says", "for months after it, as the other says"),
            question="Until when do men have to use contraception?",
            also=(first,),
            confidence="medium",
            severity="warning",
        )


def _youngest(document: Document) -> Iterator[tuple[Span, Decimal]]:
    """The lower limits of age that let in, in years."""
    for node, place, item in document.nodes(Comparison):
        low, unit = node.quantity.low, node.quantity.unit
        known = node.measure is not None and node.measure.id == "age"
        if known and low is not None and unit in ("a", None) and item.role == "inclusion" and not place.denied:
            yield node.span, low


def _demands_cancer(node: Condition, place: Place, item: Item) -> bool:
    row = entry(node.concept)
    return item.role == "inclusion" and not place.denied and row is not None and row.table == "histologies"


def _spared(item: Item, place: Place) -> bool:
    if place.in_exception or place.denied or any(isinstance(n, Condition | Comparison) for n in place.path):
        return True
    return bool(OTHER & set(item.said(item.lead)))


def _host(place: Place) -> Span | None:
    """The rule with its exceptions, to show the whole of it."""
    return next((n.operand.span for n in place.path if isinstance(n, Unless)), None)


def _every_degree(document: Document) -> Iterator[Draft]:
    """A disease of whatever severity, and beside it the same disease from some grade on or within some time."""
    for item in document.stated():
        free = list(item.find(WHATEVER))
        if not free:
            continue
        words = item.span(free[0].start, free[0].end)
        met: dict[str, Condition] = {}
        for node, place in item.nodes(Condition):
            known = node.concept.id
            if known is None or node.concept.label != "Condition":
                continue
            windows = [n for n in place.path if isinstance(n, Within) and not n.operand.span.overlaps(words)]
            limited = bool(windows) or _graded(place)
            if limited and (first := met.get(known)) is not None:
                both = first.span.cover(words)
                said, narrower = item.quote(both), item.quote(node.span)
                yield Draft(
                    span=both,
                    message=f'"{said}" leaves nothing for "{narrower}" to add',
                    readings=Readings(
                        "every degree excludes, at whatever time: the narrower words are idle",
                        "only the degree and the time of the narrower words exclude",
                    ),
                    question="Which of the two holds?",
                    also=(node.span,),
                    confidence="medium",
                )
                break
            if not limited:
                met.setdefault(known, node)


def _graded(place: Place) -> bool:
    """Whether a bound stands in the innermost group around the node."""
    return any(isinstance(n, Comparison) for n in getattr(place.parent, "operands", ()))


def _own_drug(document: Document) -> Iterator[Draft]:
    """An exclusion of a drug that an inclusion criterion demands."""
    demanded: dict[str, Span] = {}
    for node, place, item in document.nodes(Condition):
        if node.concept.label == "Drug" and node.concept.id and node.status == "history":
            plain = not (place.denied or place.in_exception or place.in_guard)
            alone = not any(isinstance(n, If | Unless | Within | AtLeast) or n.kind == "or" for n in place.path)
            if plain and alone and item.role == "inclusion":
                demanded.setdefault(node.concept.id, node.span)
            elif plain and alone and item.role == "exclusion" and (there := demanded.get(node.concept.id)) is not None:
                said = item.quote(node.concept.span)
                yield Draft(
                    span=node.span,
                    message=f'earlier "{said}" is demanded for entry and excluded here',
                    readings=Readings(
                        f"nobody can enter: {said} is both demanded and forbidden",
                        "one of the two is meant for another time or another group of patients",
                    ),
                    question=f"Who may have had {said}, and who may not?",
                    also=(there,),
                    confidence="medium",
                )
