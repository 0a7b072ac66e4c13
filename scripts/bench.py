"""Measure speed and memory: `make bench` prints a table and writes JSON.

Usage: python scripts/bench.py NEWS.jsonl [--json-file FILE] [--only NAME ...]

Every figure that is compared is measured in turns with what it is compared with, in one run;
medians are quoted. Nothing here passes or fails: the goals stand beside the figures.
"""

import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import click
import numpy as np
from rich.console import Console
from rich.table import Table

T = TypeVar("T")

MILLION = 1_000_000
DIMENSION = 384
LIST_LENGTH = 30
HEAVY = ("torch", "transformers", "sklearn", "scipy", "faiss")


class Row(NamedTuple):
    """One measured figure, and the goal it has, if any."""

    name: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""


def embedding(news: Path) -> Iterator[Row]:
    """Documents per second of the package's encoder against plain sentence-transformers."""
    import torch
    from sentence_transformers import SentenceTransformer

    from recommender.embedding import SentenceEncoder, uses_bfloat16
    from recommender.text import embedded_text

    texts = [embedded_text(r["title"], r["text"]) for r in _records(news) if r["text"]][:256]
    ours = SentenceEncoder()
    plain = SentenceTransformer(str(ours.folder), device="cpu", local_files_only=True)

    def plainly() -> np.ndarray:
        return plain.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def by_us() -> np.ndarray:
        return ours.encode(texts).vectors

    plainly(), by_us()  # the first call of each loads and warms up
    rates: list[tuple[float, float]] = []
    for _ in range(5):
        (slow, reference), (fast, vectors) = _timed(plainly), _timed(by_us)
        rates.append((len(texts) / slow, len(texts) / fast))
    cosine = (reference * vectors).sum(axis=1)
    amx = "amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    precision = "bfloat16" if uses_bfloat16() else "float32"
    note = f"{precision}, {torch.get_num_threads()} threads, {'AMX' if amx else 'no AMX'}"
    yield Row("embedding: plain float32", _median(a for a, _ in rates), "texts/s")
    yield Row("embedding: ours", _median(b for _, b in rates), "texts/s", note=note)
    goal = ">= 2.4" if amx else ">= 1.0 without AMX, 2.4 with"
    yield Row("embedding: ours / plain", _median(b / a for a, b in rates), "x", goal)
    yield Row("embedding: mean cosine to plain", float(cosine.mean()), "", ">= 0.9999")


def imports(_: Path) -> Iterator[Row]:
    """Time of importing the package against importing NumPy, and what it pulls in."""
    timer = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
    statements = ("import numpy", "import recommender", "from recommender import Recommender")
    times: dict[str, list[float]] = {statement: [] for statement in statements}
    for _turn in range(15):
        for statement in statements:
            times[statement].append(float(_python(timer.format(statement))))
    for statement in statements:
        yield Row(statement, 1e3 * _median(times[statement]), "ms")
    for statement in statements[1:]:
        pairs = zip(times[statement], times["import numpy"], strict=True)
        goal = "<= 1.3" if statement == "import recommender" else ""
        yield Row(f"{statement} / numpy", _median(a / b for a, b in pairs), "x", goal)


def demo(news: Path) -> Iterator[Row]:
    """The nightly job on the demo corpus, first run and rerun, then serving from it."""
    with tempfile.TemporaryDirectory() as folder:
        job = [_command("recommender"), "nightly", str(news), "--artifacts", folder, "--json"]
        first, _ = _timed(lambda: subprocess.run(job, check=True, capture_output=True))
        again = _median(
            _timed(lambda: subprocess.run(job, check=True, capture_output=True))[0]
            for _ in range(3)
        )
        yield Row("nightly: first run on the demo", first, "s")
        yield Row("nightly: rerun with nothing new", again, "s")
        yield Row("nightly: rerun / first run", again / first, "x", "<= 0.1")
        ask = [_command("recommend"), "na-1", "--artifacts", folder]
        answer = _median(
            _timed(lambda: subprocess.run(ask, check=True, capture_output=True))[0]
            for _ in range(10)
        )
        yield Row("recommend na-1, whole process", answer, "s", "<= 0.4")
        yield from _serving(folder, "demo", 100, 10, "<= 60")


def million(_: Path) -> Iterator[Row]:
    """Serving from a snapshot of a million made-up vectors and made-up related lists."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, _ = _timed(lambda: made_up_snapshot(Path(folder), MILLION))
        yield Row("1M: write, verify, publish", seconds, "s")
        yield from _serving(folder, "1M", 150, 50, "")


def _serving(folder: str, name: str, card_goal: int, open_goal: int, rss: str) -> Iterator[Row]:
    result = json.loads(_python(f"import bench; bench.serve({folder!r})"))
    yield Row(f"{name}: open", result["open"], "ms", f"<= {open_goal}")
    for k in (5, 10):
        p50, p99 = result[f"cards{k}"]
        yield Row(f"{name}: related, k={k}, with cards, p50", p50, "µs", f"<= {card_goal}")
        yield Row(f"{name}: related, k={k}, with cards, p99", p99, "µs", "<= 500")
        p50, p99 = result[f"ids{k}"]
        goal = "<= 30" if name == "demo" else ""
        yield Row(f"{name}: related, k={k}, ids and scores, p50", p50, "µs", goal)
    yield Row(f"{name}: memory above Python with NumPy", result["rss"], "MB", rss)
    note = "the rest is mapped files, shared by all workers"
    yield Row(f"{name}: of it, the process's own", result["own"], "MB", "", note)
    note = ", ".join(result["heavy"]) or "none"
    yield Row(f"{name}: heavy modules loaded", len(result["heavy"]), "", "0", note)


def serve(folder: str) -> None:
    """Ask one snapshot many questions in this process; print the figures as JSON."""
    before, own_before = _resident(), _resident("RssAnon")
    from recommender import Recommender
    from recommender.snapshot import Snapshot

    opened = [_timed(lambda: Recommender.open(folder))[0] for _ in range(21)]
    rec = Recommender.open(folder)
    snapshot = Snapshot(Path(folder) / "snapshots" / rec.health().snapshot)
    rows = random.Random(7).choices(range(snapshot.manifest.articles), k=20_000)
    ids = snapshot.ids_of(rows)
    figures: dict[str, object] = {"open": 1e3 * statistics.median(opened)}
    for k in (5, 10):
        figures[f"cards{k}"] = _percentiles(lambda i, k=k: rec.related(i, k), ids)
        figures[f"ids{k}"] = _percentiles(lambda i, k=k: rec.related_ids(i, k), ids)
    figures["rss"] = (_resident() - before) / 1e6
    figures["own"] = (_resident("RssAnon") - own_before) / 1e6
    figures["heavy"] = [name for name in HEAVY if name in sys.modules]
    print(json.dumps(figures))


def made_up_snapshot(root: Path, articles: int) -> None:
    """Publish a snapshot of random unit vectors, and lists of random articles, into `root`."""
    from recommender.artifacts import Artifacts
    from recommender.cards import from_microseconds
    from recommender.index import Index
    from recommender.manifest import EncoderSpec
    from recommender.publish import Content, publish
    from recommender.snapshot import Arrays
    from recommender.types import Card, Keyword, Topic

    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((articles, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    lists = rng.integers(0, articles, (articles, LIST_LENGTH), dtype=np.int32)
    scores = -np.sort(-rng.random((articles, LIST_LENGTH), dtype=np.float32), axis=1)
    rows = np.arange(articles, dtype=np.int32)
    published = 1_700_000_000_000_000 + rows.astype(np.int64) * 60_000_000
    ids = [f"article-{row:07d}" for row in rows.tolist()]
    cards = (
        Card(
            article_id,
            f"Made-up headline number {row} of an ordinary length for a news site",
            f"https://news.example/2026/03/01/made-up-headline-number-{row}",
            f"Source {row % 9}",
            f"section-{row % 12}",
            "en",
            None,
            from_microseconds(int(published[row])),
        )
        for row, article_id in enumerate(ids)
    )
    encoded = [article_id.encode() for article_id in ids]
    content = Content(
        build=f"{articles:032x}",
        version="0",
        encoder=EncoderSpec("made-up", None, None, "0" * 32),
        dimension=DIMENSION,
        settings={},
        arrays=Arrays(
            neighbours=lists,
            similarities=scores,
            related=lists,
            scores=scores,
            text_of=rows,
            copies=rows,
            copies_start=np.arange(articles + 1, dtype=np.int64),
            topic_of=rows % 100,
            published=published,
            source=rows % 9,
            section=rows % 12,
            language=np.zeros(articles, dtype=np.int32),
            ids=np.frombuffer(b"".join(encoded), dtype=np.uint8),
            ids_start=np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        ),
        index=Index.build(vectors),
        cards=list(cards),
        text_hashes=[row.to_bytes(16, "little") for row in range(articles)],
        topics=[
            Topic(f"t{n}", f"topic {n}", articles // 100, (Keyword(f"word{n}", 1.0),))
            for n in range(100)
        ],
        facets={
            "source": [f"Source {n}" for n in range(9)],
            "section": [f"section-{n}" for n in range(12)],
            "language": ["en"],
        },
    )
    artifacts = Artifacts(root)
    publish(artifacts, content, keep=1)


def _percentiles(ask: Callable[[str], object], ids: list[str]) -> tuple[float, float]:
    for article_id in ids[:2000]:  # the first questions fault pages in
        ask(article_id)
    taken = np.empty(len(ids))
    for i, article_id in enumerate(ids):
        start = time.perf_counter()
        ask(article_id)
        taken[i] = time.perf_counter() - start
    p50, p99 = np.percentile(taken, (50, 99)) * 1e6
    return float(p50), float(p99)


def _resident(kind: str = "VmRSS") -> int:
    """Resident memory of this process in bytes, all of it or one kind."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition(f"{kind}:")[2].split()[0]) * 1024


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _records(news: Path) -> Iterator[dict[str, str]]:
    with news.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _python(code: str) -> str:
    """Run code in a fresh interpreter that can import this file; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
    )
    return done.stdout


def _command(name: str) -> str:
    """Path of one of the package's commands, beside this interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        sys.exit(f"the command {name!r} is not installed beside {sys.executable}")
    return found


PARTS = {part.__name__: part for part in (embedding, imports, demo, million)}


@click.command()
@click.argument("news", type=click.Path(exists=True, path_type=Path))
@click.option("--json-file", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)))
def main(news: Path, json_file: Path | None, only: tuple[str, ...]) -> None:
    """Measure all parts, or the ones named, and print the table."""
    rows: list[Row] = []
    for name in only or PARTS:
        click.echo(f"measuring: {name}", err=True)
        rows += PARTS[name](news.absolute())
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, justify in (
        ("figure", "left"),
        ("median", "right"),
        ("", "left"),
        ("goal", "left"),
        ("", "left"),
    ):
        table.add_column(column, justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(row.name, f"{row.value:,.6g}", row.unit, row.goal, row.note)
    Console(width=160).print(table)
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(
            json.dumps([row._asdict() for row in rows], indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
