"""Random protocols from the whole library and its parameter ranges, each named by its seed, and the law they obey:
the tree that a template states is the tree that the stages read from its wording, with nothing unread or unsure.

`python tests/random_protocols.py 0 10000` tries the protocols of those seeds and says which break the law.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from random import Random

import protocol_nlp
from protocol_nlp.draft import Item, Protocol, Template, registration, templates
from protocol_nlp.draft.values import ConceptsKind, EventKind, Kind, Length, LengthKind, NumberKind, Value, outside
from protocol_nlp.tree import Criterion, Expr, Provenance, Quantity, criteria, walk

MOST_CRITERIA = 12


def random_value(kind: Kind, random: Random) -> Value:
    """Any value that the kind allows; the ends of a range come up more often than chance."""
    match kind:
        case NumberKind(low=low, high=high, decimals=decimals):
            step = Decimal(1).scaleb(-random.randint(0, decimals))
            steps = int((high - low) / step)
            at = random.choice([0, steps, random.randint(0, steps)])
            return low + at * step
        case LengthKind(low=low_length, high=high_length, units=units):
            fits = [u for u in units if Length(1, u).days <= high_length.days]
            while True:
                unit = random.choice(fits)
                most = int(high_length.days / Length(1, unit).days)
                length = Length(random.randint(1, max(1, most)), unit)
                if random.random() < 0.2:
                    length = random.choice([low_length, high_length])
                if outside(kind, length) is None and length.unit in units:
                    return length
        case EventKind(words=words):
            return random.choice(list(words))
        case ConceptsKind(among=among, most=number):
            return tuple(random.sample(among, random.randint(1, min(number, len(among)))))


def random_values(template: Template, random: Random) -> dict[str, Value]:
    """Values for some or all parameters of a template, each in range, and going together."""
    while True:
        names = [name for name in template.parameters if random.random() < 0.8]
        values = {name: random_value(template.parameters[name].kind, random) for name in names}
        if template.wrong(values) is None:
            return values


def random_protocol(seed: int) -> Protocol:
    """The protocol of a seed: one to twelve criteria, inclusions first."""
    random = Random(seed)
    chosen = random.sample(list(templates().values()), random.randint(1, MOST_CRITERIA))
    items = [Item(role=t.role, line=1, template=t, values=random_values(t, random)) for t in chosen]
    return Protocol(id=f"random-{seed}", items=tuple(sorted(items, key=lambda i: i.role, reverse=True)))


def unsure(expr: Expr) -> Iterator[str]:
    """The issue words in a tree."""
    for node in walk(expr):
        yield from getattr(node, "issues", ())
        window = getattr(node, "window", None)
        quantities = [getattr(node, "quantity", None), *getattr(node, "alternatives", ())]
        if window is not None:
            yield from window.issues
            quantities += [window.length, *window.alternatives]
        for quantity in quantities:
            if isinstance(quantity, Quantity):
                yield from quantity.issues


def stated(line: str) -> str:
    """A canonical line without the marks of what a rule joined: the meaning is the same."""
    return line.replace(" ~", "").replace("~", "")


def faults(protocol: Protocol) -> list[str]:
    """Where the stages read something else than the templates state; none for a good protocol."""
    origin = Provenance(path=protocol.id, format="protocol-yaml", sha256="0" * 64)
    trial = protocol_nlp.parse(registration(protocol, origin))
    found: list[Criterion] = list(criteria(trial))
    if len(found) != len(protocol.items):
        return [f"{protocol.id}: {len(protocol.items)} criteria are read as {len(found)}"]
    out = []
    for item, criterion in zip(protocol.items, found, strict=True):
        wrong = []
        if criterion.text != item.words or criterion.role != item.role:
            wrong.append(f"the item is cut as {criterion.role}: {criterion.text!r}")
        if stated(str(criterion.expr)) != stated(item.tree or ""):
            wrong.append(f"stated {item.tree}\n    read   {criterion.expr}")
        words = [] if criterion.expr is None else list(unsure(criterion.expr))
        if criterion.expr is None or criterion.opaque_share or words:
            wrong.append(f"unread {criterion.opaque_share}, unsure {words}")
        name = item.template.id if item.template else "own words"
        out += [f"{protocol.id} {name}: {item.words}\n    {fault}" for fault in wrong]
    return out


def main() -> None:
    first, last = (int(word) for word in sys.argv[1:3])
    criteria_read = broken = 0
    for seed in range(first, last):
        protocol = random_protocol(seed)
        criteria_read += len(protocol.items)
        if wrong := faults(protocol):
            broken += 1
            print("\n".join(wrong), flush=True)
    print(f"seeds {first} to {last - 1}: {last - first} protocols, {criteria_read} criteria, {broken} break the law")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
