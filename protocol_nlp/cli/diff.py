"""`diff`: what an amendment changes, criterion by criterion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from protocol_nlp.cli.messages import reader_left, say, usage
from protocol_nlp.errors import ProtocolNlpError, SourceError

if TYPE_CHECKING:
    from protocol_nlp.tree import Trial


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The earlier version.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The later version.", show_default=False)],
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json or html.")] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report into a file.")
    ] = None,
) -> None:
    """Compare two versions of a trial: criteria added, removed, loosened, tightened, or only reworded.

    Each file holds one trial, in any format that convert reads. Exit code 2: a file that cannot be read.
    """
    from protocol_nlp.amend import compare
    from protocol_nlp.amend.report import FORMATS, report, summary
    from protocol_nlp.destination import emit
    from protocol_nlp.export import write

    if format not in FORMATS:
        usage(f"--format: unknown format {format!r}; the formats are {', '.join(FORMATS)}")
    if output is not None and output.resolve() in (before.resolve(), after.resolve()):
        usage(f"-o: {output} is one of the inputs and is not replaced")
    try:
        amendment = compare(_trial(before), _trial(after))
        told = report(amendment, format)
        if output is None:
            emit(told)
            return
        write(told, output)
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        usage(str(error))
    say(f"{summary(amendment)}, written to {output}")


def _trial(path: Path) -> Trial:
    """The one trial of a file. Raises SourceError where it holds several."""
    from protocol_nlp import parse, read

    found = read(path)
    if len(found) != 1:
        raise SourceError(str(path), f"{len(found)} trials; diff compares files of one trial each")
    return parse(found[0])
