"""What the shipped entity model adds: all measures with it, and with the tables alone.

    python benchmarks/model_adds.py FOLDER SCORER [--held]

FOLDER holds annotated documents (shared/corpora/lct/train), SCORER is the script that compares facts with them.
`--held` takes only the documents that training did not see.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def held(document: Path) -> bool:
    """Whether training left the document's trial out."""
    trial = document.stem.split("_")[0]
    return int(hashlib.sha256(trial.encode()).hexdigest(), 16) % 5 == 0


def facts(documents: list[Path], out: Path) -> None:
    import protocol_nlp
    from protocol_nlp.export import export

    with out.open("w", encoding="utf-8") as file:
        for document in documents:
            for registration in protocol_nlp.read(document):
                file.write(export(protocol_nlp.parse(registration), "facts").text)


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
    documents = [d for d in sorted(args.folder.glob("*.txt")) if held(d) or not args.held]
    from protocol_nlp.annotate import annotator

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
