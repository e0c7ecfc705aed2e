"""How much the audit says, and how much time it adds to parsing.

    python benchmarks/audit_rate.py [FOLDER]

FOLDER (default ../shared) holds registry/sarcoma. Findings of severity warning or above per 1,000 characters of
criteria, entry by entry; and the processor time of auditing as a share of that of parsing.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import protocol_nlp
from protocol_nlp.audit import Audit, all_rules, audit
from protocol_nlp.tree import Trial

GOAL_RATE = 12
GOAL_TIME = 0.20


def rate(done: Audit, trial: Trial) -> float:
    """Errors and warnings per 1,000 characters of the criteria."""
    size = sum(c.span.end - c.span.start for c in trial.criteria)
    return 1000 * sum(f.severity != "info" for f in done.findings) / max(1, size)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared") / "registry" / "sarcoma"
    protocol_nlp.parse(protocol_nlp.read("Inclusion Criteria:\n\n* Adults\n", name="warm-up")[0])
    all_rules()
    rates: list[float] = []
    counts: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    parsing = auditing = 0.0
    for path in sorted(folder.glob("*.txt")):
        for registration in protocol_nlp.read(path):
            gc.collect()
            gc.disable()  # as timeit does: what parsing leaves behind would be cleared at the cost of the audit
            start = time.process_time()
            trial = protocol_nlp.parse(registration)
            middle = time.process_time()
            done = audit(trial)
            auditing += time.process_time() - middle
            parsing += middle - start
            gc.enable()
            rates.append(rate(done, trial))
            counts.update(f.severity for f in done.findings)
            verdicts.update(v.decidable for v in done.verdicts)
    cuts = statistics.quantiles(rates, n=20)
    mean, most = statistics.mean(rates), max(rates)
    print(f"{len(rates)} entries, errors and warnings per 1,000 characters: mean {mean:.2f} (goal {GOAL_RATE})")
    print("   5 %, 25 %, 50 %, 75 %, 95 %: " + ", ".join(f"{cuts[i]:.2f}" for i in (0, 4, 9, 14, 18)))
    print(f"   most: {most:.2f}")
    print("   findings: " + ", ".join(f"{n} {s}" for s, n in counts.most_common()))
    print("   criteria: " + ", ".join(f"{n} {v}" for v, n in verdicts.most_common()))
    print(f"auditing takes {auditing / parsing:.1%} of the time of parsing (goal {GOAL_TIME:.0%})")
    sys.exit(not (mean <= GOAL_RATE and auditing <= GOAL_TIME * parsing))


if __name__ == "__main__":
    main()
