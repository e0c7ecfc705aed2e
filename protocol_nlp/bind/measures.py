"""Every number to what it measures: the nearest measure that its unit fits, before, behind or above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from protocol_nlp import lexicon
from protocol_nlp.annotate.select import TIME_DIMENSIONS
from protocol_nlp.annotate.shape import scored_term
from protocol_nlp.annotate.tokens import Term
from protocol_nlp.bind.comparisons import EXTENTS, SIZED, comparisons
from protocol_nlp.bind.graded import generic, of_what, thing, words
from protocol_nlp.bind.mended import changed, counts_cells, per_volume, snellen, stated_by_name
from protocol_nlp.bind.regions import Region, atoms, no_name
from protocol_nlp.parts import Bound, Part
from protocol_nlp.tree import Concept, Span, hull

_QUANTITIES = frozenset({"QUANTITY", "QUANTITIES", "AGE"})
_STOPS = frozenset({"SEMICOLON", "PERIOD", "EXPR", *_QUANTITIES})
_JOINTS = frozenset({"AND", "OR", "AND_OR", "COMMA", "SLASH", "PAIR", "RANGE", "DASH"})
# Small words that leave a measure adjacent to its number: "creatinine clearance must be ≥ 60".
SMALL = frozenset(
    {"SUBJECT", "COLON", "OF", "MUST", "BETWEEN", "MARK", "AT", "CUE", "DASH", "SINCE", "EITHER", "STATUS", "TRAILED"}
)
_MOST_WORDS = 9


@dataclass(frozen=True, slots=True)
class _Match:
    """Measures for one quantity: part numbers, or a concept from elsewhere; `distance` counts words between."""

    indices: tuple[int, ...] = ()
    concept: Concept | None = None
    distance: int = 0
    shared: tuple[Concept, ...] = ()
    op: str = "and"
    unfit: bool = False


def measures(parts: list[Part], heading: Concept | None) -> list[Part]:
    """The parts with each quantity and its measure as one EXPR part."""
    region = Region(parts)
    last: tuple[Concept, ...] = ()
    terms: tuple[Term | None, ...] = ()
    op = "and"
    i = 0
    while i < len(region.parts):
        part = region.parts[i]
        if part.kind == "PERIOD":
            last, terms = (), ()
        if part.kind not in _QUANTITIES:
            i += 1
            continue
        bounds: tuple[Bound, ...] = part.value if isinstance(part.value, tuple) else (part.value,)
        match = _find(region, i, bounds[0], last, terms, op, heading)
        if match is None:
            region.parts[i] = part.changed(kind="WORD", value=None)
            i += 1
            continue
        i, last, terms = _replace(region, i, bounds, match)
        op = match.op
    return region.parts


@cache
def _terms() -> dict[str, Term]:
    return {
        m.id: Term(id=m.id, name=m.name, label=m.label, dimensions=frozenset(m.dimensions), plain=m.unit is None)
        for m in lexicon.measures()
    }


def known(id: str | None) -> Term | None:
    """What the table knows of a measure that stands elsewhere; null for anything else."""
    return _terms().get(id or "")


def fits(term: Term | None, bound: Bound) -> bool:
    """Whether the bound's unit can belong to the measure; a bound without unit fits, a wrong one never."""
    if term is None or not term.dimensions:
        return bound.dimension is None
    if bound.multiple:
        return "multiple" in term.dimensions
    if counts_cells(term, bound):
        return True
    if term.id in SIZED and bound.dimension in EXTENTS:
        return True
    if bound.dimension is None:
        return True
    return bound.dimension in term.dimensions


def _find(
    region: Region,
    i: int,
    bound: Bound,
    last: tuple[Concept, ...],
    terms: tuple[Term | None, ...],
    op: str,
    heading: Concept | None,
) -> _Match | None:
    parts = region.parts
    part = parts[i]
    if part.kind == "AGE":
        if (left := _left(region, i, bound)) and _is_age(parts[left.indices[0]]):
            return left
        return _Match(concept=_age_word(part, bound))
    if bound.scale is not None:
        return _graded(region, i, bound)
    if bound.op == "pm":
        return None  # "weight stable (± 5 kg)": what may differ by that is not named
    if snellen(bound):
        return None  # "at least 20/40": a fraction of sight, neither number is a bound alone
    left, right = _left(region, i, bound), _right(region, i, bound)
    if not bound.stated and left and _code(parts, i):
        return None  # "BG-68501" is a drug by its code, and no glucose
    counted = right is not None and right.distance == 0 and part.text.lower().startswith("exactly")
    if bound.op == "eq" and left is None and bound.dimension is None and not (bound.multiple or counted):
        return None  # "(n = 16)"
    if left and generic(parts[left.indices[-1]].text):
        left = _of_thing(region, i, left)
    elif left and (change := changed(parts, left.indices[0], left.indices[-1], i)):
        left = replace(left, concept=change)
    elif left and _dose(parts[left.indices[-1]]) and (drug := _dosed(parts, left.indices[0], bound)):
        left = replace(left, concept=drug)
    if left and left.distance == 0 and not (right and right.distance == 0 and _dose(parts[left.indices[-1]])):
        return left
    bare = bound.dimension is None and not bound.multiple
    if right and (right.distance == 0 or left is None) and (not bare or bound.stated or _counted(parts, i, right)):
        return right
    if bound.multiple and left is None and last and all(t is None or fits(t, bound) for t in terms):
        return _Match(shared=last, op=op)  # "bilirubin ≤ 1.5 × ULN, for Gilbert's syndrome ≤ 3 × ULN"
    if (left is None or left.distance > 0) and (named := _behind(region, i, bound)):
        return named
    if (
        last
        and _continues(region, i)
        and all(t is None or fits(t, bound) for t in terms)
        and (left is None or left.distance > 1)
    ):
        return _Match(shared=last, op=op)
    scored = left is not None and left.distance == 0 and scored_term(parts[left.indices[-1]].term())
    if bare and not bound.stated and not scored and not (left and parts[i - 1].kind == "MUST"):
        if heading is not None and i == 0 and _leads(region, i):
            return _Match(shared=(heading,))
        return None
    if left:
        return left
    if heading is not None and ((term := known(heading.id)) is None or fits(term, bound)):
        return _Match(shared=(heading,))
    if not bound.stated:
        return None  # "a 10-point scale", "4000 Hz": a number that bounds nothing
    found = _phrase(region, i, bound)
    if found is not None and found.concept is not None and found.concept.label == "Person":
        # "anaemia (male < 8 g/dL, female < 7 g/dL)": a person is no measure
        return _Match(shared=last, op=op) if last and all(t is None or fits(t, bound) for t in terms) else _Match()
    return found


def _code(parts: list[Part], i: int) -> bool:
    """Whether a long number is glued by a hyphen to the capitals before it."""
    if i < 2 or parts[i - 1].kind != "DASH" or not (parts[i].text.isdigit() and len(parts[i].text) > 2):
        return False
    name, dash = parts[i - 2], parts[i - 1]
    return name.text.isupper() and name.span.end == dash.span.start and dash.span.end == parts[i].span.start


def _behind(region: Region, i: int, bound: Bound) -> _Match | None:
    """ "≥ 5 ppm carbon monoxide", "> 50% loss of bone": the words right behind the unit name the measure."""
    parts = region.parts
    if bound.unit_span is None or bound.dimension in TIME_DIMENSIONS or not bound.stated:
        return None
    k = i + 1
    of = k < len(parts) and parts[k].text.lower() == "of" and bound.dimension in ("volume", "mass")
    k += of
    part = parts[k] if k < len(parts) else None
    if part is None or part.kind not in ("WORD", "CONCEPT") or no_name(part.text) or len(part.text) < 2:
        return None
    term = part.term()
    if term is not None and term.label == "Person":
        return None
    found = region.phrase(k - 1, 1)
    if found is None or any(parts[n].kind == "MEASURE" for n in found.words):
        return None
    return _Match(concept=found.concept, indices=found.indices)


def _counted(parts: list[Part], i: int, right: _Match) -> bool:
    """ "Two target lesions", "use two methods of contraception": a number right before what it counts."""
    term = parts[right.indices[0]].term()
    return term is not None and term.dimensions == _COUNT and right.indices[0] == i + 1 and term.label in _COUNTABLE


_COUNT = frozenset({"none"})
_COUNTABLE = ("Procedure", "Condition")


def _dosed(parts: list[Part], i: int, bound: Bound) -> Concept | None:
    """ "Prednisone at a dose of ≤ 10 mg daily": the drug right before the bare word "dose"."""
    for part in reversed(parts[max(0, i - 4) : i]):
        term = part.term()
        drug = part.kind == "CONCEPT" and term is not None and term.label == "Drug"
        if drug or (part.kind == "MEASURE" and fits(term, bound)):
            return part.concept()
        if part.kind in _STOPS or part.kind in ("COMMA", "AND", "OR"):
            return None
    return None


def _dose(part: Part) -> bool:
    """The bare word "dose", where the drug stands behind: "a dose of ≤ 10 mg daily prednisone"."""
    term = part.term()
    return term is not None and term.id == "drug_dose"


def _leads(region: Region, i: int) -> bool:
    return i + 1 >= len(region.parts) or region.parts[i + 1].kind in ("OR", "COMMA", "LPAR", "PERIOD", "SEMICOLON")


def _is_age(part: Part) -> bool:
    term = part.term()
    return term is not None and term.id == "age"


def _age_word(part: Part, bound: Bound) -> Concept:
    span = bound.unit_span or part.span
    for said in (bound.comparator, bound.trailing):
        if said is not None and any(w in said.text.lower() for w in ("old", "young", "elder", "age")):
            span = said.span
    return Concept(span=span, text="", id="age", name="age", label="Person")


def _left(region: Region, i: int, bound: Bound) -> _Match | None:
    """The nearest fitting measure before `i`, with those it is listed with."""
    parts = region.parts
    words, inner = 0, None
    k = i - 1
    while k >= 0:
        part = parts[k]
        if part.kind in _STOPS and not (
            part.kind == "SEMICOLON" and k == i - 1 and k and parts[k - 1].kind == "MEASURE"
        ):
            break  # "platelet count; ≥ 75,000/µL" is one statement
        if part.kind == "RPAR" and (opened := region.opening(k)) is not None:
            inside = [n for n in range(opened + 1, k) if parts[n].kind == "MEASURE" and fits(parts[n].term(), bound)]
            if inside and inner is None:
                inner = _Match(indices=tuple(inside), distance=words, op=_op(parts[opened:k]))
            if words and any(p.kind == "EXPR" for p in parts[opened:k]):
                break
            k = opened - 1
            continue
        if part.kind == "MEASURE" and fits(part.term(), bound):
            if inner is not None and inner.distance < words:
                return inner
            return _listed(region, k, bound, words)
        if part.kind in ("AND", "OR", "AND_OR", "NOR", "IF", "EXCEPT", "UNLESS", "NOT") and words > 0:
            break
        if part.kind == "COMMA" and words > 0:
            break
        if part.kind not in SMALL and part.kind not in ("COMMA", "WINDOW", "LPAR", "EXAMPLE", "SEMICOLON"):
            words += 2 if part.kind in ("CONCEPT", "MEASURE", "ANCHOR") else 1
        if words > _MOST_WORDS:
            break
        k -= 1
    return inner


def _op(parts: list[Part]) -> str:
    return "or" if any(p.kind == "OR" for p in parts) else "and"


def _listed(region: Region, k: int, bound: Bound, words: int) -> _Match:
    """The measure at `k` and those joined to it on the left: "AST (SGOT) and ALT", "AST/ALT"."""
    parts = region.parts
    indices = [k]
    op = "and"
    n = k - 1
    while n >= 0:
        joints = 0
        while n >= 0 and (parts[n].kind in _JOINTS or parts[n].text.lower() in ("both", "serum")):
            op = "or" if parts[n].kind == "OR" else op
            joints += parts[n].kind in _JOINTS
            n -= 1
        if n >= 0 and parts[n].kind == "RPAR" and (opened := region.opening(n)) is not None:
            n = opened - 1
        if n < 0 or not joints or parts[n].kind != "MEASURE" or not fits(parts[n].term(), bound):
            break
        if n > 0 and parts[n - 1].text.lower() == "normal":
            break  # "normal ALT, and HBV DNA < 2,000 IU/mL" are two statements
        term, first = parts[n].term(), parts[indices[0]].term()
        if term is not None and first is not None and not _share(term, first, bound):
            break
        if term is not None and first is not None and term.id != first.id:
            indices.insert(0, n)
        n -= 1
    return _Match(indices=tuple(indices), distance=words, op=op)


def _share(one: Term, other: Term, bound: Bound) -> bool:
    """Whether a bound may be of both: "measurable disease and ECOG 0-1" has a bare number, which is no count and no
    level at once, nor is a life expectancy one."""
    bare = bound.dimension is None and not bound.multiple
    lasting = any(t.dimensions and t.dimensions <= TIME_DIMENSIONS for t in (one, other))
    return not bare or (one.amount == other.amount and (one.id == other.id or not lasting))


def _right(region: Region, i: int, bound: Bound) -> _Match | None:
    """A fitting measure behind the quantity: "at least 2 prior lines", "≥ 10 mg/day prednisone", "18 years of age"."""
    parts = region.parts
    words = 0
    for k in range(i + 1, min(i + 6, len(parts))):
        part = parts[k]
        if part.kind == "MEASURE" and fits(part.term(), bound):
            return _Match(indices=(k,), distance=words)
        if part.kind in SMALL and part.kind not in ("COLON", "MUST") and part.text.lower() not in ("is", "are", "and"):
            continue
        if part.kind == "RPAR" and k == i + 1:
            continue  # "steroids (> 10 mg/day) prednisone"
        if part.kind == "QUANTITY" and k == i + 1 and part.value.dimension == bound.dimension == "time":
            continue  # "6 months to ≤ 25 years old"
        if part.kind in ("OR", "AND") and k + 1 < len(parts) and parts[k + 1].kind == "QUANTITY":
            continue  # "under 40 or over 60 years of age"
        if part.kind == "QUANTITY" and parts[k - 1].kind in ("OR", "AND"):
            continue
        if part.kind == "CONCEPT" or part.kind == "WORD":
            words += 1
            if words > 2:
                return None
            continue
        return None
    return None


def _continues(region: Region, i: int) -> bool:
    """A bound that goes on from the one before it: "≥ 18 and ≤ 75", "≤ 3 (≤ 5 if …)", "< 8 in men; < 7 in women"."""
    persons = False
    for k in range(i - 1, max(-1, i - 9), -1):
        part = region.parts[k]
        term = part.term()
        if part.kind == "EXPR":
            return True
        if (term is not None and term.label == "Person") or part.text.lower() in _SEXES or part.kind == "IF":
            persons = True
        elif part.kind == "SEMICOLON" and (persons or region.closing_of(k) is not None):
            continue
        elif part.text.lower() in ("for", "in") or (part.kind == "RPAR" and region.opening(k) is not None):
            continue  # "> 450 ms (for male) and > 470 ms (for female)"
        elif part.kind not in (*_JOINTS, "LPAR", "SUBJECT", "OF", "MARK", "EITHER", "NOT", "STATUS", "AT"):
            return False
    return False


_SEXES = frozenset("men women male males female females boys girls man woman".split())


def _of_thing(region: Region, i: int, left: _Match) -> _Match:
    """The bare "grade" or "score" with what it is of, where the text names one."""
    named = thing(region, i, left.indices[0], region.parts[left.indices[-1]].text)
    return replace(left, concept=named) if named else left


def _graded(region: Region, i: int, bound: Bound) -> _Match:
    scale = bound.scale
    assert scale is not None
    term = scale.value if isinstance(scale.value, Term) else None
    if term is not None and not generic(scale.text):
        return _Match(concept=scale.concept())
    left = _left(region, i, replace(bound, scale=None))
    if left and left.distance == 0 and not generic(region.parts[left.indices[-1]].text):
        return left
    return _Match(concept=of_what(region, i, scale.text) or scale.concept())


def _phrase(region: Region, i: int, bound: Bound) -> _Match | None:
    """No table knows the measure: the phrase at the quantity names it."""
    if bound.unit_span is not None and _names_thing(bound):
        # "> 2 drinks per day": the unit names what is counted
        counted = _unit_thing(bound, bound.unit_span)
        if bound.dimension == "cycle" or (i > 0 and no_name(region.parts[i - 1].text)):
            return _Match(concept=counted)
        return _Match(concept=words(region, i, -1) or counted)
    right_first = bound.dimension is None and not bound.multiple
    for step in (1, -1) if right_first else (-1, 1):
        if found := region.phrase(i, step):
            terms = [region.parts[n].term() for n in found.indices]
            if any(t is not None and t.dimensions and not t.plain and not fits(t, bound) for t in terms):
                if len(found.words) < 2 or step > 0:
                    return _Match(unfit=True)  # "haemoglobin ≥ 9 mm": the unit cannot belong to it
                # "diastolic septal thickness > 15 mm": the measure is only a word of another name
                spans = [region.parts[n].span for n in found.words]
                text = " ".join(region.parts[n].text for n in found.words)
                return _Match(concept=Concept(span=hull(spans), text=text), indices=found.words)
            return _Match(concept=found.concept, indices=found.indices)
    return _Match()


def _unit_thing(bound: Bound, span: Span) -> Concept:
    """What the unit counts, as the one measure that is counted so ("> 10 pack-years"), else in the unit's words."""
    text = bound.quantity.unit_text or ""
    if bound.dimension == "cycle":
        fitting = [m for m in lexicon.measures() if m.id == "treatment_cycles"]
    else:
        units = {u.ucum for u in lexicon.units() if u.dimension == bound.dimension}
        fitting = [m for m in lexicon.measures() if m.unit in units]
    if len(fitting) != 1:
        return Concept(span=span, text=text)
    return Concept(span=span, text=text, id=fitting[0].id, name=fitting[0].name, label=fitting[0].label)


def _names_thing(bound: Bound) -> bool:
    """A unit that says what is counted: "drinks per day", "bowel movements/week"."""
    q = bound.quantity
    said = (q.unit_text or "").replace("/", " per ").partition(" per ")[0].strip().lower()
    counts = bound.dimension in ("event_rate", "event_rate_hour") and len(said) > 4 and said not in ("times", "events")
    return (q.unit or "").startswith("{") or counts


def _replace(
    region: Region, i: int, bounds: tuple[Bound, ...], match: _Match
) -> tuple[int, tuple[Concept, ...], tuple[Term | None, ...]]:
    """The quantity and its measures as one EXPR part; returns where to go on, and what the next bound may share."""
    parts = region.parts
    part = parts[i]
    start, end = _extent(region, i, match)
    inside = [n for n in range(start, end) if n != i and n not in match.indices]
    concepts: tuple[Concept, ...]
    terms: tuple[Term | None, ...]
    if match.shared:
        concepts, terms = match.shared, tuple(known(c.id) for c in match.shared)
    elif match.concept is not None:
        concepts, terms = (match.concept,), (None,)
    else:
        concepts = tuple(parts[n].concept() for n in match.indices)
        terms = tuple(parts[n].term() for n in match.indices)
    windows = [parts[n] for n in inside if parts[n].kind == "WINDOW"]
    rest = [parts[n] for n in inside if parts[n].kind != "WINDOW"]
    qualifiers, marks = atoms(rest)
    if match.concept is not None:
        # "neuropathy of | grade | 2 or more": the bare word is read, by what it is of
        marks = (*marks, *(parts[n].span for n in match.indices if not match.concept.span.overlaps(parts[n].span)))
    span = hull([p.span for p in parts[start:end] if p.kind != "WINDOW"] or [part.span])
    issues = ("measure:unit_mismatch",) if match.unfit else ()
    beside = _scale_word(parts, i)
    bounds = tuple(stated_by_name(b, parts, match.indices) for b in bounds)
    if match.indices and (term := parts[match.indices[0]].term()) is not None:
        bounds = tuple(per_volume(b) if counts_cells(term, b) else b for b in bounds)
    expr = comparisons(span, concepts, terms, bounds, qualifiers, (*part.marks, *marks), match.op, issues, beside)
    region.cut(start, end, [Part(kind="EXPR", span=span, text=part.text, value=expr), *windows])
    return start + 1 + len(windows), concepts, terms


def _scale_word(parts: list[Part], i: int) -> str:
    """The word at the number that says how it counts: "score | > 8", "1 to 3 | class"."""
    before = parts[i - 1].text if i > 0 else ""
    behind = parts[i + 1].text if i + 1 < len(parts) else ""
    return behind if behind.lower() in ("class", "grade", "stage") else before


def _extent(region: Region, i: int, match: _Match) -> tuple[int, int]:
    """The parts that the comparison takes in: from its measures to the quantity, but never half a bracket nor
    another quantity; where it cannot reach, the measure stays where it is and is shared."""
    start, end = min((*match.indices, i)), max((*match.indices, i)) + 1
    bracket = region.around(i)
    if bracket is not None and start < bracket[0]:
        if bracket[1] - bracket[0] == 2:
            return start, bracket[1] + 1  # "haemoglobin (≥ 9 g/dL)"
        return i, i + 1
    outer = region.around(start)
    if outer is not None and not outer[0] < i < outer[1]:
        return i, i + 1
    if any(region.parts[n].kind in _QUANTITIES for n in range(start, end) if n != i):
        return i, i + 1
    return start, end
