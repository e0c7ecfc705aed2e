"""Lists inside a line: "… the following: 1) … ; 2) …" gives items, "RECIST 1.1" and "grade 1) or" do not."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace

from .markers import Marker, candidates
from .nodes import DEPTH, Node
from .rows import Row

_SIGN = re.compile(
    r"(?<![\w.,\\(/-])(?:\\?\((?:[0-9]{1,2}|[a-zA-Z]|[ivx]{2,5})\\?\)"
    r"|(?:[0-9]{1,2}|[a-zA-Z]|[ivx]{2,5})\\?[.)])(?=\s|[A-Z])"
    r"|(?<=\s)[•●▪◦■-](?=\s)|[\u2460-\u2473]"
)
_BULLETS = "•●▪◦■"
# What a next item can stand behind: the end of a phrase, or "and".
_STOPS = re.compile(r"(?:[:;.!?)；：。）]|[;,.)；，]?\s*(?:\b(?:and/or|and|or)\b|&))\s*$", re.IGNORECASE)
_OPENS = re.compile(r"[:;.；：。]\s*$")
_COMMA = re.compile(r"[,，]\s*$")
LONGEST, BACK, FAR, LATE_ROMAN, AHEAD = 20_000, 12, 2, 4, 60


@dataclass(frozen=True, slots=True)
class _Sign:
    """A marker inside a line; `start` is where its words begin.

    `opens`, `follows`: a first, a next item of a list can stand here. `plural`: the sign has two characters
    or more before its stop ("ii."). `capital`: its words begin with a capital letter.
    """

    marker: Marker
    start: int
    opens: bool
    follows: bool
    plural: bool
    capital: bool

    @property
    def roman(self) -> bool:
        return "i" in self.marker.style.lower()


def apart(text: str, rows: list[Row]) -> list[Row]:
    """The rows, with each list that begins at the start of a line and goes on inside it in rows of its own.

    This comes before the tree is built: "2. … 3. …" in one line can be followed by "4." in the next.
    """
    found: list[Row] = []
    counts: dict[str, Row] = {}  # the last row of each count
    for i, whole in enumerate(rows):
        pieces = [whole]
        if whole.marker and whole.marker.counted and whole.end - whole.start <= LONGEST:
            later = {(r.style, r.value) for r in rows[i + 1 : i + AHEAD]}
            pieces = _outer_list(text, whole, counts, later)
            row = pieces[0]
            if (row.style, row.value + 1) not in later:
                same = [s for s in _signs(text, row.start, row.end) if s.marker.style == row.style]
                pieces[:1] = _pieces(text, row, row, _same_list(same, row.value))
            counts |= {p.style: p for p in pieces}
        found += pieces
    return found


def _pieces(text: str, row: Row, like: Row, run: list[_Sign]) -> list[Row]:
    """The row up to the first sign, and a row for each sign, in the column of `like`."""
    ends = [*(_stop(text, s.marker.start) for s in run), row.end]
    rest = (
        replace(like, start=s.start, end=e, marker=s.marker, inner=False, blank=row.blank)
        for s, e in zip(run, ends[1:], strict=True)
    )
    return [replace(row, end=ends[0]), *rest]


def _outer_list(text: str, row: Row, counts: dict[str, Row], later: set[tuple[str, int]]) -> list[Row]:
    """The row, and those behind it where a line of an inner list goes on with the list around it: "7. Renal function:"
    / "1) … 2) … 8. Consent 9. …". Two numbers at least have to follow each other, each before a capital letter."""
    for style, above in counts.items():
        if style == row.style or (style, above.value + 1) in later:
            continue
        run: list[_Sign] = []
        # A registry may count "a." to "d." as "1." to "4." where they begin their lines, and leave "e." inside one.
        lettered = style.replace("1", "a")
        for sign in _signs(text, row.start, row.end):
            styled = sign.marker.style in (style, lettered)
            if styled and sign.capital and sign.marker.value == above.value + 1 + len(run):
                run.append(replace(sign, marker=replace(sign.marker, style=style)))
        if len(run) > 1:
            return _pieces(text, row, above, run)
    return [row]


def split(text: str, nodes: list[Node], depth: int = 0) -> list[Node]:
    """The nodes, with each list inside a line taken apart: below its lead, or beside a line it begins."""
    if depth >= DEPTH:
        return nodes
    found: list[Node] = []
    queue = deque(nodes)
    while queue:
        node = queue.popleft()
        parts = _parts(text, node, queue[0] if queue else None)
        if parts:
            rest = _cut(text, node, parts)
            if parts[0].marker.style == node.style:
                queue.extendleft(reversed((node, *rest)))  # each may hold a list of another kind
                continue
            # a) Heart: i. failure / ii. angina: what counts on in lines of its own is of the same list.
            while queue and _counts_on(rest[-1].style, rest[-1].value, queue[0]):
                rest.append(queue.popleft())
            node.children = rest
        node.children = split(text, node.children, depth + 1)
        found.append(node)
    return found


def _counts_on(style: str, value: int, node: Node) -> bool:
    return node.style == style and node.value > 1 and node.value == value + 1


def _cut(text: str, node: Node, parts: list[_Sign]) -> list[Node]:
    """End a node before its first part, and a node for each part; what was below goes with the last part."""
    rest = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        stop = _stop(text, following.marker.start) if following else node.end
        row = Row(part.start, stop, node.indent, part.marker, False)
        rest.append(Node(part.start, stop, node.indent, row))
    rest[-1].children, node.children = node.children, []
    node.end = _stop(text, parts[0].marker.start)
    return rest


def _stop(text: str, end: int) -> int:
    """Where the words before `end` stop."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _parts(text: str, node: Node, following: Node | None) -> list[_Sign]:
    """The markers inside a node's words that make a list; none where there is doubt."""
    if node.end - node.start > LONGEST:
        return []
    signs = _signs(text, node.start, node.end)
    runs: list[list[_Sign]] = []
    for style in dict.fromkeys(s.marker.style for s in signs):
        same = [s for s in signs if s.marker.style == style]
        if node.style == style:
            if following is None or not _counts_on(style, node.value, following) or not node.value:
                run = _same_list(same, node.value)
                if run:
                    return run  # its own list first, the lists inside later
        elif run := _inner_list(same, style, following):
            runs.append(run)
    return min(runs, key=lambda run: run[0].start, default=[])


def _same_list(signs: list[_Sign], value: int) -> list[_Sign]:
    """The signs of the kind that the line begins with, as far as they go on with its list."""
    if signs and signs[0].marker.style == "-":
        # "- Melanoma - ECOG 0-2 - Anaemia": not one dash, and each before a capital letter.
        return signs if len(signs) > 1 and all(s.capital for s in signs) else []
    return _run(signs, value + 1) if value else signs


def _inner_list(signs: list[_Sign], style: str, following: Node | None) -> list[_Sign]:
    """The signs of a list that begins inside the line; a single one only if the next line counts on."""
    if style in _BULLETS:
        return signs
    if style == "-":
        return []
    run = _run(signs, 1)
    if not run and following is not None:
        run = [s for s in signs if s.marker.value == 1][-1:]
    goes_on = bool(run) and following is not None and _counts_on(style, run[-1].marker.value, following)
    return run if len(run) > 1 or goes_on else []


def _run(signs: list[_Sign], value: int) -> list[_Sign]:
    """The signs that count on from `value`, each where an item of a list can begin."""
    run: list[_Sign] = []
    counts_on = any(s.plural and s.roman and s.marker.value > 1 for s in signs)
    for sign in signs:
        number = value + len(run)
        if sign.marker.value != number:
            continue
        if number == 1:
            # "Haematology i. ANC …; ii. platelets …": the "ii." makes a number of the "i.".
            allowed = sign.opens or (counts_on and sign.roman)
        else:
            # "ii." is nothing but a number, whatever stands before it, and so is "v." behind "iv.".
            allowed = sign.follows or (sign.roman and (sign.plural or number > LATE_ROMAN))
            # "…: 1) aspirin 2) NSAIDs": outside brackets a number with one can be little else.
            allowed = allowed or (bool(run) and sign.marker.style == "1)")
            # Far into a list the next letter or bracketed sign needs no stop before it: "… g/dL c. Adequate".
            far = number > FAR or sign.marker.style[0] == "("
            allowed = allowed or (value > 1 and far and sign.capital)
        if allowed:
            run.append(sign)
    return run


def _signs(text: str, begin: int, end: int) -> list[_Sign]:
    """The markers inside the words of a line, outside brackets."""
    found = []
    depth, at = 0, begin
    for m in _SIGN.finditer(text, begin, end):
        between = text[at : m.start()]
        depth = max(0, depth + between.count("(") - between.count(")"))
        at = start = m.end()
        while start < end and text[start].isspace():
            start += 1
        first = m.start() == begin
        if depth or start >= end:
            continue
        before = text[max(begin, m.start() - BACK) : m.start()]
        for marker in candidates(text, m.start(), end):
            if marker.end != m.end() or (first and not marker.counted):
                continue
            comma = marker.style[-1] == ")" and bool(_COMMA.search(before))
            sign = _Sign(
                marker,
                start,
                opens=first or bool(_OPENS.search(before)),
                follows=first or comma or bool(_STOPS.search(before)),
                plural=len(m.group().strip("()\\. ")) > 1,
                capital=text[start].isupper(),
            )
            found.append(sign)
    return found
