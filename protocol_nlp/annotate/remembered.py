"""Word vectors that are made once a word: a floret vector is a mean over the word's letter groups, and words recur."""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.vectors import Vectors

MOST = 50_000  # words; then it begins anew (20 MB)


class Remembered(Vectors):  # type: ignore[misc]
    """The same vectors as another floret table, to the bit."""

    def __init__(self, table: Vectors) -> None:
        super().__init__(
            strings=table.strings,
            data=table.data,
            mode="floret",
            minn=table.minn,
            maxn=table.maxn,
            hash_count=table.hash_count,
            hash_seed=table.hash_seed,
            bow=table.bow,
            eow=table.eow,
            attr=table.attr,
        )
        self._forget()

    def _forget(self) -> None:
        self.rows: dict[int, int] = {}
        self.made = np.empty((0, self.data.shape[1]), dtype=self.data.dtype)

    def get_batch(self, keys: Any) -> Any:
        """One row for each of the words whose hashes are given."""
        asked: list[int] = np.asarray(keys).tolist()
        new = [key for key in dict.fromkeys(asked) if key not in self.rows]
        if len(self.rows) + len(new) > MOST:
            self._forget()
            new = list(dict.fromkeys(asked))
        if new:
            first = len(self.rows)
            self.rows.update(zip(new, range(first, first + len(new)), strict=True))
            self.made = np.concatenate([self.made, super().get_batch(new)])
        return self.made[[self.rows[key] for key in asked]]
