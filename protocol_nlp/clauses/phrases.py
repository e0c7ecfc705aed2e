"""Runs of words as atoms: a known concept with its qualifiers, a phrase that names a finding, or text not read.

A phrase without a known concept is read as an unlinked condition where it is words only: at most `LONGEST` of them, no
number, time word or cue left over, none that points elsewhere ("it", "such"), and at least one of three letters.
Everything else stays opaque.
"""

from __future__ import annotations

from protocol_nlp.clauses.attributes import shared
from protocol_nlp.clauses.heads import completed
from protocol_nlp.clauses.prefixes import is_person, prepared
from protocol_nlp.parts import SLASH, STATEMENT, Part, written
from protocol_nlp.phrase_words import is_a, is_neoplasm
from protocol_nlp.tree import Concept, Condition, Expr, Opaque, Span, Status, hull

LONGEST = 8

_PHRASE = frozenset(
    "WORD CONCEPT MEASURE ANCHOR SUBJECT STATUS OF DASH SLASH MARK AT CUE SINCE AFTER BEFORE DURING UNTIL PSEUDO "
    "BETWEEN EITHER TRAILED AGO APART PAIR RANGE LATE".split()
)
_LISTING = frozenset({"AND", "OR", "AND_OR", "COMMA", "MUST", "NOT", "EXPR", "LPAR", "RPAR", "WINDOW"})
_VOID = frozenset("SUBJECT OF DASH SLASH MARK AT CUE EITHER BETWEEN TRAILED PAIR RANGE LATE".split())
# What a phrase that names a finding may be made of.
_READABLE = frozenset({"WORD", "ANCHOR", "SUBJECT", "OF", "DASH", "SLASH", "AT", "EITHER", "STATUS"})
# "Patients with X | have Y": the verb of a statement about those who have X.
_HAS = frozenset({"have", "has", "had"})
# "Absence of A or | presence of B"
_THERE = frozenset({"presence of", "existence of", "the presence of", "evidence of", "signs of"})
_NAMED = frozenset({"CONCEPT", "MEASURE", "EXPR", "WINDOW", "RPAR"})
_STATUS: dict[str, Status] = {
    "history": "history", "planned": "planned", "suspected": "suspected", "family": "family", "optional": "optional",
}  # fmt: skip


def atoms(parts: list[Part]) -> list[Part]:
    """The parts with each run of words as EXPR parts. Their `cue` tells how they go on from what stands before: "with"
    more of it, "that" the same in a clause, "cause" the reason, "clause" no member of a list, "predicate" a second
    verb, "statement" one of its own."""
    out: list[Part] = []
    run: list[Part] = []
    whose = False  # the clause began with "patients with"

    def flush() -> None:
        denied = bool(out) and out[-1].kind == "NOT"
        if denied and (part := _relational(run)) is not None:
            out.append(part)
            run.clear()
        for n, piece in enumerate(_pieces(run)):
            if piece[0].kind == "OR":
                out.append(piece[0])
            elif (atom := _atom(piece)) is not None:
                slashed = bool(out) and out[-1].cue == "slash"
                joined = "cause" if is_a("cause", piece[0].text) else "who" if _who(piece[0]) else _that(piece[0])
                opened = _opening(piece, after=out[-1].kind if out else "")
                out.append(atom.changed(cue=None if slashed else joined if n else opened))
        run.clear()

    before: Part | None = None
    for part in prepared(completed(shared(parts)), _PHRASE):
        said, before = before, part
        if part.text.lower() in _HAS and said is not None and said.kind in _NAMED and (whose or _whose(run)):
            flush()
            out.append(part.changed(kind="AND", cue="has", issues=(STATEMENT,)))
            whose = False
            continue
        if part.kind in _PHRASE:
            run.append(part)
            if part.cue == "cut":
                flush()
            continue
        closed = part.kind == "AND" and bool(out) and not run and out[-1].kind == "COMMA"
        whose = _whose(run) or (whose and part.kind in _LISTING and not closed)
        who = "who" if _relative(run) or whose else None
        duty = part.kind == "NOT" and bool(run) and is_a("duty", part.text.split()[0])
        flush()
        if duty:  # "women | must not be pregnant"
            at = part.span.start
            out.append(Part(kind="MUST", span=Span(at, at), text="", cue=who))
        out.append(part.changed(cue=who) if part.kind == "MUST" else part)
    flush()
    return out


def _relative(run: list[Part]) -> bool:
    """ "… Gilbert syndrome, who | must …" """
    return bool(run) and run[-1].text.lower() in ("who", "which", "that")


def _whose(run: list[Part]) -> bool:
    """ "patients with metastases | must …": the duty of those alone."""
    words = run[0].text.lower().split() if run and run[0].kind == "SUBJECT" else []
    return len(words) > 1 and words[-1] in ("with", "who", "having") and any(p.kind not in _VOID for p in run)


def _that(part: Part) -> str:
    return "that" if part.text.lower().split()[0] == "that" else "with"


def _who(part: Part) -> bool:
    return part.text.lower().startswith("who")


def _opening(piece: list[Part], *, after: str) -> str | None:
    if after == "COMMA" and piece[0].text.lower() == "with":
        return "with"
    if after == "RPAR" and piece[0].kind == "SUBJECT" and is_a("joiner", piece[0].text):
        return "who" if _who(piece[0]) else "with"  # "adults (18 years or older) | with asthma or diabetes"
    if piece[0].kind == "EITHER":
        return piece[0].text.lower()
    if is_a("wanted", piece[0].text):
        return "wanted"
    if is_a("opener", piece[0].text) or piece[0].kind == "PSEUDO" or _optional(piece[0]):
        return "that" if _that(piece[0]) == "that" else "clause"
    if is_a("predicate", piece[0].text) or _participle(piece):
        return "predicate"
    if piece[0].text.lower() in _THERE:
        return "there"
    return "statement" if is_a("verb", piece[0].text) or _statement(piece) else None


def _statement(piece: list[Part]) -> bool:
    """ "HCV antibodies are positive": a verb between two pieces of content; not "a lesion to be measured"."""
    content = [i for i, p in enumerate(piece) if p.kind not in _VOID]
    verbs = [i for i, p in enumerate(piece) if is_a("predicate", p.text) and not _infinitive(piece, i)]
    return any(content[0] < i < content[-1] for i in verbs if content)


def _infinitive(piece: list[Part], i: int) -> bool:
    """ "A lesion | to be | measured": what is to be done to a thing."""
    return i > 1 and piece[i - 1].text.lower() == "to" and piece[i - 2].kind in ("CONCEPT", "MEASURE")


def _pieces(run: list[Part]) -> list[list[Part]]:
    """The run cut before each word that opens a second statement ("stroke | with weakness", "men | who smoke"), and at
    a slash between two things, which is an "or"."""
    out: list[list[Part]] = [[]]
    for i, part in enumerate(run):
        if part.kind == "SLASH" and _alternatives(run, i):
            out += [[part.changed(kind="OR", cue="slash", issues=(SLASH,) if _two(run, i) else ())], []]
            continue
        if _joins(run, i, out[-1]):
            out.append([])
            part = part.changed(kind="SUBJECT") if is_a("cause", part.text) else part
        out[-1].append(part)
    return [piece for piece in out if piece]


def _alternatives(run: list[Part], i: int) -> bool:
    if not 0 < i < len(run) - 1:
        return False
    sides = (run[i - 1], run[i + 1])
    named = sum(p.kind in ("CONCEPT", "MEASURE") for p in sides)
    return named == 2 or (named == 1 and all(len(p.text) > 2 and p.kind != "SUBJECT" for p in sides))


def _two(run: list[Part], i: int) -> bool:
    """Whether a slash stands between two things of one sort, which may be meant together."""
    one, other = run[i - 1].term(), run[i + 1].term()
    if one is None or other is None or one.id == other.id or str(one.id).startswith("class:"):
        return False
    if any(map(_tumour, (run[i - 1], run[i + 1]))):
        return False  # of tumours a patient has one
    return one.label == other.label and one.label in ("Condition", "Drug")  # and of procedures one is enough


def _tumour(part: Part) -> bool:
    term = part.term()
    named = (part.text, (term.name or "") if term is not None else "")
    return any(map(is_neoplasm, named)) or (term is not None and str(term.id).startswith("histology:"))


def _joins(run: list[Part], i: int, before: list[Part]) -> bool:
    plain = run[i].kind in ("SUBJECT", "WORD") and (is_a("joiner", run[i].text) or is_a("cause", run[i].text))
    if not (plain or _optional(run[i])):
        return False
    named = [p for p in before if p.kind not in _VOID and p.kind != "STATUS"]
    after = [p for p in run[i + 1 :] if p.kind not in _VOID]
    if not (named and after):
        return False
    return not (plain and is_a("governor", before[-1].text)) and before[-1].kind != "DASH"


def _optional(part: Part) -> bool:
    """ "With or without", "regardless of": what follows may be there or not."""
    return part.kind == "STATUS" and part.value == "optional"


def _participle(run: list[Part]) -> bool:
    """ "requiring …", "treated within …": says something of what stands before."""
    first = run[0]
    nxt = run[1] if len(run) > 1 else None
    loose = nxt is None or nxt.kind in ("SUBJECT", "OF", "AT", "DURING", "AFTER", "BEFORE", "SINCE")
    word = first.text.lower()
    alone = first.kind == "CONCEPT" and nxt is None and " " not in word
    if nxt is None and word.endswith("ing"):
        return False  # "nausea, vomiting"
    return (first.kind == "WORD" or alone) and word.endswith(("ed", "ing")) and loose and len(word) > 5


def _relational(run: list[Part]) -> Part | None:
    """ "not | caused by diabetes", "unable | to correct coagulopathy", "no | plans for surgery": a denied phrase whose
    first words tell a relation or an act. That is what is denied; the diabetes only qualifies it."""
    at = _object(run)
    if at is None or (thing := _atom(run[at:])) is None:
        return None
    words = [p for p in run[:at] if p.kind not in _VOID]
    inner = hull([p.span for p in words])
    held = [p for p in run[:at] if inner.holds(p.span)]
    marks = tuple(p.span for p in run[:at] if not inner.holds(p.span))
    expr = Condition(
        span=hull([p.span for p in run]),
        concept=Concept(span=inner, text=_text(held)),
        qualifiers=(thing.value,),
        marks=tuple(sorted(marks)),
    )
    return Part(kind="EXPR", span=expr.span, text=_text(held), value=expr)


def _object(run: list[Part]) -> int | None:
    """Where the object of a relation begins: behind its preposition, or behind a verb that takes its object for
    granted; null where the phrase opens with no relation."""
    word, act = "", False
    for i, part in enumerate(run):
        text = part.text.lower()
        first = text.split()[0]
        if word and is_a("preposition", first):
            # what is for a thing does not name it: "no treatment for cancer"; but "no need for transfusion"
            named = act or is_a("relation", word) or (first == "for" and not is_a("needed", word))
            return i + 1 if named and i + 1 < len(run) else None
        if i + 1 == len(run):
            return None
        if part.kind == "WORD" and word and is_a("acting", text):
            return i
        if is_a("presupposing", text):
            return i + 1
        if part.kind in ("WORD", "ANCHOR"):
            word, act = text.split()[-1], is_a("presupposing", first)
        elif part.kind not in _VOID and part.kind != "STATUS":
            return None
    return None


def _atom(run: list[Part]) -> Part | None:
    """One phrase as an expression: its first concept that is no person, qualified by its other words."""
    known = [p for p in run if p.kind in ("CONCEPT", "MEASURE")]
    content = [p for p in run if p.kind not in _VOID]
    if not content:
        return None
    span = hull([p.span for p in run])
    marks = tuple(p.span for p in run if p.kind in _VOID)
    status: Status = next(
        (_STATUS[str(p.value)] for p in run if p.kind == "STATUS" and str(p.value) in _STATUS), "present"
    )
    if not known:
        words = [p for p in content if p.kind != "STATUS"]
        if not words:
            return None
        inner = hull([p.span for p in words])
        held = [p for p in run if inner.holds(p.span)]
        expr = _finding(held, span, status, tuple(p.span for p in run if not inner.holds(p.span)))
        return Part(kind="EXPR", span=expr.span, text=_text(held), value=expr)
    head = _head(run)
    qualifiers: list[Expr] = []
    words = []

    def flush() -> None:
        while words and words[-1].kind in _VOID:
            words.pop()
        if words:
            qualifiers.append(_finding(words, hull([p.span for p in words]), "present", ()))
            words.clear()

    for part in run:
        if part is head:
            flush()
        elif part.kind in _VOID:
            if words:
                words.append(part)
        elif part.kind == "STATUS":
            flush()
            marks += (part.span,)
        elif part.kind in ("CONCEPT", "MEASURE"):
            flush()
            qualifiers.append(Condition(span=part.span, concept=part.thing()))
        elif part.kind == "PSEUDO":
            flush()
            qualifiers.append(Opaque(span=part.span, text=part.text, reason="a denial or none: not decided"))
        else:
            words.append(part)
    flush()
    taken = [q.span for q in qualifiers]
    expr = Condition(
        span=span,
        concept=head.thing(),
        status=status,
        qualifiers=tuple(qualifiers),
        marks=tuple(sorted(m for m in marks if not any(t.holds(m) for t in taken))),
    )
    return Part(kind="EXPR", span=span, text=head.text, value=expr)


def _finding(words: list[Part], span: Span, status: Status, marks: tuple[Span, ...]) -> Expr:
    """The words as an unlinked condition, or opaque where they are no plain phrase."""
    inner, text = hull([p.span for p in words]), _text(words)
    if not _plain(words):
        return Opaque(span=inner, text=written(words))
    return Condition(span=span, concept=Concept(span=inner, text=text), status=status, marks=tuple(sorted(marks)))


def _plain(words: list[Part]) -> bool:
    named = [w for p in words if p.kind not in _VOID for w in p.text.split()]
    return (
        len(named) <= LONGEST
        and all(p.kind in _READABLE for p in words)
        and not any(is_a("vague", w) or w[0].isdigit() for w in named)
        and any(len(w) > 2 for w in named)
    )


def _text(parts: list[Part]) -> str:
    return " ".join(p.text for p in parts)


def _head(run: list[Part]) -> Part:
    """The concept the phrase is about: the last before a preposition ("unresectable sarcoma of the leg"), but no person
    where there is another thing."""
    known = [p for p in run if p.kind in ("CONCEPT", "MEASURE")]
    things = [p for p in known if not is_person(p)] or known
    head = things[0]
    last = head
    for part in run[run.index(head) + 1 :]:
        last, before = part, last
        if _bears(before, part):
            continue
        if part.kind not in ("CONCEPT", "MEASURE", "WORD", "DASH", "SLASH", "STATUS"):
            break
        if part.kind == "WORD" and (is_a("preposition", part.text) or is_a("acting", part.text)):
            break
        if part in things:
            head = part
    return head


def _bears(before: Part, part: Part) -> bool:
    """ "electrocardiographic signs | of ischemia": what follows is the thing."""
    words = part.text.lower().split()
    sign = words[0] if len(words) > 1 else before.text.lower()
    return words[-1] == "of" and is_a("bearer", sign)


__all__ = ["atoms"]
