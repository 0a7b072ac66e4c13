"""Serving, for `bench.py`: each function runs in a new process and prints its figures as JSON.

`folder` is the artifacts folder.
"""

import json
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from figures import answered, python, resident, timed

HEAVY = ("torch", "transformers", "sklearn", "scipy", "faiss")
K = 10
SECONDS = 3.0  # of a measurement of throughput


def serve(folder: str) -> None:
    """Open a snapshot and ask for related articles of many articles, with the default options."""
    before, own_before = resident(), resident("RssAnon")
    from recommender import Recommender

    rec = Recommender.open(folder)
    ids = _some_ids(folder, 20_000)
    for article_id in ids[:5000]:
        rec.related(article_id, K)
    figures: dict[str, object] = {
        "rss": (resident() - before) / 1e6,
        "own": (resident("RssAnon") - own_before) / 1e6,
    }
    opened = [timed(lambda: Recommender.open(folder))[0] for _ in range(21)]
    figures["open"] = 1e3 * statistics.median(opened)
    for k in (5, 10):
        for name, ask in (("cards", rec.related), ("ids", rec.related_ids)):
            # The first questions load pages of the mapped files.
            answered(lambda i, ask=ask, k=k: ask(i, k), ids[:2000])
            figures[f"{name}{k}"] = answered(lambda i, ask=ask, k=k: ask(i, k), ids)[0]
    figures["heavy"] = [name for name in HEAVY if name in sys.modules]
    print(json.dumps(figures))


def filtered(folder: str) -> None:
    """Ask with filters; the floor is 0, so a list is short only if the search found too little."""
    from recommender import Recommender

    rec = Recommender.open(folder)
    ids = _some_ids(folder, 1000)
    figures = {}
    for name, options in filters().items():
        answered(lambda i, o=options: rec.related(i, K, floor=0.0, **o), ids[:200])
        times, answers = answered(lambda i, o=options: rec.related(i, K, floor=0.0, **o), ids)
        figures[name] = (*times, sum(len(answer) < K for answer in answers))
    print(json.dumps(figures))


def filters() -> dict[str, dict[str, Any]]:
    """The filters by name; many more articles pass each of them than are asked for."""
    from made_up import NEWEST, SECTIONS

    from recommender.dates import from_microseconds

    newest = from_microseconds(NEWEST)
    return {
        **{
            f"section of {SECTIONS[section]:.0%}": {"section": section}
            for section in ("news", "sport", "chess")
        },
        "the last month": {"since": newest - timedelta(days=30)},
        "the last day": {"since": newest - timedelta(days=1)},
    }


def throughput(folder: str, threads: int) -> None:
    """Measure the default questions a second of this process with some threads."""
    from recommender import Recommender

    rec, ids = Recommender.open(folder), _some_ids(folder, 4000)
    for article_id in ids:
        rec.related(article_id, K)

    def ask(seed: int) -> int:
        rng, asked, end = random.Random(seed), 0, time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            rec.related(rng.choice(ids), K)
            asked += 1
        return asked

    with ThreadPoolExecutor(threads) as pool:
        print(json.dumps(sum(pool.map(ask, range(threads))) / SECONDS))


def processes(folder: str, count: int) -> float:
    """The default questions a second of some processes with one thread each, together."""
    code = f"import bench_serving; bench_serving.throughput({folder!r}, 1)"
    with ThreadPoolExecutor(count) as pool:
        return sum(map(json.loads, pool.map(python, [code] * count)))


def _some_ids(folder: str, count: int) -> list[str]:
    """Random ids of the current snapshot, always the same."""
    from recommender.artifacts.folder import Artifacts
    from recommender.snapshot.reader import Snapshot

    artifacts = Artifacts(Path(folder))
    ids = Snapshot(artifacts.snapshots / artifacts.current()).ids
    return ids.take(random.Random(7).choices(range(len(ids)), k=count))
