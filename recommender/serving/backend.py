"""Where ranking finds neighbours and vectors: the protocol, and the backend over a snapshot.

Everything else that ranking needs (rows, dates, labels, groups, words) are columns of the snapshot,
which every process maps. The neighbour graph and the vectors are what outgrows one machine; a
backend that keeps them in a database answers these three questions and no caller changes.
"""

from typing import NamedTuple, Protocol

import numpy as np

from recommender._typing import Array
from recommender.snapshot.reader import Snapshot

__all__ = ["Backend", "ScoredTexts", "SnapshotBackend"]


class ScoredTexts(NamedTuple):
    """Texts, best first, and how near each of them is.

    Attributes:
        texts: Numbers of texts, int32.
        scores: A score for each, float32, in the shape of `texts`.
    """

    texts: Array
    scores: Array


class Backend(Protocol):
    """The neighbour graph and the vectors of one snapshot's texts.

    A text is a number from 0 to the snapshot's `manifest.texts` - 1. Results are the same at each
    call, and callers do not change them. A backend is asked from several threads.
    """

    def neighbours(self, texts: int | Array) -> ScoredTexts:
        """The lists of the neighbour graph.

        Args:
            texts: One text, or several as an array (n,) of integers.

        Returns:
            The list of one text, (K,), or the lists of several, (n, K). The scores, in [0, 1], are
            those of the nightly build. Short lists end with text -1.
        """
        ...

    def search(self, vector: Array, k: int, admitted: Array | None = None) -> ScoredTexts:
        """The texts whose vectors are most similar to a vector.

        Args:
            vector: A unit vector, (dimension,) float32.
            k: How many texts.
            admitted: Which texts may be found, (texts,) bool; None for all.

        Returns:
            `k` texts with their cosine similarities, (k,), ties by text number. Fewer only where
            fewer are admitted.
        """
        ...

    def vectors(self, texts: Array) -> Array:
        """The vectors of texts.

        Args:
            texts: Numbers of texts, (n,).

        Returns:
            Their unit vectors, (n, dimension) float32.
        """
        ...


class SnapshotBackend:
    """The backend over a snapshot's own files: its graph, and its FAISS index.

    The index is loaded when a search or a vector is first asked for. Nearly all questions are
    answered from the graph alone.

    Args:
        snapshot: The open snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._neighbours, self._scores = snapshot.arrays.neighbours, snapshot.arrays.scores

    def neighbours(self, texts: int | Array) -> ScoredTexts:
        """The lists of the neighbour graph; see `Backend.neighbours`."""
        if isinstance(texts, int):  # a view, where `take` would copy
            return ScoredTexts(self._neighbours[texts], self._scores[texts])
        return ScoredTexts(self._neighbours.take(texts, axis=0), self._scores.take(texts, axis=0))

    def search(self, vector: Array, k: int, admitted: Array | None = None) -> ScoredTexts:
        """The texts most similar to a vector; see `Backend.search`.

        Raises:
            SnapshotDamaged: The index file was altered.
        """
        return ScoredTexts(*self._snapshot.index().search(vector, k, admitted))

    def vectors(self, texts: Array) -> Array:
        """The vectors of texts; see `Backend.vectors`.

        Raises:
            SnapshotDamaged: The index file was altered.
        """
        index = self._snapshot.index()
        found = [index.vector(text) for text in texts.tolist()]
        return np.stack(found) if found else np.empty((0, index.dimension), dtype=np.float32)
