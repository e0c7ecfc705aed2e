from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item, Place
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.tree import Comparison, Condition, Expr, Span, Within, walk

# Words that promise an event behind the window: where one follows, the event was not read, or stands elsewhere.
LINKS: Final = frozenset("prior before preceding after following since from of post until to".split())
LOOKING_BACK: Final = frozenset("past last previous preceding prior ago earlier previously".split())
NEAR_LINKS: Final = frozenset("to of from until following".split())
# Words that say how long something is kept up.
DURATION: Final = frozenset(
    "during throughout until through while after for months month weeks days prior within before duration".split()
)
ASKED: Final = frozenset("use using used agree agrees must willing taken practice practise".split())
# States whose length alone says little: until when did they last?
# Words that say until which day a length of time since an event is counted.
UNTIL: Final = frozenset("before prior at until to by when on".split())
NEAR: Final = 6
_LASTING: Final = frozenset({"Condition", "Measurement", "Observation"})
PREGNANCY: Final = "pregnancy_test"
STATES: Final = frozenset(
    "stable controlled free remission abstinent abstinence sober therapy treatment medication evidence".split()
)


@rule(code="TIM001", severity="warning")
def window_without_anchor(document: Document) -> Iterator[Draft]:
    """A stretch of time has a length, and no event that it is counted from.

    Why it matters
        Consent, randomisation and first dose may lie weeks apart: the same patient is in or out, by the day from
        which the site counts.
    Example
        Exclusion: Stroke within 6 months.
    Use instead
        Exclusion: Stroke within 6 months before the first dose.
    Source
        Ross 2010, AMIA: of 1,000 criteria, four in ten of those that could be understood have a temporal part.
    """
    yield from _promises(document)
    yield from _undated(document)
    yield from _since(document)
    for node, _, item in document.nodes(Within):
        if node.window.length is None or node.window.anchor is not None or not _open(node, item):
            continue
        said = item.quote(node.window.span)
        yield Draft(
            span=node.window.span,
            message=f'"{said}" has no event to count from',
            readings=Readings(
                f"“{said}” is counted from the day of consent",
                "it is counted from the first dose, some weeks later: a patient on the edge changes sides",
            ),
            question=f"From which event is “{said}” counted: consent, randomisation, first dose?",
        )


def _promises(document: Document) -> Iterator[Draft]:
    """Contraception that is asked for without a word about how long."""
    for item in document.stated():
        if item.role != "inclusion" or item.criterion.children:
            continue
        for node, place in item.nodes(Condition):
            if node.concept.id != "procedure:contraception" or place.denied or place.in_exception:
                continue
            sentence = {w.folded for w in item.words if item.same_sentence(item.span(w.start, w.end), node.span)}
            if any(isinstance(n, Condition) for n in place.path) or not ASKED & sentence:
                continue
            if DURATION & sentence and not _already(node, place, item):
                continue
            said = item.quote(node.span)
            yield Draft(
                span=node.span,
                message=f'"{said}" has no beginning and no end',
                readings=Readings(
                    "on the day of screening, or while the drug is taken",
                    "from consent until months after the last dose, as such drugs demand",
                ),
                question="From when until when does this hold?",
                confidence="medium",
            )
            break


def _undated(document: Document) -> Iterator[Draft]:
    """A test, a disease or a lesion "before" some event, and a pregnancy test at no time: how long before?"""
    for item in document.stated():
        timed = [node for node, _ in item.nodes(Within)]
        if any(node.window.length is not None for node in timed) or item.criterion.children:
            continue
        for node in timed:
            window = node.window
            if window.side == "before" and window.anchor and _lasts(node.operand):
                yield _before(item, node.operand.span.cover(window.span).cover(window.anchor.span))
                break
        else:
            for condition, place in item.nodes(Condition):
                if condition.concept.id == PREGNANCY and not timed and item.role == "inclusion" and not place.in_guard:
                    yield _before(item, condition.span)
                    break


def _since(document: Document) -> Iterator[Draft]:
    """Lengths of time since some event: until when? Told once for the entry."""
    places: list[Span] = []
    for node, _, item in document.nodes(Within):
        window = node.window
        place = window.span.cover(window.anchor.span) if window.anchor else window.span
        behind = set(item.after(place, NEAR))
        if window.length is not None and "since" in item.said(place) and not UNTIL & behind:
            places.append(place)
    if places:
        said = document.quote(places[0])
        yield Draft(
            span=places[0],
            message=f'"{said}": until which day is it counted?',
            readings=Readings("until the day of enrolment", "until the first dose, some weeks later"),
            question=f"“{said}”: until enrolment, randomisation or the first dose?",
            also=tuple(places[1:]),
            confidence="medium",
        )


def _lasts(operand: Expr) -> bool:
    """Whether a thing can be there on one day and not on another: no treatment, and nothing of the past."""
    named = [n for n in walk(operand) if isinstance(n, Condition) and n.concept.label]
    bounds = [n.measure for n in walk(operand) if isinstance(n, Comparison)]
    labels = {n.concept.label for n in named} | {measure.label for measure in bounds if measure and measure.id != "age"}
    past = any(n.status == "history" for n in named)
    return bool(labels & _LASTING) and not labels - _LASTING and not past


def _before(item: Item, place: Span) -> Draft:
    said = item.quote(place)
    return Draft(
        span=place,
        message=f'"{said}": how long before, is not said',
        readings=Readings("at any time before, or at screening", "within days of the first dose"),
        question=f"On which day, or within how many days before which event, does “{said}” have to hold?",
        confidence="medium",
    )


def _already(node: Condition, place: Place, item: Item) -> bool:
    """Whether it has to have been kept up until now, and no window of its own says since when."""
    own = any(isinstance(n, Within) and not n.implied for n in place.path)
    said = {*item.said(node.span), *item.before(node.span, 5)}
    return not own and bool(said & {"have", "has"}) and bool(said & {"taken", "used", "been"})


def _open(node: Within, item: Item) -> bool:
    """Whether the window needs an event: it looks back, or a state has to have lasted until some day."""
    window = node.window
    said = item.said(window.span)
    after = item.after(window.span, 3)
    # "to" and "of" two words on belong to something else: "within the last 2 years and considered to be cured".
    if "apart" in said or not said or LINKS & {*after[:1], *(w for w in after[1:] if w not in NEAR_LINKS)}:
        return False
    if said[0] == "within" or (window.side == "before" and LOOKING_BACK & set(said)):
        return True
    if after and after[0] in ("thereafter", "afterwards", "afterward"):
        return True
    if (
        item.role == "exclusion"
        and said[:2] == ("less", "than")
        and not after
        and len(item.before(window.span, 2)) == 2
    ):
        return True
    return said[0] == "for" and bool(STATES & set(item.before(window.span, 4)))
