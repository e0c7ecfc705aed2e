"""Bullets, numbers and letters at the start of a line, and which of them can be believed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MARK = re.compile(
    r"""
    (?P<bullet>(?:\\?\*){1,4} | \\?[-–—−]{1,3} | [•●○◦▪▫■□◆◇►▶➢➤✓✔·∙⋅‣⁃°§\uf0b7\uf0a7\uf0d8]
        | (?:\\?\+|o|\?)(?=\s) | \.(?=\s?[A-Za-z]) )
    | \\?\#\s?(?P<hash>[0-9]{1,3})[.):]?(?=\s)
    | \\?[(\[]\s?(?P<inner>[0-9]{1,2}|[a-zA-Z]|[ivx]{2,5}|[IVX]{2,5})\s?\\?[)\]]
    | (?P<dotted>[0-9]{1,2}(?:\.[0-9]{1,2}){1,3})(?:\\?[.)])?(?=\s?[A-Za-z(<>≥≤=]|\s*$)
    | (?P<number>[0-9]{1,3})[A-Z]?(?P<numberend>\\?\.\s?\\?\)|\s?\\?[.)\]](?![0-9])|\\?[.)](?=[0-9]{2})
        |\s?[-–:](?=\s|[A-Z])|、)
    | (?P<tag>[IE])(?P<tagged>[0-9]{1,2})(?:[.):]|(?=\s))
    | (?P<letter>[a-zA-Z]|[ivx]{2,5}|[IVX]{2,5})(?P<letterend>\\?\.\\?\)|\\?[.)])(?=\s|[A-Z(\[<>≥≤]|$)
    | (?P<circled>[\u2460-\u2473])
    | (?P<bare>[0-9]{1,2})(?=\s[A-Za-z])
    """,
    re.VERBOSE,
)
_ROMAN = dict(
    zip(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(),
        range(1, 21),
        strict=True,
    )
)
RUN, NEAR = 3, 2000


@dataclass(frozen=True, slots=True)
class Marker:
    """A bullet or number: `style` is its kind ("1.", "(a)", "*"), `value` its place in the count (bullet: 0).

    `weak`: it looks like one, but may be text ("A. fumigatus", "2 - 3"), and needs neighbours in the count.
    """

    start: int
    end: int
    style: str
    value: int
    weak: bool = False

    @property
    def counted(self) -> bool:
        return self.value > 0


def _counters(word: str) -> list[tuple[str, int]]:
    """The ways to count with a word, roman last: "i" is the ninth letter or the first roman number."""
    if word.isdigit():
        return [("1", int(word))]
    first = "a" if word.islower() else "A"
    found = [(first, ord(word) - ord(first) + 1)] if len(word) == 1 else []
    if word.lower() in _ROMAN:
        found.append(("i" if word.islower() else "I", _ROMAN[word.lower()]))
    return found


def candidates(text: str, start: int, end: int) -> list[Marker]:
    """What the marker at `start` may be: nothing, one thing, or two ways to count ("i")."""
    m = _MARK.match(text, start, end)
    if not m or m.end() > end:
        return []
    after = text[m.end() : m.end() + 1]
    stop = m.end()
    if bullet := m["bullet"]:
        return _bullet(text, m.span(), end, bullet)
    if m["circled"]:
        return [Marker(start, stop, "①", ord(m["circled"]) - ord("①") + 1)]
    if m["hash"]:
        return [Marker(start, stop, "#1", int(m["hash"]))]
    if m["inner"]:
        weak = not after.isspace() and not after.isalnum()
        return [Marker(start, stop, f"({s})", v, weak or s not in "1ai") for s, v in _counters(m["inner"])]
    if m["dotted"]:
        parts = m["dotted"].split(".")
        return [Marker(start, stop, ".".join("1" * len(parts)), int(parts[-1]), weak=True)]
    if m["number"]:
        sign = m["numberend"].strip("\\ ")
        weak = sign[-1] not in ".)]" or m["numberend"][0].isspace() or after.isdigit()
        return [Marker(start, stop, f"1{sign[-1]}", int(m["number"]), weak)]
    if m["tag"]:
        return [Marker(start, stop, m["tag"] + "1", int(m["tagged"]), weak=True)]
    if m["letter"]:
        sign = m["letterend"][-1]
        return [Marker(start, stop, s + sign, v, s.isupper()) for s, v in _counters(m["letter"])]
    return [Marker(start, stop, "1 ", int(m["bare"]), weak=True)]


def _bullet(text: str, span: tuple[int, int], end: int, bullet: str) -> list[Marker]:
    start, stop = span
    sign = bullet.replace("\\", "")
    after = text[stop : stop + 1]
    if sign[0] == "*" and sign in text[stop:end] and not after.isspace():
        return []  # emphasis: **Inclusion criteria**
    if not (after.isspace() or after.isalnum() or after in tuple("\"'“‘([<>≥≤=\\~") or sign[0] not in "*-–—−"):
        return []
    weak = sign in ("+", "?", ".") or (sign[0] in "-–—−" and after.isdigit())
    return [Marker(start, stop, sign, 0, weak)]


def _counted_near(text: str, marker: Marker, step: int) -> bool:
    """Whether the number before (-1) or behind (1) a letter or roman number stands near it, inside a line."""
    sign, value = marker.style.strip("()")[:1], marker.value + step
    if sign in ("a", "A"):
        word = chr(ord(sign) + value - 1)
    elif sign in ("i", "I"):
        word = next((w for w, v in _ROMAN.items() if v == value), "")
        word = word.upper() if sign == "I" else word
    else:
        return False
    near = text[max(0, marker.start - NEAR) : marker.start] if step < 0 else text[marker.end : marker.end + NEAR]
    if not word or not any(word + stop in near for stop in ".)\\"):
        return False
    return bool(re.search(rf"(?<!\w){re.escape(word)}\\?[.)](?=\s)", near))


@dataclass(frozen=True, slots=True)
class Belief:
    """What the whole text says for a marker: the values of each way to count, dotted numbers, and bullets."""

    values: dict[str, set[int]]
    dotted: set[str]
    bullets: dict[str, int]

    @classmethod
    def of(cls, text: str, found: Iterable[Marker]) -> Belief:
        values: dict[str, set[int]] = {}
        dotted: set[str] = set()
        bullets: dict[str, int] = {}
        for marker in found:
            values.setdefault(marker.style, set()).add(marker.value)
            if marker.value == 0:
                bullets[marker.style] = bullets.get(marker.style, 0) + 1
            if marker.style.startswith("1.1"):
                dotted.add(text[marker.start : marker.end].rstrip("\\.)"))
        return cls(values, dotted, bullets)

    def holds(self, text: str, marker: Marker, *, joined: bool) -> bool:
        """Whether to take a candidate for a marker; `joined`: the line could also continue the last one."""
        values = self.values.get(marker.style, set())
        if not marker.counted:
            return not marker.weak or self.bullets.get(marker.style, 0) > 1
        if marker.style.startswith("1.1"):
            return self._dotted(text[marker.start : marker.end].rstrip("\\.)"), marker.value)
        if marker.style == "1 ":
            return set(range(1, RUN + 1)) <= values and (marker.value == 1 or marker.value - 1 in values)
        if marker.weak:
            if marker.value - 1 in values or (marker.value == 1 and 2 in values):
                return True
            return marker.value == 1 and not joined and _counted_near(text, marker, 1)
        if marker.style[0] == "1" and not joined:
            return True
        if marker.value == 1 or marker.value - 1 in values:
            return True
        if not joined and {1, marker.value + 1} & values:
            return True
        return not joined and _counted_near(text, marker, -1)  # "ii)" counts on from an "i)" inside a line

    def _dotted(self, number: str, value: int) -> bool:
        head = number.rpartition(".")[0]
        around = {f"{head}.{value - 1}", f"{head}.{value + 1}"}
        plain = {int(head)} if head.isdigit() else set()
        counted = {v for s in ("1.", "1)") for v in self.values.get(s, ())}
        return bool(around & self.dotted) or (value == 1 and bool(plain & counted))
