"""How often the audit speaks of criteria that Chia's annotators could not query, and of those that they could.

    python benchmarks/audit_chia.py [FOLDER] [--limit N]

FOLDER (default ../shared) holds corpora/chia/train (Kury et al. 2020, CC BY 4.0). A criterion is a line of a file. It
is labelled where an annotation Subjective_judgement, Undefined_semantics or Non-query-able stands in it; the audit
speaks where a finding of SUB, TRM, OPS, STR or of TIM007 stands in it, of any severity.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import protocol_nlp
from protocol_nlp.audit import audit

LABELS = ("Subjective_judgement", "Undefined_semantics", "Non-query-able")
SPEAKS = ("SUB", "TRM", "OPS", "STR", "TIM007")
GOALS = (0.60, 0.25)
HEADS = {"inc": "Inclusion Criteria:\n\n", "exc": "Exclusion Criteria:\n\n"}


def labelled(path: Path) -> list[tuple[int, int, str]]:
    """Start, end and label of the annotations that count."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        m = re.match(r"T\d+\t(\S+) (\d+)(?: \d+;\d+)* (\d+)\t", line)
        if m and m[1] in LABELS:
            found.append((int(m[2]), int(m[3]), m[1]))
    return found


def main() -> None:
    words = [a for a in sys.argv[1:] if not a.startswith("-")]
    limit = int(words.pop()) if "--limit" in sys.argv else None
    folder = Path(words[0] if words else "../shared") / "corpora" / "chia" / "train"
    counts: Counter[tuple[str, bool]] = Counter()
    for path in sorted(folder.glob("*.txt"))[:limit]:
        with path.open(encoding="utf-8", newline="") as stream:
            text = stream.read()
        head = HEADS[path.stem[-3:]]
        (registration,) = protocol_nlp.read(head + text, name=path.stem)
        spoken = [
            span
            for f in audit(protocol_nlp.parse(registration)).findings
            if f.code.startswith(SPEAKS)
            for span in f.places
        ]
        marks = labelled(path.with_suffix(".ann"))
        for m in re.finditer(r"[^\r\n]*\S[^\r\n]*", text):
            start, end = m.start() + len(head), m.end() + len(head)
            speaks = any(s.start < end and start < s.end for s in spoken)
            kinds = {label for a, b, label in marks if a < m.end() and m.start() < b}
            for kind in kinds or {"none"}:
                counts[kind, speaks] += 1
            counts["any" if kinds else "plain", speaks] += 1
    for kind in (*LABELS, "any", "none"):
        total = counts[kind, True] + counts[kind, False]
        print(f"{kind:22} {counts[kind, True]:5} of {total:5}  {counts[kind, True] / max(1, total):.1%}")
    rates = [counts[k, True] / max(1, counts[k, True] + counts[k, False]) for k in ("any", "none")]
    sys.exit(not (rates[0] >= GOALS[0] and rates[1] <= GOALS[1]))


if __name__ == "__main__":
    main()
