"""Train the entity model: `python -m protocol_nlp.train --chia DIR --leaf DIR --raw FILE --out DIR`.

Each step writes a file under `--work`; vectors and pretrained weights that are there already
are used as they are, unless `--fresh` is given.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import spacy
from spacy.language import Language
from spacy.pipeline.tok2vec import Tok2Vec
from spacy.tokens import Doc, Span

from .brat import LABELS, Document, held_out, read
from .distil import write_silver
from .evaluate import predict, report
from .fit import count_words, fit, folder_size, run_pretraining, write_corpus, write_raw, write_vectors
from .vectors import registry_texts, train_vectors, write_words

PACKAGES = ("spacy", "thinc", "numpy", "floret")
CONFIG = Path(__file__).parents[2] / "training" / "config.cfg"


def arguments() -> argparse.ArgumentParser:
    """The options, with the settings of the shipped model as defaults."""
    cli = argparse.ArgumentParser(prog="protocol_nlp.train", description=__doc__)
    cli.add_argument("--chia", type=Path, required=True, help="folder of Chia's .txt and .ann files")
    cli.add_argument("--leaf", type=Path, required=True, help="folder of Leaf's .txt and .ann files")
    cli.add_argument("--raw", type=Path, required=True, help="gzipped JSON Lines with `id` and `criteria`")
    cli.add_argument("--work", type=Path, default=Path("build/train"), help="folder for what lies between")
    cli.add_argument("--out", type=Path, required=True, help="folder for the model and report.json")
    cli.add_argument("--config", type=Path, default=CONFIG)
    cli.add_argument("--dim", type=int, default=96, help="width of a word vector")
    cli.add_argument("--buckets", type=int, default=25_000, help="rows of the vector table")
    cli.add_argument("--vector-epochs", type=int, default=25)
    cli.add_argument("--pretrain-epochs", type=int, default=0, help="0 leaves pretraining out")
    cli.add_argument("--teacher", type=Path, action="append", default=[], help="a model to learn from too")
    cli.add_argument("--silver-words", type=int, default=350_000, help="raw words the teachers label")
    cli.add_argument("--epochs", type=int, default=12)
    cli.add_argument("--chia-again", type=float, default=0.35, help="share of Chia files that are used twice")
    cli.add_argument("--wrap", type=float, default=0.1, help="share of lines that get a hard line break")
    cli.add_argument("--seed", type=int, default=0)
    cli.add_argument("--set", action="append", default=[], metavar="KEY=JSON", help="override the config")
    cli.add_argument("--fresh", action="store_true", help="make every file anew")
    return cli


def vectors(args: argparse.Namespace, train: list[Document]) -> Path:
    """The spaCy pipeline with the floret table, made if need be."""
    out: Path = args.work / f"vectors-{args.dim}-{args.buckets}-{args.vector_epochs}"
    if args.fresh or not out.exists():
        words, floret = args.work / "words.txt", out.with_suffix(".floret")
        texts = [*registry_texts(args.raw), *(document.text for document in train)]
        print(f"vectors from {write_words(texts, words)} words", flush=True)
        train_vectors(words, floret, dim=args.dim, buckets=args.buckets, epochs=args.vector_epochs)
        write_vectors(floret, out)
    return out


def raw_paragraphs(args: argparse.Namespace) -> Path:
    """The raw paragraphs as JSON Lines, in a fixed random order."""
    out: Path = args.work / "raw.jsonl"
    print(f"{write_raw(args.raw, out, seed=args.seed)} raw paragraphs", flush=True)
    return out


def silver(args: argparse.Namespace) -> int:
    """Add what the teachers find in raw text to the training corpus; returns the number of pieces."""
    folder: Path = args.work / "corpus"
    if not args.teacher:
        (folder / "silver.spacy").unlink(missing_ok=True)
        return 0
    raw = raw_paragraphs(args)
    counts = write_silver(args.teacher, raw, folder / "silver.spacy", words=args.silver_words)
    print(json.dumps(counts), flush=True)
    return counts["pieces"]


def overrides(args: argparse.Namespace, train: list[Document]) -> dict[str, Any]:
    """Config values that depend on the options and on the files made so far."""
    values: dict[str, Any] = {
        "paths.train": str(args.work / "corpus"),
        "paths.dev": str(args.work / "dev.spacy"),
        "paths.vectors": str(vectors(args, train)),
        "system.seed": args.seed,
        "training.max_epochs": args.epochs,
    }
    for pair in args.set:
        key, _, value = pair.partition("=")
        values[key] = json.loads(value)
    if args.teacher:
        # The last teacher's encoder is where the pupil starts.
        weights = args.work / "encoder.bin"
        encoder = cast("Tok2Vec", spacy.load(args.teacher[-1]).get_pipe("tok2vec"))
        weights.write_bytes(encoder.model.to_bytes())
        values["paths.init_tok2vec"] = str(weights)
    elif args.pretrain_epochs > 0:
        folder = args.work / f"pretrain-{args.pretrain_epochs}"
        weights = folder / "model-last.bin"
        if args.fresh or not weights.exists():
            raw = raw_paragraphs(args)
            extra = {"corpora.pretrain.path": str(raw), "pretraining.max_epochs": args.pretrain_epochs}
            run_pretraining(args.config, folder, values | extra)
        values["paths.init_tok2vec"] = str(weights)
    return values


def entities(doc: Doc) -> list[Span]:
    """The one policy of output: what the tagger says, for every text alike."""
    return list(doc.ents)


def speed(nlp: Language, documents: list[Document]) -> float:
    """Words a second of the whole pipeline, tokenizer included, in one process."""
    start = time.perf_counter()
    predict(nlp, documents, entities)
    return count_words(documents) / (time.perf_counter() - start)


def settings(args: argparse.Namespace) -> dict[str, Any]:
    """The options that shape the model; folders of this machine are none of a reader's business."""
    shown = {key: value for key, value in vars(args).items() if isinstance(value, int | float)}
    return shown | {"teachers": [path.name for path in args.teacher], "set": args.set}


def save(nlp: Language, out: Path) -> None:
    """Write the pipeline without the paths it was trained from."""
    out.mkdir(parents=True, exist_ok=True)
    config = nlp.config
    for key in config["paths"]:
        config["paths"][key] = None
    for key in ("vectors", "init_tok2vec"):
        config["initialize"][key] = None
    nlp.config = config
    nlp.to_disk(out)


def main() -> None:
    """Run the steps and write the model and `report.json`."""
    args = arguments().parse_args()
    (args.work / "corpus").mkdir(parents=True, exist_ok=True)
    documents = [*read(args.chia, "chia"), *read(args.leaf, "leaf")]
    train = [document for document in documents if not held_out(document.trial)]
    test = [document for document in documents if held_out(document.trial)]
    chia = [document for document in train if document.corpus == "chia"]
    again = random.Random(args.seed).sample(chia, round(args.chia_again * len(chia)))
    gold = args.work / "corpus" / "gold.spacy"
    counts = write_corpus([*train, *again], gold, wrap=args.wrap, seed=args.seed)
    write_corpus(test[:20], args.work / "dev.spacy", wrap=0.0, seed=args.seed)
    print(json.dumps(counts), flush=True)

    start = time.perf_counter()
    shown = counts["pieces"] + silver(args)
    nlp = fit(args.config, args.work / "fit", shown, overrides(args, train))
    # Written before it is tried, so that its strings are those of training alone.
    save(nlp, args.out)
    result: dict[str, Any] = {
        "trained_seconds": round(time.perf_counter() - start),
        "settings": settings(args),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "labels": LABELS,
        "training_data": dict(counts),
        "held_out": report(nlp, test, entities),
        "words_per_second": round(speed(nlp, test)),
    }
    result["megabytes"] = round(folder_size(args.out), 1)
    (args.out / "report.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(summary(result))


def summary(result: dict[str, Any]) -> str:
    """One line a corpus, for the log."""
    rows = [
        f"{corpus}: exact {scores['exact']['all']['f1']:.4f} overlap {scores['overlap']['all']['f1']:.4f}"
        for corpus, scores in result["held_out"].items()
    ]
    return "\n".join([*rows, f"{result['words_per_second']} words/s, {result['megabytes']} MB"])


if __name__ == "__main__":
    main()
