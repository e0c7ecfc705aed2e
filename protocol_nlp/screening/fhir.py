"""An HL7 FHIR R4 Bundle of one patient -> Patient (http://hl7.org/fhir/R4).

References are followed within the bundle alone. A resource that says something of another patient, or that cannot be
used, is listed with its reason. Lists that leave nothing out are named by tags of the Bundle (COMPLETE).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal, cast, get_args

from protocol_nlp.screening.build import Builder
from protocol_nlp.screening.fields import Fields
from protocol_nlp.screening.patient import Complete, Day, Patient, Sex, State
from protocol_nlp.screening.resolve import Named

COMPLETE: Final = "urn:protocol-nlp:complete"
"""System of tags in `Bundle.meta.tag`; its codes are the names of lists that leave nothing out ("drugs")."""
UCUM: Final = "http://unitsofmeasure.org"
SYSTEMS: Final = {
    "http://loinc.org": "LOINC",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": "NCIT",
    "http://purl.obolibrary.org/obo/mondo.owl": "MONDO",
    "http://oncotree.mskcc.org": "ONCOTREE",
    "urn:protocol-nlp:concept": "",
}
_OBSERVED: Final = frozenset({"final", "amended", "corrected"})
_CLINICAL: Final[dict[str, State]] = {
    "active": "active",
    "recurrence": "active",
    "relapse": "active",
    "inactive": "resolved",
    "remission": "resolved",
    "resolved": "resolved",
}
_VERIFIED: Final[dict[str, State]] = {
    "unconfirmed": "suspected",
    "provisional": "suspected",
    "differential": "suspected",
    "refuted": "absent",
}
_NOTHING: Final = frozenset({"entered-in-error", "not-done", "not-taken", "cancelled"})
_TAKEN: Final[dict[str, dict[str, State]]] = {
    "MedicationStatement": {
        "active": "active",
        "completed": "resolved",
        "stopped": "resolved",
        "on-hold": "resolved",
        "intended": "planned",
    },
    "MedicationAdministration": {
        "in-progress": "active",
        "completed": "resolved",
        "stopped": "resolved",
        "on-hold": "resolved",
    },
    # What was asked for may never have been given.
    "MedicationRequest": {"active": "ordered", "completed": "ordered", "stopped": "ordered", "on-hold": "ordered"},
    "Procedure": {
        "completed": "resolved",
        "in-progress": "active",
        "stopped": "resolved",
        "on-hold": "resolved",
        "preparation": "planned",
    },
}


def patient(top: Fields) -> Patient:
    """The patient of a bundle. Raises PatientError for another resource, for no patient or two, and for a date that is
    none."""
    kind = top.text("resourceType")
    if kind != "Bundle":
        raise top.wrong("resourceType", f"{kind}: a Bundle is read, with one Patient in it")
    return _Bundle.of(top).read()


@dataclass(frozen=True, slots=True)
class _Bundle:
    top: Fields
    resources: tuple[Fields, ...]
    known: dict[str, Fields]
    subject: Fields

    @staticmethod
    def of(top: Fields) -> _Bundle:
        resources: list[Fields] = []
        known: dict[str, Fields] = {}
        for entry in top.objects("entry"):
            resource = entry.object("resource")
            if resource is None:
                continue
            kind = resource.text("resourceType")
            if kind is None:
                raise resource.wrong("resourceType", "missing")
            resources.append(resource)
            for name in (entry.text("fullUrl"), f"{kind}/{id}" if (id := resource.text("id")) else None):
                if name:
                    if name in known and known[name] is not resource:
                        raise resource.wrong("id", f"{name} stands twice in the bundle")
                    known[name] = resource
        people = [r for r in resources if r.held["resourceType"] == "Patient"]
        if len(people) != 1:
            raise top.wrong("entry", f"{len(people)} Patient resources; a bundle of one patient is read")
        return _Bundle(top, tuple(resources), known, people[0])

    def read(self) -> Patient:
        builder = Builder(self.top.file)
        readers: dict[str, Callable[[Fields, Builder], None]] = {
            "Observation": self._observation,
            "Condition": self._condition,
            "MedicationStatement": self._drug,
            "MedicationAdministration": self._drug,
            "MedicationRequest": self._drug,
            "Procedure": self._procedure,
        }
        for resource in self.resources:
            kind = cast(str, resource.held["resourceType"])
            if kind in ("Patient", "Medication"):
                continue
            reader = readers.get(kind)
            if reader is None:
                builder.leave(resource.path, kind, "resources of this type are not read")
            elif stranger := self._stranger(resource):
                builder.leave(resource.path, kind, stranger)
            else:
                reader(resource, builder)
        who = self.subject
        sex = who.text("gender")
        if sex not in (None, *get_args(Sex)):
            builder.leave(who.at("gender"), sex, "neither male nor female: nothing is decided by it")
        return builder.patient(
            who.text("id") or "patient",
            birth=who.day("birthDate"),
            sex=cast(Sex, sex) if sex in get_args(Sex) else None,
            complete=frozenset(self._complete()),
        )

    def _complete(self) -> list[Complete]:
        meta = self.top.object("meta")
        found: list[Complete] = []
        for tag in meta.objects("tag") if meta else ():
            if tag.text("system") == COMPLETE:
                found.append(cast(Complete, tag.choice("code", get_args(Complete))))
        return found

    def _stranger(self, resource: Fields) -> str:
        """Why a resource is not about the bundle's patient; empty where it is."""
        subject = resource.object("subject")
        name = subject.text("reference") if subject else None
        if name is None:
            return "it names no subject"
        found = self.known.get(name)
        if found is None:
            return f"its subject {name} is not in the bundle"
        return "" if found is self.subject else f"its subject {name} is not the patient"

    def _observation(self, held: Fields, builder: Builder) -> None:
        if (status := held.text("status")) not in _OBSERVED:
            builder.leave(held.path, _named(held.object("code")), f"its status is {status}")
            return
        when = _moment(held, "effective")
        parts = list(held.objects("component"))
        for part in parts:
            self._value(part, when, builder)
        if not parts or any(key.startswith("value") for key in held.held):
            self._value(held, when, builder)

    def _value(self, held: Fields, when: Day | None, builder: Builder) -> None:
        named = _named(held.object("code"))
        quantity = held.object("valueQuantity")
        if quantity is None:
            whole = held.number("valueInteger")
            if whole is None:
                reason = "a value that is no number" if any(k.startswith("value") for k in held.held) else "no value"
                builder.leave(held.path, named, reason)
                return
            builder.value(held.path, named, whole, day=when)
            return
        sign = cast(Literal["<", "<=", ">=", ">"] | None, quantity.choice("comparator", ("<", "<=", ">=", ">")))
        unit, code = quantity.text("unit"), quantity.text("code")
        ucum = code if quantity.text("system") == UCUM else None
        limits, reason = _limits(held, quantity)
        if reason:
            builder.leave(held.at("referenceRange"), named, reason)
        builder.value(
            held.path, named, quantity.number("value"), sign=sign, written=(unit or code, ucum), day=when, limits=limits
        )

    def _condition(self, held: Fields, builder: Builder) -> None:
        verified, clinical = _coded(held, "verificationStatus"), _coded(held, "clinicalStatus")
        named = _named(held.object("code"))
        if verified == "entered-in-error":
            builder.leave(held.path, named, "entered in error")
            return
        state = _VERIFIED.get(verified or "") or _CLINICAL.get(clinical or "")
        start, end = _period(held, "onset")[0], _period(held, "abatement")[0]
        if state is None:
            state = "resolved" if end else "recorded"
        builder.fact(held.path, "conditions", named, state, start=start, end=end)

    def _drug(self, held: Fields, builder: Builder) -> None:
        kind = cast(str, held.held["resourceType"])
        named, reason = self._medication(held)
        self._done(held, kind, "drugs", named, reason, builder)

    def _procedure(self, held: Fields, builder: Builder) -> None:
        self._done(held, "Procedure", "procedures", _named(held.object("code")), "", builder)

    def _done(
        self,
        held: Fields,
        kind: str,
        section: Literal["drugs", "procedures"],
        named: Named,
        reason: str,
        builder: Builder,
    ) -> None:
        status = held.text("status")
        if status in _NOTHING:
            builder.leave(held.path, named, f"its status is {status}")
            return
        state = _TAKEN[kind].get(status or "", "ordered")
        if reason:
            builder.leave(held.path, named, reason)
        key = "performed" if kind == "Procedure" else "effective"
        start, end, point = _period(held, key)
        # One dose, or one operation, has a single day; that a statement names a day says not that it was the only one.
        single = point and (kind == "MedicationStatement" or state == "resolved")
        builder.fact(held.path, section, named, state, start=start, end=end, point=single)
        if single and kind == "MedicationStatement":
            builder.facts.append(replace(builder.facts[-1], state="ordered", start=None, point=False))

    def _medication(self, held: Fields) -> tuple[Named, str]:
        """What was given, in words and codes, and why it cannot be told where it cannot."""
        if concept := held.object("medicationCodeableConcept"):
            return _named(concept), ""
        reference = held.object("medicationReference")
        name = reference.text("reference") if reference else None
        if name is None:
            return Named(), "it names no medication"
        if name.startswith("#"):
            inside = {f"#{r.text('id')}": r for r in held.objects("contained")}
            found = inside.get(name)
        else:
            found = self.known.get(name)
        if found is None:
            return Named(), f"its medication {name} is not in the bundle"
        return _named(found.object("code")), ""


def _named(concept: Fields | None) -> Named:
    """The words and codes of a CodeableConcept."""
    if concept is None:
        return Named()
    words: dict[str, None] = {}
    codes: list[tuple[str, str]] = []
    if text := concept.text("text"):
        words[text] = None
    for coding in concept.objects("coding"):
        system, code = coding.text("system"), coding.text("code")
        if code and system in SYSTEMS:
            codes.append((SYSTEMS[system], code.removeprefix("MONDO:") if SYSTEMS[system] == "MONDO" else code))
        if shown := coding.text("display"):
            words[shown] = None
    return Named(words=tuple(words), codes=tuple(codes))


def _coded(held: Fields, key: str) -> str | None:
    """The code of a CodeableConcept that has one coding."""
    concept = held.object(key)
    codings = list(concept.objects("coding")) if concept else []
    return codings[0].text("code") if codings else None


def _moment(held: Fields, key: str) -> Day | None:
    """The day of something measured; null for a period of more than a day."""
    start, end, _ = _period(held, key)
    return start if start is not None and (end is None or end == start) else None


def _period(held: Fields, key: str) -> tuple[Day | None, Day | None, bool]:
    """Start, end, and whether it is a single moment."""
    moment = held.day(f"{key}DateTime") or held.day(f"{key}Instant")
    if moment is not None:
        return moment, None, True
    period = held.object(f"{key}Period")
    return (period.day("start"), period.day("end"), False) if period else (None, None, False)


def _limits(held: Fields, quantity: Fields) -> tuple[tuple[Decimal | None, Decimal | None], str]:
    """The limits of normal in the unit of the value, and why there are none where some were given."""
    ranges = [r for r in held.objects("referenceRange") if _normal(r)]
    if not ranges:
        return (None, None), ""
    if len(ranges) > 1 or "appliesTo" in ranges[0].held or "age" in ranges[0].held:
        return (None, None), "more than one reference range, or one for some people alone"
    found: list[Decimal | None] = []
    for key in ("low", "high"):
        limit = ranges[0].object(key)
        if limit is not None and any(
            limit.text(k) not in (None, quantity.text(k)) for k in ("unit", "code") if quantity.text(k)
        ):
            return (None, None), "the reference range is in another unit than the value"
        found.append(limit.number("value") if limit else None)
    return (found[0], found[1]), ""


def _normal(held: Fields) -> bool:
    kind = _coded(held, "type")
    return kind in (None, "normal")
