"""The parts of an item with their brackets, and runs of plain words as expressions."""

from __future__ import annotations

from dataclasses import dataclass

from protocol_nlp.parts import Part, written
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import Concept, Condition, Expr, Opaque, Span, Status, hull

# Parts that carry no content of their own; they become marks of the node that takes them in.
_MARKS = frozenset(
    "SUBJECT COLON OF MUST BETWEEN MARK AT CUE DASH SINCE EITHER TRAILED COMMA LPAR RPAR SLASH PERIOD SEMICOLON AND OR "
    "AND_OR PAIR RANGE EXAMPLE BEFORE AFTER DURING UNTIL AGO APART NOR".split()
)
_WORDS = frozenset({"WORD", "CONCEPT", "MEASURE", "ANCHOR", "STATUS", "DASH", "SLASH", "MARK", "PSEUDO"})
_LINKS = frozenset({"SUBJECT", "OF", "COLON", "CUE", "MUST", "TRAILED", "BETWEEN", "LPAR"})
_SMALL = frozenset("of the a an to in for with on at by".split())


def no_name(text: str) -> bool:
    """Whether the word cannot be the name of what a number measures, nor begin it."""
    return is_a("no_name", text.lower())


# Behind a name these open something else: "< 20 % survival | with conventional therapy".
_APART = frozenset("with by for in on at from within after before during".split())
_STATUS: dict[str, Status] = {
    "history": "history",
    "planned": "planned",
    "suspected": "suspected",
    "family": "family",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as a concept, and the parts that hold them (none where a bracket stands between)."""

    concept: Concept
    indices: tuple[int, ...]
    words: tuple[int, ...] = ()


class Region:
    """The parts of one item, edited in place, with the brackets kept in step."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = list(parts)
        self._match()

    def _match(self) -> None:
        self._open: dict[int, int] = {}
        self._close: dict[int, int] = {}
        stack: list[int] = []
        for i, part in enumerate(self.parts):
            if part.kind == "LPAR":
                stack.append(i)
            elif part.kind == "RPAR" and stack:
                k = stack.pop()
                self._open[i], self._close[k] = k, i

    def opening(self, i: int) -> int | None:
        """Where the bracket that closes at `i` opens."""
        return self._open.get(i)

    def closing_of(self, i: int) -> int | None:
        """Where the innermost bracket around part `i` closes."""
        around = [c for o, c in self._close.items() if o < i < c]
        return min(around) if around else None

    def around(self, i: int) -> tuple[int, int] | None:
        """The innermost bracket around part `i`: where it opens and closes."""
        pairs = [(o, c) for o, c in self._close.items() if o < i < c]
        return max(pairs) if pairs else None

    def cut(self, start: int, end: int, new: list[Part]) -> None:
        """`new` in the place of the parts `[start, end)`."""
        self.parts[start:end] = new
        self._match()

    def phrase(self, i: int, step: int) -> Phrase | None:
        """The words next to `i` in one direction, up to the next separator, as an unlinked concept."""
        found: list[int] = []
        k = i + step
        short: Part | None = None
        if step < 0 and k > 0 and self.parts[k].kind == "LPAR":
            k -= 1
        if step < 0 and k > 0 and self.parts[k].kind == "RPAR" and (opened := self.opening(k)) is not None:
            short, k = self.parts[k], opened - 1  # "plaque score (FMPS) ≤ 20 %"
        while 0 <= k < len(self.parts) and len(found) < 6:
            part = self.parts[k]
            if not found and part.kind == "WORD" and no_name(part.text):
                k += step  # "staining must encompass > 10%": the verb is none of the measure
                if step > 0:
                    break
                continue
            if found and step > 0 and (part.text.lower() in _APART or (part.kind == "WORD" and no_name(part.text))):
                break
            if part.kind in _WORDS:
                found.append(k)
                if part.kind in ("CONCEPT", "MEASURE"):
                    break
            elif not (part.kind in _LINKS and (not found or part.text in _SMALL)):
                break
            k += step
        while found and self.parts[found[-1]].kind in ("DASH", "SLASH", "MARK"):
            found.pop()
        if not found:
            return None
        ordered = sorted(found)
        head = next((n for n in ordered if self.parts[n].kind in ("CONCEPT", "MEASURE")), None)
        if head is not None and short is None:
            return Phrase(self.parts[head].concept(), (head,), tuple(ordered))
        kept = [self.parts[n] for n in ordered]
        span = hull([p.span for p in (*kept, *([short] if short else []))])
        concept = Concept(span=span, text=" ".join(p.text for p in kept))
        return Phrase(concept, tuple(ordered) if short is None else ())


def atoms(parts: list[Part]) -> tuple[tuple[Expr, ...], tuple[Span, ...]]:
    """Plain parts as expressions (a condition for each concept, the words between opaque) and marks."""
    out: list[Expr] = []
    marks: list[Span] = []
    words: list[Part] = []
    status: Status = "present"

    def flush() -> None:
        if words:
            span = hull([p.span for p in words])
            out.append(Opaque(span=span, text=written(words)))
            words.clear()

    for part in parts:
        if part.kind == "EXPR":
            flush()
            out.append(part.value)
        elif part.kind in ("CONCEPT", "MEASURE"):
            flush()
            out.append(Condition(span=part.span, concept=part.thing(), status=status))
        elif part.kind == "STATUS":
            flush()
            status = _STATUS.get(str(part.value), "present")
            marks.append(part.span)
        elif part.kind in _MARKS:
            flush()
            marks.append(part.span)
        else:
            words.append(part)
    flush()
    return tuple(out), tuple(marks)
