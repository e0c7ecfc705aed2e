"""How many criteria carry two readings, by reason, and what share of their text is not read.

    python benchmarks/two_readings.py [FOLDER]

FOLDER (default ../shared/registry/sarcoma) holds registry entries as text. Exit code 1 when more than 5 % of the
characters are opaque.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import protocol_nlp
from protocol_nlp.tree import Ambiguous, criteria, walk

GOAL = 0.05


def main(arguments: list[str]) -> int:
    """Print the figures for each 1,000 criteria."""
    folder = Path(arguments[0]) if arguments else Path("../shared/registry/sarcoma")
    reasons: Counter[str] = Counter()
    read = doubtful = size = 0
    opaque = 0.0
    for path in sorted(folder.glob("*.txt")):
        for registration in protocol_nlp.read(path):
            for criterion in criteria(protocol_nlp.parse(registration)):
                if criterion.expr is None:
                    continue
                found = [n.reason for n in walk(criterion.expr) if isinstance(n, Ambiguous)]
                reasons.update(found)
                read += 1
                doubtful += bool(found)
                letters = sum(not x.isspace() for x in criterion.text)
                size += letters
                opaque += float(criterion.opaque_share) * letters
    print(f"{read} criteria, of each 1,000 with two readings: {1000 * doubtful / max(1, read):.1f}")
    for reason, count in reasons.most_common():
        print(f"  {reason:16}{1000 * count / max(1, read):6.1f}")
    share = opaque / max(1, size)
    print(f"opaque {share:.1%} of characters")
    return 0 if read and share <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
