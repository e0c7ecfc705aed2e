"""Names on a command line to files: files, folders and globs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from protocol_nlp.errors import SourceError

SUFFIXES = (".txt", ".json", ".xml", ".yml", ".yaml")


def discover(paths: Iterable[str]) -> list[Path]:
    """The files named, each once, in the order of the names; those of a folder or a glob are sorted.

    A file is taken whatever it is called. Of a folder and the folders in it, the .txt, .json, .xml, .yml
    and .yaml files are taken, and nothing whose name begins with a dot. SourceError for a name that is neither
    there nor a glob that matches something, and for a folder that cannot be listed.
    """
    found: dict[str, Path] = {}
    for name in paths:
        for path in _files(name):
            found.setdefault(os.path.realpath(path), Path(path))
    return list(found.values())


def _files(name: str) -> Iterator[str]:
    if os.path.isdir(name):
        yield from _folder(name)
    elif os.path.exists(name):
        yield name
    else:
        matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
        if not matches:
            what = "no file matches" if glob.has_magic(name) else "no such file or folder"
            raise SourceError(name, what)
        for match in matches:
            yield from _folder(match) if os.path.isdir(match) else [match]


def _folder(name: str) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise SourceError(name, f"cannot be listed: {error.strerror or error}") from error

    found = []
    for folder, below, files in os.walk(name, onerror=refuse):
        below[:] = [inner for inner in below if not inner.startswith(".")]
        wanted = (f for f in files if not f.startswith(".") and f.lower().endswith(SUFFIXES))
        found += [os.path.join(folder, file) for file in wanted]
    yield from sorted(found)
