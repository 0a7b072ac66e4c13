"""Communities of the neighbour graph, by Leiden: what stories and topics are made of."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from recommender._typing import Array

if TYPE_CHECKING:
    from igraph import VertexClustering
    from scipy.sparse import csr_array

__all__ = [
    "Edges",
    "group_edges",
    "initial_membership",
    "leiden",
    "leiden_ensemble",
]

Objective = Literal["modularity", "CPM"]

EDGES_AT_A_TIME = 1 << 16
ORDERED_BY = 5  # neighbours of each text: more bring nothing
ITERATIONS = 50  # a safeguard: on real graphs ten are many
# Of modularity. To go on for less takes up to twice as long and gains no agreement with labels.
LEAST_GAIN = 1e-4
BRIEF = 3  # iterations of the searches of an ensemble
CORE_SEARCHES = 20


class Edges(NamedTuple):
    """Pairs of linked texts, or groups, the lower first, and what they weigh, (edges,) each."""

    low: Array
    high: Array
    weight: Array


def leiden(
    neighbours: Array,
    scores: Array,
    resolution: float,
    seed: int,
    objective: Objective,
    *,
    iterations: int = ITERATIONS,
    weights: Array | None = None,
    initial: Array | None = None,
) -> Array:
    """Community of every text, (texts,) int32; equal seeds give equal communities.

    `neighbours` (texts, k) int32, -1 for none, with their `scores`. Leiden (Traag, Waltman & van
    Eck 2019) on the undirected graph. Under modularity two texts that name each other are tied
    twice as strongly as where one names the other; under the constant Potts model (CPM: Traag, Van
    Dooren & Nesterov 2011), where `resolution` is a score, an edge weighs the mean of what is said.
    It ends where an iteration improves next to nothing, or after so many `iterations`.

    `weights` (texts,) are those of the texts under CPM, where two must score the product of theirs
    and the resolution to be rather together than apart; without them each weighs 1. `initial`
    (texts,) numbers the communities from 0 that the search begins with, else each text's own.
    """
    order, place = _near_in_memory(neighbours)
    weights, initial = (None if of is None else of[order] for of in (weights, initial))
    edges = _edges(neighbours, scores, order, place, mean=objective == "CPM")
    if objective == "CPM":
        edges = _held(edges, resolution, np.ones(len(order)) if weights is None else weights)
    iteration = _iteration(edges, len(order), resolution, objective, weights)
    del edges  # of a large graph gigabytes, as weights kept with igraph's edges would be
    return _groups(_search(iteration, seed, iterations, initial))[place]


def leiden_ensemble(
    neighbours: Array, scores: Array, resolution: float, seed: int, searches: int
) -> Array:
    """Communities by modularity that hardly depend on the `seed`, (texts,) int32.

    The graph is that of `leiden`. What so many brief `searches` all put together are core groups
    (Ovelgoenne and Geyer-Schulz 2012, An ensemble learning strategy for graph clustering). Each is
    a node of a graph that is small enough for many searches; from what the best of them finds, one
    goes on among the texts.
    """
    order, place = _near_in_memory(neighbours)
    edges = _edges(neighbours, scores, order, place, mean=False)
    iteration = _iteration(edges, len(order), resolution, "modularity")
    first = searches * seed  # so that no two seeds share a search
    brief = [_groups(_search(iteration, first + search, BRIEF)) for search in range(searches)]
    core: Array = np.unique(np.stack(brief), axis=1, return_inverse=True)[1].ravel()
    initial = _of_core_groups(edges, core, resolution, seed)[core]
    return _groups(_search(iteration, seed, ITERATIONS, initial))[place]


def _of_core_groups(edges: Edges, core: Array, resolution: float, seed: int) -> Array:
    """The best communities found of the `core` groups (texts,), numbered from 0: (groups,) int32.

    Modularity is CPM where a node weighs what its edges do, those within the group as well.
    """
    count, ends = int(core.max(initial=-1)) + 1, (core[edges.low], core[edges.high])
    of_groups = group_edges(*ends, edges.weight, count)
    if not len(of_groups.low):
        return np.arange(count, dtype=np.int32)
    low, high = (np.bincount(end, edges.weight, count) for end in ends)
    degrees = low + high
    iteration = _iteration(of_groups, count, resolution / degrees.sum(), "CPM", degrees)
    first = CORE_SEARCHES * seed
    found = [_search(iteration, first + search, ITERATIONS) for search in range(CORE_SEARCHES)]
    return _groups(max(found, key=lambda clustering: clustering.quality))


def group_edges(source: Array, target: Array, weight: Array, count: int) -> Edges:
    """The edges between `count` groups, from those of their members, `source` to `target`.

    Each pair of groups that share edges once, in order, with the sum of their `weight`s.
    """
    from scipy.sparse import coo_array

    apart = source != target
    source, target = source[apart], target[apart]
    ends = np.minimum(source, target), np.maximum(source, target)
    pairs = coo_array((weight[apart], ends), shape=(count, count)).tocsr().tocoo()
    return Edges(pairs.row, pairs.col, pairs.data)


def initial_membership(previous: Array) -> Array:
    """What a search begins with: `previous` groups (texts,) numbered from 0, each -1 a new one."""
    initial = previous.astype(np.int64)
    alone = np.flatnonzero(initial < 0)
    initial[alone] = initial.max(initial=-1) + 1 + np.arange(len(alone))
    return np.unique(initial, return_inverse=True)[1]


def _near_in_memory(neighbours: Array) -> tuple[Array, Array]:
    """An order of the texts, neighbours near each other; and the place in it of each text.

    By reverse Cuthill-McKee (George 1971), which takes no time beside what it saves: of a large
    graph in any order a search waits for memory, half of its time.
    """
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    count, near = len(neighbours), neighbours[:, :ORDERED_BY]
    links = _matrix(near, near >= 0, near >= 0)
    order = reverse_cuthill_mckee(links, symmetric_mode=True) if count else np.empty(0, np.int32)
    place = np.empty(count, dtype=np.int32)
    place[order] = np.arange(count, dtype=np.int32)
    return order, place


def _iteration(
    edges: Edges,
    count: int,
    resolution: float,
    objective: Objective,
    weights: Array | None = None,
) -> "Callable[..., VertexClustering]":
    """What one iteration of Leiden finds in the graph of `count` texts."""
    import igraph

    graph = igraph.Graph(n=count, edges=_each(edges.low, edges.high), directed=False)
    # One at a time: asked to go on while anything moves, igraph never ends where moves of equal
    # gain lead round in a circle, as they do among copies of a text.
    return partial(
        graph.community_leiden,
        objective_function=objective,
        # The numbers of an array itself take igraph three times as long.
        weights=edges.weight.astype(np.float64).data,
        resolution=resolution,
        n_iterations=1,
        node_weights=None if weights is None else weights.tolist(),
    )


def _search(
    iteration: "Callable[..., VertexClustering]",
    seed: int,
    iterations: int,
    initial: Array | None = None,
) -> "VertexClustering":
    """Iterate from the communities `initial` until little is gained; the best that was found."""
    import igraph

    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible by design
    try:
        best = iteration(initial_membership=None if initial is None else initial.tolist())
        for _ in range(iterations - 1):
            found = iteration(initial_membership=best.membership)
            gain = found.quality - best.quality
            if gain > 0:
                best = found
            if not gain > LEAST_GAIN:  # nor, without an edge, where it is no number
                break
    finally:
        igraph.set_random_number_generator(random)
    return best


def _groups(clustering: "VertexClustering") -> Array:
    return np.asarray(clustering.membership, dtype=np.int32)


def _held(edges: Edges, resolution: float, weights: Array) -> Edges:
    """The edges whose ends hang together by edges that score what CPM asks of their texts.

    No other matters. Two groups that no such edge joins only lose where they are joined, so no
    community reaches beyond what hangs together; and most of a graph's edges do.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    low, high, weight = edges
    strong = weight >= resolution * weights[low] * weights[high]
    ends, count = (low[strong], high[strong]), len(weights)
    links = csr_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(count, count))
    _, part = connected_components(links, directed=False)
    held = part[low] == part[high]
    return Edges(low[held], high[held], weight[held])


def _edges(neighbours: Array, scores: Array, order: Array, place: Array, *, mean: bool) -> Edges:
    """The edges of the texts by their `place`, in order, with the sum or mean of their scores."""
    from scipy.sparse import triu

    neighbours, scores = np.append(place, np.int32(-1))[neighbours[order]], scores[order]
    linked = (neighbours >= 0) & (scores > 0)
    linked &= neighbours != np.arange(len(neighbours), dtype=np.int32)[:, None]
    said = _matrix(neighbours, scores, linked)
    del neighbours, scores, linked
    said.sort_indices()
    weights = said + said.T
    if mean:
        said.data = np.ones_like(said.data)
        weights.data /= (said + said.T).data
    del said
    pairs = triu(weights, k=1, format="coo")
    return Edges(pairs.row, pairs.col, pairs.data)


def _matrix(neighbours: Array, values: Array, linked: Array) -> "csr_array":
    """The `values` of those neighbours (texts, k) that are `linked`, a sparse (texts, texts)."""
    from scipy.sparse import csr_array

    count = len(neighbours)
    start = np.concatenate(([0], np.cumsum(linked.sum(axis=1)))).astype(np.int32)
    return csr_array((values[linked], neighbours[linked], start), shape=(count, count))


def _each(low: Array, high: Array) -> Iterator[tuple[int, int]]:
    """The pairs as Python's numbers, which igraph reads five times faster than an array.

    Made a few at a time: those of all edges would fill gigabytes.
    """
    starts = range(0, len(low), EDGES_AT_A_TIME)
    parts = (slice(start, start + EDGES_AT_A_TIME) for start in starts)
    return chain.from_iterable(
        zip(low[part].tolist(), high[part].tolist(), strict=True) for part in parts
    )
