"""Many inputs, each converted on its own: one input's failure is a line in the report, not the end.

The work may be shared among processes. They hand back text and counts, never trees, and the outcomes
keep the order of the inputs, so that the number of processes never shows in the output.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

from protocol_nlp.errors import ModelError, ProtocolNlpError
from protocol_nlp.export import Artifact, export
from protocol_nlp.tree import Registration, Trial, criteria

CHUNK = 16  # inputs handed to a worker at once: few enough for the progress to move


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file, or the bytes of standard input (then `name` is what messages call it)."""

    source: Path | bytes
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for every input: output formats, input format or null, model or null.

    `writer` makes a document that is no registered format, with options of its own; worker processes need to be able
    to pickle it.
    """

    to: tuple[str, ...]
    source_format: str | None = None
    model: str | None = None
    writer: Callable[[Trial], Artifact] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """One trial in every format asked for; `characters` and `unread` count its criteria's non-blank text."""

    id: str
    criteria: int
    characters: int
    unread: Decimal
    documents: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one input: its trials in order, and one line for each thing that failed."""

    input: Input
    trials: tuple[Converted, ...] = ()
    failures: tuple[str, ...] = ()


def convert_all(inputs: Sequence[Input], settings: Settings, *, jobs: int = 1) -> Iterator[Outcome]:
    """The outcomes, in the order of the inputs, as they come; `jobs` worker processes share the work.

    Raises ModelError, which no other input could escape, and ProtocolNlpError where a worker is killed.
    """
    work = partial(convert_one, settings=settings)
    if jobs == 1 or len(inputs) == 1:
        yield from map(work, inputs)
        return
    chunk = max(1, min(CHUNK, len(inputs) // (4 * jobs)))
    # Fresh processes: a forked one would inherit the threads of the numeric libraries in mid-step.
    with ProcessPoolExecutor(min(jobs, len(inputs)), mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(work, inputs, chunksize=chunk)
        except BrokenProcessPool as error:
            raise ProtocolNlpError("a worker process was killed, for want of memory perhaps: try fewer jobs") from error


def convert_one(item: Input, settings: Settings) -> Outcome:
    """One input's trials; whatever goes wrong in it becomes a failure, save a ModelError."""
    from protocol_nlp.sources import read

    try:
        name = item.name if isinstance(item.source, bytes) else None
        registrations = read(item.source, name=name, format=settings.source_format)
    except Exception as error:
        return Outcome(input=item, failures=(_line(error, item.name),))
    trials: list[Converted] = []
    failures: list[str] = []
    for registration in registrations:
        try:
            trials.append(_converted(registration, settings))
        except ModelError:
            raise
        except Exception as error:
            where = item.name if len(registrations) == 1 else f"{item.name} ({registration.id})"
            failures.append(_line(error, where))
    return Outcome(input=item, trials=tuple(trials), failures=tuple(failures))


@cache
def _settle() -> None:
    """Tell the collector, once in a process, that what is loaded by now stays: it would go through all tables again and
    again while trees are made, for a tenth of the time."""
    gc.collect()
    gc.freeze()


def _converted(registration: Registration, settings: Settings) -> Converted:
    from protocol_nlp import parse
    from protocol_nlp.account import visible

    trial = parse(registration, model=settings.model)
    _settle()
    items = list(criteria(trial))
    characters = sum(visible(item.text) for item in items)
    return Converted(
        id=registration.id,
        criteria=sum(item.form != "heading" for item in items),
        characters=characters,
        unread=trial.opaque_share * characters,
        documents=(
            *(export(trial, name) for name in settings.to),
            *((settings.writer(trial),) if settings.writer else ()),
        ),
    )


def _line(error: Exception, where: str) -> str:
    """One line for a person; our own errors name their place themselves where they know it."""
    text = " ".join(str(error).split())
    if isinstance(error, ProtocolNlpError):
        return text if where in text else f"{where}: {text}"
    # A fault of this package: the other inputs go on, and the line says that it is one.
    return f"{where}: unexpected {type(error).__name__}: {text} (a fault of protocol-nlp, not of the file)"
