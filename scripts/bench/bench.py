"""Measure speed and memory: `make bench` prints a table and writes JSON.

Usage: python scripts/bench/bench.py NEWS.jsonl [--json-file FILE] [--only NAME ...]

The parts are `embedding`, `imports`, `demo`, `large` and `million`; NEWS is the demo's corpus.
Figures that are compared are measured in turns, in one run, and medians are printed. Nothing
passes or fails here: the goals are printed beside the figures.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import click
import numpy as np
from bench_serving import processes
from figures import Row, python, show, timed


def embedding(news: Path) -> Iterator[Row]:
    """Texts a second of the package's encoder and of plain sentence-transformers, in turns."""
    import torch
    from sentence_transformers import SentenceTransformer

    from recommender._cpu import uses_bfloat16
    from recommender.embedding.sentence_transformers import SentenceEncoder
    from recommender.language.prepare import embedded_text

    texts = [embedded_text(r["title"], r["text"]) for r in _records(news) if r["text"]][:256]
    ours = SentenceEncoder()
    plain = SentenceTransformer(str(ours.folder), device="cpu", local_files_only=True)

    def encode_plainly() -> np.ndarray:
        return plain.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def encode_ours() -> np.ndarray:
        return ours.encode(texts).vectors

    encode_plainly(), encode_ours()  # the first call loads the model and warms up
    rates: list[tuple[float, float]] = []
    for _ in range(5):
        (slow, reference), (fast, vectors) = timed(encode_plainly), timed(encode_ours)
        rates.append((len(texts) / slow, len(texts) / fast))
    cosine = (reference * vectors).sum(axis=1)
    amx = "amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    precision = "bfloat16" if uses_bfloat16() else "float32"
    note = f"{precision}, {torch.get_num_threads()} threads, {'AMX' if amx else 'no AMX'}"
    yield Row("embedding: plain float32", median(a for a, _ in rates), "texts/s")
    yield Row("embedding: ours", median(b for _, b in rates), "texts/s", note=note)
    goal = ">= 2.4" if amx else ">= 1.0 without AMX, 2.4 with"
    yield Row("embedding: ours / plain", median(b / a for a, b in rates), "x", goal)
    yield Row("embedding: mean cosine to plain", float(cosine.mean()), "", ">= 0.9999")


def imports(_: Path) -> Iterator[Row]:
    """Milliseconds to import the package and to import NumPy, in turns."""
    timer = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
    statements = ("import numpy", "import recommender", "from recommender import Recommender")
    times: dict[str, list[float]] = {statement: [] for statement in statements}
    for _turn in range(15):
        for statement in statements:
            times[statement].append(float(python(timer.format(statement))))
    for statement in statements:
        yield Row(statement, 1e3 * median(times[statement]), "ms")
    for statement in statements[1:]:
        pairs = zip(times[statement], times["import numpy"], strict=True)
        goal = "<= 1.3" if statement == "import recommender" else ""
        yield Row(f"{statement} / numpy", median(a / b for a, b in pairs), "x", goal)


def demo(news: Path) -> Iterator[Row]:
    """The nightly job on the demo corpus, the first run and a rerun, then serving."""
    with tempfile.TemporaryDirectory() as folder:
        job = [_command("recommender"), "nightly", str(news), "--artifacts", folder, "--json"]
        first, _ = timed(lambda: subprocess.run(job, check=True, capture_output=True))
        again = median(
            timed(lambda: subprocess.run(job, check=True, capture_output=True))[0] for _ in range(3)
        )
        yield Row("nightly: first run on the demo", first, "s")
        yield Row("nightly: rerun with nothing new", again, "s")
        yield Row("nightly: rerun / first run", again / first, "x", "<= 0.1")
        ask = [_command("recommend"), "na-1", "--artifacts", folder]
        answer = median(
            timed(lambda: subprocess.run(ask, check=True, capture_output=True))[0]
            for _ in range(10)
        )
        yield Row("recommend na-1, whole process", answer, "s", "<= 0.4")
        yield from _serving(folder, "demo", 200, 10, "<= 60")


def large(_: Path) -> Iterator[Row]:
    """Serving from a made-up newsroom of 200,000 articles with the package's own graph."""
    yield from _made_up("200k", 200_000, 1000)


def million(_: Path) -> Iterator[Row]:
    """Serving from a made-up newsroom of a million articles."""
    yield from _made_up("1M", 1_000_000, 3000)


def _made_up(name: str, articles: int, filter_goal: int) -> Iterator[Row]:
    """Make a newsroom and serve from it; `filter_goal` is in microseconds."""
    with tempfile.TemporaryDirectory() as folder:
        code = "from pathlib import Path; import made_up; "
        code += f"made_up.publish_made_up(Path({folder!r}), {articles})"
        seconds, _ = timed(lambda: python(code))
        yield Row(f"{name}: make, neighbours, graph, publish", seconds, "s")
        yield from _serving(folder, name, 200, 50, "")
        filtered = json.loads(python(f"import bench_serving; bench_serving.filtered({folder!r})"))
        for question, (p50, p99, short) in filtered.items():
            note = f"p99 {p99:,.0f} µs; {short} answers of fewer than 10"
            yield Row(f"{name}: related, {question}, p50", p50, "µs", f"<= {filter_goal}", note)
        for threads in (1, 8):
            code = f"import bench_serving; bench_serving.throughput({folder!r}, {threads})"
            rate = float(python(code))
            yield Row(f"{name}: questions, threads: {threads}", rate, "/s")
        yield Row(f"{name}: questions, 2 processes", processes(folder, 2), "/s")


def _serving(folder: str, name: str, card_goal: int, open_goal: int, rss: str) -> Iterator[Row]:
    """Default questions to a process; the goals are in microseconds, milliseconds and MB."""
    result = json.loads(python(f"import bench_serving; bench_serving.serve({folder!r})"))
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


def _records(news: Path) -> Iterator[dict[str, str]]:
    """The records of a JSON Lines file."""
    with news.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _command(name: str) -> str:
    """The path of one of the package's commands, which is installed beside this interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        sys.exit(f"the command {name!r} is not installed beside {sys.executable}")
    return found


PARTS = {part.__name__: part for part in (embedding, imports, demo, large, million)}


@click.command()
@click.argument("news", type=click.Path(exists=True, path_type=Path))
@click.option("--json-file", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)))
def main(news: Path, json_file: Path | None, only: tuple[str, ...]) -> None:
    """Measure all parts, or the named ones, and print the table."""
    rows: list[Row] = []
    for name in only or PARTS:
        click.echo(f"measuring: {name}", err=True)
        rows += PARTS[name](news.absolute())
    show(rows, json_file)


if __name__ == "__main__":
    main()
