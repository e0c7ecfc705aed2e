"""How the audit does on the example entry, against one expert's reading of it.

    python benchmarks/audit_seed.py [FOLDER] [--misses]

FOLDER (default ../shared) holds seed/gold.json. Found: a finding of the same family (strict: of the same code) at an
overlapping place in the same criterion. Outside: an error or warning at whose place the reading has nothing of its
family. Touched: a rule that speaks at a place where the reading says that it must not. The example is the document
that the rules were developed on: these figures say that they work, not how well they carry over.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import protocol_nlp
from protocol_nlp.audit import Finding, audit
from protocol_nlp.tree import Span

GOALS = {"family": 71, "code": 63, "touched": 0, "outside": 0.15}


def at(finding: Finding, gold: dict[str, Any]) -> bool:
    """Whether one of the finding's places overlaps the gold's, in the same criterion where it names one."""
    place = Span(gold["start"], gold["end"])
    criterion = gold["criterion"]
    return any(place.overlaps(s) for s in finding.places) and (criterion == "DOC" or criterion in finding.criteria)


def main() -> None:
    words = [a for a in sys.argv[1:] if not a.startswith("-")]
    folder = Path(words[0] if words else "../shared")
    gold = json.loads((folder / "seed" / "gold.json").read_text(encoding="utf-8"))
    (registration,) = protocol_nlp.read(Path(__file__).parents[1] / "protocols" / "NCT04172805.txt")
    findings = audit(protocol_nlp.parse(registration)).findings

    must = [g for g in gold["audit"] if g["must_find"]]
    family = [g for g in must if any(f.code[:3] == g["rule"][:3] and at(f, g) for f in findings)]
    code = [g for g in must if any(f.code in (g["rule"], *g["also_rules"]) and at(f, g) for f in findings)]
    touched = [(g, f) for g in gold["clean_spans"] for f in findings if f.code == g["rule_must_not_fire"] and at(f, g)]
    grave = [f for f in findings if f.severity != "info"]
    outside = [f for f in grave if not any(f.code[:3] == g["rule"][:3] and at(f, g) for g in gold["audit"])]
    nowhere = [f for f in outside if not any(at(f, g) for g in gold["audit"])]
    print(f"must find, same family: {len(family)} of {len(must)} (goal {GOALS['family']})")
    print(f"must find, same code:   {len(code)} of {len(must)} (goal {GOALS['code']})")
    print(f"clean places touched:   {len(touched)} of {len(gold['clean_spans'])} (goal {GOALS['touched']})")
    share = len(outside) / max(1, len(grave))
    told = f"{len(outside)} of {len(grave)} errors and warnings, {share:.1%}"
    print(f"outside the gold:       {told} (goal {GOALS['outside']:.0%})")
    print(f"   of these at a place where the gold has nothing at all: {len(nowhere)}")
    if "--misses" in sys.argv:
        for g in must:
            if g not in family:
                print("missed", g["id"], g["criterion"], g["rule"], repr(g["quote"][:90]))
            elif g not in code:
                print("other code", g["id"], g["criterion"], g["rule"], repr(g["quote"][:90]))
        for f in outside:
            print("outside", f.criterion, f.code, f.severity, repr(f.quote[:90]))
        for g, f in touched:
            print("touched", g["criterion"], f.code, repr(g["quote"]))
    met = len(family) >= GOALS["family"] and len(code) >= GOALS["code"] and not touched and share <= GOALS["outside"]
    sys.exit(not met)


if __name__ == "__main__":
    main()
