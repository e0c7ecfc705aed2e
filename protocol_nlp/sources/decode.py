"""Bytes to text, and text to a parsed document: all that can be wrong with a file before its content is."""

from __future__ import annotations

import codecs
import json
import re
from typing import Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from protocol_nlp.errors import SourceError

# First bytes of files that people take for text.
SIGNATURES = {
    b"%PDF-": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
}
_TAG = r"[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*/?>"
_ROOT = r"(?:clinical_study|Trials_downloaded_from_ICTRP)\b"
# Criteria may begin with "<18 years" or "[Note: ...": only a whole tag or the head of an object counts.
_XML = re.compile(rf"\s*<(?:\?xml\b|!--|!DOCTYPE\b|{_ROOT}|{_TAG})", re.IGNORECASE)
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*(?:"|\}|$)')
_HTML = re.compile(r"\s*<(?:!DOCTYPE\s+html|(?:html|head|body|div|p|br|b|span|ul|ol|table|h[1-6]))\b", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"'](iso-8859-\d+|windows-125\d|us-ascii)[\"']", re.IGNORECASE)
_PROTOCOL = re.compile(r"^format[ \t]*:[ \t]*[\"']?protocol-nlp/", re.MULTILINE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def decode(raw: bytes, path: str) -> str:
    """The text of a file: UTF-8, UTF-16 with a byte order mark, or the 8-bit encoding an XML file declares.

    Line ends stay as they are; a byte order mark is taken off. SourceError names the first bad byte,
    counted from 0.
    """
    for start, what in SIGNATURES.items():
        if raw.startswith(start):
            raise SourceError(path, f"{what}, not text: save it as plain text first")
    encoding = "utf-8"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif declared := _DECLARED.match(raw):
        encoding = declared[1].decode("ascii")
    if encoding != "utf-16" and (nul := raw.find(b"\0")) >= 0:
        raise SourceError(path, "a binary file, not text: it holds a NUL byte", position=f"byte {nul}")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        what = f"not {encoding.upper()} text: cannot read byte 0x{raw[error.start]:02X}"
        raise SourceError(path, what, position=f"byte {error.start}") from error
    except LookupError as error:
        raise SourceError(path, f"it declares an encoding that nobody knows: {encoding}") from error
    if "\0" in text:
        position = f"character {text.index(chr(0))}"
        raise SourceError(path, "a binary file, not text: it holds a NUL", position=position)
    text = text.removeprefix("\ufeff")
    if not text:  # white space alone is text: a section of an entry may be blank
        raise SourceError(path, "the file is empty")
    return text


def shape(text: str) -> Literal["json", "xml", "yaml", "text"]:
    """What the content is written in; text that merely begins with "<" or "[" is text. YAML is known by the line that
    names our format."""
    if _XML.match(text):
        return "xml"
    if _JSON.match(text):
        return "json"
    if _PROTOCOL.search(text):
        return "yaml"
    if text.lstrip().startswith(("[", "{")):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return "text"
        return "json"
    return "text"


def json_document(text: str, path: str) -> object:
    """The parsed JSON; SourceError with line:column (both from 1) where it breaks."""
    try:
        document: object = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise SourceError(path, f"not valid JSON: {error.msg}", position=where) from error
    except RecursionError as error:
        raise SourceError(path, "not a registry entry: JSON nested too deeply") from error
    except UnicodeEncodeError as error:
        raise SourceError(path, "damaged JSON: a \\u escape is half of a surrogate pair") from error
    except ValueError as error:  # Python's limit on the digits of a number
        raise SourceError(path, "not a registry entry: JSON with a number of thousands of digits") from error
    return document


def xml_document(text: str, path: str) -> Element:
    """The root of the parsed XML; SourceError with line:column (both from 1) where it breaks.

    Document type definitions are refused, and with them entity bombs and files that read other files.
    """
    if _HTML.match(text):
        raise SourceError(path, "HTML, not a registry entry: save the page as plain text first")
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(": line ")[0]
        raise SourceError(path, f"not valid XML: {reason}", position=f"{line}:{column + 1}") from error
    except DefusedXmlException as error:
        raise SourceError(path, "XML with a document type definition, refused as unsafe") from error
    except ValueError as error:
        raise SourceError(path, f"not valid XML: {error}") from error
    return root
