"""`audit`, `explain` and `rules`: a linter for the wording of criteria."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from protocol_nlp.cli.inputs import found_inputs
from protocol_nlp.cli.messages import FAILED, UNUSABLE, count, progress, reader_left, say, usage
from protocol_nlp.errors import ProtocolNlpError

if TYPE_CHECKING:
    from protocol_nlp.audit import Audit, Finding, Settings
    from protocol_nlp.audit.report.text import Piece
    from protocol_nlp.batch import Input


def audit(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Files, folders or globs; - reads standard input.", show_default=False),
    ],
    format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="text, json, sarif, github or html.")
    ] = "text",
    select: Annotated[
        str | None, typer.Option(metavar="RULE,...", help="Only these: codes, beginnings of codes, or names.")
    ] = None,
    ignore: Annotated[str | None, typer.Option(metavar="RULE,...", help="Not these.")] = None,
    extend_select: Annotated[str | None, typer.Option(metavar="RULE,...", help="These as well.")] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="SEVERITY", help="error, warning, info or never: what makes the exit code 1. [error]"),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Also the rules that are on trial.")] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Only how often each rule speaks.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Write the safe rewrites into text files.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would write, and write nothing.")] = False,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Be silent about the findings of this file.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all findings into this file and leave.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings. [default: protocol-nlp.toml or pyproject.toml]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report into a file.")
    ] = None,
) -> None:
    """Find wording that two careful screeners could read in two ways.

    Exit code 0: no finding as grave as --fail-on. 1: findings. 2: bad usage, or an input that cannot be read.
    """
    from protocol_nlp.audit.report import FORMATS

    if format not in FORMATS:
        usage(f"--format: unknown format {format!r}; the formats are {', '.join(FORMATS)}")
    if statistics and format not in ("text", "json"):
        usage(f"--statistics: text or json, not {format}")
    try:
        settings = _settings(config, select, ignore, extend_select, fail_on, preview=preview, baseline=baseline)
        found, failed = found_inputs(inputs)
        audits: list[Audit] = []
        with progress(len(found), "audit") as step:
            for item in found:
                try:
                    audits += _audited(item, settings)
                except ProtocolNlpError as error:
                    failed += 1
                    say(f"error: {error}")
                step()
        if write_baseline:
            _write_baseline(write_baseline, audits)
        elif audits:
            if fix or diff:
                _fix(audits, only_show=diff)
            else:
                _show(audits, format, output, statistics=statistics)
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        usage(str(error))
    _say_unused(settings, audits)
    if failed or not audits:
        raise typer.Exit(UNUSABLE)
    if not write_baseline and settings.fails(f for a in audits for f in a.findings):
        raise typer.Exit(FAILED)


def explain(rule: Annotated[str, typer.Argument(metavar="RULE", help="Code or name of a rule.")]) -> None:
    """Print the page of a rule: what it finds, why it matters, an example, what to write instead."""
    from protocol_nlp.audit.engine import all_rules
    from protocol_nlp.audit.pages import page
    from protocol_nlp.audit.settings import known, meant
    from protocol_nlp.destination import emit

    try:
        known((rule,), all_rules(), "explain")
        emit("\n".join(page(r) for r in all_rules() if meant(r, (rule,))))
    except BrokenPipeError:
        reader_left()
    except ProtocolNlpError as error:
        usage(str(error))


def rules(
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json or md.")] = "text",
) -> None:
    """List the rules of the audit."""
    from protocol_nlp.audit.engine import all_rules
    from protocol_nlp.audit.pages import catalogue, table
    from protocol_nlp.destination import emit
    from protocol_nlp.export.layout import indented

    rows = table(all_rules())
    match format:
        case "text":
            told = "".join(f"{r['code']}  {r['severity']:7}  {r['slug']}: {r['summary']}\n" for r in rows)
        case "json":
            told = indented(rows) + "\n"
        case "md":
            told = catalogue(all_rules())
        case _:
            usage(f"--format: unknown format {format!r}; the formats are text, json, md")
    try:
        emit(told)
    except BrokenPipeError:
        reader_left()


def _settings(
    config: Path | None,
    select: str | None,
    ignore: str | None,
    extend_select: str | None,
    fail_on: str | None,
    *,
    preview: bool,
    baseline: Path | None,
) -> Settings:
    """The settings file under what the command line says. Raises AuditError."""
    from protocol_nlp.audit import settings as room
    from protocol_nlp.audit.engine import all_rules

    file = room.named(config) if config else room.configured(Path.cwd())
    settings = room.from_table(*file) if file else room.Settings()
    if select is not None:
        settings = replace(settings, select=_names(select))
    settings = replace(
        settings,
        ignore=settings.ignore + _names(ignore),
        extend_select=settings.extend_select + _names(extend_select),
        preview=settings.preview or preview,
    )
    if fail_on is not None:
        if fail_on not in get_args(room.FailOn):
            usage(f"--fail-on: {fail_on!r} is none of {', '.join(get_args(room.FailOn))}")
        settings = replace(settings, fail_on=cast(room.FailOn, fail_on))
    if baseline is not None:
        settings = replace(settings, baseline=room.baseline(baseline))
    settings.chosen(all_rules())
    return settings


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in (listed or "").split(","))))


def _audited(item: Input, settings: Settings) -> Iterator[Audit]:
    from protocol_nlp import parse
    from protocol_nlp.audit import audit as audit_one
    from protocol_nlp.sources import read

    for registration in read(item.source, name=item.name if isinstance(item.source, bytes) else None):
        yield audit_one(parse(registration), settings)


def _show(audits: list[Audit], format: str, output: Path | None, *, statistics: bool) -> None:
    from protocol_nlp.audit.report import report, text
    from protocol_nlp.destination import emit
    from protocol_nlp.export import write

    if format == "text" and not statistics and output is None and sys.stdout.isatty():
        _paint(text.pieces(audits))
        return
    told = text.statistics(audits, as_json=format == "json") if statistics else report(audits, format)
    if output is None:
        emit(told)
    else:
        write(told, output)


def _paint(pieces: Iterator[Piece]) -> None:
    """The text report in colour."""
    from rich.console import Console
    from rich.text import Text

    colours = {"place": "bold", "strong": "bold", "quiet": "dim"}
    colours |= {"error": "bold red", "warning": "yellow", "info": "cyan"}
    console = Console(highlight=False, soft_wrap=True)
    for piece in pieces:
        console.print(Text(piece.text, style=colours.get(piece.style, "")), end="")


def _write_baseline(path: Path, audits: list[Audit]) -> None:
    from protocol_nlp.audit.settings import baseline_text
    from protocol_nlp.export import write

    found: dict[str, tuple[Finding, ...]] = {}
    for a in audits:  # one trial may come in two formats
        found[a.registration.id] = (*found.get(a.registration.id, ()), *a.findings, *a.silenced)
    write(baseline_text(found), path)
    say(f"{count(sum(map(len, found.values())), 'finding', 'findings')} written to {path}")


def _fix(audits: list[Audit], *, only_show: bool) -> None:
    from protocol_nlp.audit.fix import difference, fixed
    from protocol_nlp.destination import emit
    from protocol_nlp.export import write

    for audit in audits:
        path = audit.registration.provenance.path
        made = fixed(audit)
        if made is None:
            say(f"note: {path}: not a plain text file of one entry; nothing is rewritten")
        elif made.number == 0:
            say(f"{path}: no safe rewrites")
        elif only_show:
            emit(difference(path, made.before, made.after))
        else:
            write(made.after, path)
            say(f"{path}: {count(made.number, 'safe rewrite', 'safe rewrites')} written")


def _say_unused(settings: Settings, audits: list[Audit]) -> None:
    from protocol_nlp.audit.settings import unused

    for answer in unused(settings.suppressions, (f for a in audits for f in a.silenced)):
        say(f"note: unused suppression {answer.fingerprint} ({answer.code}): {answer.reason}")
