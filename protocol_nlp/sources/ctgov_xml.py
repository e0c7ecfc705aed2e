"""ClinicalTrials.gov legacy XML (retired in 2024, still in archives): one <clinical_study> or a list of them.

The text is that of eligibility/criteria/textblock as the parser gives it: hard-wrapped, indented, and with
the carriage returns that newer dumps write as character references.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from protocol_nlp.sources import entry as field
from protocol_nlp.sources.entry import Origin
from protocol_nlp.tree import Registration

_TAG = "clinical_study"


def fits(root: Element) -> bool:
    return root.tag == _TAG or root.find(_TAG) is not None


def entries(root: Element, origin: Origin) -> list[Registration]:
    """All studies of the file."""
    studies = [root] if root.tag == _TAG else root.findall(_TAG)
    return [_study(study, origin, n, len(studies)) for n, study in enumerate(studies)]


def _study(study: Element, origin: Origin, index: int, count: int) -> Registration:
    criteria = study.find("eligibility/criteria/textblock")
    if criteria is None:
        criteria = study.find("eligibility/criteria")
    return Registration(
        id=origin.id(field.line(study.findtext("id_info/nct_id")), index, count),
        registry="ClinicalTrials.gov",
        title=field.line(study.findtext("brief_title")) or field.line(study.findtext("official_title")),
        conditions=field.lines(node.text for node in study.findall("condition")),
        interventions=field.lines(node.text for node in study.findall("intervention/intervention_name")),
        phase=field.phase(study.findtext("phase")),
        sex=field.sex(study.findtext("eligibility/gender") or study.findtext("eligibility/sex")),
        minimum_age=field.age(study.findtext("eligibility/minimum_age")),
        maximum_age=field.age(study.findtext("eligibility/maximum_age")),
        healthy_volunteers=field.volunteers(study.findtext("eligibility/healthy_volunteers")),
        text="" if criteria is None else "".join(criteria.itertext()),
        provenance=origin.provenance("ctgov-xml"),
    )
