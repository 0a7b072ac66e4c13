"""The newsroom that `bench_related.py` asks, and what answers: ours, and FAISS filtered afterwards.

Each peer is a context manager that yields a function: the row of an article and filters in, the
rows of its related articles out, best first.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click
import faiss
import numpy as np
from bench_serving import K
from figures import timed
from made_up import COPIES, article_id, publish_made_up, world

from recommender import Recommender
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.dates import to_microseconds
from recommender.snapshot.reader import Snapshot

FETCHED = 10 * K  # hits of FAISS that are filtered afterwards
PROBES = 16
FLAT_UP_TO = 20_000  # articles; more are searched in inverted lists

Filters = dict[str, Any]
Ask = Callable[[int, Filters], list[int]]


class Newsroom(NamedTuple):
    """A published newsroom.

    Attributes:
        folder: Its artifacts.
        snapshot: Its snapshot.
        vectors: The embeddings it was made from, (articles, dimension) float32.
        expanded: The expanded embeddings that its scores use, (texts, dimension) float32.
    """

    folder: Path
    snapshot: Snapshot
    vectors: Array
    expanded: Array

    def passes(self, filters: Filters) -> Array:
        """Which rows pass the filters, (articles,) bool."""
        arrays = self.snapshot.arrays
        mask = np.ones(len(arrays.text_of), dtype=bool)
        if "section" in filters:
            mask &= arrays.section == self.snapshot.facets["section"][filters["section"]]
        if "since" in filters:
            mask &= arrays.published >= to_microseconds(filters["since"])
        return mask


def newsroom(folder: Path, articles: int) -> Newsroom:
    """The newsroom in `folder`; one of so many `articles` is made where there is none yet."""
    artifacts = Artifacts(folder)
    if not artifacts.pointer.exists():
        seconds, _ = timed(lambda: publish_made_up(folder, articles))
        click.echo(f"ours: made, scored and published in {seconds:,.0f} s")
    snapshot = Snapshot(artifacts.snapshots / artifacts.current())
    if snapshot.manifest.articles != articles:
        sys.exit(f"{folder} holds {snapshot.manifest.articles:,} articles, not {articles:,}")
    texts, index = articles - int(COPIES * articles), snapshot.index()
    expanded = np.stack([index.vector(text) for text in range(texts)])
    return Newsroom(folder, snapshot, world(texts).vectors[snapshot.arrays.text_of], expanded)


@contextmanager
def ours(news: Newsroom) -> Iterator[Ask]:
    """Ids and scores by relevance alone."""
    rec = Recommender.open(news.folder)

    def ask(row: int, filters: Filters) -> list[int]:
        found = rec.related_ids(
            article_id(row), K, floor=0.0, diversity=0.0, closeness=0.0, **filters
        )
        return [int(found_id.rpartition("-")[2]) for found_id, _ in found]

    yield ask


@contextmanager
def ours_with_cards(news: Newsroom) -> Iterator[Ask]:
    """What a page shows: a diverse list with cards, reasons and other places of a text."""
    rec = Recommender.open(news.folder)

    def ask(row: int, filters: Filters) -> list[int]:
        found = rec.related(article_id(row), K, floor=0.0, **filters)
        return [int(hit.id.rpartition("-")[2]) for hit in found]

    yield ask


@contextmanager
def plain_faiss(news: Newsroom) -> Iterator[Ask]:
    """The nearest articles by cosine, of which those are kept that pass the filter."""
    count, dimension = news.vectors.shape
    index = faiss.IndexFlatIP(dimension)
    if count > FLAT_UP_TO:
        lists = 4 * round(count**0.5)
        index = faiss.IndexIVFFlat(index, dimension, lists, faiss.METRIC_INNER_PRODUCT)
        index.cp.max_points_per_centroid = 48
        index.nprobe = PROBES
        seconds, _ = timed(lambda: index.train(news.vectors))
        click.echo(f"FAISS: {lists:,} lists trained in {seconds:,.0f} s")
    index.add(news.vectors)
    faiss.omp_set_num_threads(1)
    arrays, sections = news.snapshot.arrays, news.snapshot.facets["section"]

    def ask(row: int, filters: Filters) -> list[int]:
        wanted = FETCHED if filters else K + 1
        rows = index.search(news.vectors[row : row + 1], wanted)[1][0]
        rows = rows[(rows != row) & (rows >= 0)]
        if "section" in filters:
            rows = rows[arrays.section.take(rows) == sections[filters["section"]]]
        if "since" in filters:
            rows = rows[arrays.published.take(rows) >= to_microseconds(filters["since"])]
        return rows[:K].tolist()

    yield ask
