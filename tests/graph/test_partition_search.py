"""The seam to the Leiden library: one file knows it, and another library can take its place."""

import ast
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import recommender
from recommender._typing import Array
from recommender.graph import leiden as leiden_module
from recommender.graph.edges import Edges, locality_order, text_edges
from recommender.graph.leiden import leiden, leiden_ensemble
from recommender.graph.measures import modularity
from recommender.graph.partition_search import (
    MAX_ITERATIONS,
    MIN_GAIN,
    FoundPartition,
    Objective,
    PartitionSearch,
    open_search,
)
from tests.graph.test_leiden import noisy


def edges_of(neighbours: Array, scores: Array) -> Edges:
    everyone = np.arange(len(neighbours), dtype=np.int32)
    return text_edges(neighbours, scores, everyone, everyone, mean=False)


def test_only_one_file_of_the_package_imports_igraph() -> None:
    package = Path(recommender.__file__).parent
    importing = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] == "igraph" for name in names):
                importing.add(path.relative_to(package).as_posix())
    assert importing == {"graph/partition_search.py"}


def test_the_quality_of_a_search_is_its_modularity() -> None:
    neighbours, scores = noisy(150, 6)
    found = open_search(edges_of(neighbours, scores), 150, 1.0, "modularity").run(0)
    assert found.membership.dtype == np.int32
    measured = modularity(neighbours, scores, found.membership, 1.0)
    assert found.quality == pytest.approx(measured, abs=1e-6)


@pytest.mark.parametrize(("objective", "resolution"), [("modularity", 1.0), ("CPM", 0.45)])
def test_a_search_opened_once_runs_alike_for_equal_seeds(
    objective: Objective, resolution: float
) -> None:
    search = open_search(edges_of(*noisy(150, 6)), 150, resolution, objective)
    first, other, again = (search.run(seed).membership.tolist() for seed in (3, 4, 3))
    assert first == again != other


def test_a_search_that_starts_from_communities_does_not_lose_quality() -> None:
    search = open_search(edges_of(*noisy(150, 6)), 150, 1.0, "modularity")
    brief = search.run(0, iterations=1)
    more = search.run(1, initial=brief.membership)
    assert more.quality >= brief.quality


def test_under_cpm_node_weights_decide_what_a_pair_must_weigh() -> None:
    edges = Edges(np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.5]))
    search = open_search(edges, 3, 1.0, "CPM", np.array([0.5, 0.9, 0.6]))
    first, second, third = search.run(0).membership.tolist()
    assert first == second != third


def test_pythons_random_numbers_are_left_alone() -> None:
    search = open_search(edges_of(*noisy(30, 3)), 30, 1.0, "modularity")
    random.seed(5)
    expected = random.random()
    random.seed(5)
    search.run(0)
    assert random.random() == expected


class GraspologicSearch:
    """A second implementation of `PartitionSearch`: modularity by graspologic-native (MIT)."""

    def __init__(self, edges: Edges, count: int, resolution: float) -> None:
        ends = (map(str, column.tolist()) for column in edges[:2])
        self._edges = list(zip(*ends, edges.weight.astype(float).tolist(), strict=True))
        self._linked = np.unique(np.concatenate(edges[:2]))
        self._count, self._resolution = count, resolution

    def run(
        self, seed: int, iterations: int = MAX_ITERATIONS, initial: Array | None = None
    ) -> FoundPartition:
        start = None
        if initial is not None:
            start = {str(node): int(initial[node]) for node in self._linked.tolist()}
        quality, best = self._iterate(seed, start)
        for _ in range(iterations - 1):
            found_quality, found = self._iterate(seed, best)
            gain = found_quality - quality
            if gain > 0:
                quality, best = found_quality, found
            if not gain > MIN_GAIN:
                break
        # The library does not know nodes without edges: each is a community of its own.
        membership = len(best) + np.arange(self._count, dtype=np.int32)
        for node, community in best.items():
            membership[int(node)] = community
        numbered = np.unique(membership, return_inverse=True)[1].astype(np.int32)
        return FoundPartition(numbered, quality)

    def _iterate(self, seed: int, start: dict[str, int] | None) -> tuple[float, dict[str, int]]:
        import graspologic_native

        found: tuple[float, dict[str, int]] = graspologic_native.leiden(
            self._edges, starting_communities=start, resolution=self._resolution, seed=seed
        )
        return found


def open_graspologic(
    edges: Edges,
    count: int,
    resolution: float,
    objective: Objective,
    node_weights: Array | None = None,
) -> PartitionSearch:
    """graspologic-native for modularity; it knows no node weights, so igraph serves CPM."""
    if objective == "CPM" or node_weights is not None:
        return open_search(edges, count, resolution, objective, node_weights)
    return GraspologicSearch(edges, count, resolution)


def planted(communities: int = 12, size: int = 40, k: int = 10) -> tuple[Array, Array, Array]:
    """A graph in which four of five neighbours are of a text's own community; and these."""
    rng = np.random.default_rng(0)
    texts = communities * size
    of = np.arange(texts) // size
    rows = []
    for text in range(texts):
        own = np.flatnonzero(of == of[text])
        near = rng.choice(own[own != text], 4 * k // 5, replace=False)
        far = rng.choice(np.flatnonzero(of != of[text]), k - len(near), replace=False)
        rows.append(np.concatenate((near, far)))
    scores = -np.sort(-rng.random((texts, k)), axis=1)
    return np.array(rows, dtype=np.int32), scores.astype(np.float32), of


def test_another_library_finds_planted_communities_at_the_same_modularity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("graspologic_native")
    neighbours, scores, of = planted()
    ours = leiden(neighbours, scores, 1.0, 0, "modularity")
    monkeypatch.setattr(leiden_module, "open_search", open_graspologic)
    for found in (
        leiden(neighbours, scores, 1.0, 0, "modularity"),
        leiden(neighbours, scores, 1.0, 0, "modularity", initial=of),
        leiden_ensemble(neighbours, scores, 1.0, 0, 3),
    ):
        assert adjusted_rand_score(found, of) == 1.0
        reached, wanted = (modularity(neighbours, scores, g, 1.0) for g in (found, ours))
        assert reached == pytest.approx(wanted, abs=1e-9)


def test_another_library_comes_as_near_where_there_is_no_one_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("graspologic_native")
    neighbours, scores = noisy(300, 6)

    def mean_quality() -> float:
        found = [leiden(neighbours, scores, 1.0, seed, "modularity") for seed in range(6)]
        return float(np.mean([modularity(neighbours, scores, g, 1.0) for g in found]))

    ours = mean_quality()
    monkeypatch.setattr(leiden_module, "open_search", open_graspologic)
    assert mean_quality() == pytest.approx(ours, rel=0.02)


def test_another_library_leaves_texts_without_neighbours_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("graspologic_native")
    monkeypatch.setattr(leiden_module, "open_search", open_graspologic)
    neighbours = np.array([[1], [0], [-1], [-1]], dtype=np.int32)
    found = leiden(neighbours, np.full((4, 1), 0.5, np.float32), 1.0, 0, "modularity").tolist()
    assert found[0] == found[1]
    assert len({*found}) == 3


def test_the_locality_order_changes_no_community_of_a_planted_graph() -> None:
    neighbours, scores, of = planted(4, 20, 5)
    order, position = locality_order(neighbours)
    edges = text_edges(neighbours, scores, order, position, mean=False)
    found = open_search(edges, len(of), 1.0, "modularity").run(0).membership[position]
    assert adjusted_rand_score(found, of) == 1.0
    assert all((found[a] == found[b]) == (of[a] == of[b]) for a, b in pairwise(range(len(of))))
