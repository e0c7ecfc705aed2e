"""The amendment as text for a terminal: each change with both wordings, then the count."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_nlp.amend.compare import Amendment, Change
from protocol_nlp.amend.report.told import ids, notes, step, summary, wording


def report(amendment: Amendment) -> str:
    """One block for each change that is more than a new number; the last line counts all criteria."""
    blocks = [block for change in amendment.changes if (block := "\n".join(_block(change)))]
    last = f"{amendment.before.id} → {amendment.after.id}: {summary(amendment)}"
    return "\n\n".join([*blocks, last]) + "\n"


def _block(change: Change) -> Iterator[str]:
    if change.kind == "unchanged" and not change.moved:
        return
    head = f"{change.kind.upper()} {ids(change)}"
    extra = "; ".join(notes(change))
    yield f"{head} ({extra})" if extra else head
    before, after = wording(change.before), wording(change.after)
    if before == after:
        yield f"    {before}"
    else:
        yield from (f"  {sign} {words}" for sign, words in (("-", before), ("+", after)) if words)
    yield from (f"    {step(s)}" for s in change.steps)
