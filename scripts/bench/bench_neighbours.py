"""Measure the search for all neighbours: ours, FAISS IVF and exact search, in one run.

Usage: python scripts/bench/bench_neighbours.py [--rows N] [--vectors FILE.npy] [--k K]
                                                [--threads N]

Prints for each search the seconds, the recall of the exact 30 nearest of a sample, and the greatest
memory above what was held before; for an update also its share of the edges of a rebuild. A search
that is too slow for all rows is run on the sample, and its time is scaled up. Without a file the
vectors are made up: see `made_up.py`.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import click
import faiss
import made_up
import numpy as np
from figures import resident, timed
from rich.console import Console
from rich.table import Table

from recommender._cpu import uses_bfloat16
from recommender.knn.cells import all_neighbours
from recommender.knn.incremental import update_neighbours
from recommender.knn.index import Found

T = TypeVar("T")
Search = Callable[[np.ndarray], Found]

TRUE_NEIGHBOURS = 30
SAMPLE = 2000
BLOCK = 250  # rows of the sample whose products with all rows are held at once


class Line(NamedTuple):
    """A line of the table; `memory` is in bytes a row."""

    name: str
    seconds: float
    recall: float
    memory: float = float("nan")


def exact(vectors: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """The exact `TRUE_NEIGHBOURS` nearest other rows of the `sample`'s rows."""
    found = []
    for first in range(0, len(sample), BLOCK):
        rows = sample[first : first + BLOCK]
        products = vectors[rows] @ vectors.T
        products[np.arange(len(rows)), rows] = -2
        found.append(np.argpartition(-products, TRUE_NEIGHBOURS, axis=1)[:, :TRUE_NEIGHBOURS])
    return np.concatenate(found)


def recall(found: np.ndarray, true: np.ndarray) -> float:
    """The share of the `true` neighbours that the first `TRUE_NEIGHBOURS` of `found` contain."""
    pairs = zip(found[:, :TRUE_NEIGHBOURS], true, strict=True)
    return float(np.mean([len(np.intersect1d(a, b)) / TRUE_NEIGHBOURS for a, b in pairs]))


def measured(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds, the greatest memory in bytes above what was held before, and the result."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # sets the peak to the present
    before = resident()
    seconds, result = timed(work)
    return seconds, resident("VmHWM") - before, result


def by_faiss(vectors: np.ndarray, sample: np.ndarray, nprobe: int) -> tuple[float, np.ndarray]:
    """Seconds for all rows (scaled up from the sample) and the neighbours of the sample."""
    start = time.perf_counter()
    index = faiss.index_factory(vectors.shape[1], "IVF1024,Flat", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    index.nprobe = nprobe
    built = time.perf_counter()
    _, found = index.search(vectors[sample], TRUE_NEIGHBOURS + 1)
    searched = time.perf_counter() - built
    others = [row[row != own][:TRUE_NEIGHBOURS] for row, own in zip(found, sample, strict=True)]
    return built - start + searched * len(vectors) / len(sample), np.array(others)


def peers(vectors: np.ndarray, sample: np.ndarray, true: np.ndarray) -> Iterator[Line]:
    """FAISS IVF with few and with many probes."""
    for nprobe in (16, 64):
        seconds, found = by_faiss(vectors, sample, nprobe)
        yield Line(f"IVF1024 nprobe {nprobe}", seconds, recall(found, true))


def ours(
    vectors: np.ndarray, sample: np.ndarray, true: np.ndarray, k: int, threads: int, bfloat16: bool
) -> Iterator[Line]:
    """Our search of all rows, then an update with 1 % new rows; prints the edges it finds."""

    def search(rows: np.ndarray) -> Found:
        return all_neighbours(rows, k, threads, bfloat16=bfloat16)

    precision = "bfloat16" if bfloat16 else "float32"
    seconds, memory, lists = measured(lambda: search(vectors))
    found = recall(lists.texts[sample], true)
    yield Line(f"cells, {precision}", seconds, found, memory / len(vectors))
    previous, numbers, tonight = next_night(vectors, search)
    few = sample[sample < len(tonight)]
    seconds, memory, lists = measured(
        lambda: update_neighbours(previous, numbers, tonight, k, threads, bfloat16=bfloat16)
    )
    found = recall(lists.texts[few], exact(tonight, few))
    yield Line(f"1 % new, {precision}", seconds, found, memory / len(tonight))
    same = recall(lists.texts[few], search(tonight).texts[few][:, :TRUE_NEIGHBOURS])
    click.echo(f"1 % new, {precision}: {same:.2%} of the edges of a full rebuild")


def next_night(vectors: np.ndarray, search: Search) -> tuple[Found, np.ndarray, np.ndarray]:
    """A night with 1 % new and 0.1 % deleted rows.

    Returns the previous lists, tonight's number of each previous row (-1 where it is deleted) and
    tonight's vectors.
    """
    fate = np.random.default_rng(1).random(len(vectors))
    then, now = fate >= 0.01, (fate < 0.01) | (fate >= 0.011)
    numbers = np.where(now, np.cumsum(now) - 1, -1)[then]
    return search(vectors[then]), numbers, vectors[now]


def gigaflops(vectors: np.ndarray) -> float:
    """Float32 operations of a matrix product per second, in 1e9: the speed of the machine."""
    a, b = vectors[:2048], vectors[-8192:].T.copy()
    seconds = min(timed(lambda: a @ b)[0] for _ in range(5))
    return 2 * a.size * b.shape[1] / seconds / 1e9


@click.command()
@click.option("--rows", type=int, default=200_000, show_default=True)
@click.option("--vectors", "file", type=click.Path(exists=True, path_type=Path))
@click.option("--k", type=int, default=50, show_default=True)
@click.option("--threads", type=int, default=2, show_default=True)
def main(rows: int, file: Path | None, k: int, threads: int) -> None:
    """Measure all and print the table."""
    vectors = np.load(file)[:rows] if file else made_up.world(rows).vectors
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    rng = np.random.default_rng(0)
    sample = np.sort(rng.choice(len(vectors), min(SAMPLE, len(vectors)), replace=False))
    faiss.omp_set_num_threads(threads)
    seconds, true = timed(lambda: exact(vectors, sample))
    lines = [Line("exact, scaled up", seconds * len(vectors) / len(sample), 1.0)]
    lines += peers(vectors, sample, true)
    for bfloat16 in sorted({uses_bfloat16(), False}, reverse=True):
        lines += ours(vectors, sample, true, k, threads, bfloat16)
    title = f"{len(vectors):,} rows, k={k}, {threads} threads, {gigaflops(vectors):.0f} GFLOP/s"
    table = Table("search", "seconds", "recall@30", "bytes/row", title=title, box=None)
    for line in lines:
        table.add_row(line.name, f"{line.seconds:.1f}", f"{line.recall:.3f}", f"{line.memory:,.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
