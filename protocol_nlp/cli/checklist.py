"""`checklist`: screening checklists for people, on paper, in Word, or as a page to fill in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from protocol_nlp.cli.convert import Tally, destination
from protocol_nlp.cli.inputs import found_inputs, input_format
from protocol_nlp.cli.messages import FAILED, UNUSABLE, progress, reader_left, say, say_all, usage
from protocol_nlp.errors import ProtocolNlpError


def checklist(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Files, folders or globs; - reads standard input.", show_default=False),
    ],
    format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="html (a page to fill in), md, pdf or docx.")
    ] = "html",
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR|FILE|-",
            help="A folder gets one file for each trial; a file, or - for standard output, takes one trial. "
            "[default: - for one input, else output/]",
        ),
    ] = None,
    order: Annotated[
        str, typer.Option(metavar="ORDER", help="clinical: as screeners work; as-written: as in the entry.")
    ] = "clinical",
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DATE", help="The date of an event that time is counted from: first_dose=2027-01-15. Repeat."
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder with templates of your own: checklist.html.j2, checklist.md.j2, …"),
    ] = None,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="a4 or letter, for pdf and docx.")] = "a4",
    audit: Annotated[bool, typer.Option(help="Note what the audit finds beside the criteria.")] = True,
    source_format: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="Input format, where it should not be told from the content."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="An installed spaCy or scispaCy model, such as en_core_sci_sm, to use too."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Worker processes.")] = 1,
) -> None:
    """Make screening checklists: each criterion as a question, in the order in which screeners work.

    Exit code 0: all made. 1: some inputs failed, each with a line on standard error, and the rest is written.
    2: bad usage (an unknown event, an impossible date), nothing readable, or a place that cannot be written.
    """
    from protocol_nlp.batch import Settings, convert_all
    from protocol_nlp.checklist.dates import read_anchors
    from protocol_nlp.checklist.sheet import Order, Paper
    from protocol_nlp.checklist.write import FORMATS, Options, ready, write

    _among("--format", format, tuple(FORMATS))
    _among("--order", order, get_args(Order))
    _among("--paper", paper, get_args(Paper))
    try:
        options = Options(
            format=format,
            order=cast(Order, order),
            paper=cast(Paper, paper),
            dates=read_anchors(anchor or ()),
            templates=template,
            audit=audit,
        )
        ready(options)
        settings = Settings(
            to=(), source_format=input_format(source_format), model=model, writer=partial(write, options=options)
        )
        found, missing = found_inputs(inputs)
        tally = Tally(failed=missing)
        if not found:
            raise typer.Exit(UNUSABLE)
        target = destination(output, found, formats=1)
        with progress(len(found), "checklist") as step, target:
            for outcome in convert_all(found, settings, jobs=jobs):
                step()
                tally.add(outcome)
                say_all("error", outcome.failures)
                for trial in outcome.trials:
                    if note := target.put(trial, outcome.input):
                        say(f"note: {note}")
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        usage(str(error))
    if tally.trials:
        say(f"{tally}, written to {target}")
    if tally.failed:
        raise typer.Exit(FAILED if tally.trials else UNUSABLE)


def _among(option: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        usage(f"{option}: unknown {option[2:]} {given!r}; known are {', '.join(known)}")
