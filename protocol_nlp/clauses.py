"""Bound parts -> the terminals of the criterion grammar: phrases made atoms, commas typed, stray words put aside."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.annotate.tokens import Term
from protocol_nlp.parts import Part
from protocol_nlp.tree import Condition, Expr, Opaque, Span, Status, hull

_PHRASE = frozenset(
    "WORD CONCEPT MEASURE ANCHOR SUBJECT STATUS OF DASH SLASH MARK AT CUE SINCE AFTER BEFORE DURING UNTIL PSEUDO "
    "BETWEEN EITHER COLON TRAILED AGO APART PAIR RANGE LATE EXAMPLE".split()
)
_VOID = frozenset(
    "SUBJECT OF DASH SLASH MARK AT CUE COLON EITHER BETWEEN TRAILED PAIR RANGE EXAMPLE PSEUDO LATE".split()
)
_LOGIC = frozenset({"AND", "OR", "AND_OR", "NOR", "COMMA", "EXCEPT", "UNLESS", "IF", "MUST", "NOT", "PERMIT", "THEN"})
_STATUS: dict[str, Status] = {"history": "history", "planned": "planned", "suspected": "suspected", "family": "family"}


def clauses(parts: list[Part]) -> tuple[list[Part], tuple[Span, ...]]:
    """The terminals of one item, and the spans that no terminal carries."""
    aside: list[Span] = []
    out = _atoms(parts, aside)
    out = _brackets(out, aside)
    out = _commas(out, aside)
    return _operands(out, aside), tuple(aside)


def _atoms(parts: list[Part], aside: list[Span]) -> list[Part]:
    out: list[Part] = []
    run: list[Part] = []

    def flush() -> None:
        if run:
            if (atom := _atom(run)) is not None:
                out.append(atom)
            else:
                aside.extend(p.span for p in run)
            run.clear()

    for part in parts:
        if part.kind in _PHRASE:
            run.append(part)
            continue
        flush()
        out.append(part)
    flush()
    return out


def _atom(run: list[Part]) -> Part | None:
    """One phrase as an expression: its last concept, qualified by its other words; opaque where it names none."""
    # An event that no window is counted from is no more than its words.
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
        text = " ".join(p.text for p in run if inner.holds(p.span))
        return Part(kind="EXPR", span=inner, text=text, value=Opaque(span=inner, text=text))
    head = _head(known)
    qualifiers: list[Expr] = []
    words = []

    def flush() -> None:
        if words:
            inner = hull([p.span for p in words])
            qualifiers.append(Opaque(span=inner, text=" ".join(p.text for p in words)))
            words.clear()

    for part in run:
        if part is head or part.kind in _VOID:
            flush()
        elif part.kind == "STATUS":
            flush()
            marks += (part.span,)
        elif part.kind in ("CONCEPT", "MEASURE"):
            flush()
            qualifiers.append(Condition(span=part.span, concept=part.concept()))
        else:
            words.append(part)
    flush()
    expr = Condition(
        span=span, concept=head.concept(), status=status, qualifiers=tuple(qualifiers), marks=tuple(sorted(marks))
    )
    return Part(kind="EXPR", span=span, text=head.text, value=expr)


def _head(known: list[Part]) -> Part:
    """The concept the phrase is about: the first that is no person."""

    def person(p: Part) -> bool:
        return isinstance(p.value, Term) and p.value.label == "Person"

    return next((p for p in known if not person(p)), known[0])


def _brackets(parts: list[Part], aside: list[Span]) -> list[Part]:
    """Brackets that pair and hold something; the others are put aside. A bracket that only repeats is a qualifier."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for i, p in enumerate(parts):
        if p.kind == "LPAR":
            stack.append(i)
        elif p.kind == "RPAR" and stack:
            pairs[stack.pop()] = i
    good = {i for o, c in pairs.items() if any(p.kind in ("EXPR", "WINDOW") for p in parts[o:c]) for i in (o, c)}
    out: list[Part] = []
    for i, p in enumerate(parts):
        if p.kind in ("LPAR", "RPAR") and i not in good:
            aside.append(p.span)
        elif p.kind in ("PERIOD", "SEMICOLON") and any(o < i < pairs[o] for o in pairs if o in good):
            out.append(p.changed(kind="COMMA"))
        else:
            out.append(p)
    return out


def _commas(parts: list[Part], aside: list[Span]) -> list[Part]:
    """Commas as the connective of their list: the next "and" or "or" at their level says which."""
    out: list[Part] = []
    lead_if = False
    for i, p in enumerate(parts):
        before = out[-1].kind if out else "STOP"
        if p.kind in ("PERIOD", "SEMICOLON"):
            lead_if = False
            out.append(p.changed(kind="STOP"))
        elif p.kind == "IF" and before in ("STOP",):
            lead_if = True
            out.append(p)
        elif p.kind == "COMMA" and lead_if:
            lead_if = False
            out.append(p.changed(kind="THEN"))
        elif p.kind == "COMMA":
            op = _list_op(parts, i)
            if op is None:
                out.append(p.changed(kind="AND", cue="implied"))
            else:
                out.append(p.changed(kind=op, cue="list"))
        elif p.kind in ("AND_OR", "NOR"):
            out.append(p.changed(kind="OR", cue=p.kind.lower()))
        else:
            out.append(p)
    return out


def _list_op(parts: list[Part], i: int) -> str | None:
    depth = 0
    for p in parts[i + 1 :]:
        if p.kind == "LPAR":
            depth += 1
        elif p.kind == "RPAR":
            depth -= 1
            if depth < 0:
                return None
        elif depth == 0 and p.kind in ("AND", "OR", "AND_OR", "NOR"):
            return "AND" if p.kind == "AND" else "OR"
        elif depth == 0 and p.kind in ("PERIOD", "SEMICOLON", "EXCEPT", "IF", "UNLESS", "MUST", "PERMIT"):
            return None
    return None


def _operands(parts: list[Part], aside: list[Span]) -> list[Part]:
    """Connectives with an operand on each side; windows typed by whether something stands before them."""
    out: list[Part] = []
    for p in parts:
        before = out[-1].kind if out else "STOP"
        open_side = before in ("STOP", "LPAR", "THEN", "AND", "OR", "EXCEPT", "UNLESS", "IF", "MUST", "NOT")
        match p.kind:
            case "AND" | "OR" | "THEN":
                if before in ("AND", "OR") and p.cue not in ("implied", "list"):
                    aside.append(out.pop().span)
                    if out and out[-1].kind not in ("STOP", "LPAR"):
                        out.append(p)
                    else:
                        aside.append(p.span)
                elif open_side or (before == "LEADWINDOW" and p.cue == "implied"):
                    aside.append(p.span)
                else:
                    out.append(p)
            case "WINDOW":
                while out and out[-1].kind in ("AND", "OR") and out[-1].cue in ("implied", "list"):
                    aside.append(out.pop().span)
                    before = out[-1].kind if out else "STOP"
                open_side = before in ("STOP", "LPAR", "THEN", "AND", "OR", "EXCEPT", "UNLESS", "IF", "MUST", "NOT")
                if open_side or before == "LEADWINDOW":
                    out.append(p.changed(kind="LEADWINDOW"))
                else:
                    out.append(p)
            case "EXCEPT" | "UNLESS" | "IF" | "MUST" | "PERMIT" | "STOP" | "RPAR":
                while out and out[-1].kind in ("AND", "OR", "MUST", "IF", "EXCEPT", "UNLESS", "NOT", "THEN"):
                    aside.append(out.pop().span)
                before = out[-1].kind if out else "STOP"
                bracketed = before == "LPAR" and p.kind in ("EXCEPT", "UNLESS", "IF")
                if (
                    before in ("STOP", "LPAR")
                    and p.kind != "RPAR"
                    and not bracketed
                    and not (p.kind == "IF" and before == "STOP")
                ):
                    aside.append(p.span)
                elif p.kind == "RPAR" and before == "LPAR":
                    aside.extend((out.pop().span, p.span))
                else:
                    out.append(p)
            case "EXPR" | "LPAR" | "NOT":
                out.append(p)
            case _:
                aside.append(p.span)
    while out and out[-1].kind in (*_LOGIC, "LPAR") and out[-1].kind != "PERMIT":
        aside.append(out.pop().span)
    return _leading_if(out)


def _leading_if(parts: list[Part]) -> list[Part]:
    """An "if" that opens its sentence needs a "then"; without one it is taken for a plain condition."""
    out = list(parts)
    start = 0
    for i in range(len(out) + 1):
        if i == len(out) or out[i].kind == "STOP":
            sentence = out[start:i]
            if sentence and sentence[0].kind == "IF" and not any(p.kind == "THEN" for p in sentence):
                out[start] = replace(out[start], kind="STOP")
            start = i + 1
    return out


__all__ = ["clauses"]
