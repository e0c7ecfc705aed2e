"""What can go wrong with a file or a call; odd *text* is never an error.

ProtocolNlpError
├── SourceError      a file that cannot be read as a registry entry (path, reason, position)
├── LexiconError     a table of the package with a faulty row (table, line, reason)
├── ModelError       a language model that is missing, damaged or of another version
├── ExportError      an output that cannot be written or a format that is unknown
├── DraftError       a new protocol asked for with an unknown disease, line of treatment or class of drugs
├── PatientError     a patient file that cannot be used (path, reason, position)
└── AuditError       settings of the audit that name no rule, or a settings file that cannot be used
"""

from __future__ import annotations


class ProtocolNlpError(Exception):
    """Base of every error this package raises on purpose; its text is one line for a person."""


class SourceError(ProtocolNlpError):
    """A file that is no registry entry, or a damaged one."""

    def __init__(self, path: str, reason: str, *, position: str | None = None) -> None:
        where = f"{path}:{position}" if position else path
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.reason = reason
        self.position = position


class LexiconError(ProtocolNlpError):
    """A row of a table that does not fit its header."""

    def __init__(self, table: str, line: int, reason: str) -> None:
        super().__init__(f"lexicons/{table}.tsv:{line}: {reason}")


class ModelError(ProtocolNlpError):
    """A spaCy or scispaCy model that cannot be used; the text says what to do."""


class ExportError(ProtocolNlpError):
    """An unknown output format, or a place that cannot be written."""


class DraftError(ProtocolNlpError):
    """A disease, line of treatment or class of drugs that the library does not know; it names the nearest."""


class PatientError(ProtocolNlpError):
    """A patient file that is damaged, or says what no file may say; what merely decides nothing is no error."""

    def __init__(self, path: str, reason: str, position: str | None = None) -> None:
        super().__init__(f"{path}:{position}: {reason}" if position else f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.position = position


class AuditError(ProtocolNlpError):
    """Settings of the audit: an unknown rule, key or value, or a file that cannot be used; it names the nearest."""
