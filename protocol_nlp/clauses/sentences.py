"""Sentences: where a list is announced, where an exception or a permission stands, what an "if" governs."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.clauses.guards import SEPARATORS, clean, guard_end, guarded, is_bound, opened, relative
from protocol_nlp.clauses.lists import chunk, joint, last_operand
from protocol_nlp.clauses.members import of_age
from protocol_nlp.clauses.nested import scope
from protocol_nlp.clauses.places import Op, Place
from protocol_nlp.parts import EXCEPTION, Part
from protocol_nlp.phrase_words import is_a
from protocol_nlp.tree import And, Comparison, Condition, Opaque, hull, walk

_INTRO = frozenset({"EXAMPLE", "COLON", "COUNT"})
_JOINTS = frozenset({"AND", "OR", "AND_OR", "NOR", "COMMA"})
_COUNTS: dict[str, Op | None] = {"count_any": "OR", "count_all": "AND", "count_none": "OR"}
# "the following", which announces a list only where a colon follows
_POINTERS = frozenset({"the following", "following"})
_LONGEST_CUE = 7
# "A and B are absent": a denial whose verb is said of all that stands before it
_PLURAL = frozenset({"are", "were", "have"})


def sentences(parts: list[Part], place: Place) -> list[Part]:
    """The parts of an item, or of a bracket, as terminals (brackets and scopes still nested)."""
    out: list[Part] = []
    last = False
    for sentence, stop in _cut(parts, "PERIOD"):
        made = _sentence(sentence, place)
        if made:
            things = place.top and place.role == "exclusion" and _things(made, sentence)
            goes_on = bool(out) and sentence[0].kind in ("OR", "AND_OR") and _next_to(out[-1], sentence[0])
            if out and ((things and last) or goes_on):
                out[-1] = out[-1].changed(cue="EACH" if things else "OR")  # each sentence names what excludes
            last = things
            out += made
            if stop is not None:
                out.append(stop.changed(kind="STOP" if place.top else "AND", cue="implied"))
    while out and out[-1].kind in ("STOP", "AND"):
        out.pop()
    return out


def _next_to(stop: Part, word: Part) -> bool:
    """ "… diabetes. Or | asthma": nothing stands between, as it does in "… consent. All patients or | parents …"."""
    return word.span.start - stop.span.end <= 2


def _things(made: list[Part], sentence: list[Part]) -> bool:
    """Whether a sentence only names things that the patient has or cannot do ("has received …"), and no rule about
    them; that they "are not eligible" says no more."""
    if _orders(sentence) or any(p.kind == "COLON" for p in sentence):
        return False
    if made and made[-1].kind == "PROHIBIT" and made[-1].cue == "again":
        made = made[:-1]
    return bool(made) and not any(
        p.kind in SEPARATORS
        or p.kind == "STOP"
        or (p.kind == "NOT" and p.value != "unable")
        or p.cue in ("clause", "that")
        or ((p.cue == "statement" or (p.cue == "predicate" and n > 0)) and not _happens(p))
        for n, p in enumerate(made)
    )


def _orders(sentence: list[Part]) -> bool:
    """Whether a sentence says what must, may or will be done."""
    return any(p.kind in ("MUST", "IF", "UNLESS", "PERMIT") or _modal(p) for p in sentence)


def _modal(part: Part) -> bool:
    """ "May receive prednisone", "will be tested": words about what is done."""
    named = (n.concept.text for n in walk(part.value) if isinstance(n, Condition)) if part.kind == "EXPR" else ()
    return any(is_a("modal", word) for text in named for word in text.split())


def _happens(part: Part) -> bool:
    """ "Radiotherapy was performed": a statement that a thing happened, and no more."""
    said = part.value.qualifiers[-1] if isinstance(part.value, Condition) and part.value.qualifiers else part.value
    said = said.operands[-1] if isinstance(said, And) else said
    return isinstance(said, Condition) and is_a("happened", said.concept.text)


def _cut(parts: list[Part], *kinds: str) -> list[tuple[list[Part], Part | None]]:
    """The parts cut behind each part of these kinds, with the part that ends each piece."""
    out: list[tuple[list[Part], Part | None]] = []
    run: list[Part] = []
    for part in parts:
        if part.kind in kinds:
            out.append((run, part))
            run = []
        else:
            run.append(part)
    return [*out, (run, None)]


def _sentence(parts: list[Part], place: Place) -> list[Part]:
    parts = _announced_permission(parts, place) if place.top else parts
    if (colon := guard_end(parts)) is not None:
        guard, then = _rule(parts[1:colon], replace(place, role=None)), _sentence(parts[colon + 1 :], place)
        if guard and then:
            return [parts[0], *guard, parts[colon].changed(kind="THEN"), scope(then)]
    at = _intro(parts)
    if at is not None:
        return _announced(parts, *at, place)
    pieces = [(p, s) for p, s in _cut(parts, "SEMICOLON") if p]
    if len(pieces) < 2 or not place.top:
        return _rule(parts, place)
    op = _layout_op([p for p, _ in pieces], place) or "AND"
    out: list[Part] = []
    stated = place.op is not None or any(k in _JOINTS for p, _ in pieces for k in (p[0].kind, p[-1].kind))
    rules = [not stated and _orders(piece) for piece, _ in pieces]
    for n, (piece, stop) in enumerate(pieces):
        out += made if (made := _rule(_bare(piece), place)) else []
        if stop is not None and made:
            ordered = any(rules[n : n + 2])  # "…; these patients may receive …": said of what excludes
            out.append(stop.changed(kind="STOP", cue="AND" if ordered else op))
    while out and out[-1].kind == "STOP":
        out.pop()
    return out


def _layout_op(pieces: list[list[Part]], place: Place) -> Op | None:
    """What joins pieces between semicolons: the word at the edge of a piece, else what a count or the section says."""
    edges = [p.kind for piece in pieces for p in (piece[0], piece[-1])]
    if any(k in ("OR", "AND_OR", "NOR") for k in edges):
        return "OR"
    if "AND" in edges and place.op is None:
        return "OR" if place.role == "exclusion" and place.kind == "rule" else "AND"
    if place.op is not None:
        return place.op
    return "OR" if place.role == "exclusion" else None


def _bare(parts: list[Part]) -> list[Part]:
    """The parts without connectives at their edges."""
    start, end = 0, len(parts)
    while start < end and parts[start].kind in _JOINTS:
        start += 1
    while end > start and parts[end - 1].kind in _JOINTS:
        end -= 1
    return parts[start:end]


def _announced_permission(parts: list[Part], place: Place) -> list[Part]:
    """ "However, the following types can be treated first-line: A, B": words of permission, then the list of what is
    exempt; said as one cue. Its value is what the words name, in an inclusion, which is what they free from."""
    colon = next((i for i, p in enumerate(parts) if p.kind == "COLON"), None)
    if colon is None or colon + 1 == len(parts):
        return parts
    head = parts[:colon]
    opens = bool(head) and head[0].kind == "EXCEPT"
    if not (opens or any(p.kind == "PERMIT" for p in head)) or any(p.kind == "BRACKET" for p in head):
        return parts
    words = [p for p in head if p.kind == "EXPR"]
    if len(words) > 3 or any(_says(p) for p in words):
        return parts
    about = " ".join(p.text for p in head) if place.role == "inclusion" else None
    cue = Part(kind="EXCEPT", span=hull([p.span for p in head]), text=head[0].text, cue="announced", value=about)
    return [cue, *parts[colon + 1 :]]


def _says(part: Part) -> bool:
    """Whether a phrase names something of its own, beyond the class of what is listed."""
    value = part.value
    if isinstance(value, Condition):
        return value.concept.label in ("Condition", "Drug", "Procedure") and not _only("class", part.text)
    return not isinstance(value, Opaque) and not isinstance(value, Comparison)


def _intro(parts: list[Part]) -> tuple[int, int] | None:
    """Where the words that announce a list begin and end."""
    for i, part in enumerate(parts):
        if part.kind not in _INTRO or (part.kind == "COLON" and (not i or parts[i - 1].kind in SEPARATORS)):
            continue
        end = i + 1
        while end < len(parts) and (parts[end].kind in _INTRO or parts[end].kind in ("COMMA", "SEMICOLON")):
            end += 1
        loose = part.kind == "COUNT" or part.text.lower() in _POINTERS
        if loose and end < len(parts) and _class(parts[end]) and (colon := _next(parts, end)) is not None:
            end = colon + 1
        seen = {p.kind for p in parts[i:end]}
        if end == len(parts):
            return None if i == 0 else (i, end)
        if part.kind == "EXAMPLE" and part.text.lower() in _POINTERS and seen <= {"EXAMPLE", "COMMA"}:
            continue
        return i, end
    return None


def _class(part: Part) -> bool:
    """ "… of the following risk factors:" """
    return part.kind == "EXPR" and isinstance(part.value, Condition | Opaque) and _only("class", part.text)


def _only(kind: str, text: str) -> bool:
    return all(is_a(kind, w) for w in text.split())


def _next(parts: list[Part], i: int) -> int | None:
    return i + 1 if i + 1 < len(parts) and parts[i + 1].kind == "COLON" else None


def _announced(parts: list[Part], start: int, end: int, place: Place) -> list[Part]:
    """What stands before an announced list, then the list as one unit."""
    intro = parts[start:end]
    count = next((p for p in intro if p.kind == "COUNT"), None)
    head, tail = parts[:start], parts[end:]
    firm = any(p.kind in ("COLON", "COUNT") for p in intro)
    stop = len(tail)
    if not firm and not any(p.kind == "SEMICOLON" for p in tail):
        stop = next((i for i, p in enumerate(tail) if p.kind in ("MUST", "PERMIT", "PROHIBIT", "EXCEPT", "IF")), stop)
    elif not any(p.kind == "SEMICOLON" for p in tail):
        stop = next((i for i, p in enumerate(tail) if p.kind in ("EXCEPT", "PERMIT") and i), stop)
    op = _COUNTS.get(str(count.value)) if count is not None else None
    here = place.inside("list" if place.kind == "rule" else place.kind, op)
    if stop < len(tail) and tail[stop].kind == "MUST":
        here = Place(top=False)  # "drugs such as A, B and C must be stopped": all of them
    listed = _listed(tail[:stop], here)
    if not listed:
        return _rule([*head, *tail], place)
    cue = _cue(intro)
    many = cue.changed(kind="COUNT", cue=str(count.value)) if count is not None else None
    says_nothing = all(p.kind in ("EXPR", "MUST", *_JOINTS) and (p.kind != "EXPR" or _filler(p)) for p in head)
    unit = [*([many] if many else []), scope(listed)]
    if count is not None and count.value == "count_none":
        unit = [cue.changed(kind="NOT"), scope(listed)]
    rest = _rule_parts(tail[stop:], place) if stop < len(tail) else []
    lead = [] if says_nothing and (count is not None or not head) else _rule(head, place)
    if says_nothing and head and many is not None:
        unit[0] = unit[0].changed(span=head[0].span.cover(unit[0].span))
    if not lead:
        return clean([*unit, *rest])
    if count is not None and (told := _joint(head[-1])) is not None:
        # "diabetes, or any of the following: …": one more member of the list before it
        held = [scope(lead)] if len(lead) > 1 else lead
        return clean([*held, told, *unit, *rest])
    defining = "definition" if any(p.value == "definition" for p in intro) else None
    mark = cue.changed(kind="EXAMPLE", cue="again" if count is not None else defining)
    return clean([*lead, mark, *unit, *rest])


def _joint(part: Part) -> Part | None:
    """The connective that a part is; null for any other part."""
    if part.kind == "AND":
        return part
    return part.changed(kind="OR") if part.kind in ("OR", "AND_OR", "NOR") else None


def _filler(part: Part) -> bool:
    return isinstance(part.value, Condition | Opaque) and _only("filler", part.text)


def _cue(intro: list[Part]) -> Part:
    words = [p for p in intro if p.kind in _INTRO]
    return words[0].changed(span=hull([p.span for p in words]), cue=None)


def _listed(tail: list[Part], place: Place) -> list[Part]:
    """An announced list; semicolons, where there are any, hold its members apart."""
    pieces = [(p, s) for p, s in _cut(tail, "SEMICOLON") if _bare(p)]
    if len(pieces) < 2:
        return _sentence(_bare(tail), place) if _intro(tail) else _rule(_bare(tail), place)
    op = _layout_op([p for p, _ in pieces], place)
    if op is None:
        op = "OR" if all(_named(p) for p, _ in pieces) else "AND"
    out: list[Part] = []
    inner = place.inside("rule")
    last = tail[0]
    for piece, stop in pieces:
        bare = _bare(piece)
        bare = bare[1:] if bare[0].kind == "EXCEPT" else bare
        made = _announced(bare, *at, inner) if (at := _intro(bare)) else _rule(bare, inner)
        if not made:
            continue
        if out:
            out.append(joint(op, last.span))
        out += [scope(made)] if len(made) > 1 else made
        last = stop if stop is not None else piece[-1]
    return out


def _named(parts: list[Part]) -> bool:
    return all(p.kind not in SEPARATORS for p in parts) and all(
        not isinstance(p.value, Comparison) for p in parts if p.kind == "EXPR"
    )


def _rule(parts: list[Part], place: Place) -> list[Part]:
    return clean(_rule_parts(parts, place))


def _rule_parts(parts: list[Part], place: Place) -> list[Part]:
    """Chunks between words of logic, each typed in its place; "other than" holds to the noun before it."""
    if tiered := _tiers(parts, place):
        return tiered
    parts = opened(guarded([p for p in parts if p.kind not in ("COLON", "COUNT")]))
    if len(parts) > 1 and parts[0].kind == "PROHIBIT" and ("eligible" in parts[0].text or parts[0].value == "denied"):
        parts = [parts[0].changed(kind="NOT"), *parts[1:]]  # "not eligible for surgery", "absent reflexes"
    out: list[Part] = []
    run: list[Part] = []
    before: Part | None = None
    ends = [*parts, None]
    for part in ends:
        if part is not None and part.kind not in SEPARATORS:
            if part.kind == "BRACKET" and part.value[1][0].kind in ("OR", "AND_OR"):
                run.append(part.value[1][0])  # "(or < 3 with anticoagulants)"
            if (made_up := _bracket(part, place)).kind != "EMPTY":
                run.append(made_up)
            continue
        made: list[Part] = []
        if before is not None and before.kind == "EXCEPT":
            out = _excepted(out[:-1], before, run, place)
        else:
            # What a condition or a duty says must hold together, in whatever section it stands.
            plain = before is not None and before.kind in ("IF", "UNLESS", "MUST", "THEN", "PERMIT")
            here = replace(place, role=None) if plain else place
            denied = part is not None and part.kind == "PROHIBIT" and _judged(part, place).cue is None
            made = chunk(run, here.inside("denied") if denied else here)
            out += made
        if part is not None:
            trailing = part.kind == "MUST" and part.cue != "who" and run and run[-1].kind in _JOINTS
            if trailing:
                out.append(run[-1].changed(kind="AND" if run[-1].kind in ("AND", "COMMA") else "OR"))
            if part.value == "denied" and made:
                # "if metastases are absent": denies the words before it alone; "stroke or MRI not performed": the last
                whole = part.text.lower().split()[0] in _PLURAL or not any(p.kind in ("AND", "OR") for p in made)
                cut = 0 if whole else last_operand(made)
                out = [*out[: len(out) - len(made) + cut], part.changed(kind="NOT"), scope(made[cut:])]
            elif part.value != "denied" or not out or out[-1].kind != "SCOPE":
                if part.kind == "EXCEPT" and _listing(made) and _open(part, run):
                    part = part.changed(issues=(EXCEPTION,))
                out.append(_judged(part, place))
        before, run = part, []
    return relative(out)


def _tiers(parts: list[Part], place: Place) -> list[Part]:
    """ "≤ 3 × ULN if A or ≤ 5 × ULN if B": each bound with the guard behind it; none where there are not two guards."""
    guards = [i for i, p in enumerate(parts) if p.kind == "IF"]
    if len(guards) < 2:
        return []
    out: list[Part] = []
    start = 0
    for i in range(guards[0], guards[-1]):
        if _joint(parts[i]) is None and parts[i].kind != "COMMA":
            continue
        guard = next((g for g in reversed(guards) if start < g < i), None)
        if guard is None or not is_bound(parts[i + 1]) or any(is_bound(p) and not of_age(p) for p in parts[guard:i]):
            continue  # a guard of which bounds are a part is none: "… if metastases 3. creatinine ≥ 60"
        made = _rule(_bare(parts[start:i]), place)
        told = _joint(parts[i]) or parts[i].changed(kind="AND", cue="implied")
        out += [scope(made), told] if made else []
        start = i + 1
    last = _rule(_bare(parts[start:]), place) if out else []
    return [*out, scope(last)] if last else []


def _listing(made: list[Part]) -> bool:
    return bool(made) and made[0].kind != "NOT" and any(p.kind in ("AND", "OR") for p in made)


def _open(cue: Part, run: list[Part]) -> bool:
    """Whether an exception to a list may be one to its last member alone: "except" without a comma before it, "other
    than" with one."""
    comma = run[-1].kind == "COMMA"
    return comma if cue.value == "other_than" else not comma


def _excepted(rule: list[Part], cue: Part, run: list[Part], place: Place) -> list[Part]:
    """The rule with its exception: "other than" holds to the noun before it, and a window behind what is exempt is the
    rule's, if that has none of its own ("malignancy other than skin cancer within 5 years")."""
    exempt: list[Part] = run
    after: list[Part] = []
    if rule and not any(_timed(p) for p in rule):
        exempt, after = _windowed(run)
    made = chunk(exempt, place.inside("exempt"))
    if made and rule and rule[0].kind == "NOT" and not any(p.kind in ("AND", "OR", *SEPARATORS) for p in rule):
        # "no malignancy other than skin cancer": what is denied has the exception
        return [rule[0], scope([*rule[1:], cue, *made]), *chunk(after, place)]
    cut = last_operand(rule) if cue.value == "other_than" else 0
    if not made or not rule or not (after or cut) or any(p.kind in SEPARATORS for p in rule[cut:]):
        return [*rule, cue, *chunk(run, place.inside("exempt"))]
    return [*rule[:cut], scope([*rule[cut:], cue, *made]), *chunk(after, place)]


def _timed(part: Part) -> bool:
    match part.kind:
        case "WINDOW":
            return True
        case "SCOPE":
            return any(map(_timed, part.value))
        case "BRACKET":
            return any(map(_timed, part.value[1]))
        case _:
            return False


def _windowed(run: list[Part]) -> tuple[list[Part], list[Part]]:
    """The run before its last windows, and those with the clause they stand in (", treated within 5 years")."""
    end = len(run)
    while end and run[end - 1].kind == "WINDOW":
        end -= 1
    if end == len(run) or any(_timed(p) for p in run[:end]):
        return run, []
    at = next((i for i in range(end - 1, 0, -1) if run[i].kind == "COMMA"), None)
    if at is not None and at + 1 < end and run[at + 1].cue in ("clause", "that", "predicate"):
        return run[:at], run[at + 1 :]
    return run[:end], run[end:]


def _judged(part: Part, place: Place) -> Part:
    """ "are eligible" at the head of an inclusion states who is included, elsewhere it makes an exception; "is not
    allowed" denies a thing among inclusions, elsewhere it only says once more that the thing excludes."""
    if part.kind == "PERMIT":
        here = part.value == "eligible" and place.role != "exclusion"
        return part.changed(cue="eligible_here" if here else str(part.value))
    if part.kind == "MUST" and part.cue == "who" and place.role == "exclusion" and place.top:
        return part.changed(cue="exempt")
    if part.kind == "PROHIBIT" and part.value == "prohibit" and place.role != "inclusion":
        return part.changed(cue="again")
    return part


def _bracket(part: Part, place: Place) -> Part:
    if part.kind != "BRACKET":
        return part
    opened, inner, closed = part.value
    inner = _bare(_restated(inner))
    if inner and inner[0].value == "proviso" and place.role == "exclusion":
        # "active hepatitis (subject to approval by the sponsor)" does not exclude where that is given
        inner = [inner[0].changed(kind="EXCEPT"), *inner[1:]]
    if inner and inner[0].kind in ("EXCEPT", "UNLESS", "IF"):
        exempt = place.inside("rule" if inner[0].kind == "IF" else "exempt")
        made = sentences([p for n, p in enumerate(inner[1:]) if n or p.kind != "IF"], exempt)
        made = [inner[0], *made] if made else made
    else:
        made = sentences(inner, place.inside("list"))
    return part.changed(value=(opened, made, closed)) if made else part.changed(kind="EMPTY")


def _restated(inner: list[Part]) -> list[Part]:
    """ "upper limit of normal (ULN; except …)": the abbreviation before the exception says nothing new."""
    if len(inner) > 2 and inner[0].kind == "EXPR" and inner[0].text.isupper() and len(inner[0].text) < 6:
        rest = _bare(inner[1:])
        if rest and (rest[0].kind in ("EXCEPT", "UNLESS", "IF") or inner[1].kind == "SEMICOLON"):
            return rest
    return inner


__all__ = ["sentences"]
