"""WHO International Clinical Trials Registry Platform: <Trials_downloaded_from_ICTRP> with its <Trial>s.

The platform escapes HTML twice and keeps the sections in two fields, so the text is composed: entities
are read once more, tags become line ends, bullets or nothing ("10<sup>9</sup>" becomes "10^9"), and
"Inclusion criteria:" and "Exclusion criteria:" head the fields, in place of a heading of the same name.
Where the field for inclusions holds both sections, as for trials from ClinicalTrials.gov, it is the text.

Ages stay as written, and may lack a unit ("18").
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from protocol_nlp.sources import entry as field
from protocol_nlp.sources.entry import Origin
from protocol_nlp.tree import Registration

_ROOT = "Trials_downloaded_from_ICTRP"
_ATTRIBUTES = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s<>"']+))*\s*/?"""
# Only names of HTML: "AST <ULN and ANC >1.5" holds no tag.
_TAGS = (
    (re.compile(rf"</?(?:br|p|div|tr|table|tbody|ul|ol|h[1-6]){_ATTRIBUTES}>", re.IGNORECASE), "\n"),
    (re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE), "\n- "),
    (re.compile(rf"</?t[dh]{_ATTRIBUTES}>", re.IGNORECASE), " "),
    (re.compile(r"<sup>(?=\s*[-+\u2212]?\d)", re.IGNORECASE), "^"),
    (re.compile(rf"</?(?:li|sup|sub|span|font|[biua]|em|strong|small){_ATTRIBUTES}>", re.IGNORECASE), ""),
)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
_HEADING = r"\A\s*(?:(?:key|main|major|principal)\s+)?{}\s+criteria\s*(?::|(?=\n))\s*"
_INCLUSION = re.compile(_HEADING.format("inclusion"), re.IGNORECASE)
_EXCLUSION = re.compile(_HEADING.format("exclusion"), re.IGNORECASE)
_EXCLUSION_BELOW = re.compile(
    r"\bexclusion\s+criteria\s*:|^[^\w\n]*(?:\w+ +)?exclusion +criteria *\r?$", re.IGNORECASE | re.MULTILINE
)
_KIND = re.compile(
    r"(?:Drug|Device|Biological|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement"
    r"|Combination Product|Diagnostic Test|Other): "
)


def fits(root: Element) -> bool:
    return root.tag == _ROOT or (root.tag == "Trial" and root.find("TrialID") is not None)


def entries(root: Element, origin: Origin) -> list[Registration]:
    """All trials of the export."""
    trials = [root] if root.tag == "Trial" else root.findall("Trial")
    return [_trial(trial, origin, n, len(trials)) for n, trial in enumerate(trials)]


def _trial(trial: Element, origin: Origin, index: int, count: int) -> Registration:
    register = field.line(trial.findtext("Source_Register"))
    from_ctgov = register == "ClinicalTrials.gov"
    return Registration(
        id=origin.id(field.line(trial.findtext("TrialID")), index, count),
        registry=register,
        title=field.line(_plain(trial, "Public_title")) or field.line(_plain(trial, "Scientific_title")),
        conditions=_names(_plain(trial, "Condition"), from_ctgov),
        interventions=tuple(_KIND.sub("", name) for name in _names(_plain(trial, "Intervention"), from_ctgov)),
        phase=field.phase(_plain(trial, "Phase")),
        sex=field.sex(_plain(trial, "Inclusion_gender")),
        minimum_age=field.age(_plain(trial, "Inclusion_agemin")),
        maximum_age=field.age(_plain(trial, "Inclusion_agemax")),
        text=_text(_plain(trial, "Inclusion_Criteria"), _plain(trial, "Exclusion_Criteria"), from_ctgov),
        provenance=origin.provenance("ictrp-xml"),
    )


def _plain(trial: Element, tag: str) -> str:
    """A field without its HTML; "" where it is missing."""
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _inner(trial.find(tag)))
    for pattern, replacement in _TAGS:
        text = pattern.sub(replacement, text)
    return text.strip()


def _inner(node: Element | None) -> str:
    """The content of an element; where an export forgot to escape HTML, the tags are elements, and stay."""
    if node is None:
        return ""
    if not len(node):
        return node.text or ""
    pieces: list[str] = []
    rest: list[Element | str] = [node]
    while rest:
        piece = rest.pop()
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            below = [part for child in piece for part in (f"<{child.tag}>", child, child.tail or "")]
            rest += reversed([piece.text or "", *below])
    return "".join(pieces)


def _names(text: str, from_ctgov: bool) -> tuple[str, ...]:
    """One name a line; rows from ClinicalTrials.gov join theirs by semicolons, others have these in names."""
    return field.lines(text.replace(";", "\n").splitlines() if from_ctgov else text.splitlines())


def _text(inclusion: str, exclusion: str, from_ctgov: bool) -> str:
    if not exclusion and (from_ctgov or _EXCLUSION_BELOW.search(inclusion)):
        return inclusion
    sections = (
        ("Inclusion criteria:", _INCLUSION.sub("", inclusion)),
        ("Exclusion criteria:", _EXCLUSION.sub("", exclusion)),
    )
    return "\n\n".join(f"{heading}\n{body}" for heading, body in sections if body)
