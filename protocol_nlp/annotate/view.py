"""A readable view of a piece of the source: escapes, entities, line wraps and odd characters folded,
with the place in the source kept for every character of the view."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from protocol_nlp.tree import Span

_ESCAPE = re.compile(r"\\([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
# An export of an export: "\\&amp;amp;lt;".
_ESCAPED_TWICE = re.compile(r"(?:\\&(?:amp;)+|&(?:amp;){2,})(lt|gt|le|ge);")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
# Words of plain letters and signs with single blanks between: read as they are written.
_PLAIN = re.compile(r"[!-%')-\[\]-~]+(?: [!-%')-\[\]-~]+)*")
_SUPER_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
# Folded one for one, so that the tables need one spelling only.
_FOLD = str.maketrans(
    {
        "μ": "µ",
        "≧": "≥",
        "≦": "≤",
        "⩾": "≥",
        "⩽": "≤",
        "﹥": ">",
        "﹤": "<",
        "＞": ">",
        "＜": "<",
        "＝": "=",
        "˂": "<",
        "˃": ">",
        "−": "-",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "‒": "-",
        "－": "-",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "∗": "*",
        "✕": "×",
        "✖": "×",
        "⨯": "×",
        "ⅹ": "x",
        "º": "°",
        "˚": "°",
        "∶": ":",
        "∼": "~",
        "～": "~",
        "⁄": "/",
        "∕": "/",
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """`text` to read; `starts[i]` and `ends[i]` are where its i-th character stands in the source."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The source span of the view's `[start, end)`, which must not be empty."""
        return Span(self.starts[start], self.ends[end - 1])


@lru_cache(maxsize=512)
def view(source: str, span: Span) -> View:
    """The view of one span of the source: single blanks, no leading or trailing one. The audit asks again for the
    views that the reading made: so the last ones are kept.

    Superscript runs read as `^` and digits ("10⁹" as "10^9"), so that no exponent is lost.
    """
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    blank: tuple[int, int] | None = None

    def put(piece: str, start: int, end: int) -> None:
        nonlocal blank
        if blank is not None:
            if chars:
                chars.append(" ")
                starts.append(blank[0])
                ends.append(blank[1])
            blank = None
        for c in piece:
            chars.append(c)
            starts.append(start)
            ends.append(end)

    i, stop = span
    while i < stop:
        if run := _PLAIN.match(source, i, stop):
            put(run[0][0], i, i + 1)
            chars += run[0][1:]
            starts += range(i + 1, run.end())
            ends += range(i + 2, run.end() + 1)
            i = run.end()
            continue
        c = source[i]
        if c.isspace() or c in "\u2028\u2029":
            blank = (blank[0], i + 1) if blank else (i, i + 1)
            i += 1
        elif c in "&\\" and (m := _ESCAPED_TWICE.match(source, i, stop)):
            put(html.unescape(f"&{m[1]};").translate(_FOLD), i, m.end())
            i = m.end()
        elif c == "\\" and (m := _ESCAPE.match(source, i, stop)):
            put(m[1], i, m.end())
            i = m.end()
        elif c == "&" and (m := _ENTITY.match(source, i, stop)) and html.unescape(m[0]) != m[0]:
            for piece in html.unescape(m[0]):
                if piece.isspace():
                    blank = (i, m.end())
                else:
                    put(piece.translate(_FOLD), i, m.end())
            i = m.end()
        elif m := _SUPER_RUN.match(source, i, stop):
            put("^", i, i + 1)
            for k in range(m.start(), m.end()):
                put(source[k].translate(_SUPER), k, k + 1)
            i = m.end()
        elif c == "(" and chars and chars[-1].isalpha() and source[i : i + 3] in ("(s)", "(S)"):
            ends[-1] = i + 3  # "lesion(s)"
            i += 3
        elif unicodedata.category(c) in ("Cf", "Cc", "Mn"):
            i += 1  # soft hyphens, zero-width marks, control characters: nothing to read
        else:
            folded = c.translate(_FOLD)
            if folded == c:
                folded = unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" or c in "ﬁﬂﬀﬃﬄ" else c
            put(folded.translate(_FOLD), i, i + 1)
            i += 1
    return View("".join(chars), tuple(starts), tuple(ends))
