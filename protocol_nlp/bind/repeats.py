"""A bracket that repeats the measure before it: "body mass index (BMI)", "platelets (PLT)" are one measure."""

from __future__ import annotations

from protocol_nlp.parts import Part


def repeats(parts: list[Part]) -> list[Part]:
    """Measures, concepts and anchors with the short form behind them in brackets."""
    out: list[Part] = []
    i = 0
    while i < len(parts):
        part = parts[i]
        inner = parts[i + 1 : i + 4]
        if (
            part.kind in ("MEASURE", "CONCEPT", "ANCHOR")
            and [p.kind for p in inner[:1]] == ["LPAR"]
            and [p.kind for p in inner[2:]] == ["RPAR"]
            and _repeats(part, inner[1])
        ):
            span = part.span.cover(inner[2].span)
            out.append(part.changed(span=span, text=f"{part.text} ({inner[1].text})"))
            i += 4
            continue
        out.append(part)
        i += 1
    return out


def _repeats(part: Part, again: Part) -> bool:
    a, b = part.term(), again.term()
    if a is not None and b is not None and a.id is not None and a.id == b.id:
        return True
    word = again.text
    return again.kind in ("WORD", "MEASURE", "CONCEPT", "MARK") and word[:1].isalpha() and _initials(part.text, word)


def _initials(long: str, short: str) -> bool:
    """Each letter of the short form stands in the long one, in order, the first at its start."""
    letters = iter(long.lower())
    return (
        short[0].lower() == long[0].lower()
        and any(c.isupper() for c in short)
        and all(c in letters for c in short.lower() if c.isalpha())
    )
