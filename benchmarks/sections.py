"""How many records that state inclusion and exclusion criteria give items of both roles.

    python benchmarks/sections.py [--all] [FOLDER]

FOLDER (default ../shared) holds registry/ and corpora/. That a record has both sections is judged by two
simple patterns that share nothing with the package: a line that begins with at most four words and then
"inclusion" or "exclusion", alone or with "criteria", and then ends or has a colon; a letter has to follow
before the next such line. Failures are printed. `--all` reads the bulk file too.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from defusedxml import ElementTree

from protocol_nlp.segment import outline

LINE = r"(?im)(?:^|~)[^\S\n]*(?:[-*•#]\s*)?(?:[\w-]+ ){{0,4}}{0}(?: criteria)?[^\S\n]*(?::|$|~)"
INCLUSION = re.compile(LINE.format("inclusion"))
EXCLUSION = re.compile(LINE.format("exclusion"))
GOAL = 0.99


def holds(text: str, heading: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether a section of this heading has words before the next heading or the end."""
    begins = sorted(m.start() for pattern in (heading, other) for m in pattern.finditer(text))
    ends = [*begins, len(text)]
    return any(
        re.search(r"[A-Za-z]", text[m.end() : next(e for e in ends if e >= m.end())]) for m in heading.finditer(text)
    )


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and criteria text of each record: plain files, one JSON study a file, XML with a text block."""
    for part in ("registry/sarcoma", "corpora/lct/train", "corpora/sts/train", "corpora/chia/train"):
        for path in sorted((folder / part).glob("*.txt")):
            yield f"{part}/{path.name}", path.read_bytes().decode("utf-8")
    for path in sorted((folder / "registry/api_v2").glob("*.json")):
        study = json.loads(path.read_bytes())["protocolSection"]
        yield f"api_v2/{path.name}", study["eligibilityModule"].get("eligibilityCriteria", "")
    for path in sorted((folder / "registry/legacy_xml").glob("*.xml")):
        yield f"legacy_xml/{path.name}", ElementTree.parse(path).findtext(".//criteria/textblock") or ""


def bulk(folder: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / "registry/bulk.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield f"bulk/{record['id']}", record["criteria"]


def main(arguments: list[str]) -> int:
    """Print the count for each folder and the failures; 1 when fewer than 99 % give both roles."""
    names = [a for a in arguments if not a.startswith("-")]
    folder = Path(names[0]) if names else Path("../shared")
    records = list(texts(folder)) + (list(bulk(folder)) if "--all" in arguments else [])
    counts: dict[str, list[int]] = {}
    failures = []
    begin = time.perf_counter()
    for name, text in records:
        roles = {item.role for item in outline(text)}
        tally = counts.setdefault(name.rpartition("/")[0], [0, 0, 0])
        tally[0] += 1
        if holds(text, INCLUSION, EXCLUSION) and holds(text, EXCLUSION, INCLUSION):
            tally[1] += 1
            tally[2] += roles >= {"inclusion", "exclusion"}
            if not roles >= {"inclusion", "exclusion"}:
                failures.append((name, sorted(map(str, roles))))
    seconds = time.perf_counter() - begin
    print(f"{'folder':24}{'records':>9}{'both':>8}{'read':>8}")
    for name, tally in counts.items():
        print(f"{name:24}{tally[0]:9}{tally[1]:8}{tally[2]:8}")
    total, both, read = (sum(t[k] for t in counts.values()) for k in range(3))
    share = read / both if both else 0.0
    print(f"{'all':24}{total:9}{both:8}{read:8}   {share:.2%} of those with both; {seconds:.1f} s")
    for name, roles in failures:
        print(f"  {name}: {', '.join(roles)}")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
