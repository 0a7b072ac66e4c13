"""Related articles: the ranking of one text's candidates, as pure functions.

Today's ranking is the plain one: cosine similarity, without the text itself; copies of one text
are one candidate, answered by the first of its articles that the question admits.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from recommender.arrays import Array

__all__ = ["Lists", "Ranked", "RowsByText", "choose", "leading", "related_lists"]


class RowsByText(Protocol):
    """Arrays that give the rows of each text; see `copies.Copies` for their shapes."""

    @property
    def copies(self) -> Array:
        """Rows grouped by text, the lead first."""
        ...

    @property
    def copies_start(self) -> Array:
        """Text → its slice of `copies`."""
        ...


class Lists(NamedTuple):
    """Related lists of all texts: `related` (texts, L) int32 and `scores` (texts, L) float32."""

    related: Array
    scores: Array


class Ranked(NamedTuple):
    """One chosen article: its row and its score in [0, 1]."""

    row: int
    score: float


def related_lists(neighbours: Array, similarities: Array, length: int) -> Lists:
    """Cut the neighbour graph (texts, K), best first, to related lists of `length`.

    A cosine below zero says no more than one of zero, so scores are clipped to [0, 1].
    """
    related = np.ascontiguousarray(neighbours[:, :length])
    scores = np.clip(similarities[:, :length], 0.0, 1.0).astype(np.float32)
    scores[related < 0] = 0.0
    return Lists(related, scores)


def leading(arrays: RowsByText, texts: Array, scores: Array) -> list[Ranked]:
    """The lead article of each candidate text: what `choose` finds where every row is admitted.

    `texts` (k,) int32 come best first and end at the first -1; `scores` (k,) are theirs.
    """
    if texts.size and texts[-1] < 0:
        texts = texts[texts >= 0]
    # `take` costs half of what indexing by an array does.
    rows = arrays.copies.take(arrays.copies_start.take(texts)).tolist()
    return list(map(Ranked, rows, scores[: len(rows)].tolist()))


def choose(
    texts: Iterable[int],
    scores: Iterable[float],
    copies_of: Callable[[int], Sequence[int]],
    admits: Callable[[int], bool],
    k: int,
) -> list[Ranked]:
    """The first `k` candidate texts that have an admitted article, each by its first such one.

    `texts` come best first and end at the first -1; `copies_of(text)` gives the rows that share
    a text, the lead first; `admits(row)` says whether the question's filters let a row pass.
    """
    chosen: list[Ranked] = []
    for text, score in zip(texts, scores, strict=True):
        if text < 0 or len(chosen) == k:
            break
        for row in copies_of(text):
            if admits(row):
                chosen.append(Ranked(row, score))
                break
    return chosen
