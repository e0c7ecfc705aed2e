"""Which rules run, what fails a run, and which findings somebody has already answered."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from protocol_nlp.audit.finding import SEVERITIES, Finding
from protocol_nlp.audit.rule import Rule
from protocol_nlp.errors import AuditError

FailOn = Literal["error", "warning", "info", "never"]
FILE: Final = "protocol-nlp.toml"
FIELDS: Final = frozenset({"fingerprint", "code", "reason"})
LISTS: Final = ("select", "ignore", "extend-select")
KEYS: Final = ("select", "ignore", "extend-select", "fail-on", "preview", "suppressions", "baseline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One finding that a person has answered, by its fingerprint, with the reason."""

    fingerprint: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`select`, `ignore` and `extend_select` hold codes, beginnings of codes, or slugs; an empty `select` means the
    default rules. `baseline` holds the fingerprints of old findings by the id of their entry."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    preview: bool = False
    suppressions: tuple[Suppression, ...] = ()
    baseline: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def chosen(self, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        """The rules that run. Raises AuditError for a name that no rule has; the error gives the nearest."""
        for where, names in (("select", self.select), ("ignore", self.ignore), ("extend-select", self.extend_select)):
            known(names, rules, where)
        for answer in self.suppressions:
            known((answer.code,), rules, "suppressions")
        # A gate keeps noise away, whatever is selected; it is silenced only by name.
        chosen = [
            r
            for r in rules
            if (r.gate or (meant(r, self.select) if self.select else r.default) or meant(r, self.extend_select))
            and (self.preview or not r.preview)
            and not meant(r, self.ignore)
        ]
        return tuple(chosen)

    def fails(self, found: Iterable[Finding]) -> bool:
        """Whether one of the findings is as grave as `fail_on`."""
        if self.fail_on == "never":
            return False
        bar = SEVERITIES.index(self.fail_on)
        return any(SEVERITIES.index(f.severity) <= bar for f in found)

    def silences(self, entry: str, finding: Finding) -> bool:
        """Whether a suppression or the baseline answers this finding."""
        named = any(s.fingerprint == finding.fingerprint and s.code == finding.code for s in self.suppressions)
        return named or finding.fingerprint in self.baseline.get(entry, frozenset())


def meant(rule: Rule, names: Iterable[str]) -> bool:
    """Whether one of the names is the rule's slug, its code, or the beginning of its code."""
    return any(name == rule.slug or rule.code.startswith(name.upper()) for name in names)


def known(names: Iterable[str], rules: Sequence[Rule], where: str) -> None:
    """Raises AuditError for the first name that means no rule."""
    for name in names:
        if not name or not any(meant(rule, (name,)) for rule in rules):
            spelled = [spelling for rule in rules for spelling in (rule.code, rule.slug, rule.family)]
            near = [get_close_matches(n, spelled, n=1, cutoff=0.5) for n in (name.upper(), name.lower())]
            nearest = next(filter(None, near), None)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            raise AuditError(f"{where}: no rule is called {name!r}{hint}")


def configured(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The settings file that holds for a folder, and its table: the nearest `protocol-nlp.toml`, or `pyproject.toml`
    with a table `[tool.protocol-nlp]`, in the folder or above it. Raises AuditError for a file that is no TOML."""
    for home in (folder, *folder.parents):
        for path in (home / FILE, home / "pyproject.toml"):
            if not path.is_file():
                continue
            table = _toml(path)
            if path.name != FILE:
                table = table.get("tool", {}).get("protocol-nlp")
                if table is None:
                    continue
            return path, table
    return None


def named(path: Path) -> tuple[Path, dict[str, Any]]:
    """A settings file asked for by name, and its table. Raises AuditError."""
    table = _toml(path)
    return path, table.get("tool", {}).get("protocol-nlp", {}) if path.name == "pyproject.toml" else table


def from_table(path: Path, table: Mapping[str, Any]) -> Settings:
    """The settings a file states; paths in it count from its folder. Raises AuditError for an unknown key or value."""
    for key, value in table.items():
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise AuditError(f"{path}: unknown setting {key!r}{hint}")
        if not _fits(key, value):
            wanted = {"preview": "true or false"}.get(key, "a list of names" if key in LISTS else "a text")
            raise AuditError(f"{path}: {key} has to be {wanted}")
    if (bar := table.get("fail-on", "error")) not in get_args(FailOn):
        raise AuditError(f"{path}: fail-on {bar!r} is none of {', '.join(get_args(FailOn))}")
    settings = Settings(
        select=tuple(table.get("select", ())),
        ignore=tuple(table.get("ignore", ())),
        extend_select=tuple(table.get("extend-select", ())),
        fail_on=cast(FailOn, bar),
        preview=table.get("preview", False),
    )
    if "suppressions" in table:
        settings = replace(settings, suppressions=suppressions(path.parent / table["suppressions"]))
    if "baseline" in table:
        settings = replace(settings, baseline=baseline(path.parent / table["baseline"]))
    return settings


def _fits(key: str, value: object) -> bool:
    if key in LISTS:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    return isinstance(value, bool if key == "preview" else str)


def suppressions(path: Path) -> tuple[Suppression, ...]:
    """The `[[suppress]]` tables of a file: fingerprint, code and reason of each. Raises AuditError."""
    found: list[Suppression] = []
    table = _toml(path)
    rows = table.get("suppress", [])
    if set(table) - {"suppress"} or not isinstance(rows, list):
        raise AuditError(f"{path}: holds something other than [[suppress]] tables")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or set(row) != FIELDS or not all(isinstance(v, str) and v for v in row.values()):
            raise AuditError(f"{path}: suppression {number} needs {', '.join(sorted(FIELDS))}, and nothing else")
        found.append(Suppression(**row))
    return tuple(found)


def baseline(path: Path) -> dict[str, frozenset[str]]:
    """The fingerprints of old findings by entry, as `baseline_text` wrote them. Raises AuditError."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
        return {str(entry): frozenset(map(str, prints)) for entry, prints in entries.items()}
    except OSError as error:
        raise AuditError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AuditError(f"{path}: is no baseline of this program") from error


def baseline_text(found: Mapping[str, Iterable[Finding]]) -> str:
    """A baseline file that answers all these findings, by the id of their entry."""
    entries = {entry: sorted({f.fingerprint for f in some}) for entry, some in sorted(found.items())}
    return json.dumps({"entries": entries}, indent=1, ensure_ascii=False) + "\n"


def unused(listed: Iterable[Suppression], met: Iterable[Finding]) -> Iterator[Suppression]:
    """The suppressions that answer none of the findings met."""
    there = {(f.fingerprint, f.code) for f in met}
    return (s for s in listed if (s.fingerprint, s.code) not in there)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AuditError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"{path}: {error}") from error
