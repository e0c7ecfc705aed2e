"""Registry files in, `Registration`s out: the first stage.

A registry format is one file of this package and one row of `READERS`. It is recognised from the
content, never from the file's name; only that plain text is meant as YAML, the name has to say where the content
does not. No text is altered; what a format has to compose (CTIS, ICTRP, our own protocols) is said at the head of its
file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, Literal, NamedTuple

from protocol_nlp.errors import SourceError
from protocol_nlp.sources import ctgov_json, ctgov_xml, ctis_json, ictrp_xml, plain
from protocol_nlp.sources.decode import decode, json_document, shape, xml_document
from protocol_nlp.sources.discover import discover
from protocol_nlp.sources.entry import Origin
from protocol_nlp.tree import Registration


class Reader(NamedTuple):
    """A registry format: the shape it comes in, whether a parsed document is of it, and its trials."""

    shape: Literal["json", "xml"]
    fits: Callable[[Any], bool]
    entries: Callable[[Any, Origin], list[Registration]]
    looks_like: str


READERS: dict[str, Reader] = {
    "ctgov-json": Reader("json", ctgov_json.fits, ctgov_json.entries, "protocolSection or studies"),
    "ctis-json": Reader("json", ctis_json.fits, ctis_json.entries, "authorizedPartI"),
    "ctgov-xml": Reader("xml", ctgov_xml.fits, ctgov_xml.entries, "<clinical_study>"),
    "ictrp-xml": Reader("xml", ictrp_xml.fits, ictrp_xml.entries, "<Trials_downloaded_from_ICTRP>"),
}
YAML = "protocol-yaml"
FORMATS: tuple[str, ...] = ("text", *READERS, YAML)


def read(source: Path | bytes | str, *, name: str | None = None, format: str | None = None) -> list[Registration]:
    """The trials of one file: at least one, in the order of the file.

    A `Path` is opened. `bytes` and `str` are the content itself, with `name` for the provenance and,
    where the content states no id, for the id ("stdin" without a name). `format`, one of `FORMATS`,
    overrides what the content looks like. A byte order mark is no part of the text.

    Raises SourceError, with the place where there is one, for a file that cannot be opened, is empty,
    binary or not UTF-8 (or UTF-16 with a byte order mark), is damaged JSON or XML, holds a document
    type definition, is no registry entry, or does not fit `format`.
    """
    path = name or (source.as_posix() if isinstance(source, Path) else "stdin")
    if format is not None and format not in FORMATS:
        raise SourceError(path, f"unknown format {format!r}: it is one of {', '.join(FORMATS)}")
    raw = _content(source, path)
    text = decode(raw, path)
    wanted = READERS[format].shape if format in READERS else format or shape(text)
    if wanted == "yaml" or (format is None and wanted == "text" and PurePath(path).suffix.lower() in (".yml", ".yaml")):
        wanted = YAML
    origin = Origin(path, PurePath(path).stem, hashlib.sha256(raw).hexdigest())
    if wanted == "text":
        return [plain.entry(text, origin)]
    if wanted == YAML:
        from protocol_nlp.sources import protocol_yaml

        return [protocol_yaml.entry(text, origin)]
    document = json_document(text, path) if wanted == "json" else xml_document(text, path)
    found = [key for key, reader in READERS.items() if reader.shape == wanted and reader.fits(document)]
    if not found:
        marks = " and no ".join(f"{r.looks_like} ({key})" for key, r in READERS.items() if r.shape == wanted)
        raise SourceError(path, f"{wanted.upper()}, but no registry entry: it has no {marks}")
    if format is not None and format not in found:
        raise SourceError(path, f"not {format}: it looks like {found[0]}")
    return READERS[format or found[0]].entries(document, origin)


def _content(source: Path | bytes | str, path: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return source.encode() if isinstance(source, str) else source.read_bytes()
    except UnicodeEncodeError as error:
        raise SourceError(path, "half of a surrogate pair", position=f"character {error.start}") from error
    except OSError as error:
        raise SourceError(path, f"cannot be opened: {error.strerror or error}") from error
    except ValueError as error:  # a path with a NUL in it
        raise SourceError(path, f"cannot be opened: {error}") from error


__all__ = ["FORMATS", "READERS", "Reader", "discover", "read"]
