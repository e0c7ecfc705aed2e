"""What the commands read: the files behind the names on the command line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from protocol_nlp.cli.messages import say, usage
from protocol_nlp.errors import ProtocolNlpError

if TYPE_CHECKING:
    from protocol_nlp.batch import Input


def input_format(asked: str | None) -> str | None:
    """The format --from names; a name of none ends the run."""
    from protocol_nlp.sources import FORMATS

    if asked is not None and asked not in FORMATS:
        usage(f"--from: unknown format {asked!r}; the formats are {', '.join(FORMATS)}")
    return asked


def found_inputs(names: list[str]) -> tuple[list[Input], int]:
    """The inputs, each file once, and how many names lead to none; each of those has been said."""
    from protocol_nlp.batch import Input
    from protocol_nlp.sources import discover

    found: dict[str, Input] = {}
    failed = 0
    for name in names:
        try:
            paths = [] if name == "-" else discover([name])
        except ProtocolNlpError as error:
            failed += 1
            say(f"error: {error}")
            continue
        for path in paths:
            found.setdefault(os.path.realpath(path), Input(source=path, name=str(path)))
        if name == "-":
            found.setdefault(name, Input(source=sys.stdin.buffer.read(), name="stdin"))
        elif not paths:
            failed += 1
            say(f"error: {name}: a folder without any file to read")
    return list(found.values()), failed
