"""A patient against a trial: of each criterion whether it is met, not met, or not known, with what decided it.

    file -> fields -> own | fhir -> build -> Patient
    Trial x Patient x anchors -> judge -> evaluate -> measured | things -> Screening -> report, answers

Nothing is guessed. `trust` says which nodes of the tree say all that their words say, `kinship` whether a fact is what
a criterion names, `windows` whether it lies in the time; each of them may answer that it is not to be known.
"""

from __future__ import annotations

from protocol_nlp.screening.judge import screen
from protocol_nlp.screening.patient import Patient
from protocol_nlp.screening.read import read_patient
from protocol_nlp.screening.result import Judgement, Screening

__all__ = ["Judgement", "Patient", "Screening", "read_patient", "screen"]
