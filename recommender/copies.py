"""Articles that share one text: grouped, so that each text is embedded and ranked once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.snapshot import NO_DATE

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
        leads: Array = self.copies[self.copies_start[:-1]]
        return leads


def group_copies(hashes: Sequence[bytes], published: Array) -> Copies:
    """Group rows by content hash; the earliest published article of a text leads it.

    `published` (articles,) int64 is in microseconds or `NO_DATE`: an article without a date leads
    only where no copy has one. Ties go to the lower row.
    """
    number: dict[bytes, int] = {}
    text_of = np.array([number.setdefault(h, len(number)) for h in hashes], dtype=np.int32)
    order = (np.arange(len(hashes)), published, published == NO_DATE, text_of)
    copies = np.lexsort(order).astype(np.int32)
    counts = np.bincount(text_of, minlength=len(number))
    return Copies(text_of, copies, np.concatenate(([0], np.cumsum(counts))).astype(np.int64))
