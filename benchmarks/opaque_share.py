"""How much of the criteria of real records stays unread: the share of their characters in opaque nodes.

    python benchmarks/opaque_share.py [FOLDER]

FOLDER (default ../shared) holds registry/sarcoma: criteria texts of 205 sarcoma trials. Blanks are not counted, nor
what is no criterion (headings of sections, markers). A word that no table or model knows but that stands in a plain
phrase is a condition without identifier, and not opaque; their share of the trees' conditions is printed beside it.
"""

from __future__ import annotations

import sys
import time
from decimal import Decimal
from pathlib import Path

from protocol_nlp import parse, read
from protocol_nlp.tree import Condition, criteria, walk

MOST = Decimal("0.15")


def main(arguments: list[str]) -> int:
    """Print the shares; 1 where more than 15 % of the characters are opaque."""
    folder = (Path(arguments[0]) if arguments else Path("../shared")) / "registry/sarcoma"
    begin = time.perf_counter()
    size = count = known = named = ambiguous = 0
    unread = Decimal(0)
    shares: list[tuple[Decimal, str]] = []
    for path in sorted(folder.glob("*.txt")):
        trial = parse(read(path)[0], link=False)
        shares.append((trial.opaque_share, path.stem))
        for criterion in criteria(trial):
            characters = sum(not c.isspace() for c in criterion.text)
            size += characters
            unread += criterion.opaque_share * characters
            count += 1
            nodes = list(walk(criterion.expr)) if criterion.expr else []
            named += sum(isinstance(n, Condition) for n in nodes)
            known += sum(isinstance(n, Condition) and n.concept.id is not None for n in nodes)
            ambiguous += any(n.kind == "ambiguous" for n in nodes)
    if not size:
        print(f"no records in {folder}")
        return 2
    share = unread / size
    shares.sort()
    print(f"{len(shares)} records, {count} criteria, {size} characters")
    print(f"opaque {share:.1%} of the characters; median record {shares[len(shares) // 2][0]:.1%}", end=", ")
    print(f"worst {shares[-1][0]:.1%} ({shares[-1][1]})")
    print(
        f"conditions with an identifier {known / named:.1%} of {named}; "
        f"criteria with two readings {ambiguous / count:.1%}"
    )
    print(f"{time.perf_counter() - begin:.1f} s")
    return 0 if share <= MOST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
