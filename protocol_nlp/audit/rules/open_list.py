from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol_nlp.audit.document import Document, Item
from protocol_nlp.audit.finding import Draft, Readings
from protocol_nlp.audit.rule import rule
from protocol_nlp.audit.wording import brackets, exempted, inside, sentence, span
from protocol_nlp.audit.words import Word, WordList
from protocol_nlp.tree import Condition, Span

CUES: Final = WordList("audit_open_list", ("kind",))
_OPENERS: Final = frozenset(
    {"e", "i", "eg", "ie", "such", "including", "include", "for", "except", "defined", "see", "other", "specifically"}
)
_ANYTHING: Final = frozenset(
    {"condition", "conditions", "comorbidities", "comorbidity", "abnormality", "abnormalities", "factors", "reasons"}
    | {"circumstances", "situations", "problems", "issues", "history"}
)
_NO_LIST: Final = _OPENERS | {
    "or",
    "and",
    "with",
    "without",
    "as",
    "not",
    "no",
    "by",
    "if",
    "in",
    "at",
    "within",
    "either",
}
_VERBS: Final = frozenset({"is", "are", "was", "were", "be", "has", "have", "can", "may", "must", "should", "will"})
_KINDS: Final = frozenset(
    (
        "contraception contraceptive contraceptives method methods measures therapies treatments agents drugs "
        "medications infections sites tissues procedures modalities vaccines histologies subtypes products"
    ).split()
)
_MEMBER: Final = 2
_SAFE: Final = Readings("these are examples, and others of the kind count, too", "only what is listed counts")


@rule(code="LOG004", severity="info")
def open_list(document: Document) -> Iterator[Draft]:
    """ "including", "such as", "e.g.", "etc.", or a bare list in brackets: examples, or the whole list?

    A warning where the list says which tumours or which methods qualify, where the examples alone tell what excludes
    ("conditions such as"), where it is open by its own words ("not limited to", "etc."), where "specifically" may name
    all or pick some out, or where no word says what the list is.

    Why it matters
        Where the list defines who may enter, a patient with a tumour that is not on it is in or out by the screener's
        taste.
    Example
        Inclusion: Soft tissue sarcoma, including leiomyosarcoma, liposarcoma and angiosarcoma
    Use instead
        Inclusion: One of these soft tissue sarcomas: leiomyosarcoma, liposarcoma, angiosarcoma
    Source
        INCOSE, Guide to Writing Requirements, rule 9: no open-ended clauses.
    """
    for item in document.stated():
        exceptions = exempted(item)
        for hit in item.find(CUES):
            if hit.row["kind"] == "stress" and not _lists(item, hit.last):
                continue
            defines = _histologies(item, hit.last) >= 2
            general = _general(item, hit.first)
            place = span(item, hit.first, min(hit.last + 2, sentence(item, hit.last).stop - 1)) if defines else None
            yield Draft(
                span=place or span(item, hit.first, hit.last),
                message="examples, or the whole list?",
                readings=_SAFE,
                question="Is this the whole list? Then write “one of these only”; else say which others count.",
                severity="warning"
                if defines or general or hit.row["kind"] in ("endless", "stress") or inside(hit.first, exceptions)
                else None,
            )
        for place in _bare(item):
            yield Draft(
                span=place,
                message="a list in brackets: it is not said whether it is the whole list",
                readings=_SAFE,
                question="Is this the whole list (“i.e.”), or are these examples (“e.g.”)?",
                severity="warning",
                confidence="medium",
            )


def _lists(item: Item, cue: int) -> bool:
    """Whether a word that picks things out stands behind a mark, and a list of them behind it."""
    here = sentence(item, cue)
    behind = [item.words[i].folded for i in range(cue + 1, here.stop)]
    before = item.words[cue - 1].text if cue > here.start else ""
    return (cue == here.start or before in (",", ";", "(", ":")) and "," in behind and bool({"or", "and"} & set(behind))


def _general(item: Item, cue: int) -> bool:
    """Whether an exclusion names no more than "conditions" before its examples, so that these must tell the rule."""
    if item.role != "exclusion" or cue == 0:
        return False
    before = [w.folded for w in item.words[max(0, cue - 2) : cue] if w.text not in (",", "(")]
    return bool(before) and before[-1] in _ANYTHING


def _histologies(item: Item, at: int) -> int:
    """How many tumours are named behind a cue."""
    start = item.span(item.words[at].start, item.words[at].end).start
    kinds = ("histology:", "condition:") if item.role == "inclusion" else ("histology:",)
    return sum(
        node.concept.span.start > start and (node.concept.id or "").startswith(kinds)
        for node, _ in item.nodes(Condition)
    )


def _bare(item: Item) -> Iterator[Span]:
    """Brackets with a list of named things that has no connective before its last member, and no word before it."""
    starts = item.view.starts
    known = [node.concept.span.start for node, _ in item.nodes(Condition) if node.concept.id]
    for inner in brackets(item):
        words = [item.words[i] for i in inner]
        if len(words) < 3 or len(words) > 14 or any(w.text[0].isdigit() for w in words):
            continue
        commas = [i for i, w in enumerate(words) if w.text in (",", ";")]
        last = words[commas[-1] + 1].folded if commas and commas[-1] + 1 < len(words) else "or"
        named = sum(starts[w.start] in known for w in words)
        first = words[0].folded
        closed = last in ("or", "and", "etc")
        short = len(commas) >= 2 and all(w.text.isalpha() or w.text in (",", ";") for w in words)
        bare = bool(commas) and not closed and first not in _OPENERS and (named >= 2 or (short and _short(words)))
        if bare or (first not in _NO_LIST and _chosen(words) and _kind(item, inner.start - 2)):
            yield span(item, inner.start, inner.stop - 1)


def _short(words: list[Word]) -> bool:
    """Whether a list has members of one or two words each, and no capitals that would make them short forms."""
    text = " ".join(w.text for w in words).replace(";", ",")
    members = [member.split() for member in text.split(",")]
    return all(0 < len(m) <= _MEMBER for m in members) and not any(w.text.isupper() for w in words)


def _chosen(words: list[Word]) -> bool:
    """Whether "or" or commas part the words of a bracket."""
    inner = [w.folded for w in words[1:-1]]
    return ("or" in inner or "," in inner) and not any(w.folded in _VERBS for w in words)


def _kind(item: Item, at: int) -> bool:
    """Whether the word before a bracket names a kind of things, of which the bracket lists some or all."""
    return at >= 0 and item.words[at].folded in _KINDS
