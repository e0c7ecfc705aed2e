"""Protocols written rather than read: criteria from a library of unambiguous templates, kept in a YAML file.

The way goes through the same waist as any entry: a protocol is rendered to registry wording (`wording`), and that
wording is read by the ordinary stages, so that spans are true and nothing is stated that the words do not say.
"""

from __future__ import annotations

from protocol_nlp.draft.library import Template, templates
from protocol_nlp.draft.new import new
from protocol_nlp.draft.protocol import Item, Protocol, load
from protocol_nlp.draft.wording import registration

__all__ = ["Item", "Protocol", "Template", "load", "new", "registration", "templates"]
