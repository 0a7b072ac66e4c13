"""What each ingredient of the score adds, and what the sets say of a set that was left out.

Runs on labelled sets of related articles (docs/quality.md), each embedded once. Every row of the
first table is the product's own graph with one thing changed; the second chooses the recipe by all
sets but one, and judges it on that one.
"""

import argparse
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.baselines import bm25, dense, fuse
from recommender.embedding import SentenceEncoder
from recommender.evaluation import answerable, measure
from recommender.furniture import stop_words_for
from recommender.graph import rescore
from recommender.labelled import read_labelled
from recommender.lexical import Words, weigh
from recommender.neighbours import nearest
from recommender.progress import ignore
from recommender.scoring import RECIPE, Recipe
from recommender.text import embedded_text
from recommender.tokens import count_words, read_tokens

SETS = (("allsides", "val"), ("ecbplus", None), ("basil", None))
CANDIDATES, DEPTH, THREADS = 50, 10, 2
ROWS = {
    "the product": RECIPE,
    "without words": RECIPE._replace(words=0.0),
    "words alone, on the same candidates": RECIPE._replace(words=1.0, expansion=0),
    "without expanded embeddings": RECIPE._replace(expansion=0),
    "without the hubness correction": RECIPE._replace(strength=0.0),
    "half the hubness correction": RECIPE._replace(strength=0.3),
    "the correction not limited": RECIPE._replace(least=0.0, most=np.inf),
    "hubness over 10 neighbours": RECIPE._replace(depth=10),
    "words and cosine alone": RECIPE._replace(expansion=0, strength=0.0),
}
GRID = [
    RECIPE._replace(words=words, expansion=expansion, depth=depth, strength=strength)
    for words, expansion, depth, strength in product(
        (0.4, 0.5, 0.6), (0, 3, 5), (5, 10), (0.3, 0.45, 0.6, 0.75)
    )
]


class Set(NamedTuple):
    """A labelled set made ready: its queries, stories, texts, embeddings, words, candidates."""

    name: str
    queries: Array
    stories: Array
    texts: list[str]
    vectors: Array
    words: Words
    candidates: Array
    similarities: Array


def prepare(path: Path, name: str, split: str | None, encoder: SentenceEncoder) -> Set:
    """Read, embed and count one set."""
    labelled = read_labelled(path, {}, 1_000_000, 0.1)
    stories = np.unique(labelled.labels, return_inverse=True)[1]
    asked = [n for n, of in enumerate(labelled.splits) if split is None or of == split]
    texts = [embedded_text(article.title, article.text) for article in labelled.articles]
    vectors = encoder.encode(texts).vectors
    words = weigh(count_words(read_tokens(texts)))[1]
    queries = answerable(stories, np.array(asked))
    found = nearest(vectors, CANDIDATES, THREADS, ignore)
    return Set(name, queries, stories, texts, vectors, words, *found)


def ndcg(of: Set, lists: Array) -> float:
    """Mean nDCG@5 of the queries' `lists` (queries, k)."""
    return float(measure(lists, of.queries, of.stories)[:, 0].mean())


def judged(of: Set, recipe: Recipe) -> float:
    """nDCG@5 of the product's order by `recipe`."""
    graph = rescore(
        of.candidates, of.similarities, of.vectors, of.words, DEPTH, THREADS, ignore, recipe
    ).graph
    return ndcg(of, graph.neighbours[of.queries])


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of NAME_stories.jsonl files")
    folder: Path = parser.parse_args().folder
    encoder = SentenceEncoder()
    sets = [prepare(folder / f"{name}_stories.jsonl", name, split, encoder) for name, split in SETS]
    print("| nDCG@5 |", " | ".join(of.name for of in sets), "|")
    print("|---|" + "---|" * len(sets))
    for name, figures in plain(sets).items():
        print(f"| {name} |", " | ".join(f"{figure:.4f}" for figure in figures), "|")
    for name, recipe in ROWS.items():
        print(f"| {name} |", " | ".join(f"{judged(of, recipe):.4f}" for of in sets), "|")
    figures = np.array([[judged(of, recipe) for of in sets] for recipe in GRID])
    print("\n| left out | chosen by the others | nDCG@5 | the product | best of the grid |")
    print("|---|---|---|---|---|")
    for place, of in enumerate(sets):
        # What is still lacking is compared, for the sets differ in how hard they are.
        lacking = (1 - figures) / (1 - figures).min(axis=0)
        chosen = int(np.delete(lacking, place, axis=1).mean(axis=1).argmin())
        recipe = GRID[chosen]
        said = f"words {recipe.words}, expansion {recipe.expansion}, depth {recipe.depth}, "
        said += f"strength {recipe.strength}"
        best = figures[:, place].max()
        print(
            f"| {of.name} | {said} | {figures[chosen, place]:.4f} | {judged(of, RECIPE):.4f} "
            f"| {best:.4f} |"
        )


def plain(sets: list[Set]) -> dict[str, list[float]]:
    """What the product is compared with."""
    rows: dict[str, list[float]] = {"dense cosine": [], "BM25": [], "reciprocal rank fusion": []}
    for of in sets:
        by_vector = dense(of.vectors, of.queries, 100)
        by_words = bm25(of.texts, of.queries, 100, stop_words_for(frozenset()))
        lists = (by_vector, by_words, fuse([by_vector, by_words], DEPTH))
        for row, found in zip(rows.values(), lists, strict=True):
            row.append(ndcg(of, found))
    return rows


if __name__ == "__main__":
    main()
