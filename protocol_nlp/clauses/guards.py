"""What an "if" governs, how far a duty reaches, and which words of logic say something: judged over the parts of one
sentence before its lists are read."""

from __future__ import annotations

from protocol_nlp.clauses.nested import scope
from protocol_nlp.parts import Part
from protocol_nlp.tree import And, Comparison, Opaque, Or, Span

SEPARATORS = frozenset({"EXCEPT", "UNLESS", "IF", "MUST", "PERMIT", "PROHIBIT", "THEN", "EXAMPLE"})


def guard_end(parts: list[Part]) -> int | None:
    """ "For patients with metastases: ALT …", "For women, any of the following: …": where a colon, or a comma before an
    announced list, ends the words of a guard."""
    if not parts or parts[0].kind != "IF" or any(p.kind == "SEMICOLON" for p in parts):
        return None
    stops = [
        i for i, p in enumerate(parts[:-1]) if p.kind == "COLON" or (p.kind == "COMMA" and parts[i + 1].kind == "COUNT")
    ]
    if not stops or stops[0] < 2 or any(p.kind in SEPARATORS | {"COUNT"} for p in parts[1 : stops[0]]):
        return None
    return stops[0]


def guarded(parts: list[Part]) -> list[Part]:
    """An "if" that opens its sentence, with the comma that ends its condition as THEN; without one it is a plain
    condition, unless a bound follows the words of the guard. Commas may stand before it ("patients, if female, …")."""
    while len(parts) > 1 and parts[0].kind == "COMMA" and parts[1].kind in ("COMMA", "IF"):
        parts = parts[1:]
    if not parts or parts[0].kind != "IF":
        return parts
    commas = [i for i, p in enumerate(parts) if p.kind == "COMMA" and 1 < i < len(parts) - 1]
    must = next((i for i, p in enumerate(parts) if p.kind in ("MUST", "PROHIBIT", "PERMIT")), None)
    before = [i for i in commas if must is None or i < must] or commas
    if before:
        at = before[-1] if must is not None else before[0]
        return [*parts[:at], parts[at].changed(kind="THEN"), *parts[at + 1 :]]
    bound = next((i for i, p in enumerate(parts) if i > 1 and is_bound(p)), None)
    at = must if must is not None and must > 1 else bound if bound is not None else 0
    if at:
        then = Part(kind="THEN", span=Span(parts[at].span.start, parts[at].span.start), text="")
        return [*parts[:at], then, *parts[at + (parts[at].kind == "MUST") :]]
    return parts[1:]


def is_bound(part: Part) -> bool:
    """A bound, or one for each of several measures."""
    if isinstance(part.value, And | Or):
        return all(isinstance(o, Comparison) for o in part.value.operands)
    return isinstance(part.value, Comparison)


def opened(parts: list[Part]) -> list[Part]:
    """ "toxicities must have resolved (except alopecia)": a bracket behind a duty makes an exception to all of it."""
    must = next((i for i in range(len(parts) - 1, -1, -1) if parts[i].kind == "MUST"), None)
    last = parts[-1] if parts else None
    if must is None or last is None or last.kind != "BRACKET" or last.value[1][0].kind != "EXCEPT":
        return parts
    if any(p.kind in SEPARATORS for p in (*parts[must + 1 :], *last.value[1][1:])):
        return parts
    return [*parts[:-1], *last.value[1]]


def relative(parts: list[Part]) -> list[Part]:
    """ "except patients with Gilbert syndrome who must have …": the duty is one of the exempt alone."""
    at = next((i for i, p in enumerate(parts) if p.kind == "MUST" and p.cue in ("who", "exempt")), None)
    if at is None:
        return parts
    start = next((i for i in range(at - 1, -1, -1) if parts[i].kind == "EXCEPT"), None)
    if start is None or start + 1 == at or at + 1 == len(parts):
        return parts
    return [*parts[: start + 1], scope(clean(parts[start + 1 :]))]


def _idle(parts: list[Part]) -> list[Part]:
    """A denial of a mere window ("not during cycle 1") is not read."""
    out: list[Part] = []
    for p in parts:
        if p.kind == "WINDOW" and out and out[-1].kind == "NOT":
            cue = out.pop()
            span, text = cue.span.cover(p.span), f"{cue.text} {p.text}"
            p = Part(kind="EXPR", span=span, text=text, value=Opaque(span=span, text=text))
        out.append(p)
    return out


def clean(parts: list[Part]) -> list[Part]:
    """Words of logic only where both sides say something; the others are accounted for as marks."""
    out: list[Part] = []
    for p in _idle(parts):
        before = out[-1].kind if out else "START"
        opening = before in ("START", "THEN")
        if p.kind in ("AND", "OR"):
            if opening or before in SEPARATORS or before == "NOT":
                continue
            if before in ("AND", "OR"):
                out.pop()
        elif p.kind in SEPARATORS:
            while out and out[-1].kind in ("AND", "OR", "NOT") and p.kind != "MUST":
                out.pop()
            before = out[-1].kind if out else "START"
            if before in ("AND", "OR", "NOT"):
                continue
            if before == "START" and p.kind not in ("EXCEPT", "IF"):
                continue
            if before in ("EXCEPT", "UNLESS", "EXAMPLE") and p.kind == "IF":
                continue  # "except for patients with"
            if before in SEPARATORS and before not in ("PERMIT", "PROHIBIT"):
                if before == "IF" and len(out) == 1:
                    continue
                out.pop()
        out.append(p)
    while out and (
        out[-1].kind in ("AND", "OR", "NOT", "COUNT") or out[-1].kind in SEPARATORS - {"PERMIT", "PROHIBIT"}
    ):
        out.pop()
    if out and out[0].kind == "IF" and not any(p.kind == "THEN" for p in out):
        out = out[1:]
    return out


__all__ = ["SEPARATORS", "clean", "guard_end", "guarded", "is_bound", "opened", "relative"]
