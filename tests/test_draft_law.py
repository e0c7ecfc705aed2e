"""What a template states is what the stages read from its wording: every template as it stands, every name it may
hold, and random protocols from the whole library. `make fuzz-protocols` tries ten thousand more."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_protocols import faults, random_protocol

from protocol_nlp.draft import Item, Protocol, Template, load, templates
from protocol_nlp.draft.values import ConceptsKind

PROTOCOLS = sorted((Path(__file__).parent.parent / "protocols").glob("*.yml"))
LAW_SEEDS = range(300)


def holds(protocol: Protocol) -> None:
    assert faults(protocol) == []


@pytest.mark.parametrize("template", templates().values(), ids=lambda t: t.id)
def test_a_template_with_its_defaults(template: Template) -> None:
    holds(Protocol(id=template.id, items=(Item(role=template.role, line=1, template=template, values={}),)))


@pytest.mark.parametrize(
    ("template", "name"),
    [(t, p.name) for t in templates().values() for p in t.parameters.values() if isinstance(p.kind, ConceptsKind)],
    ids=lambda value: value.id if isinstance(value, Template) else value,
)
def test_every_name_that_a_template_may_hold(template: Template, name: str) -> None:
    kind = template.parameters[name].kind
    assert isinstance(kind, ConceptsKind)
    items = [Item(role=template.role, line=1, template=template, values={name: (id,)}) for id in kind.among]
    holds(Protocol(id=template.id, items=tuple(items)))


@pytest.mark.parametrize("first", range(0, len(LAW_SEEDS), 50))
def test_random_protocols(first: int) -> None:
    for seed in LAW_SEEDS[first : first + 50]:
        holds(random_protocol(seed))


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_the_example_protocols(path: Path) -> None:
    holds(load(path.read_text(encoding="utf-8"), path.name))


def test_a_seed_names_one_protocol() -> None:
    assert random_protocol(7) == random_protocol(7)
    assert random_protocol(7) != random_protocol(8)


def test_the_law_can_fail() -> None:
    template = templates()["neutrophils"]
    wrong = Template(
        **{name: getattr(template, name) for name in ("id", "topic", "role", "wording", "parameters", "reason")},
        tree=template.tree.replace(">=", ">"),
    )
    assert faults(Protocol(id="wrong", items=(Item(role="inclusion", line=1, template=wrong, values={}),)))
