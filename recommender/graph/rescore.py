"""The neighbour graph: candidates by cosine, rescored with words and hubness; all read from it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.knn.blocks import pool_of, similarities_of
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

BLOCK_ROWS = 256  # their candidates' vectors stay in the processor's cache
OPENED_ROWS, OPEN_TEXTS = 1024, 8  # texts compared by one thread in turn, and at once


class Graph(NamedTuple):
    """`neighbours` (texts, k) int32, best first, -1 for none; their `scores`, float32 in [0, 1]."""

    neighbours: Array
    scores: Array


class Rescored(NamedTuple):
    """The graph, and the hubness that scores any other pair alike: see `scoring`.

    `wide` is the graph of all candidates, of which `graph` keeps the best `k`. `hubness` (texts,)
    float32.
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
    """The graph of each text's `k` best-scored `candidates`; and the expanded embeddings.

    These, (texts, dimension) float32, are what other texts are compared with: an index holds them.

    `candidates` (texts, c) int32, -1 for none, with their cosine `similarities`; `vectors`
    (texts, dimension) float32 are unit embeddings. The result is the same for any number of
    `threads`. `advance` is told how many texts are done.
    """
    expanded, hub = np.empty_like(vectors), np.empty(len(vectors), dtype=np.float32)
    hybrids = np.empty(candidates.shape, dtype=np.float32)
    wide = Graph(np.empty(candidates.shape, dtype=np.int32), np.empty_like(hybrids))

    def expand_block(rows: slice) -> None:
        near, missing = _any_text(candidates[rows])
        first = np.where(missing, 0.0, hybrid_score(similarities[rows], overlap[rows], params))
        best = _best(first, params.expansion_size)
        near, scores = (np.take_along_axis(column, best, axis=1) for column in (near, first))
        expanded[rows] = expand_embeddings(
            vectors[rows], vectors[near], scores.astype(np.float32), params
        )

    def compare_block(rows: slice) -> None:
        near, missing = _any_text(candidates[rows])
        # One product a pair: in a matrix product the last bit of each depends on its place, and
        # equal texts would not tie.
        text = np.repeat(np.arange(rows.start, rows.stop), near.shape[1])
        similarity = similarities_of(expanded, text, near.ravel()).reshape(near.shape)
        hybrids[rows] = np.where(missing, -1.0, hybrid_score(similarity, overlap[rows], params))
        hub[rows] = hubness(-np.sort(-hybrids[rows], axis=1), params)

    def correct_block(rows: slice) -> None:
        near, missing = _any_text(candidates[rows])
        scores = np.where(missing, -1.0, correct_hubness(hybrids[rows], hub[near], mean, params))
        order = _best(scores, scores.shape[1])
        wide.neighbours[rows] = np.take_along_axis(candidates[rows], order, axis=1)
        wide.scores[rows] = np.maximum(np.take_along_axis(scores, order, axis=1), 0.0)

    blocks = list(_blocks(slice(0, len(vectors)), BLOCK_ROWS))
    with pool_of(threads) as pool:
        overlap = _overlaps(candidates, words, pool, advance)
        for work in (expand_block, compare_block):
            list(pool.map(work, blocks))
        mean = float(hub.mean())
        list(pool.map(correct_block, blocks))
    graph = Graph(*(np.ascontiguousarray(column[:, :k]) for column in wide))
    return Rescored(graph, wide, hub), expanded


def _any_text(candidates: Array) -> tuple[Array, Array]:
    """The `candidates` with some text for each -1, whose score is taken away; and which were -1."""
    missing = candidates < 0
    return np.where(missing, 0, candidates), missing


def _overlaps(
    candidates: Array,
    words: WeightedWords,
    pool: ThreadPoolExecutor,
    advance: Callable[[int], None],
) -> Array:
    """`lexical.overlaps` of every text with its candidates, (texts, c) float32."""
    size = int(words.words.max(initial=-1)) + 2
    weights = words.weights.astype(np.float32)
    found = np.empty(candidates.shape, dtype=np.float32)

    def compare(many: slice) -> None:
        # The weights of some texts lie open by word: candidates look their own words up in them.
        # No word, -1, finds whatever is there, but weighs nothing itself.
        opened = np.zeros(OPEN_TEXTS * size, dtype=np.float32)
        first = np.arange(OPEN_TEXTS, dtype=np.int32)[:, None] * size
        # To fill fresh memory takes far longer than to fill the same again.
        places = np.empty((OPEN_TEXTS, *found.shape[1:], words.words.shape[1]), dtype=np.int32)
        theirs, own = (np.empty(places.shape, dtype=np.float32) for _ in range(2))
        for rows in _blocks(many, OPEN_TEXTS):
            here = slice(rows.stop - rows.start)
            at = words.words[rows] + first[here]
            opened[at] = weights[rows]
            words.words.take(candidates[rows], axis=0, mode="clip", out=places[here])
            weights.take(candidates[rows], axis=0, mode="clip", out=theirs[here])
            places[here] += first[here, None]
            opened.take(places[here], mode="clip", out=own[here])
            np.vecdot(own[here], theirs[here], out=found[rows])
            opened[at] = 0.0

    blocks = list(_blocks(slice(0, len(found)), OPENED_ROWS))
    for rows, _ in zip(blocks, pool.map(compare, blocks), strict=True):
        advance(rows.stop - rows.start)
    return found


def _best(scores: Array, count: int) -> Array:
    """Columns of the `count` best of each row, best first, ties by column."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :count]


def _blocks(rows: slice, size: int) -> Iterator[slice]:
    """`rows` in blocks of `size`."""
    starts = range(rows.start, rows.stop, size)
    return (slice(start, min(start + size, rows.stop)) for start in starts)
