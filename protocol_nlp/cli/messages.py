"""What the commands share: exit codes, messages on standard error, the bar for many inputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer

FAILED: Final = 1
UNUSABLE: Final = 2
READER_LEFT: Final = 141


def count(number: int, one: str, many: str) -> str:
    """The number with its noun: "1 trial", "2,000 trials"."""
    return f"{number:,} {one if number == 1 else many}"


@contextmanager
def progress(total: int, what: str = "convert") -> Iterator[Callable[[], None]]:
    """A bar on standard error, for many inputs and a person to see it; the answer moves it by one."""
    if total == 1 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def say(line: str) -> None:
    """One line on standard error."""
    typer.echo(line, err=True)


def say_all(head: str, lines: Iterable[str]) -> None:
    """Lines on standard error, each after the same head."""
    for line in lines:
        say(f"{head}: {line}")


def usage(message: str) -> NoReturn:
    """Say what is wrong with the call, and leave with the exit code of bad usage."""
    say(f"error: {message}")
    raise typer.Exit(UNUSABLE)


def reader_left() -> NoReturn:
    """The other end of standard output is closed: leave without a word, and without a second try at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(READER_LEFT)
