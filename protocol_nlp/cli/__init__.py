"""The command line: arguments, progress, messages, exit codes; nothing else.

Exit codes: 0 all is well; 1 some inputs failed and the rest is written, or the audit has findings that count;
2 bad usage, nothing readable, or a place that cannot be written; 141 the reader of standard output left (as for any
Unix tool).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from protocol_nlp import __version__
from protocol_nlp.cli.audit import audit, explain, rules
from protocol_nlp.cli.checklist import checklist
from protocol_nlp.cli.convert import convert, schema
from protocol_nlp.cli.diff import diff
from protocol_nlp.cli.new import new
from protocol_nlp.cli.screen import screen

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, on `sys.argv` unless told otherwise. Leaves by SystemExit with the exit code."""
    app(args=None if arguments is None else list(arguments), prog_name="protocol-nlp")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"protocol-nlp {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave."),
    ] = False,
) -> None:
    """Structured eligibility criteria from clinical-trial registry entries."""


for _command in (convert, schema, checklist, audit, explain, rules, new, diff, screen):
    app.command()(_command)
