"""Crowding: how far a list of candidates ends amid a story, as the lists of those in it tell."""

import numpy as np

from recommender.arrays import Array

__all__ = ["crowding", "shared_neighbours"]

# Of a corpus whose lists on the whole end amid stories as surely as this, what a text's own says
# counts in full; of one where they do so half as surely, a sixteenth of it.
SURE = 0.3
CELLS = 1 << 22  # of the table of what lists hold: bytes, few enough for the cache


def crowding(neighbours: Array, scores: Array, first: int, last: int) -> Array:
    """How far the `last` candidates of each text are of its own story, (texts,) float32 in [0, 1].

    `neighbours` (texts, k) int32, -1 for none, best first, with their `scores`, 0 for none. A
    text's own list speaks for it where its last candidates name the same others, and score not much
    less than the `first` ones. That holds in a large story, and in a series under one template in
    a corpus of small ones, too; so it counts the more the more of the corpus is like that.
    """
    lists = [scores[:, :first], scores[:, -last:]]
    near, far = (part.sum(axis=1, dtype=np.float64) / max(part.shape[1], 1) for part in lists)
    level = np.divide(far, near, out=np.zeros_like(far), where=near > 0)
    own = np.clip(shared_neighbours(neighbours, last) * level, 0.0, 1.0)
    prior = min(float(own.mean()) / SURE, 1.0) ** 4 if len(own) else 0.0
    crowded: Array = (own * prior).astype(np.float32)
    return crowded


def shared_neighbours(neighbours: Array, last: int) -> Array:
    """The share of a text's list that its `last` neighbours name, too, (texts,) float64.

    Shared nearest neighbours (Jarvis and Patrick 1973), beyond what chance would bring (Cohen 1960)
    and at least 0. `neighbours` as above.
    """
    texts, width = neighbours.shape
    chance = width / (texts - 1) if texts > 1 else 1.0
    if chance >= 1 or not width:
        return np.zeros(texts)
    rows = max(1, CELLS // (texts + 1))
    held = np.zeros((rows, texts + 1), dtype=bool)  # the last column is that of no neighbour
    common = np.empty(texts)
    for begin in range(0, texts, rows):
        own = neighbours[begin : begin + rows]
        place = np.arange(len(own))[:, None]
        held[place, own] = True
        held[:, -1] = False
        others = own[:, -last:]
        theirs = np.where(others[:, :, None] < 0, -1, neighbours[others])
        common[begin : begin + rows] = held[place[:, :, None], theirs].mean(axis=(1, 2))
        held[place, own] = False
    shared: Array = np.maximum((common - chance) / (1.0 - chance), 0.0)
    return shared
