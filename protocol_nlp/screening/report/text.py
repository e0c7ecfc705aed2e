"""The screening as a table for a terminal, without colours."""

from __future__ import annotations

from io import StringIO
from shutil import get_terminal_size

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from protocol_nlp.display import wording
from protocol_nlp.screening.report.told import CAUTION, field, field_reasons, reasons, state, summary
from protocol_nlp.screening.result import Screening

NARROWEST = 100


def report(screening: Screening) -> str:
    """The outcome, a row for each criterion with what decided it, and what of the file was not used."""
    out = StringIO()
    console = Console(file=out, width=max(NARROWEST, get_terminal_size().columns), color_system=None, highlight=False)
    console.print(Text(summary(screening)))
    dates = ", ".join(f"{event} {day}" for event, day in sorted(screening.anchors.items()))
    console.print(Text(f"Events: {dates}" if dates else "Events: none given"), Text(f"\n{CAUTION}"))
    table = Table(box=box.SIMPLE, show_lines=True, pad_edge=False)
    table.add_column("Criterion", no_wrap=True)
    table.add_column("State", no_wrap=True)
    table.add_column("Decision", no_wrap=True)
    table.add_column("Wording and reasons")
    for one in screening.fields:
        told = [field(one), *(f"  {said}" for said in field_reasons(one))]
        table.add_row(Text("Registry field"), Text(one.truth), Text(one.effect), Text("\n".join(told)))
    for judgement in screening.judgements:
        criterion = judgement.criterion
        told = [wording(criterion.text), *(f"  {said}" for said in reasons(judgement))]
        table.add_row(
            Text(f"{wording(criterion.id)} {(criterion.role or 'unknown')[:4]}."),
            Text(state(judgement)),
            Text(judgement.effect),
            Text("\n".join(told)),
        )
    console.print(table)
    for left in screening.patient.unused:
        console.print(Text(f"Not used: {left.path} ({wording(left.what)}): {wording(left.reason)}"))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
