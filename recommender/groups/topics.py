"""Topics: the broad themes of a corpus, and finer ones within them, from the neighbour graph."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.graph.measures import number_by_size
from recommender.groups.label_propagation import EDGE_WEIGHT_POWER
from recommender.groups.topic_communities import (
    ENSEMBLE_SEARCHES,
    RESOLUTION_FACTOR,
    TEXTS_SEARCHED,
    topic_communities,
)
from recommender.snapshot.topic_tree import at_level

__all__ = ["Topics", "detect_topics", "topic_strengths", "unassign_weakest"]

# The number of texts from which a topic of level 1 is split, and a topic of level 2.
SPLIT_FROM = (100, 2000)


class Topics(NamedTuple):
    """A tree of topics, up to three levels deep.

    Topics are numbered level by level from level 1, and within a level by size, the largest first.

    Attributes:
        topic_of: (texts,) int32, each text's topic of level 1, -1 for none.
        finest_of: (texts,) int32, each text's finest topic, -1 for none.
        parents: (topics,) int32, -1 for a topic of level 1.
        levels: (topics,) int32, from 1.
    """

    topic_of: Array
    finest_of: Array
    parents: Array
    levels: Array

    def at_level(self, level: int) -> Array:
        """The topic of one level of each text; see `recommender.snapshot.topic_tree.at_level`.

        Args:
            level: From 1.

        Returns:
            (texts,) int32, numbered from 0 within the level, -1 for none.
        """
        return at_level(self.finest_of, self.parents, self.levels, level)


class _Split(NamedTuple):
    """A topic that was split: its texts `rows`, and the part of each, numbered from 0."""

    topic: int
    rows: Array
    parts: Array


def detect_topics(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    articles: Array | None = None,
    *,
    count: int | None = None,
    previous: tuple[Array, Array] | None = None,
) -> Topics:
    """Find the topics of all texts of a graph.

    Level 1 is one partition of the graph by modularity. Each large topic is then split in the same
    way, by the edges within it and at a finer resolution.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours.
        resolution: Of modularity on level 1; larger values give more topics.
        seed: Equal seeds give equal topics.
        articles: (texts,) int, how many articles have each text; 1 by default.
        count: The number of topics of level 1, or None for any number.
        previous: Last night's `topic_of` and `finest_of`, -1 for new texts. Topics are kept, with
            new texts added, unless a search that starts from them finds much better ones.

    Returns:
        The topics. A text without neighbours is a topic of its own.
    """
    broad, finest = (None, None) if previous is None else previous
    searches = max(1, min(ENSEMBLE_SEARCHES, TEXTS_SEARCHED // max(len(neighbours), 1)))
    found = topic_communities(neighbours, scores, resolution, seed, searches, broad, count=count)
    topic_of = number_by_size(found, articles)
    finest_of = topic_of.astype(np.int64)
    parents = [np.full(int(topic_of.max(initial=-1)) + 1, -1, dtype=np.int32)]
    for min_texts in SPLIT_FROM:
        resolution *= RESOLUTION_FACTOR
        first, total = sum(map(len, parents[:-1])), sum(map(len, parents))
        splits = []
        for topic, rows in _large_topics(finest_of, first, total, min_texts):
            parts = _parts(neighbours, scores, rows, resolution, seed, searches, finest)
            splits.append(_Split(topic, rows, parts))
        finest_of, level_parents = _with_next_level(finest_of, splits, total, articles)
        parents.append(level_parents)  # empty where no topic is large enough
    levels = np.repeat(np.arange(1, len(parents) + 1, dtype=np.int32), [*map(len, parents)])
    return Topics(topic_of, finest_of.astype(np.int32), np.concatenate(parents), levels)


def _large_topics(
    finest_of: Array, first: int, end: int, min_texts: int
) -> Iterator[tuple[int, Array]]:
    """The topics from `first` up to `end` with at least `min_texts` texts, and their texts."""
    for topic in range(first, end):
        rows = np.flatnonzero(finest_of == topic)
        if len(rows) >= min_texts:
            yield topic, rows


def _parts(
    neighbours: Array,
    scores: Array,
    rows: Array,
    resolution: float,
    seed: int,
    searches: int,
    previous: Array | None,
) -> Array:
    """The part of each of the `rows` of one topic, (rows,) from 0, by the edges among them.

    `previous` (texts,) are last night's finest topics, None if there were none.
    """
    position = np.full(len(neighbours) + 1, -1, dtype=np.int32)  # the neighbour -1 reads the last
    position[rows] = np.arange(len(rows), dtype=np.int32)
    return topic_communities(
        position[neighbours[rows]],
        scores[rows],
        resolution,
        seed,
        searches,
        None if previous is None else previous[rows],
        vote_on_previous=False,
    )


def _with_next_level(
    finest_of: Array, splits: list[_Split], total: int, articles: Array | None
) -> tuple[Array, Array]:
    """`finest_of` (texts,) with the topics of the next level, which are numbered from `total`.

    The second result is the parent of each topic of that level. A topic in one part is not split.
    """
    number = np.full(len(finest_of), -1, dtype=np.int64)
    parent_of: list[int] = []
    for topic, rows, parts in splits:
        if parts.max(initial=0) > 0:
            number[rows] = parts + len(parent_of)
            parent_of += [topic] * (int(parts.max()) + 1)
    rows = np.flatnonzero(number >= 0)
    if not len(rows):
        return finest_of, np.empty(0, dtype=np.int32)
    by_size = number_by_size(number[rows], None if articles is None else articles[rows])
    parents = np.empty(int(by_size.max()) + 1, dtype=np.int32)
    parents[by_size] = np.array(parent_of)[number[rows]]
    finest_of = finest_of.copy()
    finest_of[rows] = by_size + total
    return finest_of, parents


def topic_strengths(neighbours: Array, scores: Array, topic_of: Array) -> Array:
    """How surely each text belongs to its topic: the share of its edge weight within the topic.

    Args:
        neighbours: (texts, k) int32, -1 for none.
        scores: (texts, k) float32, the scores of the neighbours; an edge weighs the squared score.
        topic_of: (texts,) int32, the topic of each text.

    Returns:
        (texts,) float32 in [0, 1]; 0 for a text without edges.
    """
    weights = np.where(neighbours < 0, 0.0, scores.astype(np.float64) ** EDGE_WEIGHT_POWER)
    own = topic_of[np.where(neighbours < 0, 0, neighbours)] == topic_of[:, None]
    inside, total = (weights * own).sum(axis=1), weights.sum(axis=1)
    share: Array = np.divide(inside, total, out=np.zeros_like(inside), where=total > 0)
    return share.astype(np.float32)


def unassign_weakest(topics: Topics, strength: Array, share: float, articles: Array) -> Topics:
    """Leave the texts that belong least to their topics without a topic.

    Args:
        topics: The topics of all texts.
        strength: (texts,) float32; see `topic_strengths`. Of equals the lower text goes first.
        share: The largest share of articles that may be left without a topic, in [0, 1].
        articles: (texts,) int, how many articles have each text.

    Returns:
        The topics, without those that lost all their texts, numbered by size again.
    """
    order = np.argsort(strength, kind="stable")
    weakest = order[np.cumsum(articles[order]) <= share * articles.sum()]
    if not len(weakest):
        return topics
    finest_of = topics.finest_of.copy()
    finest_of[weakest] = -1
    has_topic = finest_of >= 0
    count = len(topics.levels)
    sizes = np.bincount(finest_of[has_topic], weights=articles[has_topic], minlength=count)
    for topic in range(count - 1, -1, -1):  # finer topics have higher numbers than their parents
        if topics.parents[topic] >= 0:
            sizes[topics.parents[topic]] += sizes[topic]
    order = np.lexsort((-sizes, topics.levels))
    order = order[sizes[order] > 0]
    number = np.full(count + 1, -1, dtype=np.int32)  # the topic -1 reads the last
    number[order] = np.arange(len(order), dtype=np.int32)
    return Topics(
        number[np.where(has_topic, topics.topic_of, -1)],
        number[finest_of],
        number[topics.parents[order]],
        topics.levels[order],
    )
