"""The last words of a name, which a list of names shares: "cardiac or pulmonary | disease", "alcohol or drug | abuse".

The tables and the model take the last member as a whole; those before it have lost their noun. Each is read as the name
that it would be with it, where the tables know that name, or where both are adjectives of one noun of the table of
words. The concept's span is the words that stand there, its text the name in full.
"""

from __future__ import annotations

from protocol_nlp.annotate.tables import readings
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.parts import Part
from protocol_nlp.phrase_words import is_a, is_attribute
from protocol_nlp.tree import hull

_JOINTS = frozenset({"AND", "OR", "AND_OR", "COMMA", "SLASH"})
_MOST = 2  # words that stand for a name


def completed(parts: list[Part]) -> list[Part]:
    """The parts, with each member of a list that shares the last words of its last member as a concept."""
    out = list(parts)
    i = len(out) - 1
    while i > 1:
        if out[i].kind == "CONCEPT" and " " in out[i].text and out[i - 1].kind in _JOINTS:
            i = _members(out, i)
        else:
            i -= 1
    return out


def _members(out: list[Part], last: int) -> int:
    """Complete the members before the one at `last`, in place; returns where to go on."""
    at = last
    while at > 1 and out[at - 1].kind in _JOINTS:
        joint = at - 1
        while joint and out[joint - 1].kind in _JOINTS:
            joint -= 1
        if joint == 0 or (at == last and all(p.kind == "COMMA" for p in out[joint:at])):
            break
        found = _complete(out, joint, out[last])
        if found is None:
            break
        start, made = found
        for n in range(joint, at):
            if out[n].kind == "SLASH":
                out[n] = out[n].changed(kind="OR", cue="slash")
        out[start:joint] = [made]
        last -= joint - start - 1
        at = start
    return at if at < last else last - 1


def _complete(parts: list[Part], end: int, last: Part) -> tuple[int, Part] | None:
    """Where the words right before `end` begin that stand for a name, and the concept that they are."""
    named = last.text.split(" ")
    for count in range(_MOST, 0, -1):
        run = parts[end - count : end] if count <= end else []
        if not run or not all(p.kind == "WORD" and " " not in p.text for p in run):
            continue
        own = [p.text for p in run]
        for cut in range(1, len(named)):
            if (term := _known(" ".join([*own, *named[cut:]]))) is not None:
                return end - count, _concept(run, [*own, *named[cut:]], term)
    before = parts[end - 1]
    if before.kind == "CONCEPT" and is_a("abuse", named[-1]) and " " not in before.text:
        term = _known(f"{before.text} {named[-1]}")
        return (end - 1, _concept([before], [before.text, named[-1]], term)) if term is not None else None
    if before.kind != "WORD" or not (_adjective(before.text) and _adjective(named[0]) and is_a("head", named[-1])):
        return None
    own_term = last.term()
    term = Term(id=None, name=None, label=own_term.label if own_term is not None else None)
    return end - 1, _concept([before], [before.text, *named[1:]], term)


def _concept(run: list[Part], words: list[str], term: Term) -> Part:
    return Part(kind="CONCEPT", span=hull([p.span for p in run]), text=" ".join(words), value=term)


def _known(name: str) -> Term | None:
    """The thing that the tables call so."""
    found = (r.value for r in readings().get(name.lower(), ()) if r.kind == "CONCEPT")
    return next((v for v in found if isinstance(v, Term)), None)


def _adjective(word: str) -> bool:
    """ "Cardiac", "hepatic": a word that is the adjective of a part of the body or of a field, and no state."""
    text = word.lower()
    return text.endswith(("ac", "al", "ic", "ar", "ary", "ine", "ous", "ory")) and not is_attribute(text)


__all__ = ["completed"]
