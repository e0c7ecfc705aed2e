from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.words import WordList
from protocol_nlp.tree import Span, Within

GARBLED: Final = WordList("audit_garbled", ("meant",))
OPENERS: Final = WordList("audit_sentence_openers")
PLAN: Final = (("planning", "to"), ("plan", "to"), ("plans", "to"), ("intending", "to"), ("intends", "to"))
# Words of the past before the plan: "have received, or plan to receive, … within 4 weeks before" is in order.
PAST: Final = frozenset("received had has have undergone treated used taken or and".split())


@rule(code="STR004", severity="error")
def garbled_clause(document: Document) -> Iterator[Draft]:
    """A clause makes no sense as it stands: words of a bad translation, a plan for the past, pieces run together.

    Why it matters
        Each reader repairs it in another way, without noticing; what was meant has to be asked.
    Example
        Exclusion: Hair loss is not included due to toxicity of prior treatment above grade 1
    Use instead
        Exclusion: Toxicity of prior treatment above grade 1, except hair loss
    Source
        Ross 2010, AMIA: of 1,000 criteria of ClinicalTrials.gov 7 % could not be understood.
    """
    for item in document.stated():
        for hit in item.find(GARBLED):
            yield _draft(item, item.span(hit.start, hit.end), f"perhaps: {hit.row['meant']}")
        yield from _planned_past(item)
        yield from _run_together(item)


def _planned_past(item: Item) -> Iterator[Draft]:
    """A plan that is to be carried out before enrolment."""
    said = item.words
    for i in range(len(said) - 1):
        if (said[i].folded, said[i + 1].folded) not in PLAN:
            continue
        plan = item.span(said[i].start, said[i + 1].end)
        if PAST & {w.folded for w in said[:i]}:
            continue
        for node, _ in item.nodes(Within):
            window = node.window
            behind = window.span.start > plan.start and window.side == "before" and window.length is not None
            if behind and window.anchor is not None and item.same_sentence(plan, window.span):
                yield _draft(item, plan.cover(window.span), "a plan cannot lie in the past")
                break


def _run_together(item: Item) -> Iterator[Draft]:
    """A word that begins a criterion, with its capital, in the middle of a sentence."""
    said = item.words
    for hit in item.find(OPENERS):
        if not 0 < hit.first < len(said) - 1:
            continue
        before, after = said[hit.first - 1], said[hit.last + 1]
        inside = (before.text.islower() and len(before.text) > 1) or before.text in (")", "]")
        if inside and after.text[:1].islower():
            start = item.view.text.rfind(" ", 0, max(0, before.start - 1)) + 1
            yield _draft(item, item.span(start, after.end), "two criteria, or two pieces of text, were run together")
            return


def _draft(item: Item, span: Span, guess: str) -> Draft:
    said = item.quote(span)
    return Draft(
        span=span,
        message=f'"{said}" cannot be read for sure',
        readings=Readings(guess, "what the words say, taken one by one"),
        question=f"What is meant by “{said}”? Please say it in one plain sentence.",
    )
