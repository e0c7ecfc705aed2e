"""Where the built index lies: a folder of the user's cache, written whole or not at all, read without running code."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

VARIABLE = "PROTOCOL_NLP_CACHE"
T = TypeVar("T")


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The cache folder of this package: PROTOCOL_NLP_CACHE, or the place the system has for such files."""
    if own := environment.get(VARIABLE):
        return Path(own)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        place = home / "Library" / "Caches"
    elif sys.platform == "win32":
        place = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        place = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    return place / "protocol-nlp"


def kept(name: str, build: Callable[[], T], write: Callable[[T, Path], None], read: Callable[[Path], T]) -> T:
    """What `read` makes of the folder `name` in the cache; else what `build` makes, written there for the next time.

    A folder that cannot be read is built anew and replaced; where nothing can be written, the result lives in memory
    alone. Two processes may build at once: each writes a folder of its own and moves it into place, and the first
    one stays.
    """
    place = folder() / name
    try:
        return read(place)
    except FileNotFoundError:
        damaged = False
    except Exception:  # whatever a damaged file does to the readers of three libraries
        damaged = True
    made = build()
    aside: str | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = tempfile.mkdtemp(prefix=f".{name}-", dir=place.parent)
        write(made, Path(aside))
        if damaged:
            shutil.rmtree(place, ignore_errors=True)
        os.rename(aside, place)
    except OSError:
        # no room, no right to write, or another process was first: what was built serves this one
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
    return made
