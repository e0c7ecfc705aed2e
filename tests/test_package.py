"""The house rules that a machine can check: names, sizes, rooms, start-up, lock files, wheel."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import protocol_nlp

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "protocol_nlp"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCES = sorted(path for folder in (PACKAGE, ROOT / "tests", ROOT / "benchmarks") for path in folder.rglob("*.py"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# library: the files and folders of the package that may import it
ROOMS = {
    "spacy": ("annotate", "train"),
    "scispacy": ("annotate", "link"),
    "sklearn": ("link",),
    "scipy": ("link",),
    "numpy": ("annotate", "link", "train"),
    "lark": ("grammar.py",),
    "typer": ("cli",),
    "rich": ("cli", "screening"),
    "defusedxml": ("sources",),
    "xml": ("sources",),
    "yaml": ("draft",),
    "jinja2": ("checklist", "audit", "amend"),
    "markupsafe": ("checklist",),
    "weasyprint": ("checklist",),
    "docx": ("checklist",),
    "pydantic": ("export",),
    "pydantic_core": ("export",),
}


def imports(path: Path) -> Iterator[str]:
    """Top-level names of all that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\\n]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def plain_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return found.group().lower().replace("_", "-")


def test_public_names_are_sorted_and_there() -> None:
    assert list(protocol_nlp.__all__) == sorted(protocol_nlp.__all__)
    assert all(hasattr(protocol_nlp, name) for name in protocol_nlp.__all__)


def test_verbs_stay_verbs_once_the_stages_are_loaded() -> None:
    # Python hangs a loaded module on its package: protocol_nlp.parse, the module, would hide the function.
    code = (
        "import protocol_nlp as p; text = 'Inclusion Criteria:\\n* Age 18 years or older\\n'; "
        "once = p.convert(text, to='facts'); assert once == p.convert(text, to='facts'); "
        "print([n for n in p.__all__ if type(getattr(p, n)).__name__ == 'module'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_import_loads_no_heavy_library() -> None:
    heavy = {"spacy", "scispacy", "lark", "pydantic", "jinja2", "numpy", "typer", "rich"}
    code = f"import sys, protocol_nlp; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_short_and_named_for_what_it_holds(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500
    assert path.stem not in {"utils", "util", "helpers", "common", "base", "models", "misc", "pipeline"}


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_has_one_room(library: str) -> None:
    outside = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if library in imports(path) and path.relative_to(PACKAGE).parts[0] not in ROOMS[library]
    ]
    assert outside == []


def test_every_third_party_import_is_declared() -> None:
    extras = ("train", "pdf", "docx")
    wanted = [*PROJECT["dependencies"], *(r for name in extras for r in PROJECT["optional-dependencies"][name])]
    declared = {plain_name(requirement) for requirement in wanted}
    # pydantic and Jinja2 bring these with them, at the versions they need; others are imported by another name.
    known = {"pydantic_core", "markupsafe", "docx", "sklearn", "yaml"}
    allowed = declared | {"protocol_nlp"} | known | set(sys.stdlib_module_names)
    assert {name for path in PACKAGE.rglob("*.py") for name in imports(path)} <= allowed


def test_one_version_everywhere() -> None:
    changes = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert changes
    assert changes.group(1) == protocol_nlp.__version__


def test_locks_name_no_host() -> None:
    assert [lock.name for lock in LOCKS] == ["requirements-dev.lock", "requirements.lock"]
    for lock in LOCKS:
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"://|^\s*-[a-z-]|@ ", re.sub(r"--hash=|#.*", "", text), re.MULTILINE), lock.name


def test_locks_agree_and_hold_what_the_project_asks_for() -> None:
    development, runtime = map(pins, LOCKS)
    assert runtime.items() <= development.items()
    asked = {plain_name(r) for r in PROJECT["dependencies"]}
    assert asked | {"hatchling"} <= runtime.keys()
    assert {plain_name(r) for r in PROJECT["optional-dependencies"]["dev"]} <= development.keys()


def test_the_wheel_holds_tables_templates_and_grammars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hatchling.build

    monkeypatch.chdir(ROOT)
    wheel = tmp_path / hatchling.build.build_wheel(str(tmp_path))
    assert wheel.name.startswith(f"protocol_nlp-{protocol_nlp.__version__}-")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {
        p.relative_to(ROOT).as_posix()
        for p in PACKAGE.rglob("*")
        if p.suffix in {".py", ".tsv", ".j2", ".js", ".json", ".css", ".yml"}
    }
    wanted |= {f"protocol_nlp/grammars/{p.name}" for p in (ROOT / "grammars").glob("*.lark")}
    assert wanted | {"protocol_nlp/py.typed"} <= held
    assert not any(name.startswith(("tests/", "output/")) for name in held)


IMPORT_EACH_FIRST = """
import importlib, pkgutil, sys
import protocol_nlp
found = (m.name for m in pkgutil.walk_packages(protocol_nlp.__path__, "protocol_nlp."))
names = [name for name in found if not name.endswith("__main__") and ".audit.rules." not in name]
for name in names:
    for loaded in [m for m in sys.modules if m.split(".")[0] == "protocol_nlp"]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, error)
print("all", len(names))
"""


def test_each_module_can_be_the_first_that_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_EACH_FIRST], capture_output=True, text=True, check=True)
    told = done.stdout.splitlines()
    assert told[:-1] == []
    assert int(told[-1].split()[1]) > 150
