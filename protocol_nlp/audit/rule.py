"""A rule: one fault of wording, the function that finds it, and the page that explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

from protocol_nlp.audit.document import Document
from protocol_nlp.audit.finding import Draft, Severity

Check = Callable[[Document], Iterable[Draft]]

SECTIONS: Final = ("What it finds", "Why it matters", "Example", "Use instead", "Source")
"""The headings of a page, in order; a page may lack the last."""
FAMILIES: Final = {
    "STR": "structure",
    "REF": "references",
    "TIM": "time",
    "NUM": "numbers",
    "UNT": "units",
    "LOG": "logic",
    "EXC": "exceptions",
    "POL": "polarity",
    "TRM": "terms",
    "SUB": "subjectivity",
    "VER": "versions of scales",
    "DUP": "repetition",
    "CON": "contradiction",
    "SAF": "safety",
    "INC": "inclusiveness",
    "OPS": "operations",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`default`: runs unless it is deselected. `preview`: runs only when previews are asked for. `gate`: where it
    speaks, nothing can be audited, and all other rules are silent. `document_wide`: a fault is reported once for the
    whole entry, with all its places."""

    code: str
    slug: str
    severity: Severity
    check: Check
    page: dict[str, str]
    default: bool = True
    preview: bool = False
    gate: bool = False
    document_wide: bool = False

    @property
    def family(self) -> str:
        return self.code[:3]

    @property
    def summary(self) -> str:
        """One sentence: what it finds."""
        return self.page["What it finds"]


def rule(
    *,
    code: str,
    severity: Severity,
    default: bool = True,
    preview: bool = False,
    gate: bool = False,
    document_wide: bool = False,
) -> Callable[[Check], Rule]:
    """Makes a rule of a function from a Document to drafts; its docstring is the rule's page.

    The docstring begins with what the rule finds; the other headings of SECTIONS stand on lines of their own, with
    their text under them. The slug is the function's name with hyphens. Raises ValueError for another shape.
    """

    def made(check: Check) -> Rule:
        name = check.__name__
        if not re.fullmatch(r"[A-Z]{3}\d{3}", code) or code[:3] not in FAMILIES:
            raise ValueError(f"{name}: {code} is no code of a known family")
        return Rule(
            code=code,
            slug=name.replace("_", "-"),
            severity=severity,
            check=check,
            page=_page(check.__doc__ or "", name),
            default=default,
            preview=preview,
            gate=gate,
            document_wide=document_wide,
        )

    return made


def _page(docstring: str, name: str) -> dict[str, str]:
    page: dict[str, list[str]] = {"What it finds": []}
    for line in cleandoc(docstring).splitlines():
        if line in SECTIONS:
            page[line] = []
        else:
            page[next(reversed(page))].append(line)
    texts = {title: cleandoc("\n" + "\n".join(lines)).strip() for title, lines in page.items()}
    if tuple(texts) not in (SECTIONS, SECTIONS[:-1]) or not all(texts.values()):
        raise ValueError(f"{name}: its page has not the sections {', '.join(SECTIONS)}")
    return texts
