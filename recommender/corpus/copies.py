"""Articles of the same or nearly the same text: grouped, so that each text is ranked once."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = ["Copies", "group_copies"]


class Copies(NamedTuple):
    """Rows by text. Texts are numbered by their first row.

    `text_of` (articles,) int32: row → text. `copies` (articles,) int32: rows grouped by text, the
    lead first; `copies_start` (texts + 1,) int64: text → its slice of `copies`.
    """

    text_of: Array
    copies: Array
    copies_start: Array

    @property
    def leads(self) -> Array:
        """Row of each text's lead article, (texts,) int32."""
        return self.copies[self.copies_start[:-1]]


def group_copies(keys: Sequence[Hashable], rank: Array) -> Copies:
    """Group rows whose `keys` are equal; of each group the row of the lowest `rank` leads.

    `rank` (articles,) are different numbers.
    """
    number: dict[Hashable, int] = {}
    text_of = np.array([number.setdefault(key, len(number)) for key in keys], dtype=np.int32)
    copies = np.lexsort((rank, text_of)).astype(np.int32)
    counts = np.bincount(text_of, minlength=len(number))
    return Copies(text_of, copies, np.concatenate(([0], np.cumsum(counts))).astype(np.int64))
