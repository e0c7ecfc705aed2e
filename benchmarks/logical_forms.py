"""How often the tree of a criterion agrees with an annotated logical form: its top operator and the things it names.

    python benchmarks/logical_forms.py [--misses N] [FOLDER]

FOLDER (default ../shared) holds corpora/leaf_logical_forms/train: one criterion a file, with its section, its text,
the text with its entities marked, and its form.

Things agree where (a) each thing that the form names (a condition, procedure, drug, finding, measure, person, …, not
its modifiers, times and numbers) overlaps a thing of the tree: a concept, a measure or a bound; and (b) each condition,
drug, procedure, device or measure of the tree overlaps something that the annotators marked, in the form or not.

The top operator is one of: or, and, not, if, unless, one (a single thing). The form cannot say some of what a text
says, and the tree some of what the form says; where this is so, two operators stand for the same:
- a thing with another in a relation (`.caused_by(…)`, `.for(…)`, `seq(…)`) may be "one" or "and", and so may a tree
  that joins a second statement by layout alone ("X with Y"), or that holds a thing as a qualifier;
- a function or a row of modifiers with several arguments (`contraindication(A, B)`) may be "one" or "or";
- the form writes most conditions ("X if Y") as "and", and leaves out a window, so that both are looked through;
- `.equiv(…)` says a thing again, as the tree's qualifiers do;
- parts of the tree that name no known thing (words no table or model knows, unread text) have no counterpart in the
  form, which leaves such words out, and are left out before the operator is taken (not if the tree names nothing else).
Of two readings the first is compared, the second counts for nothing.
Slips of the forms' writing (a second pair of brackets, a stray comma) and of their marks (blanks, a word left out) are
read over. An empty form, and one that names words which are not marked, is counted apart and not judged.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from protocol_nlp.annotate import annotator
from protocol_nlp.assemble import read
from protocol_nlp.tree import (
    Ambiguous,
    And,
    AtLeast,
    Comparison,
    Condition,
    Expr,
    If,
    Not,
    Opaque,
    Or,
    Role,
    Span,
    Unless,
    Within,
    walk,
)

GOAL = 0.80
# A bullet or number in front is no part of an item: the segmenter has it apart.
BULLET = re.compile(r"\s*(?:(?:[-•*]|\(?\w{1,3} ?[.)])\s*)*")
TOKEN = re.compile(r'\s+|(?P<string>"[^"]*")|(?P<name>[A-Za-z_]\w*)|(?P<mark>[().,])')
MARKED = re.compile(r"[a-z_]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
# Functions that name a thing of the text; the others say how, when and how much.
THINGS = frozenset(
    "cond proc drug obs lab vital clin_score measurement female male child adult infant age social_habit org "
    "death birth immune code survey_or_questionnaire".split()
)
GROUPS = {"union": "or", "or": "or", "intersect": "and", "and": "and", "neg": "not", "if_then": "if"}
LABELS = frozenset({"Condition", "Drug", "Procedure", "Device", "Measurement"})


@dataclass(slots=True)
class Call:
    """One call of a form with its arguments and the calls chained to it."""

    name: str
    arguments: list[Call | str]
    chain: list[Call]

    def walk(self) -> Iterator[Call]:
        yield self
        for part in (*self.arguments, *self.chain):
            if isinstance(part, Call):
                yield from part.walk()

    def chained(self) -> Iterator[Call]:
        """The calls chained to it, and those chained to these."""
        for call in self.chain:
            yield call
            yield from call.chained()


def parse(form: str) -> Call:
    """The form as calls, several forms in a row as their intersection; ValueError where there is none."""
    tokens: list[str] = []
    at = 0
    while at < len(form):
        m = TOKEN.match(form, at)
        if m is None:
            raise ValueError(form[at : at + 20])
        if not m[0].isspace():
            tokens.append(m[0])
        at = m.end()
    tokens.append("")
    place = 0

    def stop(mark: str) -> bool:
        return tokens[place] == mark

    def call() -> Call:
        nonlocal place
        name = tokens[place]
        if not name or not (name[0].isalpha() or name[0] == "_"):
            raise ValueError(name)
        place += 1
        made = Call(name, [], [])
        while stop("("):  # "num_filter()(eq(…))" is written for "num_filter(eq(…))"
            made.arguments += arguments()
        while stop("."):
            place += 1
            made.chain.append(call())
        return made

    def arguments() -> list[Call | str]:
        nonlocal place
        place += 1
        found: list[Call | str] = []
        while tokens[place] != ")":
            if stop(","):
                place += 1
            elif stop("("):  # a second pair of brackets
                found += arguments()
            elif stop(".") and found and isinstance(found[-1], Call):  # "proc(…), .temporality(…)"
                place += 1
                found[-1].chain.append(call())
            elif tokens[place].startswith('"'):
                found.append(tokens[place][1:-1])
                place += 1
            else:
                found.append(call())
        place += 1
        return found

    forms = [call()]
    while tokens[place]:
        forms.append(call())
    return forms[0] if len(forms) == 1 else Call("intersect", list(forms), [])


def marked(text: str, marks: str) -> list[tuple[str, Span]]:
    """The marked entities as (function and its string, span in the text), by aligning the two texts, blanks apart;
    where their other words differ, the entities that hold words of the text, in its order."""
    pattern, names, last = "", [], 0
    for m in MARKED.finditer(marks):
        pattern += _loose(marks[last : m.start()])
        inner = re.fullmatch(r'([a-z_]+)\("([^"]*)"\)', m[0])
        pattern += f"({_loose(inner[2])[3:-3]})" if inner else "(.*?)"
        names.append((inner[1], inner[2]) if inner else (m[0].partition("(")[0], None))
        last = m.end()
    found = re.fullmatch(pattern + _loose(marks[last:]), text, re.DOTALL)
    spans: list[Span | None] = []
    if found is not None:
        spans = [Span(*found.span(n + 1)) for n in range(len(names))]
    else:
        at = 0
        for _, words in names:
            place = re.compile(_loose(words)[3:-3]).search(text, at) if words else None
            spans.append(Span(*place.span()) if place else None)
            at = place.end() if place else at
    named = [f"{name}:{words}" if words is not None else name for name, words in names]
    return [(name, span) for name, span in zip(named, spans, strict=True) if span is not None]


def _loose(words: str) -> str:
    """A pattern of the words with any blanks between and around them."""
    return r"\s*" + "".join(re.escape(w) + r"\s*" for w in re.findall(r"\w+|[^\w\s]", words))


def wanted(form: Call, entities: list[tuple[str, Span]]) -> list[Span] | None:
    """The spans of the things that the form names; null where one that it names in words is not marked. What it names
    without words and no mark holds ("age()" of "> 35 years") is in no word of the text, and not asked for."""
    spans = []
    for call in form.walk():
        if call.name not in THINGS:
            continue
        text = call.arguments[0] if call.arguments and isinstance(call.arguments[0], str) else None
        name = f"{call.name}:{text}" if text is not None else call.name
        places = [span for n, span in entities if n == name and span.end > span.start]
        if not places and text:  # cond("cancer") of a marked "breast cancer"
            places = [span for n, span in entities if text in n.partition(":")[2]]
        if places:
            spans.append(places[0])
        elif text:
            return None
    return spans


def asked(form: Call) -> set[str]:
    """The operators that stand for the form's own."""
    if any(c.name == "except" for c in form.walk()):
        return {"unless", *asked_plain(form)}
    return asked_plain(form)


def asked_plain(form: Call) -> set[str]:
    name = form.name
    calls = [a for a in form.arguments if isinstance(a, Call)]
    if name in GROUPS:
        if len(calls) == 1 and name != "neg":
            return asked_plain(calls[0])
        return {GROUPS[name]} | ({"and"} if name == "if_then" else set())
    ops = {"one", "and"} if name == "seq" else {"one"}
    if len(calls) > 1 or sum(c.name == "mod" for c in form.chained()) > 1:
        ops.add("or")
    if any(inner.name in THINGS for c in (*form.chain, *calls) for inner in c.walk()):
        ops.add("and")
    for inner in calls if name not in THINGS else []:
        ops |= asked_plain(inner) & {"or", "and"}
    return ops


def said(node: Expr, *, all_words: bool = False) -> set[str]:
    """The operators that stand for the tree's own; none for a tree that names nothing known, unless `all_words`."""
    match node:
        case Within():
            return said(node.operand, all_words=all_words)
        case Condition():
            known = all_words or node.concept.label is not None or any(said(q) for q in node.qualifiers)
            return ({"one", "and"} if node.qualifiers else {"one"}) if known else set()
        case Comparison():
            return {"one", "and"} if node.qualifiers else {"one"}
        case Opaque():
            return set()
        case Not():
            return {"not"} if said(node.operand, all_words=all_words) else set()
        case If():
            return {"if", "and", *said(node.then, all_words=all_words)}
        case Unless():
            return {"unless", *said(node.operand, all_words=all_words)}
        case AtLeast():
            return {"or"}
        case Ambiguous():
            return said(node.readings[0], all_words=all_words)
        case And() | Or():
            held = [ops for o in node.operands if (ops := said(o, all_words=all_words))]
            if len(held) < 2:
                return held[0] if held else set()
            own = "and" if isinstance(node, And) else "or"
            measures = {o.measure.id if isinstance(o, Comparison) and o.measure else None for o in node.operands}
            if len(measures) == 1 and None not in measures:
                return {own, "one"}  # `age().num_filter(or(…))`
            return {own, *held[0]} if isinstance(node, And) and node.implied else {own}


def things(node: Expr) -> Iterator[tuple[Span, bool]]:
    """The spans of the tree's things, and whether each is one that annotators would mark."""
    for n in walk(node):
        match n:
            case Condition():
                yield n.concept.span, n.concept.label in LABELS
            case Comparison():
                yield n.quantity.span, False
                if n.measure is not None:
                    yield n.measure.span, n.measure.label in LABELS
            case Within():
                yield from ((w.anchor.span, False) for w in n.window.each if w.anchor is not None)
            case _:
                pass


def compare(section: str, text: str, marks: str, form: Call) -> tuple[bool, bool] | None:
    """Whether operator and things agree; null where the marked text cannot be aligned."""
    entities = marked(text, marks)
    gold = wanted(form, entities)
    if gold is None:
        return None
    role: Role = "inclusion" if section == "INC" else "exclusion"
    bullet = BULLET.match(text)
    assert bullet is not None
    node = read(annotator().tokens(text, [Span(bullet.end(), len(text))])[0], role=role)
    if node is None:
        return False, False
    ours = list(things(node))
    found = all(any(g.overlaps(s) for s, _ in ours) for g in gold)
    extra = [s for s, known in ours if known and not any(s.overlaps(e) for _, e in entities)]
    return bool(asked(form) & (said(node) or said(node, all_words=True))), found and not extra


def main(arguments: list[str]) -> int:
    """Print the shares that agree; 1 when fewer than 80 % of all files agree in both."""
    misses = int(arguments[arguments.index("--misses") + 1]) if "--misses" in arguments else 0
    names = [a for a in arguments if not a.startswith("-") and not a.isdigit()]
    folder = (Path(names[0]) if names else Path("../shared")) / "corpora/leaf_logical_forms/train"
    counts: Counter[str] = Counter()
    begin = time.perf_counter()
    files = 0
    for path in sorted(folder.glob("*.js")):
        files += 1
        pieces = re.match(r"\s*'(\w+)'\s*'(.*?)'\s*\n\s*'(.*?)'\s*\n(.*)", path.read_text(encoding="utf-8"), re.DOTALL)
        try:
            assert pieces is not None
            form = parse(pieces[4])
        except (ValueError, AssertionError, IndexError):
            counts["form not readable"] += 1
            continue
        result = compare(pieces[1], pieces[2], pieces[3], form)
        if result is None:
            counts["marks not aligned"] += 1
            continue
        counts["judged"] += 1
        counts["operator"] += result[0]
        counts["things"] += result[1]
        counts["both"] += all(result)
        if misses and not all(result):
            misses -= 1
            print(f"{path.name} operator {result[0]} things {result[1]}: {' '.join(pieces[2].split())[:150]}")
    for name in ("form not readable", "marks not aligned", "judged"):
        print(f"{name:20}{counts[name]:6}")
    for name in ("operator", "things", "both"):
        print(f"{name:20}{counts[name]:6}{counts[name] / max(1, counts['judged']):8.1%}")
    print(f"{'of all files':20}{counts['both']:6}{counts['both'] / max(1, files):8.1%}")
    print(f"{time.perf_counter() - begin:.1f} s")
    return 0 if counts["both"] >= GOAL * max(1, files) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
