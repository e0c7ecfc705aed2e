"""ClinicalTrials.gov API v2: one study, {"studies": [...]} or a bare list of studies.

The text is the string `eligibilityCriteria` as decoded from JSON; its markdown escapes ("\\>=") stay in
it, and are read later through an offset map. A study without criteria has the text "".
"""

from __future__ import annotations

from protocol_nlp.errors import SourceError
from protocol_nlp.sources import entry as field
from protocol_nlp.sources.entry import Origin, at, elements
from protocol_nlp.tree import Registration


def fits(document: object) -> bool:
    """A study, a page of studies, or a list that begins with a study."""
    if isinstance(document, list):
        return bool(document) and at(document[0], "protocolSection") is not None
    return at(document, "protocolSection") is not None or isinstance(at(document, "studies"), list)


def entries(document: object, origin: Origin) -> list[Registration]:
    """All studies; SourceError for a page without any and for an element that is no study."""
    studies = document if isinstance(document, list) else at(document, "studies")
    if not isinstance(studies, list):
        studies = [document]
    if not studies:
        raise SourceError(origin.path, "a page of ClinicalTrials.gov studies that holds no study")
    return [_study(study, origin, n, len(studies)) for n, study in enumerate(studies)]


def _study(study: object, origin: Origin, index: int, count: int) -> Registration:
    where = f"studies[{index}]." if count > 1 else ""
    section = at(study, "protocolSection")
    if not isinstance(section, dict):
        raise SourceError(origin.path, f"{where}protocolSection is missing or no object")
    eligibility = at(section, "eligibilityModule")
    criteria = at(eligibility, "eligibilityCriteria")
    if not isinstance(criteria, str | None):
        raise SourceError(origin.path, f"{where}eligibilityModule.eligibilityCriteria is no text")
    names = at(section, "identificationModule")
    treatments = elements(at(section, "armsInterventionsModule", "interventions"))
    return Registration(
        id=origin.id(field.line(at(names, "nctId")), index, count),
        registry="ClinicalTrials.gov",
        title=field.line(at(names, "briefTitle")) or field.line(at(names, "officialTitle")),
        conditions=field.lines(elements(at(section, "conditionsModule", "conditions"))),
        interventions=field.lines(at(treatment, "name") for treatment in treatments),
        phase="/".join(field.lines(elements(at(section, "designModule", "phases")))) or None,
        sex=field.sex(at(eligibility, "sex")),
        minimum_age=field.age(at(eligibility, "minimumAge")),
        maximum_age=field.age(at(eligibility, "maximumAge")),
        healthy_volunteers=field.volunteers(at(eligibility, "healthyVolunteers")),
        text=criteria or "",
        provenance=origin.provenance("ctgov-json"),
    )
