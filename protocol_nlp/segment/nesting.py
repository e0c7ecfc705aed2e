"""Rows of a section -> a tree: by indentation, kind of marker, count, and the headings inside the section."""

from __future__ import annotations

from dataclasses import replace

from .nodes import DEPTH, Node
from .rows import Row
from .titles import group_word, is_designation, is_title, promises
from .words import plain, words

AHEAD, LONGEST_CONNECTOR, LONGEST_HEADING = 60, 24, 160
# The headings that govern what follows until one of their own rank or above: the first governs most.
RANKS = {"pdq": 1, "group": 2, "topic": 3}
LASTING = tuple(RANKS.values())


def nest(text: str, found: list[Row]) -> list[Node]:
    """The top-level nodes of a section, with the nodes under them."""
    return _Nest(text, _joined(text, found)).read()


def _joined(text: str, found: list[Row]) -> list[Row]:
    """The rows, with a lone "OR" or "AND" as the last word of the row above it."""
    joined: list[Row] = []
    for row in found:
        short = row.marker is None and row.end - row.start < LONGEST_CONNECTOR
        word = plain(text[row.start : row.end]) if short else ""
        if joined and word in words("connector") and not text[joined[-1].end : row.start].strip():
            joined[-1] = replace(joined[-1], end=row.end)
        else:
            joined.append(row)
    return joined


class _Nest:
    """`path` leads from the section (first) down to the node that was placed last."""

    def __init__(self, text: str, found: list[Row]) -> None:
        self.text = text
        self.rows = found
        self.top = Node(0, 0, -1, None)
        self.path = [self.top]
        self.pdq = any(r.marker is None and plain(text[r.start : r.end]) in words("pdq") for r in found[:AHEAD])
        self.bulleted = any(r.marker for r in found)
        self.kinds = [self.kind(r) for r in found]
        self.base = min((r.indent for r in found if r.marker), default=0)

    def read(self) -> list[Node]:
        for i, row in enumerate(self.rows):
            node = Node(row.start, row.end, row.indent, row)
            if row.marker:
                self.marked(i, node)
            else:
                self.unmarked(i, node)
            while len(self.path) > DEPTH:
                self.path.pop()
            self.path[-1].children.append(node)
            self.path.append(node)
        return self.top.children

    def lead(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def marked(self, i: int, node: Node) -> None:
        """Cut the path so that its last node is the parent of a marked row."""
        at = self.same_list(node)
        if at:
            node.indent = min(node.indent, self.path[at].indent)  # a list has one column, however its items are set
            del self.path[at:]
            return
        last = self.path[-1]
        other = (last.value and not node.value) or (last.style and node.value == 1)
        if other and not last.children and promises(self.lead(last)):
            return  # 14. … the following: / * …, however shallow the bullets are set
        while len(self.path) > 1:
            above = self.path[-1]
            if above.indent > node.indent and (not above.heads or above.local):
                self.path.pop()
            elif above.heads and (above.rank in LASTING or above.indent <= node.indent):
                return
            elif above.row and above.row.marker:
                if node.indent > above.indent + (node.style == above.style) or self.descends(i, above, node):
                    return
                self.path.pop()
            elif node.indent > above.indent and (node.indent > self.base or not self.rows[i].blank):
                # Bullets are set deeper than text as such; below a paragraph only deeper ones say something.
                return
            else:
                self.path.pop()

    def same_list(self, node: Node) -> int:
        """Where the path holds the item before this one in the same list: its index, 0 for none.

        Same kind of marker at the same column (numbers are set flush right: one column more or less),
        else the number that is next in the count of an open list, wherever it stands.
        """
        places = range(len(self.path) - 1, 0, -1)
        if node.value > 1:
            nexts = [k for k in places if self.path[k].style == node.style and self.path[k].value == node.value - 1]
            near = [k for k in nexts if abs(self.path[k].indent - node.indent) <= 1]
            if nexts:
                return (near or nexts)[0]
        floor = max((k for k, n in enumerate(self.path) if n.heads), default=0)
        for k in range(len(self.path) - 1, floor, -1):
            above = self.path[k]
            columns = {above.indent, above.row.indent if above.row else -1}
            if above.style == node.style and any(abs(c - node.indent) <= 1 for c in columns):
                # 13. … criteria: / 1. … / 2. …: a count that begins anew below a colon is a list of its own.
                return 0 if node.value == 1 and not above.children and promises(self.lead(above)) else k
        return 0

    def descends(self, i: int, above: Node, node: Node) -> bool:
        """Whether a new kind of marker at the same column begins a list under the item above."""
        if node.indent < above.indent:
            return False
        if promises(self.lead(above)):
            return True
        if node.value == 1 and above.value:
            return True
        if node.value > 1:
            return False
        beside = self.path[-2].children[-2:-1] if len(self.path) > 1 else []
        if above.value and beside and beside[0].children and beside[0].children[0].style == node.style:
            return True  # the last of a) * b) * has bullets as the one before has
        return self.resumes(i, above)

    def resumes(self, i: int, above: Node) -> bool:
        """Whether the list of an open item goes on further down, before a heading."""
        for k, row in enumerate(self.rows[i + 1 : i + AHEAD], i + 1):
            if row.marker is None:
                if self.kinds[k] in ("pdq", "group"):
                    return False
            elif row.style == above.style and abs(row.indent - above.indent) <= 1:
                return not above.value or row.marker.value == above.value + 1
        return False

    def kind(self, row: Row) -> str:
        """Which heading of the table an unmarked row is: "pdq", "group", "topic", or "" for none."""
        if row.marker or row.end - row.start > LONGEST_HEADING:
            return ""
        raw = self.text[row.start : row.end]
        phrase = plain(raw)
        if phrase in words("pdq"):
            return "pdq"
        if phrase in words("topic"):
            # "Adequate liver function" among lines without bullets is a criterion, not a heading.
            return "topic" if raw.endswith(":") or self.bulleted or self.pdq else ""
        sure = raw.endswith(":") or self.bulleted or self.pdq or is_designation(raw)
        return "group" if sure and group_word(raw) else ""

    def unmarked(self, i: int, node: Node) -> None:
        """Cut the path for a row without marker, and settle whether it heads the rows behind it."""
        row = self.rows[i]
        following = self.rows[i + 1] if i + 1 < len(self.rows) else None
        kind = self.kinds[i]
        node.heads = self.leads(row, following)
        inside = self.inside(node)
        if kind and not inside:
            self.heading(node, kind)
        elif inside:
            self.inner(node, inside, kind)
        elif keeper := self.count_goes_on(i):
            # 1. … / Note: … / 2. …: the count goes on behind the line, so it stands inside item 1.
            del self.path[keeper + 1 :]
        elif not node.heads and self.adopts(node):
            # * … one of: / A or B / * …: among bullets, a line without one right below a colon is its list.
            node.adopted = True
        else:
            # A paragraph outside the bullets: no item above claims it, only an open heading does.
            self.path[-1].kept = node.heads and self.path[-1].row is not None and not self.path[-1].children
            while len(self.path) > 1 and not self.shelters(self.path[-1], node):
                self.path.pop()

    def inner(self, node: Node, inside: int, kind: str) -> None:
        """Place an unmarked row below the marked item it is indented under; "For phase 1a:" heads a list."""
        keep = inside + 1
        if kind and self.lead(node).endswith(":"):
            node.rank, node.heads, node.local = RANKS[kind], True, True
        elif len(self.path) > keep and self.path[keep].local and self.path[keep].indent <= node.indent:
            keep += 1
        del self.path[keep:]

    def inside(self, node: Node) -> int:
        """The index of the innermost marked item that the row is indented under, 0 for none."""
        for k in range(len(self.path) - 1, 0, -1):
            above = self.path[k]
            if above.heads and above.rank in (1, 2) and not above.local:
                return 0
            if above.row and above.row.marker and above.indent + 1 < node.indent:
                return k
        return 0

    def count_goes_on(self, i: int) -> int:
        """The index of the open numbered item whose next number follows behind this row, 0 for none."""
        title = self.rows[i].blank and is_title(self.text[self.rows[i].start : self.rows[i].end])
        for n, row in enumerate(self.rows[i + 1 : i + AHEAD], i + 1):
            if row.marker is None:
                if self.kinds[n] in ("pdq", "group"):
                    return 0
                continue
            if not row.marker.counted:
                continue
            for k in range(len(self.path) - 1, 0, -1):
                above = self.path[k]
                if above.style == row.style and above.value == row.marker.value - 1:
                    # 1. … / Demographics / 2. …: a title right above the next number heads what follows.
                    return 0 if title and n == i + 1 else k
            if row.marker.value == 1:
                continue
            return 0
        return 0

    def adopts(self, node: Node) -> bool:
        above = self.path[-1]
        if above.adopted:
            self.path.pop()
            return True
        return bool(above.row and above.row.marker and not above.children and self.lead(above).endswith(":"))

    def shelters(self, above: Node, node: Node) -> bool:
        """Whether an open node keeps a paragraph: a heading of the table does, else a less indented one."""
        if above.heads and above.rank in LASTING:
            # "Performance level:" ends where "Adequate renal function defined as:" begins another list.
            return not (above.rank == RANKS["topic"] and node.heads and above.children and node.indent <= above.indent)
        return above.indent < node.indent and not (above.row and above.row.marker)

    def heading(self, node: Node, kind: str) -> None:
        """Place a heading of the table: it ends those of its own rank and below."""
        node.rank, node.heads = RANKS[kind], True
        above = self.path[-1]
        above.kept = above.row is not None and not above.children
        node.name = group_word(self.lead(node)) if kind == "group" else ""
        open_heads = [k for k, n in enumerate(self.path) if n.rank]
        cut = next((k for k in open_heads if self.ends(self.path[k], node)), None)
        if cut is None:
            cut = (open_heads[-1] + 1) if open_heads else 1
        del self.path[cut:]

    def ends(self, above: Node, node: Node) -> bool:
        if above.rank != node.rank:
            return above.rank > node.rank
        # "Part A:" right above "Cohort 1:" holds it; any later "Part" ends both.
        same = not node.name or above.name == node.name
        return same or bool(above.children)

    def leads(self, row: Row, following: Row | None) -> bool:
        """Whether an unmarked row heads the list below it: words with a colon, or a title above bullets."""
        if following is None or (following.marker is None and following.indent <= row.indent):
            return False
        raw = self.text[row.start : row.end]
        if promises(raw):
            return True
        return following.marker is not None and following.indent >= row.indent and is_title(raw)
