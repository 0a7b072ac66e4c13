"""Labels from neighbours: the vote of the k nearest, and its propagation to unlabelled texts."""

import numpy as np

from recommender._typing import Array

__all__ = ["EDGE_WEIGHT_POWER", "knn_labels", "propagate_labels"]

# An edge weighs its score squared. This makes the low scores of unrelated texts count little
# compared with those of one event.
EDGE_WEIGHT_POWER = 2.0
ROUNDS = 3  # of propagation: texts whose neighbours are all unlabelled need more than one
VOTES_AT_A_TIME = 1 << 21  # cells of rows and labels: 16 MB


def knn_labels(labels: Array, scores: Array) -> Array:
    """The label with the greatest weight among each row's neighbours (weighted kNN vote).

    Args:
        labels: (rows, k) int32, the labels of the neighbours, -1 for none.
        scores: (rows, k) float32, their scores; a vote weighs the squared score.

    Returns:
        (rows,) int32, -1 for a row without a vote. Of equal labels the lowest wins.

    Example:
        >>> knn_labels(np.array([[3, 1, 1], [-1, -1, -1]]), np.array([[0.9, 0.5, 0.5]] * 2))
        array([ 3, -1], dtype=int32)
    """
    count = int(labels.max(initial=-1)) + 1
    winners = np.full(len(labels), -1, dtype=np.int32)
    if not count:
        return winners
    rows = max(1, VOTES_AT_A_TIME // count)
    for start in range(0, len(labels), rows):
        part = labels[start : start + rows]
        part_scores = scores[start : start + rows].astype(np.float64)
        weights = np.where(part < 0, 0.0, part_scores**EDGE_WEIGHT_POWER)
        cell = np.arange(len(part))[:, None] * count + np.maximum(part, 0)
        votes = np.bincount(cell.ravel(), weights.ravel(), len(part) * count).reshape(-1, count)
        best = votes.argmax(axis=1)
        has_vote = votes[np.arange(len(part)), best] > 0
        winners[start : start + rows][has_vote] = best[has_vote]
    return winners


def propagate_labels(neighbours: Array, scores: Array, labels: Array) -> Array:
    """Give unlabelled texts the label that their labelled neighbours vote for.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        labels: (texts,) int32, -1 for unlabelled texts.

    Returns:
        (texts,) int32. A text that is linked to no labelled one keeps -1.
    """
    labels = labels.copy()
    any_label = (labels >= 0).any()
    for _ in range(ROUNDS):
        rows = np.flatnonzero(labels < 0)
        if not len(rows) or not any_label:
            break
        neighbour_labels = np.where(neighbours[rows] < 0, -1, labels[neighbours[rows]])
        labels[rows] = knn_labels(neighbour_labels, scores[rows])
    return labels
