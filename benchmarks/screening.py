"""How long screening takes: a patient of 500 observations against the seed entry, after loading.

python benchmarks/screening.py
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import date, timedelta
from pathlib import Path

import protocol_nlp
from protocol_nlp.screening import read_patient, screen

GOAL = 0.2
MEASURES = (
    ("hemoglobin", 11.2, "g/dL"),
    ("platelets", 210, "10*9/L"),
    ("neutrophils", 3.4, "10*9/L"),
    ("creatinine", 0.9, "mg/dL"),
    ("ALT", 28, "U/L"),
    ("AST", 25, "U/L"),
    ("total bilirubin", 0.6, "mg/dL"),
    ("ECOG", 1, None),
    ("life expectancy", 8, "mo"),
    ("body temperature", 36.8, "Cel"),
)
ANCHORS = {"first_dose": date(2027, 1, 15), "enrollment": date(2027, 1, 12), "grouping": date(2027, 1, 12)}


def patient(size: int) -> str:
    """A patient file with so many observations, and forty things."""
    observations = []
    for number in range(size):
        name, value, unit = MEASURES[number % len(MEASURES)]
        day = date(2027, 1, 10) - timedelta(days=number // len(MEASURES))
        held = {"name": name, "value": value, "date": day.isoformat(), "high": 40}
        observations.append(held | ({"unit": unit} if unit else {}))
    drugs = [{"name": name, "date": "2026-05-01"} for name in ("doxorubicin", "ifosfamide") for _ in range(10)]
    conditions = [{"name": name} for name in ("liposarcoma", "hypertension") for _ in range(10)]
    top = {"format": "protocol-nlp-patient/1", "date": "2027-01-10", "birth_date": "1970-01-01", "sex": "male"}
    return json.dumps({**top, "observations": observations, "drugs": drugs, "conditions": conditions})


def main() -> None:
    seed = Path(__file__).parent.parent / "protocols" / "NCT04172805.txt"
    trial = protocol_nlp.parse(protocol_nlp.read(seed)[0])
    text = patient(500)
    screen(trial, read_patient(text), ANCHORS)  # the tables are loaded once
    reading, screening = [], []
    for _ in range(20):
        start = time.perf_counter()
        someone = read_patient(text)
        middle = time.perf_counter()
        screen(trial, someone, ANCHORS)
        reading.append(middle - start)
        screening.append(time.perf_counter() - middle)
    taken = statistics.median(screening)
    print(f"reading a patient file of 500 observations: {statistics.median(reading):.3f} s")
    print(f"screening it against {trial.registration.id}: {taken:.3f} s (goal: under {GOAL} s)")
    raise SystemExit(taken >= GOAL)


if __name__ == "__main__":
    main()
