"""The audit of wording: what two careful screeners could read in two ways, or cannot decide at all."""

from __future__ import annotations

from protocol_nlp.audit.engine import all_rules, audit
from protocol_nlp.audit.finding import Audit, Finding, Readings, Rewrite, Verdict
from protocol_nlp.audit.settings import Settings
from protocol_nlp.audit.verdicts import verdict

__all__ = ["Audit", "Finding", "Readings", "Rewrite", "Settings", "Verdict", "all_rules", "audit", "verdict"]
