"""Where converted trials go: a folder, one file, or standard output. Files appear whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path
from types import TracebackType

from protocol_nlp.batch import Converted, Input
from protocol_nlp.errors import ExportError
from protocol_nlp.export import file_name, write

LINES = frozenset({".jsonl", ".facts.jsonl"})  # formats of which several trials may follow each other


class Folder:
    """`<id><suffix>` for each trial and format; a second trial of the same id is named after its input too.

    An earlier run's files are replaced. Nothing is made before the first trial comes.
    """

    def __init__(self, folder: Path, *, inputs: Iterable[Path] = ()) -> None:
        self.folder = folder
        self._inputs = frozenset(path.resolve() for path in inputs)
        self._taken: set[str] = set()

    def __str__(self) -> str:
        return f"{self.folder}{os.sep}"

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def put(self, trial: Converted, item: Input) -> str | None:
        """Write one trial; the answer is a note for the user, where there is one.

        Raises ExportError where it cannot be written, or would replace one of the inputs.
        """
        name = self._name(trial, item)
        targets = [self.folder / f"{name}{document.suffix}" for document in trial.documents]
        for target in targets:
            if target.resolve() in self._inputs:
                raise ExportError(f"{target}: is one of the inputs and is not replaced; give another -o")
        for target, document in zip(targets, trial.documents, strict=True):
            write(document.content, target)
        if name == file_name(trial.id):
            return None
        return f"{item.name}: {trial.id} was written before in this run; this one is {self.folder / name}.*"

    def _name(self, trial: Converted, item: Input) -> str:
        plain = file_name(trial.id)
        named = f"{plain}.{file_name(Path(item.name).stem)}"
        numbered = (f"{named}-{number}" for number in count(2))
        # Some file systems do not tell A from a.
        name = next(n for n in chain((plain, named), numbered) if n.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name


class Single:
    """One file, or standard output for null: one trial, or many of a format that is made of lines."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._count = 0
        self._parts: list[str | bytes] = []

    def __str__(self) -> str:
        return str(self.path) if self.path else "standard output"

    def __enter__(self) -> Single:
        return self

    def put(self, trial: Converted, item: Input) -> None:
        """Take one trial; all is written at the end.

        Raises ExportError for a second trial where the format has room for one.
        """
        (document,) = trial.documents
        if self._count and document.suffix not in LINES:
            raise ExportError(
                f"{self}: one {document.suffix} holds one trial, and {item.name} brings another; give a folder with -o"
            )
        self._count += 1
        lines = document.suffix in LINES and document.text and not document.text.endswith("\n")
        self._parts.append(f"{document.text}\n" if lines else document.content)

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is not None or not self._count:
            return
        content = b"".join(part if isinstance(part, bytes) else part.encode() for part in self._parts)
        if self.path is None:
            emit(content)
        else:
            write(content, self.path)


def emit(content: str | bytes) -> None:
    """Put text, as UTF-8, or bytes on standard output, at once. Raises BrokenPipeError where the reader has left."""
    sys.stdout.buffer.write(content if isinstance(content, bytes) else content.encode())
    sys.stdout.buffer.flush()
