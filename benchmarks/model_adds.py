"""What the shipped entity model adds: all measures with it, and with the tables alone.

    python benchmarks/model_adds.py FOLDER SCORER [--held]

FOLDER holds annotated documents (shared/corpora/lct/train), SCORER is the script that compares facts with them.
`--held` takes only the documents that training did not see.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def facts(documents: list[Path], out: Path) -> None:
    from protocol_nlp import convert

    out.write_text("".join(convert(document, to="facts") for document in documents), encoding="utf-8")


def scores(gold: Path, made: Path, scorer: Path) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, str(scorer), "--gold", str(gold), "--facts", str(made)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = [line.rsplit(maxsplit=6) for line in told.splitlines()[2:]]
    return {row[0].strip(): float(row[-1]) for row in rows if len(row) == 7}


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("scorer", type=Path)
    cli.add_argument("--held", action="store_true")
    args = cli.parse_args()
    from protocol_nlp.annotate import annotator
    from protocol_nlp.train.brat import held_out

    texts = sorted(args.folder.glob("*.txt"))
    documents = [text for text in texts if not args.held or held_out(text.stem.split("_")[0])]

    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        gold = Path(folder) / "gold"
        gold.mkdir()
        for document in documents:
            for path in args.folder.glob(f"{document.stem}.*"):
                shutil.copy(path, gold / path.name)
        for models in (annotator(None).models, []):
            annotator(None).models = models
            made = Path(folder) / "facts.jsonl"
            facts(documents, made)
            found.append(scores(gold, made, args.scorer))
    print(f"{len(documents)} documents\n{'measure':20} {'with':>7} {'without':>8}")
    for measure, value in found[0].items():
        print(f"{measure:20} {value:7.3f} {found[1].get(measure, 0):8.3f}")


if __name__ == "__main__":
    main()
