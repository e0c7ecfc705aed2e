"""Three-valued logic with reasons. A fourth value takes part in nothing: what is asked of other patients only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from protocol_nlp.screening.result import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a statement holds of the patient; null is not known. What does not apply has no truth."""

    truth: bool | None
    applies: bool = True
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def unknown(*missing: str, evidence: Iterable[Evidence] = (), notes: Iterable[str] = ()) -> Verdict:
    return Verdict(truth=None, evidence=tuple(evidence), notes=tuple(notes), missing=tuple(missing))


def negated(verdict: Verdict) -> Verdict:
    return verdict if verdict.truth is None else replace(verdict, truth=not verdict.truth)


def every(parts: Sequence[Verdict]) -> Verdict:
    return _joined(parts, stop=False)


def some(parts: Sequence[Verdict]) -> Verdict:
    return _joined(parts, stop=True)


def counted(count: int, parts: Sequence[Verdict]) -> Verdict:
    """At least so many of the parts."""
    held = [part for part in parts if part.applies]
    yes, no = [p for p in held if p.truth is True], [p for p in held if p.truth is False]
    if not 1 <= count <= len(held):
        return unknown("more of them than there are, or none: the count was not read for sure")
    if len(yes) >= count:
        return merged(yes, True)
    if len(held) - len(no) < count:
        return merged(no, False)
    return merged(held, None)


def agreed(parts: Sequence[Verdict], otherwise: str) -> Verdict:
    """What all parts say; else not known, for the reason given."""
    if len({(part.truth, part.applies) for part in parts}) == 1:
        return merged(parts, parts[0].truth, applies=parts[0].applies)
    made = merged(parts, None)
    return replace(made, missing=tuple(dict.fromkeys((otherwise, *made.missing))))


def merged(parts: Iterable[Verdict], truth: bool | None, *, applies: bool = True) -> Verdict:
    """The reasons of all parts under one truth."""
    found = list(parts)
    missing = (said for part in found for said in part.missing)
    return Verdict(
        truth=truth,
        applies=applies,
        evidence=tuple(dict.fromkeys(item for part in found for item in part.evidence)),
        notes=tuple(dict.fromkeys(note for part in found for note in part.notes)),
        missing=tuple(dict.fromkeys(missing)) if truth is None else (),
    )


def _joined(parts: Sequence[Verdict], *, stop: bool) -> Verdict:
    held = [part for part in parts if part.applies]
    if not held:
        return merged(parts, None, applies=False)
    if stopping := [part for part in held if part.truth is stop]:
        return merged(stopping, stop)
    if any(part.truth is None for part in held):
        return merged(held, None)
    return merged(parts, not stop)
