"""Kills: whenever a run dies, nothing is lost and the next one goes on."""

import logging
import random
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import ARRAYS, STRINGS
from recommender.snapshot.verify import verify
from tests.faults.runs import FILES, Nightly, Run, check_answers, check_nothing_left, check_store
from tests.nightly_process import edition, run_edition
from tests.planted import OF_NIGHTS, write_jsonl


def recover(
    artifacts: Artifacts, reader: Recommender, killed: Run, number: int, count: int,
    caplog: pytest.LogCaptureFixture,
) -> bool:  # fmt: skip
    """Check what must hold after the run of edition `number` was killed, and after the next run.

    Tells whether the run died holding the lock.
    """
    for rec in (reader, Recommender.open(artifacts.root)):
        served = int(rec.article("a-0").author or "-1")
        assert served in (number - 1, number)
        check_answers(rec, served, count - number + served)
        assert rec.health().ok
    verify(artifacts.snapshots / artifacts.current())

    stale = artifacts.lock.stat().st_size > 0
    caplog.clear()
    with caplog.at_level(logging.WARNING, "recommender"):
        night = run_edition(artifacts.root, count, number)
    holders = [str(getattr(record, "holder", "")) for record in caplog.records]
    assert stale == any(holder.startswith(f"pid {killed.pid}, started ") for holder in holders)
    assert night.snapshot == artifacts.current() == reader.health().snapshot
    assert (night.articles, night.texts) == (count, count)
    check_answers(reader, number, count)
    check_store(artifacts, number, count)
    check_nothing_left(artifacts)
    verify(artifacts.snapshots / artifacts.current())
    return stale


@pytest.mark.slow
def test_thirty_kills_lose_nothing(
    tmp_path: Path, nightly: Nightly, caplog: pytest.LogCaptureFixture
) -> None:
    # All kills belong to one history, so the test is longer than others.
    artifacts = Artifacts(tmp_path / "artifacts")
    count, number = 60, 0
    pause = 0.1 / count  # so that embedding takes as long as publishing

    def start() -> Run:
        write_jsonl(artifacts.root / "source.jsonl", edition(count, number))
        return nightly.start(artifacts, pause=pause)

    run_edition(artifacts.root, count, number)
    count, number = count + 1, number + 1
    begin = time.perf_counter()
    undisturbed = start()
    undisturbed.wait_for("stage publish")
    before_publishing = time.perf_counter() - begin
    assert undisturbed.wait().outcome
    whole = time.perf_counter() - begin
    reader = Recommender.open(artifacts.root)

    rng = random.Random(20260301)
    killed_in: list[str] = []
    stale_locks = 0
    for kill in range(30):
        count, number = count + 1, number + 1
        run = start()
        if kill < 18:  # anywhere
            time.sleep(whole * (kill + rng.random()) / 18)
        else:  # while it publishes, and just after
            run.wait_for("stage publish")
            time.sleep((whole - before_publishing) * (kill - 18 + rng.random()) / 12)
        run.kill()
        if run.code == -signal.SIGKILL:
            killed_in.append(run.stages[-1] if run.stages else "start")
        stale_locks += recover(artifacts, reader, run, number, count, caplog)
    # A machine that is suddenly faster lets some runs end in time; most must have been hit.
    assert len(killed_in) >= 20
    assert stale_locks >= 20
    assert {"embed", "publish"} <= set(killed_in)

    # Thirty kills later all is that of a life without them, to the bit, but what remembers nights.
    run_edition(tmp_path / "undisturbed", count, number)
    calm = Artifacts(tmp_path / "undisturbed")
    one = Snapshot(calm.snapshots / calm.current())
    other = Snapshot(artifacts.snapshots / artifacts.current())
    assert one.manifest.inputs == other.manifest.inputs
    for name in set(ARRAYS) - OF_NIGHTS:
        assert np.array_equal(getattr(one.arrays, name), getattr(other.arrays, name)), name
    for name in set(STRINGS) - OF_NIGHTS:
        assert getattr(one.strings, name)[:] == getattr(other.strings, name)[:], name


@pytest.mark.slow
def test_a_kill_before_any_lasting_step_of_publishing_loses_nothing(
    tmp_path: Path, nightly: Nightly, caplog: pytest.LogCaptureFixture
) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    count, number = 20, 0
    for _ in range(3):  # as many as are kept, so that publishing prunes
        count, number = count + 1, number + 1
        run_edition(artifacts.root, count, number)
    reader = Recommender.open(artifacts.root)

    def die(step: int) -> Run:
        write_jsonl(artifacts.root / "source.jsonl", edition(count, number))
        return nightly.start(artifacts, die_at_step=step).wait()

    count, number = count + 1, number + 1
    steps = die(10_000).steps
    assert steps.count("replace") == 1
    assert {"fsync", "rename", "unlink", "rmdir"} < set(steps)
    # Each file's sync is like the next one's: the first, and all from the folder's on.
    for step in (1, *range(len(FILES) + 1, len(FILES) + 13), len(steps)):
        count, number = count + 1, number + 1
        run = die(step)
        assert (run.code, len(run.steps)) == (-signal.SIGKILL, step)
        assert recover(artifacts, reader, run, number, count, caplog)
