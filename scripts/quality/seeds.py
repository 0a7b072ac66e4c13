"""How far topics of level 1 depend on the seed: one search, the best of five, and core groups.

Usage: python scripts/quality/seeds.py FOLDER [--seeds 8]

Runs on the labelled sets of topics in FOLDER (docs/quality.md). Prints for each the seconds of one
answer, and over the seeds the means and the worst of three figures: how far two answers agree
(adjusted Rand index), their modularity, and their V-measure against the labels. The last row is the
product: votes and the joining of small topics come after that and are left out here.
"""

import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import click
import numpy as np
from ablation import made_ready
from sklearn.metrics import adjusted_rand_score, v_measure_score

from recommender._typing import Array
from recommender.embedding.sentence_transformers import SentenceEncoder
from recommender.evaluation.labelled_set import read_labelled
from recommender.graph.leiden import leiden, leiden_ensemble
from recommender.graph.measures import modularity
from recommender.graph.rescore import Graph
from recommender.groups.topics import EDGE_WEIGHT_POWER, ENSEMBLE_SEARCHES
from recommender.language.prepare import embedded_text
from recommender.settings import load_settings

SETS = ("bbc", "reuters", "agnews")


def one(graph: Graph, resolution: float, seed: int) -> Array:
    """What a single search finds."""
    return leiden(*graph, resolution, seed, "modularity")


def best(graph: Graph, resolution: float, seed: int) -> Array:
    """The best by modularity of as many searches as an ensemble has."""
    found = [
        one(graph, resolution, ENSEMBLE_SEARCHES * seed + search)
        for search in range(ENSEMBLE_SEARCHES)
    ]
    return max(found, key=lambda groups: modularity(*graph, groups, resolution))


def together(graph: Graph, resolution: float, seed: int) -> Array:
    """What the product finds."""
    return leiden_ensemble(*graph, resolution, seed, ENSEMBLE_SEARCHES)


WAYS: dict[str, Callable[[Graph, float, int], Array]] = {
    "one search": one,
    f"the best of {ENSEMBLE_SEARCHES}": best,
    f"core groups of {ENSEMBLE_SEARCHES}": together,
}


def measured(graph: Graph, right: Array, way: str, seeds: int) -> str:
    """A row of the table."""
    resolution = load_settings(environment={}).topics.resolution
    before = time.perf_counter()
    found = [WAYS[way](graph, resolution, seed) for seed in range(seeds)]
    seconds = (time.perf_counter() - before) / seeds
    figures = (
        [adjusted_rand_score(a, b) for a, b in combinations(found, 2)],
        [modularity(*graph, groups, resolution) for groups in found],
        [v_measure_score(right, groups) for groups in found],
    )
    cells = " | ".join(f"{np.mean(of):.4f}, {min(of):.4f}" for of in figures)
    return f"| {way} | {seconds:.2f} | {cells} |"


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--seeds", default=8, show_default=True, type=click.IntRange(2))
def main(folder: Path, seeds: int) -> None:
    """Print a table for each set of topics in FOLDER."""
    encoder = SentenceEncoder()
    for name in SETS:
        labelled = read_labelled(folder / f"{name}_topics.jsonl", {}, 1_000_000, field="label")
        texts = [embedded_text(article.title, article.text) for article in labelled.articles]
        of = made_ready(name, texts, labelled.labels, np.arange(len(texts)), encoder)
        graph = Graph(of.wide.neighbours, (of.wide.scores**EDGE_WEIGHT_POWER).astype(np.float32))
        print(f"| {name} | seconds | agreement | modularity | V-measure |")
        print("|---|---|---|---|---|")
        for way in WAYS:
            print(measured(graph, of.stories, way, seeds), flush=True)
        print()


if __name__ == "__main__":
    main()
