"""What small words do to the thing beside them, before phrases are made of words: prefixes that deny, guards that open
a sentence, a slash between two bounds."""

from __future__ import annotations

from functools import cache

from protocol_nlp.annotate.tables import rows, status_cues
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.clauses.members import all_persons, of_age
from protocol_nlp.parts import Part
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import And, Comparison, Or, Span

# What a guard may end in that denies what it names.
_AGREEING = frozenset("agree agrees willing able".split())
_ENDS_DUTY = frozenset({"PERIOD", "SEMICOLON", "COLON", "IF", "EXCEPT", "UNLESS", "PERMIT", "PROHIBIT"})
_ABSENCES = ("absence of", "without")
# What may stand between a bound and the age of those of whom it is asked.
_FOR = frozenset({"for", "in", "if", "when"})
_AGED = frozenset({"aged", "age", "is", "are", "who"})


def prepared(parts: list[Part], phrase: frozenset[str]) -> list[Part]:
    """The parts with prefixes and guards as cues of their own; `phrase` are the kinds that a phrase is made of."""
    parts = [piece for part in parts for piece in _optional(part)]
    return _prefixes(_absences(_aged(_guards(_provisos(_ended(_slashed(parts)))))), phrase)


def _slashed(parts: list[Part]) -> list[Part]:
    """ "> 450 ms (men) / > 470 ms (women)": a slash between two bounds is an "or"."""
    out = list(parts)
    for i in range(1, len(parts) - 1):
        before, after = parts[i - 1], parts[i + 1]
        if parts[i].kind == "SLASH" and before.kind in ("RPAR", "EXPR") and isinstance(after.value, Comparison):
            out[i] = parts[i].changed(kind="OR", cue="slash")
    return out


def _optional(part: Part) -> list[Part]:
    """ "Regardless of" as the status of what follows; a model may have taken it into the name."""
    if part.kind == "PSEUDO" and part.value == "optional":
        return [part.changed(kind="STATUS")]
    start, end = part.span
    cut = next((len(cue) for cue in _free_cues() if part.text.lower().startswith(f"{cue} ")), 0)
    if not cut or part.kind not in ("CONCEPT", "MEASURE") or end - start != len(part.text):
        return [part]
    cue = Part(kind="STATUS", span=Span(start, start + cut), text=part.text[:cut], value="optional")
    return [cue, part.changed(span=Span(start + cut + 1, end), text=part.text[cut + 1 :])]


@cache
def _free_cues() -> tuple[str, ...]:
    found = (row for row in rows("status") if row["category"] == "optional")
    return tuple(sorted((cue for row in found for cue in status_cues(row)), key=len, reverse=True))


def _ended(parts: list[Part]) -> list[Part]:
    """ "Must be stable and | stop steroids at least 2 weeks before …": from then on there are none. Who only agrees to
    stop something, or stopped it no one says when, may have it all the same."""
    out: list[Part] = []
    duty = False
    for i, part in enumerate(parts):
        if part.kind == "MUST":
            duty = not _AGREEING & set(part.text.lower().split())
        elif part.kind in _ENDS_DUTY:
            duty = False
        opens = duty and out and out[-1].kind in ("MUST", "AND", "COMMA")
        if opens and part.kind == "WORD" and is_a("ending", part.text) and _until(parts[i + 1 :]):
            part = part.changed(kind="NOT", value="ended")
        out.append(part)
    return out


def _until(parts: list[Part]) -> bool:
    """Whether a thing follows, and how long before an event."""
    stop = next((i for i, p in enumerate(parts) if p.kind in _ENDS_DUTY or p.kind == "MUST"), len(parts))
    timed = next((i for i, p in enumerate(parts[:stop]) if _before(p)), None)
    return timed is not None and any(p.kind in ("CONCEPT", "WORD") for p in parts[:timed])


def _before(part: Part) -> bool:
    return part.kind == "WINDOW" and part.value.side == "before" and part.value.length is not None


def _provisos(parts: list[Part]) -> list[Part]:
    """ "(subject to approval by the sponsor)": a condition where a bracket opens it, and no "subject"."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        opens = i and parts[i - 1].kind == "LPAR"
        if opens and part.text.lower() == "subject" and i + 2 < len(parts) and parts[i + 1].text.lower() == "to":
            part = Part(kind="IF", span=part.span.cover(parts[i + 1].span), text="subject to", value="proviso")
        elif out and out[-1].value == "proviso" and out[-1].span.holds(part.span):
            continue
        out.append(part)
    return out


def _guards(parts: list[Part]) -> list[Part]:
    """ "For men, …", "in women of childbearing potential: …": the persons who open a sentence are those it is of."""
    out = list(parts)
    for i, part in enumerate(parts):
        opens = not i or parts[i - 1].kind in ("PERIOD", "SEMICOLON")
        if not opens or part.text.lower() not in ("for", "in"):
            continue
        end = i + 1
        while end < len(parts) and (parts[end].kind in ("SUBJECT", "AND", "OR") or is_person(parts[end])):
            end += 1
        if end > i + 1 and is_person(parts[end - 1]) and end + 1 < len(parts) and parts[end].kind in ("COMMA", "COLON"):
            out[i] = part.changed(kind="IF")
    return out


def _aged(parts: list[Part]) -> list[Part]:
    """ "ECOG 0-2 (over 10 years of age)", "Lansky ≥ 50 % for patients under 16 years": an age in the brackets behind a
    bound of something else, or behind "for", says of whom it is asked, and demands nothing."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        start = next((n for n in range(len(out) - 1, -1, -1) if not _leads_to_age(out[n])), -1)
        said = out[start + 1 :]
        if of_age(part) and start >= 0 and said and _bounds(out[start]):
            bracketed = said[0].kind == "LPAR"
            words = said[bracketed:]
            ends = i + 1 < len(parts) and parts[i + 1].kind in ("RPAR", "SUBJECT", "TRAILED")
            if (bracketed and ends) or (words and words[0].text.lower() in _FOR):
                at = words[0].span.start if words else part.span.start
                span = Span(at, words[-1].span.end if words else at)
                cue = Part(kind="IF", span=span, text=" ".join(w.text for w in words))
                out[start + 1 :] = [*said[:bracketed], cue]
        out.append(part)
    return out


def _leads_to_age(part: Part) -> bool:
    return part.kind in ("LPAR", "SUBJECT") or part.text.lower() in _FOR or part.text.lower() in _AGED


def _bounds(part: Part) -> bool:
    """A bound, or one for each of several measures, none of them the age."""
    bounds = part.value.operands if isinstance(part.value, And | Or) else (part.value,)
    return part.kind == "EXPR" and not of_age(part) and all(isinstance(b, Comparison) for b in bounds)


def _absences(parts: list[Part]) -> list[Part]:
    """ "In the | absence of X", "for patients | without X": a condition, and a denial of what it names."""
    out: list[Part] = []
    for part in parts:
        said = next((w for w in _ABSENCES if part.kind == "IF" and part.text.lower().endswith(w)), "")
        cut = part.span.end - len(said)
        if said and part.span.start < cut:
            out.append(part.changed(span=Span(part.span.start, cut), text=part.text[: -len(said)].strip()))
            part = Part(kind="NOT", span=Span(cut, part.span.end), text=said, value="not")
        out.append(part)
    return out


def _prefixes(parts: list[Part], phrase: frozenset[str]) -> list[Part]:
    """ "non-pregnant women" denies a thing; in "non-infectious fever" the prefix belongs to its word alone."""
    parts = _naive([p for part in parts for p in _unglued(part)])
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        at = i + 2 if i + 1 < len(parts) and parts[i + 1].kind == "DASH" else i + 1
        if part.kind != "NOT" or part.text.lower() != "non" or at >= len(parts):
            out.append(part)
            i += 1
            continue
        thing, between = parts[at], parts[i + 1 : at]
        ends = at + 1 == len(parts) or parts[at + 1].kind not in phrase
        if thing.kind == "CONCEPT" and " " in thing.text:
            out.append(_other_thing(part, thing))
        elif thing.kind in ("CONCEPT", "MEASURE", "ANCHOR") or (thing.kind == "WORD" and ends):
            out += [part.changed(cue="narrow"), *between, thing.changed(cue="cut")]
        else:
            out += [part.changed(kind="WORD"), *between, thing]
        i = at + 1
    return out


def _naive(parts: list[Part]) -> list[Part]:
    """ "treatment-naïve": the word behind the hyphen denies that one thing, not what stands before it."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        glued = len(out) > 1 and out[-1].kind == "DASH" and parts[i - 2].kind in ("CONCEPT", "MEASURE", "WORD")
        if glued and part.kind == "PROHIBIT" and part.value == "denied" and " " not in part.text:
            thing, dash = out[-2], out[-1]
            out[-2:] = [part.changed(kind="NOT", value="not", cue="narrow"), dash, thing.changed(cue="cut")]
        else:
            out.append(part)
    return out


def _other_thing(prefix: Part, thing: Part) -> Part:
    """ "non-cardiac surgery" is a thing of the same sort that no table knows."""
    term = thing.term()
    label = term.label if term is not None else None
    span = prefix.span.cover(thing.span)
    return thing.changed(span=span, text=f"{prefix.text}-{thing.text}", value=Term(id=None, name=None, label=label))


def _unglued(part: Part) -> list[Part]:
    """A concept of one word with its denial before it ("non-smokers"), as two parts; no name begins with "non" and is
    the same thing without it."""
    prefix, _, rest = part.text.partition("-")
    start, end = part.span
    whole = part.kind == "CONCEPT" and end - start == len(part.text)
    if not whole or prefix.lower() != "non" or not rest.isalpha() or _named_non(part):
        return [part]
    cut = start + len(prefix)
    return [
        Part(kind="NOT", span=Span(start, cut), text=prefix, value="not"),
        Part(kind="DASH", span=Span(cut, cut + 1), text="-"),
        part.changed(span=Span(cut + 1, end), text=rest),
    ]


def _named_non(part: Part) -> bool:
    term = part.term()
    return term is not None and term.id is not None


def is_person(part: Part) -> bool:
    if isinstance(part.value, And | Or):
        return all_persons(part.value)
    return isinstance(part.value, Term) and part.value.label == "Person"


__all__ = ["is_person", "prepared"]
