"""Merged communities against a slow oracle."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.graph.merge_small import merge_small_communities


def merged_by_a_matrix(
    neighbours: Array,
    weights: Array,
    groups: Array,
    resolution: float,
    min_size: int,
    max_communities: int | None,
) -> Array:
    """The oracle: looks through all pairs of communities at each step."""
    _, groups = np.unique(groups, return_inverse=True)
    size = len(set(groups.tolist()))
    links = np.zeros((size, size))
    for text, near in enumerate(neighbours.tolist()):
        for other, weight in zip(near, weights[text].tolist(), strict=True):
            if other >= 0:
                links[groups[text], groups[other]] += weight
    links = links + links.T
    sizes, degrees, total = np.bincount(groups), links.sum(axis=1), max(links.sum(), 1e-12)
    merged, alive = np.arange(size), np.ones(size, dtype=bool)
    while True:
        gains = links - resolution * np.outer(degrees, degrees) / total
        gains[(links <= 0) | ~alive[:, None] | ~alive[None, :]] = -np.inf
        np.fill_diagonal(gains, -np.inf)
        small = alive & (sizes < min_size) & (gains > -np.inf).any(axis=1)
        if small.any():
            source = int(np.where(small, sizes, sizes.max() + 1).argmin())
        elif (
            max_communities is not None
            and alive.sum() > max_communities
            and (gains > -np.inf).any()
        ):
            source = int(gains.max(axis=1).argmax())
        else:
            return np.asarray(merged[groups])
        target = int(gains[source].argmax())
        links[target] += links[source]
        links[:, target] += links[:, source]
        sizes[target] += sizes[source]
        degrees[target] += degrees[source]
        alive[source] = False
        merged[merged == source] = target


@given(
    st.integers(2, 60), st.integers(1, 4), st.integers(0, 10_000), st.integers(1, 6),
    st.none() | st.integers(1, 8), st.sampled_from([0.25, 1.0, 4.0]),
)  # fmt: skip
def test_communities_merge_as_a_matrix_of_all_pairs_says(
    texts: int, k: int, seed: int, min_size: int, most: int | None, resolution: float
) -> None:
    rng = np.random.default_rng(seed)
    neighbours = rng.integers(-1, texts, (texts, k)).astype(np.int32)
    # Eighths sum exactly in any order, and make ties.
    weights = (rng.integers(0, 9, (texts, k)) / 8).astype(np.float32)
    groups = rng.integers(0, max(2, texts // 3), texts)
    found = merge_small_communities(neighbours, weights, groups, resolution, min_size, most)
    assert found.dtype == np.int32
    oracle = merged_by_a_matrix(neighbours, weights, groups, resolution, min_size, most)
    assert np.array_equal(found, oracle)


def test_many_small_communities_merge_without_a_matrix_of_all_pairs() -> None:
    # 30,000 pairs in a ring: all pairs of them would fill 7 GB.
    texts = np.arange(60_000)
    neighbours = np.stack(((texts + 1) % len(texts), texts ^ 1), axis=1).astype(np.int32)
    weights = np.tile(np.float32([0.5, 1.0]), (len(texts), 1))
    found = merge_small_communities(neighbours, weights, texts // 2, 0.5, 5)
    sizes = np.unique(found, return_counts=True)[1]
    assert sizes.min() >= 5
    assert len(sizes) > 5_000
    assert (
        len(np.unique(merge_small_communities(neighbours, weights, texts // 2, 0.5, 5, 12))) == 12
    )
