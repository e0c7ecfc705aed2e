"""Words a second of each stage, on one core: `python benchmarks/speed.py [FOLDER | FILE.jsonl.gz] [--trials N]`.

Without a place the entry in protocols/ is read, again and again. FOLDER holds entries in any format; a .jsonl.gz holds
one trial a line with its `criteria`. A word is what stands between blanks. Times are of the processor, so that what
else runs shows little; between machines compare the ratios. What is loaded once stands apart.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # one core, also in the numeric libraries

SEED = Path(__file__).parent.parent / "protocols" / "NCT04172805.txt"


def texts(place: Path | None, most: int) -> Iterator[str]:
    """The criteria of `most` entries."""
    from protocol_nlp import read

    if place is None:
        yield from [read(SEED)[0].text] * most
    elif place.suffix == ".gz":
        with gzip.open(place, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["criteria"] for _, line in zip(range(most), lines, strict=False))
    else:
        files = sorted(path for path in place.iterdir() if path.is_file())
        for path in files[:most]:
            yield from (entry.text for entry in read(path))


def timed(label: str, words: int, work: Callable[[], object]) -> float:
    """Seconds that some work takes; a line says how many words a second that is."""
    start = time.process_time()
    work()
    spent = time.process_time() - start
    print(f"{label:28} {words / spent:10,.0f} words/s {spent:8.2f} s")
    return spent


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("place", nargs="?", type=Path)
    asked.add_argument("--trials", type=int, default=60)
    options = asked.parse_args()

    start = time.process_time()
    import spacy  # noqa: F401

    print(f"import spaCy {time.process_time() - start:.2f} s")
    start = time.process_time()
    from protocol_nlp.annotate import annotator
    from protocol_nlp.annotate.criteria_tokenizer import split
    from protocol_nlp.annotate.recognize import finds
    from protocol_nlp.annotate.scan import scan
    from protocol_nlp.annotate.select import select
    from protocol_nlp.annotate.shape import shape
    from protocol_nlp.annotate.view import view
    from protocol_nlp.assemble import flat, trial
    from protocol_nlp.link import link
    from protocol_nlp.segment import outline
    from protocol_nlp.sources import read

    using = annotator()
    print(f"load tables and model {time.process_time() - start:.2f} s")
    start = time.process_time()
    from protocol_nlp.link.candidates import generator

    generator()
    print(f"load linking {time.process_time() - start:.2f} s")

    entries = [read(text.encode(), name="entry")[0] for text in texts(options.place, options.trials)]
    leads = [[item.lead for item in flat(outline(entry.text))] for entry in entries]
    views = [view(entry.text, lead) for entry, own in zip(entries, leads, strict=True) for lead in own]
    words = sum(len(seen.text.split()) for seen in views)
    print(f"{len(entries)} entries, {len(views)} items, {words:,} words")

    def tables() -> None:
        for seen in views:
            lexemes = list(scan(seen.text))
            words = [seen.text[x.start : x.end] for x in lexemes]
            shape(select(lexemes, using.matches(words), seen.text), seen)

    def annotate() -> list[object]:
        return [using.read(entry.text, own) for entry, own in zip(entries, leads, strict=True)]

    timed("tokenizer of the model", words, lambda: [split(seen.text) for seen in views])
    timed("scanner and tables", words, tables)
    timed("model", words, lambda: finds(using.models[0], [seen.text for seen in views]))
    timed("annotation (all of these)", words, annotate)
    readings = [using.read(entry.text, own) for entry, own in zip(entries, leads, strict=True)]
    made = []
    timed(
        "grammar and binding",
        words,
        lambda: made.extend(
            trial(entry, outline(entry.text), reading) for entry, reading in zip(entries, readings, strict=True)
        ),
    )
    timed("linking", words, lambda: [link(one) for one in made])

    def whole() -> None:
        for entry in entries:
            items = outline(entry.text)
            link(trial(entry, items, using.read(entry.text, [item.lead for item in flat(items)])))

    timed("the whole (linking known)", words, whole)


if __name__ == "__main__":
    main()
