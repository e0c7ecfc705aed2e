"""A condition, a drug, a procedure or a kind of person over the patient's facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from protocol_nlp.display import wording
from protocol_nlp.link.names import by_id
from protocol_nlp.screening.kinship import kin, refutes, tells_apart
from protocol_nlp.screening.patient import Complete, Fact, Patient, Section
from protocol_nlp.screening.result import Evidence
from protocol_nlp.screening.setting import Setting
from protocol_nlp.screening.trust import past, qualified
from protocol_nlp.screening.verdict import Verdict, unknown
from protocol_nlp.screening.windows import Placed, ahead, problems
from protocol_nlp.screening.words import listed, words
from protocol_nlp.tree import Condition

_SECTIONS: Final[dict[str, Section]] = {
    "Drug": "drugs",
    "Procedure": "procedures",
    "Device": "procedures",
    "Visit": "procedures",
}
_SEXES: Final = {"person:men": "male", "person:women": "female"}
_WOMEN: Final = frozenset({"person:wocbp", "person:premenopausal", "person:postmenopausal"})
_MEN: Final = frozenset({"person:fertile_men"})


def verdict(node: Condition, setting: Setting, places: Sequence[Placed]) -> Verdict:
    """Whether the patient has, had, takes or is this."""
    row = by_id().get(node.concept.id or "")
    if row is None:
        return unknown(f"“{wording(node.concept.text)}” is an event, not a thing")
    if row.label == "Person" and (known := _person(node, setting.patient)) is not None:
        if not setting.persons or (known.truth and places):
            return unknown(f"what the entry says of “{wording(node.concept.text)}” was not read for sure")
        return known
    return _Facts(node, setting, places, _SECTIONS.get(row.label, "conditions")).verdict()


def _person(node: Condition, patient: Patient) -> Verdict | None:
    id = node.concept.id or ""
    evidence = (Evidence(path="sex", what="sex", value=patient.sex or ""),)
    if node.qualifiers or not _sexed(node):
        return None
    if id in _SEXES:
        if patient.sex is None:
            return unknown("the file gives no sex")
        return Verdict(truth=patient.sex == _SEXES[id], evidence=evidence)
    if (id in _WOMEN and patient.sex == "male") or (id in _MEN and patient.sex == "female"):
        return Verdict(truth=False, evidence=evidence)
    return None


def _sexed(node: Condition) -> bool:
    """Whether the words themselves say of which sex: "fertile patients" are of both."""
    sex = "male" if node.concept.id in (*_MEN, "person:men") else "female"
    return not listed(sex).isdisjoint(words(node.concept.text))


class _Facts:
    """The facts that speak of one thing, sorted by what they say."""

    def __init__(self, node: Condition, setting: Setting, places: Sequence[Placed], section: Section) -> None:
        self.node, self.patient, self.places, self.section = node, setting.patient, places, section
        self.today, self.role = setting.last, setting.role
        self.past = setting.ever or past(node, setting.text)
        self.name = wording(node.concept.text)
        self.told, self.confirming, self.narrowing = qualified(node, setting.text)
        self.problems = tuple(problems(places))
        self.yes: list[Fact] = []
        self.maybe: list[Fact] = []
        self.vague: list[Fact] = []
        self.elsewhen: list[Fact] = []
        self.denials: list[Fact] = []
        self.had: list[Fact] = []
        for fact in self.patient.facts:
            if fact.section == section:
                self._sort(fact)

    def _sort(self, fact: Fact) -> None:
        if fact.state in ("never", "absent"):
            if refutes(fact, self.node.concept) == "is":
                self.denials.append(fact)
            return
        related = kin(self.node.concept, fact)
        if related == "no":
            return
        if related == "is" and fact.state in ("active", "recorded", "resolved"):
            self.had.append(fact)
        held = self._held(fact)
        if held is False:
            if related == "is":
                self.elsewhen.append(fact)
        elif related == "is" and held and (not self.told or (self.confirming and fact.confirmed)):
            self.yes.append(fact)
        else:
            (self.vague if related == "vague" else self.maybe).append(fact)

    def _held(self, fact: Fact) -> bool | None:
        """Whether a fact of this thing is what is asked for in status and time."""
        match self.node.status:
            case "planned":
                return fact.state == "planned" or (None if fact.state == "ordered" else False)
            case "family":
                return fact.state == "family"
            case "suspected" if fact.state == "suspected":
                return None if self.places else True
            case "suspected" if self.role == "inclusion":
                return None
            case _:
                pass
        if fact.state in ("planned", "family"):
            return False
        if fact.state in ("suspected", "ordered"):
            return None
        if self.places:
            return self._in_time(fact)
        if fact.start and self.today and fact.start.last > self.today:
            return None
        if self.past:
            return True
        return True if fact.state == "active" and not fact.point else None

    def _in_time(self, fact: Fact) -> bool | None:
        states = [place.fact(fact, self.today) for place in self.places]
        return False if False in states else None if None in states else True

    def verdict(self) -> Verdict:
        never = [fact for fact in self.denials if fact.state == "never"]
        if (self.yes and self.denials) or (self.had and never):
            # A file that tells a thing and says that it never was is in doubt, whatever time is asked for.
            both = tuple(map(shown, (*(self.yes or self.had), *self.denials)))
            return unknown(f"the file says that there is “{self.name}” and that there is not", evidence=both)
        if self.yes:
            return Verdict(truth=True, evidence=tuple(map(shown, self.yes)))
        if ahead(self.places):
            told = self.problems or ("nothing in a file tells what will be",)
            return unknown(*told, evidence=map(shown, (*self.maybe, *self.elsewhen, *self.denials)))
        if refuting := self._refuting():
            return Verdict(truth=False, evidence=tuple(map(shown, refuting)))
        if self.maybe:
            return unknown(*self._why(), evidence=map(shown, self.maybe))
        if self.told and not self.narrowing:
            return unknown(f"the entry says more of “{self.name}”: {self.told}", *self.problems)
        if self._complete() and tells_apart(self.node.concept) and not self.vague:
            gone = tuple(map(shown, self.elsewhen))
            listing = Evidence(
                path="complete", what=self._list(), value=f"leaves nothing out, and “{self.name}” is not in it"
            )
            if self.elsewhen:
                listing = Evidence(path="complete", what=self._list(), value="leaves nothing out")
            return Verdict(truth=False, evidence=(*gone, listing))
        return unknown(self._nothing(), evidence=map(shown, self.elsewhen))

    def _refuting(self) -> list[Fact]:
        """The denials that hold in the status and the time asked for."""
        if any(fact.id == self.node.concept.id for fact in self.maybe):
            return []
        if self.told and not self.narrowing:
            return []
        if self.node.status in ("planned", "family"):
            return []
        now = not self.places and not self.past
        return [fact for fact in self.denials if fact.state == "never" or now]

    def _complete(self) -> bool:
        return self._list() in self.patient.complete

    def _list(self) -> Complete:
        match self.node.status:
            case "planned":
                return "plans"
            case "family":
                return "family"
            case _:
                return self.section

    def _why(self) -> list[str]:
        said = [f"whether “{self.name}” is meant by what the file says"]
        if self.told:
            said.append(f"the entry says more of it: {self.told}")
        said += self.problems
        if not self.places and not self.past and any(f.state == "resolved" or f.point for f in self.maybe):
            said.append("the entry does not say whether a past one counts")
        return said

    def _nothing(self) -> str:
        if self.elsewhen:
            return f"no “{self.name}” in the time asked for; whether the list leaves nothing out, the file does not say"
        if self._complete():
            listed = ", ".join(fact.name for fact in self.vague)
            doubt = f"the tables cannot tell it apart from {listed}" if listed else "a list does not show it"
            return f"whether “{self.name}” is not there: {doubt}; a finding with status never would"
        return f"the file says nothing of “{self.name}”"


def shown(fact: Fact) -> Evidence:
    if fact.point or (fact.start and not fact.end):
        when = str(fact.start or "")
        when = when if fact.point else f"from {when}"
    elif fact.end:
        when = f"{fact.start} to {fact.end}" if fact.start else f"until {fact.end}"
    else:
        when = ""
    return Evidence(path=fact.path, what=fact.name, value=fact.state, date=when)
