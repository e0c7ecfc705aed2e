"""The checklist as PDF, for paper: WeasyPrint sets its own template (extra "pdf")."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from protocol_nlp.checklist.sheet import LOSSES, Checklist
from protocol_nlp.checklist.templating import environment, rendered
from protocol_nlp.errors import ExportError
from protocol_nlp.export.artifact import Artifact

MISSING = 'the format pdf needs WeasyPrint: pip install "protocol-nlp[pdf]"'


def ready(templates: Path | None) -> None:
    """Raises ExportError where WeasyPrint or what it needs is missing, and for templates that cannot be used."""
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise ExportError(MISSING) from error
    except OSError as error:
        # Installed, but without the libraries of the system that it sets text with.
        raise ExportError(
            f"the format pdf needs the Pango libraries of the system: {str(error).splitlines()[0]}"
        ) from error
    environment(templates)


def write(sheet: Checklist, templates: Path | None = None) -> Artifact:
    """One PDF, the same bytes for the same checklist and fonts. Raises ExportError as `ready`, and where a template
    fails."""
    ready(templates)
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    made = environment(templates, autoescape=True)
    style = (files("protocol_nlp.checklist") / "templates" / "checklist.pdf.css").read_text(encoding="utf-8")
    text = rendered(made, "checklist.pdf.j2", sheet, style=Markup(style), size=SIZES[sheet.paper])
    # The page needs nothing outside of itself, and gets nothing.
    fetcher = URLFetcher(allowed_protocols=(), fail_on_errors=True)
    try:
        binary = HTML(string=text, url_fetcher=fetcher).write_pdf()
    except FatalURLFetchingError as error:
        raise ExportError(f"a checklist loads no other file, and its template asks for one: {error}") from error
    return Artifact("", ".pdf", LOSSES if sheet.sections else (), binary)


SIZES = {"a4": "A4", "letter": "Letter"}
