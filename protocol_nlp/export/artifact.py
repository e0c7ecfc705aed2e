"""What an output format gives back, and how it reaches a file."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from protocol_nlp.errors import ExportError


@dataclass(frozen=True, slots=True)
class Artifact:
    """One output of one trial.

    `suffix` begins with a dot (".facts.jsonl"); `losses` are short lines, each naming something the tree says
    and this format has no place for. Empty losses mean that nothing was left out. A format that is no text
    (".pdf") has its bytes in `binary`, and no text.
    """

    text: str
    suffix: str
    losses: tuple[str, ...] = ()
    binary: bytes | None = None

    @property
    def content(self) -> str | bytes:
        """What a file of it holds."""
        return self.text if self.binary is None else self.binary


def file_name(id: str) -> str:
    """An identifier as a file name: EUCTR2011-000000-00/GB becomes EUCTR2011-000000-00_GB."""
    return re.sub(r"[^\w.-]+", "_", id).strip(".") or "trial"


def write(content: str | bytes, path: Path | str) -> None:
    """Puts text, as UTF-8, or bytes into a file, all of it or nothing; missing folders are made.

    Line ends are written as they are. A link is followed, and what is no ordinary file (a pipe, a
    terminal) is written straight, since it cannot be replaced. Raises ExportError with the path when it
    cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        payload = content if isinstance(content, bytes) else content.encode("utf-8")
        if target.exists() and not target.is_file():
            target.write_bytes(payload)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, payload)
    except UnicodeEncodeError as error:
        raise ExportError(f"{path}: character {error.start} of the text is half of a surrogate pair") from error
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from error


def _replace(target: Path, payload: bytes) -> None:
    """The new content appears in one step, so that a reader never meets half a file."""
    # A short name of its own: the target's name may already be as long as the file system allows.
    draft = target.with_name(f".{secrets.token_hex(8)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(payload)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
