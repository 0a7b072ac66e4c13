"""The neighbour graph: candidates by cosine similarity, scored again with words and hubness."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.pairs import pair_similarities
from recommender.knn.parallel import faiss_pool
from recommender.scoring.score import (
    SCORE_PARAMS,
    ScoreParams,
    correct_hubness,
    expand_embeddings,
    hubness,
    hybrid_score,
)
from recommender.scoring.word_overlap import WeightedWords

__all__ = ["Graph", "Rescored", "rescore"]

BLOCK_ROWS = 256  # the vectors of their candidates stay in the processor's cache
OVERLAP_ROWS = 1024  # texts whose word overlaps one thread computes in one task
DENSE_TEXTS = 8  # texts of a task whose weights lie in one dense table by word


class Graph(NamedTuple):
    """A neighbour graph.

    Attributes:
        neighbours: (texts, k) int32, the neighbours of each text, best first, -1 for none.
        scores: (texts, k) float32 in [0, 1], their scores, 0 for none.
    """

    neighbours: Array
    scores: Array


class Rescored(NamedTuple):
    """The neighbour graph, and the hubness by which any other pair of texts is scored.

    Attributes:
        graph: The best `k` neighbours of each text.
        wide: All candidates of each text, of which `graph` keeps the best.
        hubness: (texts,) float32, see `recommender.scoring.score`.
    """

    graph: Graph
    wide: Graph
    hubness: Array


def rescore(
    candidates: Array,
    similarities: Array,
    vectors: Array,
    words: WeightedWords,
    k: int,
    threads: int,
    advance: Callable[[int], None],
    params: ScoreParams = SCORE_PARAMS,
) -> tuple[Rescored, Array]:
    """Score the candidates of each text and keep the best as its neighbours.

    After the word overlaps come three passes over all texts: expand the embeddings, compare the
    expanded ones, and correct the scores for hubness. Each needs the results of the one before.

    Args:
        candidates: (texts, c) int32, the nearest texts by cosine similarity, -1 for none.
        similarities: (texts, c) float32, their cosine similarities.
        vectors: (texts, dimension) float32, embeddings of unit length.
        words: The weighted words of the texts.
        k: The number of neighbours to keep.
        threads: The number of threads; it changes no bit of the result.
        advance: Called with the number of texts done since the last call.
        params: The numbers of the score.

    Returns:
        The graph; and the expanded embeddings, (texts, dimension) float32. The index holds these,
        because new texts are compared with them.
    """
    with faiss_pool(threads) as pool:
        overlaps = _overlaps(pool, candidates, words, advance)
        expanded = _expanded(pool, candidates, similarities, overlaps, vectors, params)
        hybrids, hub = _compared(pool, candidates, overlaps, expanded, params)
        wide = _corrected(pool, candidates, hybrids, hub, params)
    graph = Graph(*(np.ascontiguousarray(column[:, :k]) for column in wide))
    return Rescored(graph, wide, hub), expanded


def _overlaps(
    pool: ThreadPoolExecutor,
    candidates: Array,
    words: WeightedWords,
    advance: Callable[[int], None],
) -> Array:
    """The word overlap of each text with its candidates, (texts, c) float32."""
    size = int(words.words.max(initial=-1)) + 2
    weights = words.weights.astype(np.float32)
    found = np.empty(candidates.shape, dtype=np.float32)

    def compare(task: slice) -> None:
        # The weights of a few texts at a time are put into a dense table by word, in which the
        # words of their candidates are looked up. The padding -1 reads any weight, but weighs 0
        # itself.
        dense = np.zeros(DENSE_TEXTS * size, dtype=np.float32)
        first = np.arange(DENSE_TEXTS, dtype=np.int32)[:, None] * size
        # Buffers are reused, because filling fresh memory takes far longer.
        places = np.empty((DENSE_TEXTS, *found.shape[1:], words.words.shape[1]), dtype=np.int32)
        candidate_weights, own_weights = (np.empty(places.shape, np.float32) for _ in range(2))
        for rows in _blocks(task, DENSE_TEXTS):
            here = slice(rows.stop - rows.start)
            at = words.words[rows] + first[here]
            dense[at] = weights[rows]
            words.words.take(candidates[rows], axis=0, mode="clip", out=places[here])
            weights.take(candidates[rows], axis=0, mode="clip", out=candidate_weights[here])
            places[here] += first[here, None]
            dense.take(places[here], mode="clip", out=own_weights[here])
            np.vecdot(own_weights[here], candidate_weights[here], out=found[rows])
            dense[at] = 0.0

    tasks = list(_blocks(slice(0, len(found)), OVERLAP_ROWS))
    for rows, _ in zip(tasks, pool.map(compare, tasks), strict=True):
        advance(rows.stop - rows.start)
    return found


def _expanded(
    pool: ThreadPoolExecutor,
    candidates: Array,
    similarities: Array,
    overlaps: Array,
    vectors: Array,
    params: ScoreParams,
) -> Array:
    """First pass: each embedding expanded by its best candidates, (texts, dimension) float32."""
    expanded = np.empty_like(vectors)

    def expand_block(rows: slice) -> None:
        near, missing = _without_gaps(candidates[rows])
        hybrids = hybrid_score(similarities[rows], overlaps[rows], params)
        hybrids = np.where(missing, 0.0, hybrids)
        best = _best(hybrids, params.expansion_size)
        near, scores = (np.take_along_axis(column, best, axis=1) for column in (near, hybrids))
        scores = scores.astype(np.float32)
        expanded[rows] = expand_embeddings(vectors[rows], vectors[near], scores, params)

    _each_block(pool, expand_block, len(vectors))
    return expanded


def _compared(
    pool: ThreadPoolExecutor,
    candidates: Array,
    overlaps: Array,
    expanded: Array,
    params: ScoreParams,
) -> tuple[Array, Array]:
    """Second pass: the hybrid scores of the expanded embeddings, and the hubness of each text.

    (texts, c) float32, -1 for a missing candidate, and (texts,) float32.
    """
    hybrids = np.empty(candidates.shape, dtype=np.float32)
    hub = np.empty(len(expanded), dtype=np.float32)

    def compare_block(rows: slice) -> None:
        near, missing = _without_gaps(candidates[rows])
        # Pairs are multiplied one by one. In a matrix product the last bit of each depends on its
        # place, and equal texts would not have equal scores.
        text = np.repeat(np.arange(rows.start, rows.stop), near.shape[1])
        cosine = pair_similarities(expanded, text, near.ravel()).reshape(near.shape)
        hybrids[rows] = np.where(missing, -1.0, hybrid_score(cosine, overlaps[rows], params))
        hub[rows] = hubness(-np.sort(-hybrids[rows], axis=1), params)

    _each_block(pool, compare_block, len(expanded))
    return hybrids, hub


def _corrected(
    pool: ThreadPoolExecutor, candidates: Array, hybrids: Array, hub: Array, params: ScoreParams
) -> Graph:
    """Third pass: the scores corrected for hubness, and the candidates sorted by them."""
    wide = Graph(np.empty(candidates.shape, dtype=np.int32), np.empty_like(hybrids))
    mean_hubness = float(hub.mean()) if len(hub) else 0.0  # there may be no text

    def correct_block(rows: slice) -> None:
        near, missing = _without_gaps(candidates[rows])
        scores = correct_hubness(hybrids[rows], hub[near], mean_hubness, params)
        scores = np.where(missing, -1.0, scores)
        order = _best(scores, scores.shape[1])
        wide.neighbours[rows] = np.take_along_axis(candidates[rows], order, axis=1)
        wide.scores[rows] = np.maximum(np.take_along_axis(scores, order, axis=1), 0.0)

    _each_block(pool, correct_block, len(hub))
    return wide


def _without_gaps(candidates: Array) -> tuple[Array, Array]:
    """The `candidates` with text 0 in place of -1, so that they can index; and where -1 was."""
    missing = candidates < 0
    return np.where(missing, 0, candidates), missing


def _best(scores: Array, count: int) -> Array:
    """Columns of the `count` best scores of each row, best first, ties by column."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :count]


def _each_block(pool: ThreadPoolExecutor, work: Callable[[slice], None], rows: int) -> None:
    """Do the `work` on all blocks of `rows`; an exception in one is raised here."""
    list(pool.map(work, _blocks(slice(0, rows), BLOCK_ROWS)))


def _blocks(rows: slice, size: int) -> Iterator[slice]:
    """`rows` in blocks of `size`."""
    starts = range(rows.start, rows.stop, size)
    return (slice(start, min(start + size, rows.stop)) for start in starts)
