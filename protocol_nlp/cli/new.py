"""`new`: a draft of a protocol, from the library of criterion templates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from protocol_nlp.cli.messages import reader_left, say, usage
from protocol_nlp.errors import ProtocolNlpError


def new(
    disease: Annotated[
        str, typer.Option(metavar="NAME", help="A sarcoma by any of its names, or soft tissue sarcoma.")
    ],
    line: Annotated[
        str | None, typer.Option(metavar="LINE", help="first, second, third or later line of treatment.")
    ] = None,
    classes: Annotated[
        str,
        typer.Option(
            metavar="CLASS,...",
            help="Classes of study treatment: anthracycline, anti-pd-1, anti-angiogenic, tki, trabectedin, "
            "mdm2-inhibitor, cell-therapy, gene-edited; or a drug of one of them.",
        ),
    ] = "",
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The trial's title.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A new file. [default: standard output]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write a draft protocol in YAML: unambiguous criteria with their reasons, to be edited and converted.

    Exit code 2: a disease, line or class that is unknown, a file that is already there, or cannot be written.
    """
    from protocol_nlp.destination import emit
    from protocol_nlp.draft import new as draft
    from protocol_nlp.export import write

    asked = [word for word in (part.strip() for part in classes.split(",")) if word]
    try:
        told = draft(disease, line, asked, title=title, id=output.stem if output else "my-trial")
        if output is None:
            emit(told)
            return
        if output.is_dir():
            usage(f"-o: {output} is a folder: name a file in it")
        if output.exists() and not force:
            usage(f"-o: {output} is there already and is not replaced without --force")
        write(told, output)
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        usage(str(error))
    say(f"written to {output}; next: protocol-nlp convert {output} --to text")
