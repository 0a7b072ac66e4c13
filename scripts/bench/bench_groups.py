"""Measure stories and topics against EVoC and BERTopic, side by side, on the same vectors.

Usage: python scripts/bench/bench_groups.py [--peers-python PATH] [--rows N]
                                            [--articles FOLDER] [--count N] [--json-file FILE]

Prints two comparisons. With made-up vectors: our graph, stories and topics of all levels, and
EVoC's clusters. With articles of the labelled sets, embedded before: a night, and a fit of BERTopic
with its keywords. Each runs in a process of its own; seconds, processor seconds and peak memory are
printed. The peers are installed in an environment of their own (pip install bertopic evoc), which
is named by the path of its Python; without it only ours is measured.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
from figures import Row, python, resident, show, timed

from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.embedding.base import Encoded, Encoder, EncoderSpec
from recommender.embedding.open import open_encoder
from recommender.evaluation.clustering_metrics import b_cubed
from recommender.graph.rescore import Rescored, rescore
from recommender.groups.stories import detect_stories
from recommender.groups.story_thresholds import story_thresholds
from recommender.groups.topics import detect_topics
from recommender.knn.neighbours import nearest
from recommender.language.prepare import embedded_text
from recommender.pipeline.nightly import run_night
from recommender.progress import Advance, ignore
from recommender.scoring.word_overlap import WeightedWords
from recommender.settings.load import load_settings
from recommender.settings.sections import Neighbours

THREADS = 2
WARM_UP = 2000
# The labelled sets that articles are taken from, in this order, until there are enough.
SETS = ("bbc_topics", "reuters_topics", "agnews_topics", "allsides_stories")
# The stages that a fit of BERTopic has too; a night also reads, indexes, finds phrases, publishes.
STAGES = ("count", "neighbours", "graph", "stories", "topics", "keywords")


def write_vectors(folder: Path, rows: int) -> None:
    """Write made-up vectors for us and for the peers."""
    import made_up

    np.save(folder / "vectors.npy", made_up.world(rows).vectors)


def groups(folder: str) -> None:
    """Measure graph, stories and topics of made-up texts; runs in a process of its own."""
    import made_up

    file = Path(folder) / "vectors.npy"
    rows = len(np.load(file, mmap_mode="r"))
    world = made_up.world(rows)
    words, true = made_up.words(world, np.random.default_rng(1)), world.story_of
    del world  # frees its vectors
    # A first turn that is not timed imports what is imported late.
    group(file, WeightedWords(*(column[:WARM_UP] for column in words)), true[:WARM_UP])
    before = time.process_time()
    seconds, note = group(file, words, true)
    _report(seconds, time.process_time() - before, note)


def group(file: Path, words: WeightedWords, true: Array) -> tuple[dict[str, float], str]:
    """Seconds of each stage as a night does it, and a note on what was found.

    Only the first vectors in the file are used, one for each text; `true` (texts,) are the made-up
    stories.
    """
    chosen, texts = load_settings(environment={}), len(words.words)
    seconds: dict[str, float] = {}
    # The expanded vectors are held to the end, because the index of a night holds as much.
    scored, _indexed = scored_graph(file, words, chosen.neighbours, seconds)
    lengths = np.full(texts, words.words.shape[1])
    seconds["stories"], stories = timed(
        lambda: detect_stories(*scored.wide, story_thresholds(*scored.wide, lengths, 0), 0)
    )
    seconds["topics"], topics = timed(
        lambda: detect_topics(*scored.wide, chosen.topics.resolution, chosen.topics.seed)
    )
    levels = " + ".join(map(str, np.bincount(topics.levels)[1:]))
    f1 = b_cubed(stories.story_of, true)[0]
    found = f"{len(stories.story_start) - 1:,} stories (B-cubed F1 {f1:.2f})"
    return seconds, f"{found}, {levels} topics"


def scored_graph(
    file: Path, words: WeightedWords, chosen: Neighbours, seconds: dict[str, float]
) -> tuple[Rescored, Array]:
    """The graph and the expanded vectors as a night makes them; adds to `seconds`.

    As in a night, embeddings and candidates are freed when the graph is made.
    """
    vectors = np.array(np.load(file, mmap_mode="r")[: len(words.words)])
    seconds["neighbours"], near = timed(
        lambda: nearest(vectors, chosen.candidates, THREADS, ignore).lists
    )
    seconds["graph"], rescored = timed(
        lambda: rescore(*near, vectors, words, chosen.k, THREADS, ignore)
    )
    return rescored


class PrecomputedEncoder:
    """An encoder of texts that were embedded before."""

    def __init__(self, texts: Sequence[str], vectors: Array) -> None:
        self._row = {text: row for row, text in enumerate(texts)}
        self._vectors = vectors
        self.spec = EncoderSpec("precomputed", None, None, sha256(vectors.data).hexdigest()[:32])

    def encode(self, texts: Sequence[str], advance: Advance = ignore) -> Encoded:
        """Look up the vectors of `texts`."""
        words = [len(text.split()) for text in texts]
        advance(len(texts))
        return Encoded(self._vectors[[self._row[text] for text in texts]], words, words)


def write_articles(folder: Path, sets: Path, count: int, encoder: Encoder) -> int:
    """Write the first articles of `SETS`, their texts and vectors; return how many there are."""
    records = list(_records(sets, count))
    source = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "articles.jsonl").write_text(source, encoding="utf-8")
    texts = [embedded_text(record["title"], record["text"]) for record in records]
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    np.save(folder / "vectors.npy", encoder.encode(texts).vectors)
    return len(texts)


def _records(sets: Path, count: int) -> Iterator[dict[str, Any]]:
    """The first `count` records with a text."""
    records = (
        json.loads(line)
        for name in SETS
        for line in (sets / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    )
    for record in islice((r for r in records if r["text"]), count):
        yield {field: record[field] for field in ("id", "title", "text")}


def night(folder: str) -> None:
    """Measure a night on articles that were embedded before; runs in a process of its own."""
    root = Path(folder)
    texts = json.loads((root / "texts.json").read_text(encoding="utf-8"))
    encoder = PrecomputedEncoder(texts, np.load(root / "vectors.npy"))
    settings = load_settings(environment={}, overrides=[f"run.threads={THREADS}"])
    artifacts = Artifacts(root / "artifacts")
    artifacts.root.mkdir()
    before = time.process_time()
    found = run_night([root / "articles.jsonl"], artifacts, settings, encoder=encoder)
    note = f"{found.stories:,} stories, {found.topics} + {found.finer_topics} topics"
    _report(found.seconds, time.process_time() - before, note)


def _report(seconds: dict[str, float], cpu: float, note: str) -> None:
    """Print the figures of this process as JSON."""
    figures = {"seconds": seconds, "cpu": cpu, "peak": resident("VmHWM"), "note": note}
    print(json.dumps(figures))


def against_evoc(rows: int, peers: str | None) -> Iterator[Row]:
    """Compare ours with EVoC on made-up vectors."""
    with tempfile.TemporaryDirectory() as folder:
        write_vectors(Path(folder), rows)
        ours = json.loads(python(f"import bench_groups; bench_groups.groups({folder!r})"))
        name = f"{rows:,} made-up vectors"
        yield from _rows(f"{name}: ours", ours, ours["seconds"])
        if peers:
            code = f"import bench_peers; bench_peers.evoc({folder!r})"
            theirs = json.loads(python(code, peers))
            yield from _rows(f"{name}: EVoC", theirs, {"fit": theirs["seconds"]})
            ratio = theirs["seconds"] / sum(ours["seconds"].values())
            yield Row(f"{name}: EVoC / ours", ratio, "x", "> 1")
            yield Row(f"{name}: EVoC / ours, processor", theirs["cpu"] / ours["cpu"], "x", "> 1")


def against_bertopic(sets: Path, count: int, peers: str | None) -> Iterator[Row]:
    """Compare a night with a fit of BERTopic on articles that were embedded before."""
    with tempfile.TemporaryDirectory() as folder:
        count = write_articles(Path(folder), sets, count, open_encoder())
        ours = json.loads(python(f"import bench_groups; bench_groups.night({folder!r})"))
        name = f"{count:,} articles"
        stages = {stage: ours["seconds"][stage] for stage in STAGES}
        yield from _rows(f"{name}: ours", ours, stages)
        whole = sum(ours["seconds"].values())
        yield Row(f"{name}: ours, the whole night", whole, "s", note="without embedding")
        if peers:
            code = f"import bench_peers; bench_peers.bertopic({folder!r})"
            theirs = json.loads(python(code, peers))
            yield from _rows(f"{name}: BERTopic", theirs, {"fit": theirs["seconds"]})
            ratio = theirs["seconds"] / sum(stages.values())
            yield Row(f"{name}: BERTopic / ours", ratio, "x", ">= 10")
            yield Row(f"{name}: BERTopic / the whole night", theirs["seconds"] / whole, "x")
            ratio = theirs["cpu"] / ours["cpu"]
            yield Row(f"{name}: BERTopic / the whole night, processor", ratio, "x")


def _rows(name: str, measured: dict[str, Any], stages: dict[str, float]) -> Iterator[Row]:
    """The rows of one process: seconds of its stages, processor seconds and peak memory."""
    note = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items())
    yield Row(name, sum(stages.values()), "s", note=note)
    yield Row(f"{name}: processor", measured["cpu"], "s", note="of all threads, load or not")
    yield Row(f"{name}: peak memory", measured["peak"] / 1e6, "MB", note=measured["note"])


@click.command()
@click.option("--peers-python", "peers", help="The Python that has bertopic and evoc.")
@click.option("--rows", default=200_000, show_default=True, help="Made-up vectors; 0 for none.")
@click.option(
    "--articles", "sets", type=click.Path(exists=True, path_type=Path), help="The labelled sets."
)
@click.option("--count", default=20_000, show_default=True, help="So many of their articles.")
@click.option("--json-file", type=click.Path(path_type=Path))
def main(
    peers: str | None, rows: int, sets: Path | None, count: int, json_file: Path | None
) -> None:
    """Measure ours and the peers, and print the table."""
    found: list[Row] = []
    if rows:
        found += against_evoc(rows, peers)
    if sets:
        found += against_bertopic(sets, count, peers)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    found.append(Row("load of the machine at the end", os.getloadavg()[1], "", note=load))
    show(found, json_file)


if __name__ == "__main__":
    main()
