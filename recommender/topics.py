"""Topics: the broad themes, as communities of the neighbour graph."""

from recommender.arrays import Array
from recommender.communities import leiden, numbered_by_size

__all__ = ["detect_topics"]


def detect_topics(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    articles: Array | None = None,
) -> Array:
    """Topic of every text, (texts,) int32, numbered from 0, the topic of most articles first.

    Modularity communities of the graph (texts, k): see `communities.leiden`. `articles` (texts,)
    says how many articles have each text; without it each counts once. A text without neighbours
    is a topic of its own.
    """
    return numbered_by_size(leiden(neighbours, scores, resolution, seed, "modularity"), articles)
