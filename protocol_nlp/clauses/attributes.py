"""Words before a thing that it shares with a list of them: "unresectable or metastatic | liposarcoma".

A spelling of the tables, or the entity model, may have taken the last of them into the name of the thing. Where a list
of such words stands before it, it is parted again, so that the thing is read as the head of all.
"""

from __future__ import annotations

from protocol_nlp.annotate.tokens import Term
from protocol_nlp.parts import Part
from protocol_nlp.phrase_words import is_a, is_attribute
from protocol_nlp.tree import Span

_CONNECTIVES = frozenset({"AND", "OR", "AND_OR"})
_JOINTS = _CONNECTIVES | {"COMMA"}
_WORDS = frozenset({"WORD", "CONCEPT", "STATUS", "SUBJECT"})


def shared(parts: list[Part]) -> list[Part]:
    """The parts, with the last of a list of attributes as a word of its own, and each that is a cue ("known",
    "suspected") as a word."""
    out = _denied(parts)
    for i in range(len(out) - 1, 0, -1):
        if out[i].kind not in _CONNECTIVES:
            continue
        last = i + 1
        while last < len(out) and out[last].kind == "COMMA":
            last += 1
        starts = _attributes(out, i)
        if not starts or last >= len(out):
            continue
        if out[last].kind == "CONCEPT" and (cut := _cut(out[last])):
            out[last : last + 1] = cut
        elif not (_attribute(out[last]) and _headed(out, last)):
            continue
        for n in range(starts[-1], last + 1):
            if out[n].kind in ("STATUS", "SUBJECT") and _attribute(out[n]):
                out[n] = out[n].changed(kind="WORD")
    return out


def _denied(parts: list[Part]) -> list[Part]:
    """ "No known | or suspected", "no history of | or current": a denial of more words than one before a connective is
    of the whole list, and its other words are the first of it."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        word, _, rest = part.text.partition(" ")
        start, end = part.span
        joint = next((p for p in parts[i + 1 :] if p.kind != "COMMA"), None)
        listed = part.kind == "NOT" and rest and joint is not None and joint.kind in _CONNECTIVES
        if listed and is_attribute(rest) and len(part.text) == end - start:
            cut = start + len(word)
            out.append(part.changed(span=Span(start, cut), text=word))
            out.append(Part(kind="WORD", span=Span(cut + 1, end), text=rest))
        else:
            out.append(part)
    return out


def _attributes(parts: list[Part], joint: int) -> list[int]:
    """Where each operand that is but an attribute begins, from the joint backwards; none where all of them are cues."""
    starts: list[int] = []
    loose = False
    end = joint
    while end > 0:
        if parts[end - 1].kind in _JOINTS:
            end -= 1
            continue
        start = end
        while start > 0 and parts[start - 1].kind in _WORDS:
            start -= 1
        attributes = [p for p in parts[start:end] if _attribute(p)]
        adverbs = [p for p in parts[start:end] if p.kind == "WORD" and p.text.endswith("ly")]
        first = [p for p in parts[start:end] if p not in attributes and p not in adverbs]
        # "confirmed unresectable or metastatic …": what stands before the first of the list is of all of it
        if start == end or not attributes or parts[end - 1] is not attributes[-1]:
            break
        starts.append(end - 1 if first else start)
        loose = loose or any(p.kind not in ("STATUS", "SUBJECT") for p in attributes)
        if first or start == 0 or parts[start - 1].kind not in _JOINTS:
            break
        end = start
    return starts if loose else []


def _attribute(part: Part) -> bool:
    return part.kind in _WORDS and is_attribute(part.text)


def _headed(parts: list[Part], last: int) -> bool:
    """Whether a thing follows the attribute."""
    return last + 1 < len(parts) and parts[last + 1].kind in ("WORD", "CONCEPT", "DASH")


def _cut(part: Part) -> list[Part]:
    """The attributes that begin a name, and the rest of it; none where it begins with none or the source spells it in
    other characters."""
    words = part.text.split(" ")
    count = 0
    while count + 1 < len(words) and is_attribute(" ".join(words[: count + 1])):
        count += 1
    own = " ".join(words[:count])
    start, end = part.span
    term = part.term()
    bare = all(is_a("class", w.lower()) for w in words[count:])
    # "metastatic disease" is a state all of it: there is no thing behind the word
    state = bare and term is not None and str(term.id).startswith("observation:")
    if not count or state or len(part.text) != end - start:
        return []
    kept = term is not None and (bare or not any(is_a("attribute", w) for w in (term.name or "").lower().split()))
    rest = part.changed(span=Span(start + len(own) + 1, end), text=" ".join(words[count:]))
    if not kept:
        # "chronic infection" is another thing than "infection", which is linked by its own name later
        rest = rest.changed(value=Term(id=None, name=None, label=term.label if term is not None else None))
    return [part.changed(kind="WORD", span=Span(start, start + len(own)), text=own, value=None), rest]


__all__ = ["shared"]
