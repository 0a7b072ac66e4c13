"""Copies: articles that share one text, so that each text is ranked once."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array

__all__ = ["Copies", "group_copies"]


class Copies(NamedTuple):
    """Which articles share which text. Texts are numbered in the order of their first rows.

    Attributes:
        text_of: (articles,) int32, the text of each row.
        copies: (articles,) int32, all rows ordered by text, each text's lead first.
        copies_start: (texts + 1,) int64; the rows of text i are
            `copies[copies_start[i]:copies_start[i + 1]]`.
    """

    text_of: Array
    copies: Array
    copies_start: Array

    @property
    def leads(self) -> Array:
        """The row of each text's lead article: (texts,) int32."""
        return self.copies[self.copies_start[:-1]]


def group_copies(keys: Array, rank: Array) -> Copies:
    """Group the rows whose keys are equal.

    Args:
        keys: (articles,) integers.
        rank: (articles,) distinct integers; the row with the lowest leads its group.

    Returns:
        The groups, each of which is one text.

    Example:
        >>> copies = group_copies(np.array([7, 5, 7]), rank=np.array([2, 0, 1]))
        >>> copies.text_of.tolist(), copies.leads.tolist()
        ([0, 1, 0], [2, 1])
    """
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int32)
    number[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    text_of = number[group]
    copies = np.lexsort((rank, text_of)).astype(np.int32)
    sizes = np.bincount(text_of, minlength=len(first))
    return Copies(text_of, copies, np.concatenate(([0], np.cumsum(sizes))).astype(np.int64))
