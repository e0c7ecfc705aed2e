"""A protocol of our own in YAML (docs/protocols.md): its criteria are rendered to registry wording, which is the text.

So spans index the wording, and the stages read it like any other entry. `sha256` is of the YAML file.
"""

from __future__ import annotations

from protocol_nlp.draft import load, registration
from protocol_nlp.sources.entry import Origin
from protocol_nlp.tree import Registration


def entry(text: str, origin: Origin) -> Registration:
    """The one entry of a protocol file. Raises SourceError with the line of what is wrong."""
    protocol = load(text, origin.path)
    return registration(protocol, origin.provenance("protocol-yaml"))
