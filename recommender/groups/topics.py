"""Topics: the broad themes of the corpus, and the finer ones within them, read off the graph."""

from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.graph.leiden import initial_membership, leiden, leiden_ensemble
from recommender.graph.measures import modularity, number_by_size
from recommender.graph.merge_small import merge_small_communities
from recommender.snapshot.topic_tree import at_level

__all__ = [
    "Topics",
    "detect_topics",
    "knn_labels",
    "propagate_labels",
    "topic_strengths",
    "unassign_weakest",
]

# A topic of fewer texts is a story; it joins what it is linked to most.
LEAST_TEXTS = 5
# Topics of at least so many texts are cut into finer ones; those again where they are this large.
SPLIT_FROM = (100, 2000)
FINER = 2.0  # times the resolution of the level above
# Squared, a score of background counts for little beside one of the same event.
EDGE_WEIGHT_POWER = 2.0
# Whoever places a new article knows its best edges and not who names it. So texts go where so many
# neighbours vote, until this share of them stands where it would be placed: mostly one vote, for
# each blurs topics a little.
VOTERS = 30
KEPT = 0.991
MOST_VOTES = 10
VOTES_AT_A_TIME = 1 << 21  # cells of texts and labels: 16 MB
ROUNDS = 3  # of votes in which new texts that know only each other learn their topic
# Leiden finds another of many nearly equal answers from each seed; an ensemble of five searches is
# far steadier than one. Where the graph is large, and each takes long, there are fewer.
ENSEMBLE_SEARCHES = 5
TEXTS_SEARCHED = 100_000
# Of modularity: what a night must gain to move topics for more than its new texts. Broad topics are
# polled all the same, which keeps 99 % standing where they would be placed; finer ones are not, for
# there a poll wears small topics away: of those that last 97 instead of 99 % would keep their id.
WORTH_MOVING = 0.01


class Topics(NamedTuple):
    """Topics of up to three levels: level 1 first, within a level the largest first.

    `topic_of` and `finest_of` (texts,) int32: each text's topic of level 1 and its finest one, -1
    where it has none; see `without_weakest`.
    `parents` (topics,) int32, -1 on level 1; `levels` (topics,) int32 from 1.
    """

    topic_of: Array
    finest_of: Array
    parents: Array
    levels: Array

    def at_level(self, level: int) -> Array:
        """Each text's topic of a `level`, (texts,) int32; see `hierarchy.at_level`."""
        return at_level(self.finest_of, self.parents, self.levels, level)


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
    """Topics of all texts of the graph (texts, k), found by modularity communities.

    Level 1 is one partition of the graph by Leiden; each large topic is then cut alike, by its own
    edges. A greater `resolution` gives more topics; `count` asks for so many of level 1. `articles`
    (texts,) says how many articles have each text; without it each counts once. A text without
    neighbours is a topic of its own. `previous` are last night's `topic_of` and `finest_of`, -1 for
    new texts: topics stay as they were, new texts among them, unless a search that begins with them
    finds far better ones.
    """
    broad, fine = previous if previous is not None else (None, None)
    searches = max(1, min(ENSEMBLE_SEARCHES, TEXTS_SEARCHED // max(len(neighbours), 1)))
    level = _communities(neighbours, scores, resolution, seed, searches, broad, count=count)
    level = number_by_size(level, articles)
    finest = level.astype(np.int64)
    parents, levels = [np.full(int(level.max(initial=-1)) + 1, -1)], [1]
    total = len(parents[0])
    for depth, least in enumerate(SPLIT_FROM, start=2):
        first, cut = total - len(parents[-1]), resolution * FINER ** (depth - 1)
        found: list[tuple[int, Array, Array]] = []
        for topic in range(first, total):
            rows = np.flatnonzero(finest == topic)
            if len(rows) < least:
                continue
            inside = _inside(neighbours, rows)
            own = None if fine is None else fine[rows]
            parts = _communities(inside, scores[rows], cut, seed, searches, own, polled=False)
            if parts.max(initial=0) > 0:
                found.append((topic, rows, parts))
        finest, below = _below(finest, found, total, articles)
        if not len(below):
            break
        parents.append(below)
        levels.append(depth)
        total += len(below)
    return Topics(
        level,
        finest.astype(np.int32),
        np.concatenate(parents).astype(np.int32),
        np.repeat(levels, [len(p) for p in parents]).astype(np.int32),
    )


def topic_strengths(neighbours: Array, scores: Array, topic_of: Array) -> Array:
    """How surely each text is of its topic, (texts,) float32: the share of what its edges weigh
    that stays in the topic; 0 for a text without edges.
    """  # noqa: D205 - one sentence
    weights = np.where(neighbours < 0, 0.0, scores.astype(np.float64) ** EDGE_WEIGHT_POWER)
    own = topic_of[np.where(neighbours < 0, 0, neighbours)] == topic_of[:, None]
    inside, all_of = (weights * own).sum(axis=1), weights.sum(axis=1)
    share: Array = np.divide(inside, all_of, out=np.zeros_like(inside), where=all_of > 0)
    return share.astype(np.float32)


def unassign_weakest(topics: Topics, strength: Array, share: float, articles: Array) -> Topics:
    """Without topics for the texts of the least `strength` (texts,), up to a `share` of articles.

    `articles` (texts,) says how many articles have each text. Of equals the lower text goes first.
    A topic that is left without texts is gone, the others are numbered by their size again.
    """
    order = np.argsort(strength, kind="stable")
    weak = order[np.cumsum(articles[order]) <= share * articles.sum()]
    if not len(weak):
        return topics
    finest = topics.finest_of.copy()
    finest[weak] = -1
    has = finest >= 0
    sizes = np.bincount(finest[has], weights=articles[has], minlength=len(topics.levels))
    for topic in range(len(sizes) - 1, -1, -1):  # the finer ones are numbered behind their parents
        if topics.parents[topic] >= 0:
            sizes[topics.parents[topic]] += sizes[topic]
    order = np.lexsort((-sizes, topics.levels))
    order = order[sizes[order] > 0]
    number = np.full(len(sizes) + 1, -1, dtype=np.int32)  # the last place is that of -1
    number[order] = np.arange(len(order), dtype=np.int32)
    return Topics(
        number[np.where(has, topics.topic_of, -1)],
        number[finest],
        number[topics.parents[order]],
        topics.levels[order],
    )


def propagate_labels(neighbours: Array, scores: Array, labels: Array) -> Array:
    """`labels` (texts,) int32 with every -1 voted for by neighbours (texts, k) that have one.

    What is linked to no labelled text keeps -1.
    """
    labels = labels.copy()
    size = int(labels.max(initial=-1)) + 1
    for _ in range(ROUNDS):
        rows = np.flatnonzero(labels < 0)
        if not len(rows) or not size:
            break
        near = np.where(neighbours[rows] < 0, -1, labels[neighbours[rows]])
        labels[rows] = knn_labels(near, scores[rows])
    return labels


def knn_labels(labels: Array, scores: Array) -> Array:
    """Of each row the label that its neighbours vote for, (rows,) int32, -1 without any.

    `labels` (rows, k) int32, -1 for none, with the `scores` of the neighbours: votes weigh as edges
    do. Of equals the lowest wins.
    """
    size = int(labels.max(initial=-1)) + 1
    winners = np.full(len(labels), -1, dtype=np.int32)
    if not size:
        return winners
    rows = max(1, VOTES_AT_A_TIME // size)
    for start in range(0, len(labels), rows):
        part = labels[start : start + rows]
        weights = np.where(
            part < 0, 0.0, scores[start : start + rows].astype(np.float64) ** EDGE_WEIGHT_POWER
        )
        place = np.arange(len(part))[:, None] * size + np.maximum(part, 0)
        votes = np.bincount(place.ravel(), weights.ravel(), len(part) * size).reshape(-1, size)
        best = votes.argmax(axis=1)
        has = votes[np.arange(len(part)), best] > 0
        winners[start : start + rows][has] = best[has]
    return winners


def _communities(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    searches: int,
    previous: Array | None,
    *,
    count: int | None = None,
    polled: bool = True,
) -> Array:
    """Communities of texts; those of `previous` (texts,), -1 for what is new, where they may stay.

    What stays is `polled` once: each text goes where its neighbours vote.
    """
    weights = (scores**EDGE_WEIGHT_POWER).astype(np.float32)
    voters, voter_scores = neighbours[:, :VOTERS], scores[:, :VOTERS]
    initial = _started(neighbours, scores, previous)
    if initial is not None:
        groups = leiden(neighbours, weights, resolution, seed, "modularity", initial=initial)
    elif searches > 1:
        groups = leiden_ensemble(neighbours, weights, resolution, seed, searches)
    else:
        groups = leiden(neighbours, weights, resolution, seed, "modularity")
    while count is not None and groups.max() + 1 < min(count, len(groups)):
        resolution *= FINER
        if resolution > 1e6:  # what is not linked any finer cannot be cut any finer
            break
        groups = leiden(neighbours, weights, resolution, seed, "modularity")
    groups = merge_small_communities(neighbours, weights, groups, resolution, LEAST_TEXTS, count)
    # Joined again, for votes leave some too small: their few texts then stand against their votes.
    groups = _voted(voters, voter_scores, groups)
    groups = merge_small_communities(neighbours, weights, groups, resolution, LEAST_TEXTS, count)
    if initial is None:
        return groups
    stayed = _polled(voters, voter_scores, initial) if polled else initial
    stayed = merge_small_communities(neighbours, weights, stayed, resolution, LEAST_TEXTS, count)
    gain = modularity(neighbours, weights, groups, resolution)
    gain -= modularity(neighbours, weights, stayed, resolution)
    return groups if gain > WORTH_MOVING else stayed


def _started(neighbours: Array, scores: Array, previous: Array | None) -> Array | None:
    """`previous` numbered from 0, new texts placed among them or alone; None without any."""
    if previous is None or not (previous >= 0).any():
        return None
    return initial_membership(propagate_labels(neighbours, scores, previous))


def _polled(voters: Array, scores: Array, groups: Array) -> Array:
    """Where the `voters` (texts, k) of each text vote, once; without a vote it stays."""
    winners = knn_labels(np.where(voters < 0, -1, groups[voters]), scores)
    return np.where(winners < 0, groups, winners)


def _voted(voters: Array, scores: Array, groups: Array) -> Array:
    """`groups` (texts,) after votes by the `voters` (texts, k), of whom each text keeps some."""
    kept = 0.0
    for vote in range(MOST_VOTES):
        winners = _polled(voters, scores, groups)
        kept = float((winners == groups).mean())
        if vote > 0 and kept >= KEPT:
            break
        groups = winners
    return groups


def _inside(neighbours: Array, rows: Array) -> Array:
    """The neighbours of `rows` among themselves, numbered by their place in `rows`."""
    place = np.full(len(neighbours) + 1, -1, dtype=np.int32)  # the last place is that of -1
    place[rows] = np.arange(len(rows), dtype=np.int32)
    return place[neighbours[rows]]


def _below(
    finest: Array, found: list[tuple[int, Array, Array]], total: int, articles: Array | None
) -> tuple[Array, Array]:
    """`finest` (texts,) with the new level's topics numbered from `total`, and their parents."""
    level = np.full(len(finest), -1, dtype=np.int64)
    parent_of: list[int] = []
    for topic, rows, parts in found:
        level[rows] = parts + len(parent_of)
        parent_of += [topic] * (int(parts.max()) + 1)
    rows = np.flatnonzero(level >= 0)
    if not len(rows):
        return finest, np.empty(0, dtype=np.int64)
    numbers = number_by_size(level[rows], None if articles is None else articles[rows])
    parents = np.zeros(int(numbers.max()) + 1, dtype=np.int64)
    parents[numbers] = np.array(parent_of)[level[rows]]
    finest = finest.copy()
    finest[rows] = numbers + total
    return finest, parents
