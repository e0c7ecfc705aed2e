"""`screen`: a patient file against a trial."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from protocol_nlp.cli.inputs import input_format
from protocol_nlp.cli.messages import reader_left, say, usage
from protocol_nlp.errors import ProtocolNlpError, SourceError

if TYPE_CHECKING:
    from protocol_nlp.screening import Patient
    from protocol_nlp.tree import Trial


def screen(
    protocol: Annotated[
        Path, typer.Argument(metavar="PROTOCOL", help="A file of one trial, in any format that convert reads.")
    ],
    patient: Annotated[
        Path, typer.Option(metavar="FILE", help="A patient file of our own (docs/screening.md), or a FHIR R4 Bundle.")
    ],
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DATE", help="The date of an event that time is counted from: first_dose=2027-01-15. Repeat."
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The day that the patient file describes, where it states none."),
    ] = None,
    to: Annotated[
        str, typer.Option(metavar="FORMAT", help="text, json, html (the checklist, filled in) or answers (its file).")
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write into a file. [default: standard output]"),
    ] = None,
    source_format: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="Format of the protocol, where its content does not tell."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="An installed spaCy or scispaCy model, such as en_core_sci_sm, to use too."),
    ] = None,
) -> None:
    """Say of each criterion whether the patient meets it: met, not met or unknown, with the evidence.

    What the file does not say, and what was not read for sure, is unknown. Exit code 2: a file that cannot be read, an
    unknown event, an impossible date, or a place that cannot be written; nothing is written then.
    """
    from protocol_nlp import screen as screened
    from protocol_nlp.checklist.dates import read_anchors
    from protocol_nlp.destination import emit
    from protocol_nlp.export import write
    from protocol_nlp.screening import read_patient
    from protocol_nlp.screening.report import FORMATS, report, summary

    if to not in FORMATS:
        usage(f"--to: unknown format {to!r}; the formats are {', '.join(FORMATS)}")
    if output is not None and output.resolve() in (protocol.resolve(), patient.resolve()):
        usage(f"-o: {output} is one of the inputs and is not replaced")
    try:
        anchors = read_anchors(anchor or ())
        someone = _dated(read_patient(patient), on)
        screening = screened(_trial(protocol, input_format(source_format), model), someone, anchors)
        told = report(screening, to)
        if output is None:
            emit(told)
        else:
            write(told, output)
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        usage(str(error))
    if output is not None:
        say(f"{summary(screening)}, written to {output}")
    if to != "text" and (left := len(screening.patient.unused)):
        say(f"note: {left} of the patient file not used; --to text says why")


def _trial(path: Path, format: str | None, model: str | None) -> Trial:
    """The one trial of a file. Raises SourceError where it holds several."""
    from protocol_nlp import parse, read

    found = read(path, format=format)
    if len(found) != 1:
        raise SourceError(str(path), f"{len(found)} trials; a patient is screened for one")
    return parse(found[0], model=model)


def _dated(patient: Patient, given: str | None) -> Patient:
    if given is None:
        return patient
    try:
        if len(given) != 10:
            raise ValueError(given)
        day = date.fromisoformat(given)
    except ValueError:
        usage(f'--date: "{given}" is no date of the calendar: write YYYY-MM-DD')
    if patient.day is not None and patient.day != day:
        usage(f"--date: the patient file describes {patient.day}, not {day}")
    return replace(patient, day=day)
