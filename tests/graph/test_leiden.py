"""Communities: planted ones are found, edges weigh what they should, seeds decide the rest."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from recommender._typing import Array
from recommender.graph.leiden import leiden, leiden_ensemble
from recommender.graph.measures import modularity

Objective = Literal["modularity", "CPM"]
OBJECTIVES: tuple[Objective, ...] = ("modularity", "CPM")


def graph(texts: int, *edges: tuple[int, int, float]) -> tuple[Array, Array]:
    """Rows of neighbours with scores, from directed edges (source, target, score)."""
    rows: list[list[tuple[int, float]]] = [[] for _ in range(texts)]
    for source, target, score in edges:
        rows[source].append((target, score))
    width = max(map(len, rows), default=0)
    neighbours = np.full((texts, width), -1, dtype=np.int32)
    scores = np.zeros((texts, width), dtype=np.float32)
    for row, found in enumerate(rows):
        for column, (target, score) in enumerate(found):
            neighbours[row, column], scores[row, column] = target, score
    return neighbours, scores


def noisy(texts: int, k: int, seed: int = 0) -> tuple[Array, Array]:
    """A graph of random neighbours with random scores."""
    rng = np.random.default_rng(seed)
    rows = [rng.choice([j for j in range(texts) if j != i], k, False) for i in range(texts)]
    scores = -np.sort(-rng.random((texts, k)), axis=1)
    return np.array(rows, dtype=np.int32), scores.astype(np.float32)


def pairs(of: Iterable[int]) -> list[frozenset[int]]:
    return [frozenset(pair) for pair in combinations(of, 2)]


def groups(labels: Array) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == g).tolist()) for g in set(labels.tolist())}


@pytest.mark.parametrize(("objective", "resolution"), [("modularity", 0.5), ("CPM", 0.3)])
def test_planted_cliques_are_the_communities(objective: Objective, resolution: float) -> None:
    planted = [{0, 3, 6, 9}, {1, 4, 7}, {2, 5, 8, 10, 11}]
    edges = [(a, b, 0.9) for group in planted for a in group for b in group if a != b]
    edges += [(0, 1, 0.1), (4, 2, 0.1), (8, 9, 0.1)]
    found = leiden(*graph(12, *edges), resolution, 0, objective)
    assert found.dtype == np.int32
    assert groups(found) == {frozenset(group) for group in planted}


def test_under_cpm_an_edge_weighs_the_mean_of_the_listed_scores() -> None:
    def together(*edges: tuple[int, int, float]) -> bool:
        return len(groups(leiden(*graph(2, *edges), 0.5, 0, "CPM"))) == 1

    assert together((0, 1, 0.51))
    assert not together((0, 1, 0.49))
    assert together((0, 1, 0.61), (1, 0, 0.41))
    assert not together((0, 1, 0.59), (1, 0, 0.39))
    assert not together((0, 1, 0.3), (1, 0, 0.3))


def test_under_modularity_an_edge_that_both_texts_list_weighs_twice_as_much() -> None:
    # At this resolution a chain of three texts with equal edges is one community. With one edge
    # twice as heavy, the text at the end of the other edge is on its own.
    chain = [(0, 1, 0.8), (1, 2, 0.8)]
    assert len(groups(leiden(*graph(3, *chain), 1.3, 0, "modularity"))) == 1
    mutual = leiden(*graph(3, *chain, (1, 0, 0.8)), 1.3, 0, "modularity")
    assert groups(mutual) == {frozenset({0, 1}), frozenset({2})}


def partitions(texts: int) -> Iterator[list[int]]:
    """All ways to group so many texts: the group of each, every partition once."""
    if not texts:
        yield []
        return
    for before in partitions(texts - 1):
        for group in range(max(before, default=-1) + 2):
            yield [*before, group]


@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.5, 0.7]))
def test_under_cpm_the_best_communities_hang_together_by_strong_edges(
    seed: int, resolution: float
) -> None:
    # This is why the search may leave out all other edges. Checked by trying all partitions.
    texts = 6
    neighbours, scores = noisy(texts, 2, seed)
    listed: dict[frozenset[int], list[float]] = {}
    for source, (others, values) in enumerate(
        zip(neighbours.tolist(), scores.tolist(), strict=True)
    ):
        for target, score in zip(others, values, strict=True):
            listed.setdefault(frozenset((source, target)), []).append(score)
    gains = {pair: np.mean(listed.get(pair, [0.0])) - resolution for pair in pairs(range(texts))}

    def quality(of: Sequence[int]) -> float:
        together = (pair for pair in gains if len({of[text] for text in pair}) == 1)
        return float(sum(gains[pair] for pair in together))

    part = list(range(texts))
    for a, b in (sorted(pair) for pair, gain in gains.items() if gain >= 0):
        part = [part[a] if of == part[b] else of for of in part]

    def within(of: Sequence[int]) -> bool:
        return len({*zip(of, part, strict=True)}) == len({*of})

    best = max(map(quality, partitions(texts)))
    assert max(map(quality, filter(within, partitions(texts)))) == pytest.approx(best)
    assert within(leiden(neighbours, scores, resolution, 0, "CPM").tolist())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_equal_seeds_give_equal_communities_whatever_ran_before(objective: Objective) -> None:
    neighbours, scores = noisy(150, 6)
    resolution = {"modularity": 1.0, "CPM": 0.45}[objective]
    first = leiden(neighbours, scores, resolution, 7, objective)
    assert len(groups(first)) > 1
    random.seed(99)
    leiden(neighbours, scores, resolution, 8, objective)
    assert leiden(neighbours, scores, resolution, 7, objective).tobytes() == first.tobytes()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_pythons_random_numbers_are_left_alone(objective: Objective) -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    leiden(*noisy(30, 3), 0.5, 0, objective)
    assert random.random() == expected


def test_an_ensemble_finds_planted_communities() -> None:
    planted = [{0, 3, 6, 9}, {1, 4, 7}, {2, 5, 8, 10, 11}, {12}]
    edges = [(a, b, 0.9) for group in planted for a in group for b in group if a != b]
    edges += [(0, 1, 0.1), (4, 2, 0.1), (8, 9, 0.1)]
    found = leiden_ensemble(*graph(13, *edges), 0.5, 0, 3)
    assert found.dtype == np.int32
    assert groups(found) == {frozenset(group) for group in planted}


@pytest.mark.parametrize("seed", range(20))
def test_an_ensemble_of_a_small_graph_finds_the_best_communities(seed: int) -> None:
    neighbours, scores = noisy(7, 3, seed)
    best = max(modularity(neighbours, scores, np.array(part), 1.0) for part in partitions(7))
    found = leiden_ensemble(neighbours, scores, 1.0, seed, 5)
    assert modularity(neighbours, scores, found, 1.0) == pytest.approx(best)


def test_ensembles_are_better_than_single_searches_and_agree_more() -> None:
    neighbours, scores = noisy(300, 6)

    def quality_and_agreement(found: list[Array]) -> tuple[float, float]:
        qualities = [modularity(neighbours, scores, part, 1.0) for part in found]
        agreements = [adjusted_rand_score(a, b) for a, b in combinations(found, 2)]
        return float(np.mean(qualities)), float(np.mean(agreements))

    alone = quality_and_agreement(
        [leiden(neighbours, scores, 1.0, seed, "modularity") for seed in range(6)]
    )
    together = quality_and_agreement(
        [leiden_ensemble(neighbours, scores, 1.0, seed, 5) for seed in range(6)]
    )
    assert together[0] > alone[0]
    assert together[1] > alone[1]


def test_equal_seeds_give_equal_ensembles_and_leave_pythons_random_numbers_alone() -> None:
    neighbours, scores = noisy(150, 6)
    random.seed(5)
    expected = random.random()
    random.seed(5)
    first = leiden_ensemble(neighbours, scores, 1.0, 7, 3)
    assert random.random() == expected
    leiden_ensemble(neighbours, scores, 1.0, 8, 3)
    assert leiden_ensemble(neighbours, scores, 1.0, 7, 3).tobytes() == first.tobytes()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_ensemble_of_texts_without_neighbours_leaves_them_alone(count: int) -> None:
    none = np.full((count, 3), -1, dtype=np.int32)
    assert len(groups(leiden_ensemble(none, np.zeros((count, 3), np.float32), 0.5, 0, 5))) == count


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_texts_without_neighbours_stand_alone(count: int, objective: Objective) -> None:
    empty = np.empty((count, 0))
    found = leiden(empty.astype(np.int32), empty.astype(np.float32), 0.5, 0, objective)
    assert len(groups(found)) == count
    none = np.full((count, 3), -1, dtype=np.int32)
    found = leiden(none, np.zeros((count, 3), np.float32), 0.5, 0, objective)
    assert len(groups(found)) == count


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_missing_neighbours_and_scores_of_0_make_no_edges(objective: Objective) -> None:
    neighbours = np.array([[1, -1], [0, 2], [1, -1]], dtype=np.int32)
    scores = np.array([[0.9, 0.9], [0.9, 0.0], [0.0, 0.9]], dtype=np.float32)
    found = leiden(neighbours, scores, 0.5, 0, objective)
    assert groups(found) == {frozenset({0, 1}), frozenset({2})}
