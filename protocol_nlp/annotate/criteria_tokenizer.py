"""A tokenizer for criteria text: words, numbers, operators and punctuation come apart, offsets stay exact."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

# The order matters: a number swallows its decimal part, `x109` gives up its x, `HbA1c` stays whole.
TOKEN = re.compile(
    r"""\s+
      | \d+(?:[.,]\d+)*
      | [xX\N{MULTIPLICATION SIGN}](?=\d)
      | [^\W\d_][^\W_]*
      | ['\N{RIGHT SINGLE QUOTATION MARK}]s\b
      | >=|<=|=>|=<|\+/-
      | .""",
    re.VERBOSE | re.DOTALL,
)


def split(text: str) -> tuple[list[str], list[bool]]:
    """Words of `text` and whether one plain space follows each; joined again they are `text` exactly."""
    words: list[str] = []
    spaces: list[bool] = []
    for match in TOKEN.finditer(text):
        word = match.group()
        if word.isspace():
            if word[0] == " " and spaces and not spaces[-1]:
                spaces[-1] = True
                word = word[1:]
            if not word:
                continue
        words.append(word)
        spaces.append(False)
    return words, spaces


class CriteriaTokenizer:
    """Makes a Doc of a text; nothing to learn, so what is written to disk is only its name in the config."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words, spaces = split(text)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **kwargs: object) -> bytes:
        """Nothing is stored."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: object) -> CriteriaTokenizer:
        """Returns itself: there is no state."""
        return self

    def to_disk(self, path: Path, **kwargs: object) -> None:
        """Nothing is stored."""

    def from_disk(self, path: Path, **kwargs: object) -> CriteriaTokenizer:
        """Returns itself: there is no state."""
        return self


@registry.tokenizers("protocol_nlp.criteria_tokenizer.v1")  # type: ignore[untyped-decorator]
def criteria_tokenizer() -> Callable[[Language], CriteriaTokenizer]:
    """The factory that a spaCy config names under `[nlp.tokenizer]`."""
    return lambda nlp: CriteriaTokenizer(nlp.vocab)
