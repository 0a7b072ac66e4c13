"""Races: runs, readers and threads at the same time."""

import json
import random
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.errors import LockHeld
from recommender.snapshot.reader import Snapshot
from tests.faults.runs import Nightly, check_answers
from tests.nightly_process import run_edition


def test_the_second_of_two_runs_is_refused_with_pid_and_start_of_the_first(
    published: Artifacts, nightly: Nightly
) -> None:
    first = nightly.start(published, pause=0.02)
    first.wait_for("stage embed")
    started = json.loads(published.lock.read_text())["started"]
    with pytest.raises(LockHeld) as caught:
        run_edition(published.root, 60, 3)
    assert f"pid {first.pid}, started {started}" in str(caught.value)
    assert str(published.lock) in str(caught.value)
    outcome = first.wait().outcome
    assert outcome == {"snapshot": published.current()}
    check_answers(Recommender.open(published.root), 2, 60)


def test_a_reader_of_a_pruned_snapshot_goes_on_answering(published: Artifacts) -> None:
    name = published.current()
    first, held = Snapshot(published.snapshots / name), Snapshot(published.snapshots / name)
    rows, vectors = range(60), [first.index().vector(text).tolist() for text in range(60)]
    cards = first.cards.of(rows)
    for number in (2, 3):
        run_edition(published.root, 60, number, "publish.keep=1")
    assert not (published.snapshots / name).exists()

    def ask(thread: int) -> bool:
        return all(
            held.cards.of([row, (row + thread) % 60]) == [cards[row], cards[(row + thread) % 60]]
            and held.lookup.row_of(cards[row].id) == row
            and held.ids.take([row]) == [cards[row].id]
            and held.arrays.neighbours[row].tolist() == first.arrays.neighbours[row].tolist()
            # The index is loaded here for the first time, after its file is gone.
            and held.index().vector(row).tolist() == vectors[row]
            for row in rows
        )

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [True] * 8


def test_a_recommender_whose_snapshot_is_pruned_under_a_broken_pointer_goes_on_answering(
    published: Artifacts,
) -> None:
    rec, calm = Recommender.open(published.root), Recommender.open(published.root)
    wanted = [calm.related(f"a-{n}", 59) for n in range(60)]
    filtered = calm.related("a-0", 40, section="glacier")
    shutil.rmtree(published.snapshots)
    published.point_to("20990101T000000Z-00000000")

    def ask(_: int) -> bool:
        return [rec.related(f"a-{n}", 59) for n in range(60)] == wanted and (
            rec.related("a-0", 40, section="glacier") == filtered
        )

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [True] * 8
    assert not rec.health().ok
    assert rec.health().error


@pytest.mark.slow
def test_threads_asking_while_twenty_snapshots_are_published_get_whole_answers(
    tmp_path: Path,
) -> None:
    # The threads share what they watch, so they stand in one function.
    artifacts = Artifacts(tmp_path)
    short = ("publish.keep=1", "neighbours.k=4", "related.floor=0")
    run_edition(tmp_path, 24, 0, *short)
    rec = Recommender.open(tmp_path)
    stop = threading.Event()
    wrong: list[str] = []
    seen: list[set[str]] = [set() for _ in range(8)]

    def ask(thread: int) -> None:
        rng = random.Random(thread)
        latest = 0
        while not stop.is_set():
            article_id = f"a-{rng.randrange(24)}"
            try:
                answers = [
                    rec.related(article_id, 4),  # from the lists
                    rec.related(article_id, 12),  # searched
                    rec.related(article_id, 3, section="orchard", exclude=["a-1"]),
                    [rec.article(article_id)],
                ]
                if not 20 <= rec.health().articles <= 30:
                    wrong.append("health")
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")
                continue
            if [len(answer) for answer in answers] != [4, 12, 3, 1]:
                wrong.append(f"lengths {[len(answer) for answer in answers]}")
            for answer in answers:
                editions = {str(card.author) for card in answer}
                titles = {card.title.rpartition(" ")[2] for card in answer}
                if len(editions) != 1 or titles != editions:
                    wrong.append(f"mixed {editions} {titles}")
                elif int(min(editions)) < latest:
                    wrong.append(f"back from {latest} to {editions}")
                latest = max(latest, *map(int, editions))
                seen[thread] |= editions
            time.sleep(0.01)  # leaves the publisher its share of the interpreter

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, 21):
            night = run_edition(tmp_path, 24, number, *short)
            # Another thread may be opening it at this moment: milliseconds, a second at most,
            # and some more where the machine that tests is busy with other things.
            deadline = time.monotonic() + 5
            while rec.health().snapshot != night.snapshot:
                assert time.monotonic() < deadline, "not picked up"
                time.sleep(0.001)
            check_answers(rec, number, 24)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert rec.health().snapshot == artifacts.current() == artifacts.names()[-1]
    assert len(artifacts.names()) == 1
    # The readers were there while it happened.
    assert min(len(editions) for editions in seen) > 5
