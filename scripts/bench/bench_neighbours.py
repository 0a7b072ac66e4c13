"""Measure the search for all neighbours: ours, FAISS IVF and exact search, in one run.

Usage: python scripts/bench/bench_neighbours.py [--rows N] [--vectors FILE.npy] [--k K]
                                                [--threads N]

Prints seconds, recall of the exact 30 nearest of a sample, and the greatest memory above what was
held before; and how much of a rebuild an update finds. What is too slow to be run whole is run on
the sample and scaled, and says so. Without a file the vectors are made up: stories within topics,
on a spectrum that decays.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
import faiss
import numpy as np
from rich.console import Console
from rich.table import Table

from recommender._cpu import uses_bfloat16
from recommender.knn.cells import all_neighbours
from recommender.knn.incremental import updated_neighbours
from recommender.knn.index import Found

T = TypeVar("T")

DIMENSION = 384
JUDGED = 30
SAMPLE = 2000


def made_up(rows: int, seed: int = 0) -> np.ndarray:
    """(rows, DIMENSION) float32 of unit length: topics, stories within them, articles."""
    rng = np.random.default_rng(seed)
    spectrum = (1.0 + np.arange(DIMENSION, dtype=np.float32)) ** -0.4

    def normal(count: int) -> np.ndarray:
        return rng.standard_normal((count, DIMENSION), dtype=np.float32) * spectrum

    topics = normal(100)
    stories = topics[rng.integers(0, 100, rows // 25 + 1)] + 0.9 * normal(rows // 25 + 1)
    vectors = stories[rng.integers(0, len(stories), rows)] + 0.9 * normal(rows)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def exact(vectors: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """The exact `JUDGED` nearest others of `sample` rows."""
    found = []
    for first in range(0, len(sample), 250):
        rows = sample[first : first + 250]
        products = vectors[rows] @ vectors.T
        products[np.arange(len(rows)), rows] = -2
        best = np.argpartition(-products, JUDGED, axis=1)[:, :JUDGED]
        found.append(best)
    return np.concatenate(found)


def recall(found: np.ndarray, truth: np.ndarray) -> float:
    """The share of `truth` that the first `JUDGED` of `found` hold."""
    pairs = zip(found[:, :JUDGED], truth, strict=True)
    return float(np.mean([len(np.intersect1d(a, b)) / JUDGED for a, b in pairs]))


def measured(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds, greatest memory above what was held before in bytes, and the result."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the greatest so far: now
    before, start = _status("VmRSS"), time.perf_counter()
    result = work()
    return time.perf_counter() - start, _status("VmHWM") - before, result


def _status(kind: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition(f"{kind}:")[2].split()[0]) * 1024


def by_faiss(vectors: np.ndarray, sample: np.ndarray, nprobe: int) -> tuple[float, np.ndarray]:
    """Seconds for all rows (scaled up from the sample) and neighbours of the sample."""
    start = time.perf_counter()
    index = faiss.index_factory(DIMENSION, "IVF1024,Flat", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    index.nprobe = nprobe
    built = time.perf_counter()
    _, found = index.search(vectors[sample], JUDGED + 1)
    searched = time.perf_counter() - built
    others = [row[row != own][:JUDGED] for row, own in zip(found, sample, strict=True)]
    return built - start + searched * len(vectors) / len(sample), np.array(others)


def night(vectors: np.ndarray, previous: Callable[[np.ndarray], Found]) -> tuple[np.ndarray, ...]:
    """1 % new and 0.1 % gone: previous lists, numbers of the previous texts, tonight's vectors."""
    fate = np.random.default_rng(1).random(len(vectors))
    then, now = fate >= 0.01, (fate < 0.01) | (fate >= 0.011)
    numbers = np.where(now, np.cumsum(now) - 1, -1)[then]
    return previous(vectors[then]), numbers, vectors[now]


def gigaflops(vectors: np.ndarray) -> float:
    """Float32 operations of a matrix product per second, in 1e9."""
    a, b = vectors[:2048], vectors[-8192:].T.copy()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return 2 * a.size * b.shape[1] / min(times) / 1e9


@click.command()
@click.option("--rows", type=int, default=200_000, show_default=True)
@click.option("--vectors", "file", type=click.Path(exists=True, path_type=Path))
@click.option("--k", type=int, default=50, show_default=True)
@click.option("--threads", type=int, default=2, show_default=True)
def main(rows: int, file: Path | None, k: int, threads: int) -> None:
    """Measure all and print the table."""
    vectors = np.load(file)[:rows] if file else made_up(rows)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    rng = np.random.default_rng(0)
    sample = np.sort(rng.choice(len(vectors), min(SAMPLE, len(vectors)), replace=False))
    faiss.omp_set_num_threads(threads)
    seconds, _, truth = measured(lambda: exact(vectors, sample))
    lines = [("exact, scaled up", seconds * len(vectors) / len(sample), 1.0, float("nan"))]
    for nprobe in (16, 64):
        seconds, found = by_faiss(vectors, sample, nprobe)
        lines.append((f"IVF1024 nprobe {nprobe}", seconds, recall(found, truth), float("nan")))
    for kind in {uses_bfloat16(), False}:

        def search(given: np.ndarray, kind: bool = kind) -> Found:
            return all_neighbours(given, k, threads, bfloat16=kind)

        name = "bfloat16" if kind else "float32"
        seconds, memory, lists = measured(lambda: search(vectors))
        each = memory / len(vectors)
        lines.append((f"cells, {name}", seconds, recall(lists.texts[sample], truth), each))
        previous, numbers, tonight = night(vectors, search)
        truth_now = exact(tonight, few := sample[sample < len(tonight)])
        seconds, memory, lists = measured(
            lambda: updated_neighbours(previous, numbers, tonight, k, threads, bfloat16=kind)  # noqa: B023
        )
        each = memory / len(tonight)
        lines.append((f"1 % new, {name}", seconds, recall(lists.texts[few], truth_now), each))
        rebuilt = search(tonight)
        same = recall(lists.texts[few], rebuilt.texts[few][:, :JUDGED])
        click.echo(f"1 % new, {name}: {same:.2%} of the edges of a full rebuild")
    title = f"{len(vectors):,} rows, k={k}, {threads} threads, {gigaflops(vectors):.0f} GFLOP/s"
    table = Table("search", "seconds", "recall@30", "bytes/row", title=title, box=None)
    for name, seconds, share, each in lines:
        table.add_row(name, f"{seconds:.1f}", f"{share:.3f}", f"{each:,.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
