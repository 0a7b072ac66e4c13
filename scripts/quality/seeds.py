"""How far topics of level 1 depend on the seed: one search, the best of five, and core groups.

Usage: python scripts/quality/seeds.py FOLDER [--seeds 8]

FOLDER holds the labelled sets of topics (docs/quality.md). Prints for each set and method the
seconds of one run, and over the seeds the mean and the worst of three figures: how far two runs
agree (adjusted Rand index), the modularity, and the V-measure against the labels. The last method
is the product's; its votes and its merging of small topics come afterwards and are left out.
"""

import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import click
import numpy as np
from prepared_set import prepare, texts_of
from sklearn.metrics import adjusted_rand_score, v_measure_score

from recommender._typing import Array
from recommender.embedding.open import open_encoder
from recommender.evaluation.labelled_set import read_labelled
from recommender.graph.leiden import leiden, leiden_ensemble
from recommender.graph.measures import modularity
from recommender.graph.rescore import Graph
from recommender.groups.label_propagation import EDGE_WEIGHT_POWER
from recommender.groups.topic_communities import ENSEMBLE_SEARCHES
from recommender.settings.load import load_settings

SETS = ("bbc", "reuters", "agnews")


def single_search(graph: Graph, resolution: float, seed: int) -> Array:
    """The communities that one search finds."""
    return leiden(*graph, resolution, seed, "modularity")


def best_search(graph: Graph, resolution: float, seed: int) -> Array:
    """The best by modularity of as many searches as an ensemble makes."""
    found = [
        single_search(graph, resolution, ENSEMBLE_SEARCHES * seed + search)
        for search in range(ENSEMBLE_SEARCHES)
    ]
    return max(found, key=lambda groups: modularity(*graph, groups, resolution))


def ensemble(graph: Graph, resolution: float, seed: int) -> Array:
    """The communities that the product finds."""
    return leiden_ensemble(*graph, resolution, seed, ENSEMBLE_SEARCHES)


METHODS: dict[str, Callable[[Graph, float, int], Array]] = {
    "one search": single_search,
    f"the best of {ENSEMBLE_SEARCHES}": best_search,
    f"core groups of {ENSEMBLE_SEARCHES}": ensemble,
}


def table_row(graph: Graph, true: Array, method: str, seeds: int) -> str:
    """The row of one method: seconds, then mean and worst of each figure over the seeds."""
    resolution = load_settings(environment={}).topics.resolution
    before = time.perf_counter()
    found = [METHODS[method](graph, resolution, seed) for seed in range(seeds)]
    seconds = (time.perf_counter() - before) / seeds
    figures = (
        [adjusted_rand_score(a, b) for a, b in combinations(found, 2)],
        [modularity(*graph, groups, resolution) for groups in found],
        [v_measure_score(true, groups) for groups in found],
    )
    cells = " | ".join(f"{np.mean(values):.4f}, {min(values):.4f}" for values in figures)
    return f"| {method} | {seconds:.2f} | {cells} |"


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--seeds", default=8, show_default=True, type=click.IntRange(2))
def main(folder: Path, seeds: int) -> None:
    """Print a table for each set of topics in FOLDER."""
    encoder = open_encoder()
    for name in SETS:
        labelled = read_labelled(folder / f"{name}_topics.jsonl", {}, 1_000_000, field="label")
        of = prepare(name, texts_of(labelled), labelled.labels, encoder)
        graph = Graph(of.wide.neighbours, (of.wide.scores**EDGE_WEIGHT_POWER).astype(np.float32))
        print(f"| {name} | seconds | agreement | modularity | V-measure |")
        print("|---|---|---|---|---|")
        for method in METHODS:
            print(table_row(graph, of.labels, method, seeds), flush=True)
        print()


if __name__ == "__main__":
    main()
