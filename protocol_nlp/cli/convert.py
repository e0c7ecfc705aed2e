"""`convert` and `schema`: registry entries in, structured criteria out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from protocol_nlp.cli.inputs import found_inputs, input_format
from protocol_nlp.cli.messages import FAILED, UNUSABLE, count, progress, reader_left, say, say_all, usage
from protocol_nlp.errors import ProtocolNlpError

if TYPE_CHECKING:
    from protocol_nlp.batch import Input, Outcome
    from protocol_nlp.destination import Folder, Single

DEFAULT_FOLDER: Final = "output"


def convert(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Files, folders or globs; - reads standard input.", show_default=False),
    ],
    to: Annotated[
        str,
        typer.Option(metavar="FORMAT,...", help="Formats: json, facts, text, md, html; checklist is md and html."),
    ] = "json",
    source_format: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="Input format, where it should not be told from the content."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR|FILE|-",
            help="A folder gets one file for each trial and format, named after the trial's id. A file, "
            "or - for standard output, takes one format: one trial, or facts of any number. "
            f"[default: - for one input in one format, else {DEFAULT_FOLDER}/]",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="An installed spaCy or scispaCy model, such as en_core_sci_sm, to use too."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Worker processes.")] = 1,
    show_losses: Annotated[
        bool, typer.Option("--show-losses", help="Say what an output format has no place for.")
    ] = False,
) -> None:
    """Read registry entries and write their eligibility criteria in a structured form.

    Exit code 0: all converted. 1: some inputs failed, each with a line on standard error, and the rest is
    written. 2: bad usage, nothing readable, or a place that cannot be written.
    """
    from protocol_nlp.batch import Settings, convert_all

    settings = Settings(to=_output_formats(to), source_format=input_format(source_format), model=model)
    found, missing = found_inputs(inputs)
    tally = Tally(failed=missing)
    if not found:
        raise typer.Exit(UNUSABLE)
    target = destination(output, found, formats=len(settings.to))
    try:
        with progress(len(found)) as step, target:
            for outcome in convert_all(found, settings, jobs=jobs):
                step()
                tally.add(outcome)
                say_all("error", outcome.failures)
                for trial in outcome.trials:
                    if note := target.put(trial, outcome.input):
                        say(f"note: {note}")
                    if show_losses:
                        for document in trial.documents:
                            say_all(f"loss: {trial.id}{document.suffix}", document.losses)
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        say(f"error: {error}")
        raise typer.Exit(UNUSABLE) from error
    if tally.trials:
        say(f"{tally}, written to {target}")
    if tally.failed:
        raise typer.Exit(FAILED if tally.trials else UNUSABLE)


def schema(
    of: Annotated[
        str,
        typer.Argument(metavar="[json|protocol|patient]", help="Of the json format, protocols or patient files."),
    ] = "json",
) -> None:
    """Print the JSON Schema of the json format, of protocols in YAML (for editors), or of patient files."""
    from protocol_nlp.destination import emit

    if of == "protocol":
        from protocol_nlp.draft.schema import schema_text
    elif of == "json":
        from protocol_nlp.export.schema import schema_text
    elif of == "patient":
        from protocol_nlp.screening.own import schema_text
    else:
        usage(f"unknown schema {of!r}; the schemas are json, protocol, patient")
    try:
        emit(schema_text())
    except BrokenPipeError:
        reader_left()


@dataclass(slots=True)
class Tally:
    """What a run came to, for its last line."""

    trials: int = 0
    empty: int = 0
    criteria: int = 0
    characters: int = 0
    unread: Decimal = Decimal(0)
    failed: int = 0

    def add(self, outcome: Outcome) -> None:
        self.failed += bool(outcome.failures)
        for trial in outcome.trials:
            self.trials += 1
            self.empty += not trial.criteria
            self.criteria += trial.criteria
            self.characters += trial.characters
            self.unread += trial.unread

    def __str__(self) -> str:
        parts = [count(self.trials, "trial", "trials"), count(self.criteria, "criterion", "criteria")]
        if self.characters:
            # Rounded down: 100.0 % is said only where nothing was left unread.
            share = (100 * (1 - self.unread / self.characters)).quantize(Decimal("0.1"), ROUND_FLOOR)
            parts.append(f"{share} % of their text read")
        if self.empty:
            parts.append(f"{count(self.empty, 'trial', 'trials')} without criteria")
        if self.failed:
            parts.append(f"{count(self.failed, 'input', 'inputs')} failed")
        return ", ".join(parts)


def _output_formats(asked: str) -> tuple[str, ...]:
    """Registered names for what --to says, each once: also "md" for checklist-md, "checklist" for both."""
    from protocol_nlp.export import FORMATS

    names: list[str] = []
    for word in filter(None, (part.strip() for part in asked.split(","))):
        meant = [n for n in FORMATS if n == word] or [n for n in FORMATS if word in n.split("-", 1)]
        if not meant:
            usage(f"--to: unknown format {word!r}; the formats are {', '.join(map(_short, FORMATS))}, checklist")
        names += meant
    if not names:
        usage("--to: no format named")
    return tuple(dict.fromkeys(names))


def _short(name: str) -> str:
    return name.split("-", 1)[-1]


def destination(output: str | None, inputs: list[Input], *, formats: int) -> Folder | Single:
    """Where the output goes, as --help says it."""
    from protocol_nlp.destination import Folder, Single

    files = [item.source for item in inputs if isinstance(item.source, Path)]
    if output is None:
        if len(inputs) == formats == 1:
            return Single(None)
        return Folder(Path(DEFAULT_FOLDER), inputs=files)
    path = None if output == "-" else Path(output)
    if path and (path.is_dir() or output.endswith(os.sep) or not (path.suffix or path.exists())):
        return Folder(path, inputs=files)
    if formats > 1:
        place = "standard output" if path is None else f"{output}, a file,"
        usage(f"-o: {place} takes one format, and --to names {formats}; give a folder with -o DIR{os.sep}")
    if path and path.resolve() in {file.resolve() for file in files}:
        usage(f"-o: {output} is one of the inputs and is not replaced")
    return Single(path)
