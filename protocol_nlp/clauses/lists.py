"""Lists: what each comma, "and" and "or" joins, and how far a denial or a "with" reaches.

In order of decision: a denial reaches over the list that follows it ("no A, B or C"), a "with" over what is joined to
it without a comma, a comma takes the connective that closes its list, and where none does, or where "and" only counts
up ("pregnancy and lactation" among exclusions), the place decides. What the place decides is marked as implied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from protocol_nlp.clauses.closeness import close, predicate
from protocol_nlp.clauses.members import bounded, disease, says_who, sided, tumours, wanted
from protocol_nlp.clauses.nested import exempting, scope
from protocol_nlp.clauses.places import Op, Place
from protocol_nlp.parts import MIXED, SLASH, STATEMENT, Part
from protocol_nlp.tree import Comparison, Condition, Opaque, Span

_JOINTS: dict[str, Op | None] = {
    "COMMA": None,
    "SEMICOLON": None,
    "AND": "AND",
    "OR": "OR",
    "AND_OR": "OR",
    "NOR": "OR",
}


# What opens a second statement about the thing before it.
_JOINERS = frozenset({"with", "that", "who", "cause"})
# The verbs of a denial whose object is an act.
_LACKING = ("absence", "lack", "free")
_ACTING = frozenset("do does did can cannot could".split())


@dataclass(frozen=True, slots=True)
class _Joint:
    """What stands between two operands; `op` is null for a comma, `comma` says that one stands there."""

    part: Part
    op: Op | None
    comma: bool = False
    cue: str | None = None

    def typed(self, op: Op, cue: str | None) -> _Joint:
        return _Joint(self.part, op, self.comma, cue)


@dataclass(slots=True)
class _List:
    """`closing` is the connective that stands behind the last operand ("…, relapsed, or" and the line ends)."""

    operands: list[list[Part]]
    joints: list[_Joint]
    closing: Op | None = None


def chunk(parts: list[Part], place: Place) -> list[Part]:
    """The parts between two words of logic, with each joint an AND or OR and each reach a SCOPE."""
    if (at := next((i for i, p in enumerate(parts) if p.cue == "has" and 0 < i < len(parts) - 1), None)) is not None:
        # "patients with A or B have C or D": subject and predicate, each a list of its own
        subject, predicate = chunk(parts[:at], place), chunk(parts[at + 1 :], place)
        verb = parts[at].changed(cue=None, issues=parts[at].issues if _each(place) else ())
        return [scope(subject), verb, scope(predicate)]
    found = _with_reach(_denials(_split(_idle(parts)), place), place)
    return _members(_relative(found, place), place)


def _each(place: Place) -> bool:
    """Whether each thing that is named excludes for itself."""
    return place.role == "exclusion" and place.kind == "rule" and place.top


def _members(found: _List, place: Place) -> list[Part]:
    """The list with the joints that are closer grouped first."""
    if len(found.operands) > 2 and _clause(found.operands[0]) and found.joints[0].op is None:
        # "in the opinion of the investigator, A or B": words about all of the list
        rest = _List(found.operands[1:], found.joints[1:], found.closing)
        return _joined(_List([found.operands[0], [scope(_members(rest, place))]], found.joints[:1]), place)
    found = _close(_either(_slashed(_bounds(found, place), place), place), place)
    return _joined(_grouped(found, place), place)


def _idle(parts: list[Part]) -> list[Part]:
    """A denial before a comma or a connective denies nothing behind that: "if not, MRI". "Or not" says nothing, "no
    prior or current disease" has lost but a small word; any other is not read."""
    out: list[Part] = []
    for i, part in enumerate(parts):
        if part.kind in _JOINTS and out and out[-1].kind == "NOT" and _lost(parts[i - 1 : i + 2]):
            continue
        if part.kind == "NOT" and i + 1 < len(parts) and _breaks(parts[i + 1]) and not _lost(parts[i : i + 3]):
            if out and out[-1].kind == "OR":
                out.pop()
                continue
            part = part.changed(kind="EXPR", value=Opaque(span=part.span, text=part.text))
        out.append(part)
    return out


def _lost(parts: list[Part]) -> bool:
    """ "No | or | concurrent malignancy": a denial that names something, and the "or" behind it."""
    if [p.kind for p in parts] not in (["NOT", "OR", "EXPR"], ["NOT", "AND_OR", "EXPR"]):
        return False
    cue, joint, thing = parts
    # small words stood between, which are read already; "no or at most one prior line" says two things
    parted = joint.span.start - cue.span.end > 1 or " " in cue.text
    return parted and cue.text.lower() != "not" and not bounded(thing)


def _breaks(part: Part) -> bool:
    return part.kind in _JOINTS or (part.kind == "BRACKET" and part.value[1][0].kind in ("EXCEPT", "UNLESS", "IF"))


def _joined(found: _List, place: Place) -> list[Part]:
    """The operands with each joint typed."""
    _type(found, place)
    out = list(found.operands[0]) if found.operands else []
    for joint, operand in zip(found.joints, found.operands[1:], strict=True):
        assert joint.op is not None
        out += [joint.part.changed(kind=joint.op, cue=joint.cue, issues=_open(joint, place)), *operand]
    return out


def _open(joint: _Joint, place: Place) -> tuple[str, ...]:
    """What the joint leaves open; a slash among alternatives is one more "or"."""
    closed = place.kind != "rule" or place.role == "exclusion"
    return tuple(issue for issue in joint.part.issues if issue != SLASH or not closed)


def _relative(found: _List, place: Place) -> _List:
    """ "patients with asthma or COPD who smoke": said of the patients, whichever of the list they have."""
    *before, last = found.operands or [[]]
    at = next((n for n, p in enumerate(last) if n and p.cue == "who"), None)
    if at is None or not before or not all(map(_thing, before)) or any(says_who(p) for p in last[:at]):
        return found
    near = _List([*before, last[:at]], found.joints, found.closing)
    return _List([[scope(_joined(near, place)), *last[at:]]], [])


def _bounds(found: _List, place: Place) -> _List:
    """ "…, CT ≥ 20 mm or ≥ 10 mm under spiral CT": a second bound of the same measure is closer than what stands round
    the two."""
    close = [
        j.op == "OR" and _again(a, b) for j, a, b in zip(found.joints, found.operands, found.operands[1:], strict=False)
    ]
    return _held(found, close, place) if any(close) and not all(close) else found


def _again(one: list[Part], other: list[Part]) -> bool:
    """Whether the other is a bound that begins with its number, behind another bound."""
    bound = other[0].value
    bare = isinstance(bound, Comparison) and bound.quantity.span.start == other[0].span.start
    return bare and any(isinstance(p.value, Comparison) for p in one)


def _slashed(found: _List, place: Place) -> _List:
    """ "osteosarcoma and Ewing sarcoma/PNET": a slash joins its neighbours closer than any word."""
    slashes = [j.part.cue == "slash" for j in found.joints]
    return _held(found, slashes, place) if any(slashes) and not all(slashes) else found


def _either(found: _List, place: Place) -> _List:
    """ "A and either B or C": the two behind "either" are one member."""
    opened = [o[0].cue == "either" for o in found.operands]
    pairs = [opened[i] and j.op == "OR" for i, j in enumerate(found.joints)]
    return _held(found, pairs, place) if any(pairs) and len({j.op for j in found.joints}) > 1 else found


def _close(found: _List, place: Place) -> _List:
    """Of a list with "and" and "or" and no comma, the neighbours whose words belong together; and a second predicate
    is said of all that stands before it, and takes in all that is joined to it."""
    if not _mixed(found):
        return found
    near = [close(a, b, j.op) for j, a, b in zip(found.joints, found.operands, found.operands[1:], strict=False)]
    found = _held(found, near, place) if any(near) and not all(near) else found
    seconds = [n for n, j in enumerate(found.joints) if j.op == "AND" and predicate(found.operands[n + 1])]
    if not _mixed(found) or len(seconds) != 1:
        return found
    at = seconds[0]
    if any(predicate(o) for o in found.operands[at + 2 :]) or len({j.op for j in found.joints[:at]}) > 1:
        return found  # "… and have no therapies or are no candidates": whose the last is, no word says
    return _held(found, [n != at for n in range(len(found.joints))], place)


def _mixed(found: _List) -> bool:
    ops = {j.op for j in found.joints}
    return ops == {"AND", "OR"} and not any(j.comma for j in found.joints)


def _held(found: _List, close: list[bool], place: Place) -> _List:
    """The list with the operands around each close joint as one."""
    operands, joints, start = [], [], 0
    for i in range(len(found.operands)):
        if i < len(close) and close[i]:
            continue
        near = _List(found.operands[start : i + 1], found.joints[start:i])
        opens = "clause" if _clause(near.operands[0]) else None
        made = scope(_joined(near, place)).changed(cue=opens) if len(near.operands) > 1 else None
        operands.append([made] if made is not None else near.operands[0])
        joints += found.joints[i : i + 1]
        start = i + 1
    return _List(operands, joints, found.closing)


def _grouped(found: _List, place: Place) -> _List:
    """ "A or B, and C": where words join some operands with a comma and others without, those without are closer. A
    list with bare commas ("A, B, or C") has but one level."""
    after = zip(found.joints, found.operands[1:], strict=True)
    clauses = [_clause(o) and j.op is None and not o[0].text.startswith("whichever") for j, o in after]
    worded = [j for j, clause in zip(found.joints, clauses, strict=True) if j.op is not None or clause]
    if len(worded) != len(found.joints) or len({j.comma for j in worded}) < 2:
        return _wide(_inner(found, place), place)
    return _held(found, [not j.comma for j in found.joints], place)


def _inner(found: _List, place: Place) -> _List:
    """ "failure of or intolerance to treatment, confirmed disease, a lesion": where commas alone go on behind the only
    word of the list, and that word has none, it joins its two neighbours."""
    worded = [n for n, j in enumerate(found.joints) if j.op is not None]
    if len(worded) != 1 or found.closing is not None:
        return found
    at = worded[0]
    if found.joints[at].op != "OR" or found.joints[at].comma or at == len(found.joints) - 1:
        return found
    near = scope(_joined(_List(found.operands[at : at + 2], [found.joints[at]]), place))
    operands = [*found.operands[:at], [near], *found.operands[at + 2 :]]
    return _List(operands, [*found.joints[:at], *found.joints[at + 1 :]], found.closing)


def _wide(found: _List, place: Place) -> _List:
    """ "metastatic or unresectable and have progressed": a second predicate is said of all that stands before it."""
    ops = [j.op for j in found.joints]
    for i, joint in enumerate(found.joints):
        second = found.operands[i + 1][0].cue in ("predicate", "clause", "that")
        if (joint.op == "AND" or joint.op is None) and second and "OR" in ops[:i]:
            near = _List(found.operands[: i + 1], found.joints[:i])
            held = [scope(_joined(near, place))]
            return _wide(_List([held, *found.operands[i + 1 :]], found.joints[i:], found.closing), place)
    return found


def last_operand(parts: list[Part]) -> int:
    """Where the last operand of typed parts begins."""
    return next((i + 1 for i in range(len(parts) - 1, -1, -1) if parts[i].kind in ("AND", "OR")), 0)


def _split(parts: list[Part]) -> _List:
    """Operands and the joints between them; of joints in a row the word stands, and one at an end falls away."""
    operands: list[list[Part]] = [[]]
    joints: list[_Joint] = []
    for at, part in enumerate(parts):
        if part.kind == "COMMA" and operands[-1] and exempting(parts[at + 1 : at + 2]):
            continue
        if part.kind not in _JOINTS:
            operands[-1].append(part)
            continue
        new = _Joint(part, _JOINTS[part.kind], part.kind in ("COMMA", "SEMICOLON"))
        if operands[-1]:
            joints.append(new)
            operands.append([])
        elif joints:
            old = joints[-1]
            word = new if new.op is not None else old
            if old.op == "OR" and not old.comma and new.comma and part.span.start - old.part.span.end > 1:
                word = new  # "… or history, regardless of severity": the small words between are said by the status
            joints[-1] = _Joint(word.part, word.op, old.comma or new.comma)
    closing: Op | None = None
    if not operands[-1]:
        operands.pop()
        if joints and operands:
            closing = joints.pop().op
    for i in range(len(operands) - 1, 0, -1):
        # "A or B, within 6 months": a comma before a window joins nothing, unless "or" joins another to that
        listed = i < len(joints) and joints[i].op == "OR" and all(p.kind == "WINDOW" for p in operands[i + 1])
        if joints[i - 1].op is None and not listed and all(p.kind == "WINDOW" for p in operands[i]):
            operands[i - 1] += operands.pop(i)
            joints.pop(i - 1)
    return _List(operands, joints, closing)


def _denials(found: _List, place: Place) -> _List:
    """A denial and all it reaches as one operand."""
    operands: list[list[Part]] = []
    joints: list[_Joint] = []
    i = 0
    while i < len(found.operands):
        operand = found.operands[i]
        at = next((n for n, p in enumerate(operand) if p.kind == "NOT"), None)
        end = i
        if at is not None and at + 1 < len(operand) and operand[at].cue != "narrow":
            why = _reason(operand, at + 2)
            while why == len(found.operands[end]) and end < len(found.joints) and _denied(found, i, end, place):
                end += 1
                why = _reason(found.operands[end], 1)
            last, tail = found.operands[end], found.operands[end][why:]
            rest = [*operand[at + 1 :]] if end > i else operand[at + 1 : why]
            rest = _rejoin(found, i, end, rest)
            rest = rest[: len(rest) - len(tail)] if end > i and tail else rest
            late: list[Part] = []  # "stop steroids 2 weeks before …": the time is not denied
            while operand[at].value == "ended" and rest[-1].kind == "WINDOW":
                late.insert(0, rest.pop())
            if late or end > i or sum(p.kind != "WINDOW" for p in rest) > 1:
                operand = [*operand[: at + 1], scope(chunk(rest, place.inside("denied"))), *late, *last[why:]]
        operands.append(operand)
        if end < len(found.joints):
            joints.append(found.joints[end])
        i = end + 1
    return _List(operands, joints, found.closing)


def _reason(operand: list[Part], start: int) -> int:
    """Where the operand begins to tell a reason ("due to …"), which a denial does not reach; else its end."""
    return next((n for n, p in enumerate(operand) if n >= start and p.cue == "cause"), len(operand))


def _denied(found: _List, start: int, end: int, place: Place) -> bool:
    """Whether the denial in operand `start` reaches over joint `end` to what follows it."""
    joint, operand = found.joints[end], found.operands[end + 1]
    if any(p.kind == "NOT" for p in operand) or not _thing(operand):
        return False
    cue = next(p for p in found.operands[start] if p.kind == "NOT")
    denied = [p for p in found.operands[start] if p.kind == "EXPR"]
    acts = cue.text.lower().split()[0] in _ACTING and bool(denied) and not disease(denied)
    bare = joint.comma or joint.op is None
    if (acts or cue.value == "unable") and bare and disease(operand):
        return False  # "inability to swallow, dementia", "do not speak English, deafness": nobody is to do a disease
    if cue.value == "unable" and _past(operand):
        return False  # nor what lies behind
    if operand[0].cue == "with":
        return False  # "no fever, with a normal blood count" says what there is
    if operand[0].cue == "there" and cue.text.lower().startswith(_LACKING):
        return False  # "absence of metastases or presence of bleeding"
    # "diabetes without heart failure, or stroke": the comma ends what the denial says of the diabetes
    first = found.operands[start][0]
    inner = first.kind != "NOT" and start == end
    if joint.op == "OR":
        return not (joint.comma and inner)
    counted = place.role == "exclusion" or (place.role is None and _related(found.operands[start]))
    if joint.comma and inner and counted and place.kind == "rule" and not says_who(first):
        return False  # "neuropathy not due to diabetes, dementia, and stroke" counts up what excludes
    closes = next((j.op for j in found.joints[end:] if j.op is not None), None)
    # "no metastases, adequate organ function": what the trial wants is not denied
    return not wanted(operand) and (closes == "OR" or not _asks(found.operands[end + 1 :]))


def _related(operand: list[Part]) -> bool:
    """Whether the operand ends in what a relation is denied to: "… not | caused by diabetes"."""
    value = operand[-1].value
    return isinstance(value, Condition) and value.concept.label is None and bool(value.qualifiers)


def _asks(operands: Iterable[list[Part]]) -> bool:
    return any(wanted(o) or any(bounded(p) for p in o) for o in operands)


def _rejoin(found: _List, start: int, end: int, first: list[Part]) -> list[Part]:
    out = list(first)
    for n in range(start, end):
        joint = found.joints[n]
        if joint.comma and joint.op is not None:
            out.append(joint.part.changed(kind="COMMA"))
        out += [joint.part, *found.operands[n + 1]]
    return out


def _with_reach(found: _List, place: Place) -> _List:
    """ "stroke with aphasia or neglect": what is joined to the second statement without a comma belongs to it; "women
    with A, B or C": of a person, the whole list is said."""
    operands: list[list[Part]] = []
    joints: list[_Joint] = []
    i = 0
    while i < len(found.operands):
        operand = found.operands[i]
        at = next((n for n, p in enumerate(operand) if (n and p.cue in _JOINERS) or _free(p)), None)
        end = i
        if at is not None:
            person = at > 0 and all(says_who(p) for p in operand[:at] if p.kind == "EXPR")
            timed = any(p.kind == "WINDOW" for p in operand[at:])  # what a time closes goes on no further
            while end < len(found.joints) and (person or not timed):
                joint, more = found.joints[end], found.operands[end + 1]
                again = operand[at].cue == more[0].cue == "that"  # "scans show that A or that B"
                if not (again or _thing(more)) or ((joint.comma or joint.op is None) and not (person or again)):
                    break
                if any(p.cue in _JOINERS and n for n, p in enumerate(more)):
                    break
                end += 1
            if end > i:
                inner = _rejoin(found, i, end, operand[at:])
                inner[0] = inner[0].changed(cue="freed" if _free(inner[0]) else None)
                stop = len(inner)
                while inner[stop - 1].kind == "WINDOW" and not person:
                    stop -= 1  # the window is about the whole statement
                opens = "clause" if at == 0 else None
                held = scope(chunk(inner[:stop], place.inside("rule" if person else place.kind))).changed(cue=opens)
                operand = [*operand[:at], held, *inner[stop:]]
        operands.append(operand)
        if end < len(found.joints):
            joints.append(found.joints[end])
        i = end + 1
    return _List(operands, joints, found.closing)


def _free(part: Part) -> bool:
    """ "With or without chemotherapy": what may be there or not."""
    return isinstance(part.value, Condition) and part.value.status == "optional" and part.cue != "freed"


def _type(found: _List, place: Place) -> None:
    joints, operands = found.joints, found.operands
    # A bare row of things ("anaemia, fever, cough") offers them; two of them may as well be asked together.
    row = len(operands) > 2 and not any(j.op for j in joints) and found.closing is None and all(map(_thing, operands))
    if place.role is None and place.kind == "rule":
        row = row or (len(operands) == 2 and joints[0].op is None and all(map(_thing, operands)))
    for i, joint in enumerate(joints):
        if joint.op is None:
            closing = next((j.op for j in joints[i + 1 :] if j.op is not None), found.closing)
            if closing is not None and not _clause(operands[i + 1]):
                joints[i] = joint.typed(closing, "list")
            else:
                op = "OR" if row and place.op is None else _default(operands[i], operands[i + 1], place, first=not i)
                joints[i] = joint.typed(op, "implied")
    for i, joint in enumerate(joints):
        # "…, and treatment is impossible": one more condition, or one more thing that excludes
        if joint.op == "AND" and joint.comma and joint.cue is None and operands[i + 1][0].cue == "statement":
            issues = (STATEMENT,) if _each(place) else ()
            joints[i] = replace(joint, part=joint.part.changed(issues=issues))
    mixed = not any(j.comma for j in joints) and any(j.op == "OR" and j.cue is None for j in joints)
    start = 0
    while start < len(joints):
        end = start
        while end + 1 < len(joints) and joints[end + 1].op == joints[start].op:
            end += 1
        if joints[start].op == "AND" and _counts_up(operands[start : end + 2], joints[start : end + 1], place, mixed):
            joints[start : end + 1] = [j.typed("OR", "implied") for j in joints[start : end + 1]]
        start = end + 1
    stated = [i for i, j in enumerate(joints) if j.cue is None and j.part.kind in ("AND", "OR")]
    if mixed and {joints[i].op for i in stated} == {"AND", "OR"}:
        for i in stated:
            joints[i] = replace(joints[i], part=joints[i].part.changed(issues=(MIXED,)))


def _default(left: list[Part], right: list[Part], place: Place, *, first: bool) -> Op:
    """A comma that no "and" or "or" closes."""
    if place.op is not None:
        return place.op
    if _clause(left) and first:
        return "AND"  # "In the opinion of the investigator, …"
    if _clause(right) or right[0].cue == "predicate" or any(p.kind == "NOT" for p in right):
        return "AND"
    if place.role == "exclusion" and place.kind == "rule":
        return "OR"
    return "OR" if place.kind != "rule" and _thing(left) and _thing(right) else "AND"


def _counts_up(operands: list[list[Part]], joints: list[_Joint], place: Place, mixed: bool) -> bool:
    """Whether this "and" only counts up alternatives: people of whom nobody is both, examples, what is denied, exempt
    or excluded each for itself. Bounds and clauses are never alternatives by rule, "both A and B" is no list, and
    where an "or" stands beside it (`mixed`) the "and" means what it says."""
    if all(len(o) and says_who(o[0]) for o in operands):
        return True
    if tumours(operands) and all(map(_thing, operands)):
        return True
    if place.role == "exclusion" and all(map(sided, operands)):
        return True  # "QTc > 450 ms (men) and > 470 ms (women)": each excludes those it is of
    if place.op is not None:
        return place.op == "OR"
    if mixed or all(j.cue == "implied" for j in joints):
        return False
    if any(p.cue == "both" for o in operands for p in o) or not all(_thing(o) for o in operands):
        return False
    return place.kind != "rule" or place.role == "exclusion"


def _thing(operand: list[Part]) -> bool:
    """An operand that names something, as against one that states or denies it or continues a sentence."""
    if operand[0].cue in ("clause", "that", "predicate", "statement"):
        return False
    return not any(bounded(p) or p.kind == "NOT" for p in operand)


def _clause(operand: list[Part]) -> bool:
    return bool(operand) and operand[0].cue in ("clause", "that")


def _past(operand: list[Part]) -> bool:
    """Whether the operand is of the past: "history of stroke"."""
    return isinstance(operand[0].value, Condition) and operand[0].value.status == "history"


def joint(op: Op, at: Span) -> Part:
    """A connective that the layout states."""
    return Part(kind=op, span=at, text="", cue="implied")


__all__ = ["chunk", "joint", "last_operand"]
