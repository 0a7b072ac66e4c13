"""Measures of a grouping against slow oracles and igraph's own modularity."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender._typing import Array
from recommender.graph.measures import central_members, modularity, number_by_size


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_groups_are_numbered_by_size_then_by_first_member(labels: list[int]) -> None:
    numbered = number_by_size(np.array(labels, dtype=np.int32))
    assert numbered.dtype == np.int32
    ranked = sorted(set(labels), key=lambda g: (-labels.count(g), labels.index(g)))
    assert numbered.tolist() == [ranked.index(group) for group in labels]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), min_size=1, max_size=40))
def test_groups_are_numbered_by_the_sum_of_weights_if_there_are_any(
    members: list[tuple[int, int]],
) -> None:
    labels = [group for group, _ in members]
    weights = np.array([weight for _, weight in members])
    numbered = number_by_size(np.array(labels, dtype=np.int32), weights).tolist()
    size = {g: sum(weight for group, weight in members if group == g) for g in labels}
    ranked = sorted(set(labels), key=lambda g: (-size[g], labels.index(g)))
    assert numbered == [ranked.index(group) for group in labels]


def slow_central(neighbours: Array, scores: Array, groups: Array) -> list[int]:
    """The text of each group whose scores within the group have the greatest sum."""
    found = []
    for group in range(int(groups.max(initial=-1)) + 1):
        members = [t for t in range(len(groups)) if groups[t] == group]
        degree = {
            t: sum(
                float(s)
                for n, s in zip(neighbours[t], scores[t], strict=True)
                if n >= 0 and groups[n] == group
            )
            for t in members
        }
        found.append(min(members, key=lambda t: (-degree[t], t)))
    return found


@given(st.integers(1, 12), st.integers(0, 4), st.randoms(use_true_random=False))
def test_the_central_member_has_the_greatest_weighted_degree_in_its_group(
    texts: int, k: int, rng: random.Random
) -> None:
    neighbours = np.array(
        [[rng.randrange(-1, texts) for _ in range(k)] for _ in range(texts)], dtype=np.int32
    ).reshape(texts, k)
    # Halves and quarters add up exactly in any order.
    scores = np.array(
        [[rng.randrange(5) / 4 for _ in range(k)] for _ in range(texts)], dtype=np.float32
    ).reshape(texts, k)
    labels = [rng.randrange(-1, 3) for _ in range(texts)]
    known = {label: number for number, label in enumerate(sorted({*labels} - {-1}))}
    groups = np.array([known.get(label, -1) for label in labels], dtype=np.int32)
    found = central_members(neighbours, scores, groups)
    assert found.dtype == np.int32
    assert found.tolist() == slow_central(neighbours, scores, groups)


@given(
    st.integers(1, 12), st.integers(0, 4), st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    st.integers(0, 10_000),
)  # fmt: skip
def test_modularity_equals_the_one_of_igraph(
    texts: int, k: int, resolution: float, seed: int
) -> None:
    igraph = pytest.importorskip("igraph")
    rng = np.random.default_rng(seed)
    neighbours = rng.integers(-1, texts, (texts, k)).astype(np.int32)
    neighbours[neighbours == np.arange(texts)[:, None]] = -1
    scores = (rng.integers(1, 9, (texts, k)) / 8).astype(np.float32)
    groups = rng.integers(0, 3, texts)
    edges = [(i, int(j)) for i in range(texts) for j in neighbours[i] if j >= 0]
    weights = [float(s) for s, j in zip(scores.ravel(), neighbours.ravel(), strict=True) if j >= 0]
    wanted = 0.0
    if edges:
        oracle = igraph.Graph(n=texts, edges=edges)
        wanted = oracle.modularity(
            groups.tolist(), weights=weights, resolution=resolution, directed=False
        )
    assert modularity(neighbours, scores, groups, resolution) == pytest.approx(wanted, abs=1e-9)
