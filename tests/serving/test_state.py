"""The state that answers come from: it follows the pointer at the next question."""

import gc
import threading
import time
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.errors import NoSnapshot, SnapshotDamaged
from recommender.serving import state
from recommender.snapshot.publish import rollback
from tests.planted import article, publish_planted
from tests.serving.newsroom import SHORT


def test_a_publication_is_followed_at_the_next_question(root: Path) -> None:
    rec = Recommender.open(root)
    for seed in range(1, 4):
        publish_planted(root, 60 + seed, seed=seed, overrides=("publish.keep=1",))
        assert rec.article(f"a-{59 + seed}").title == article(59 + seed).title
        assert rec.health().snapshot == Artifacts(root).current()


def test_a_rollback_is_followed_at_the_next_question(root: Path) -> None:
    rec = Recommender.open(root)
    first, answer = rec.health().snapshot, rec.related("a-0")
    publish_planted(root, 60, seed=1)
    assert rec.related("a-0") != answer
    rollback(Artifacts(root))
    assert rec.related("a-0") == answer
    assert rec.health().snapshot == first


def test_the_pointer_moving_back_and_forth_is_never_missed(root: Path) -> None:
    # Every pointer file has the same size, and inodes and clock ticks come again.
    artifacts, rec = Artifacts(root), Recommender.open(root)
    publish_planted(root, 60, seed=1)
    first, second = artifacts.names()
    for n in range(100):
        artifacts.point_to(first if n % 2 else second)
        assert rec.health().snapshot == (first if n % 2 else second)


def test_files_of_an_old_snapshot_are_closed_at_once(root: Path) -> None:
    # A pruned snapshot takes disk space as long as one process holds one of its files, and web
    # servers put off the garbage collector, some for ever.
    rec = Recommender.open(root)

    def held() -> set[str]:
        """Snapshots of which this process holds a file open or mapped."""
        rec.related("a-0", 100, section="harbour")
        links = []
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                links.append(str(descriptor.readlink()))
            except FileNotFoundError:  # the one that lists them
                continue
        files = [*links, *Path("/proc/self/maps").read_text().splitlines()]
        inside = [file.partition(f"{root}/snapshots/")[2] for file in files]
        return {path.partition("/")[0] for path in inside if path}

    gc.collect()
    gc.disable()
    try:
        assert held() == {rec.health().snapshot}
        for seed in range(3):
            publish_planted(root, 50, seed=seed, overrides=("publish.keep=1", *SHORT))
            assert held() == {Artifacts(root).current()}
    finally:
        gc.enable()


def test_nothing_published_says_which_command_publishes(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent", str(tmp_path)):
        with pytest.raises(NoSnapshot, match="recommender nightly SOURCE"):
            Recommender.open(place)


def test_a_pointer_to_a_snapshot_that_is_not_there_names_it(root: Path) -> None:
    Artifacts(root).point_to("20990101T000000Z-00000000")
    with pytest.raises(SnapshotDamaged, match="20990101T000000Z-00000000/manifest"):
        Recommender.open(root)


def test_a_lost_pointer_leaves_the_old_snapshot_serving(root: Path) -> None:
    rec = Recommender.open(root)
    answer, name = rec.related("a-0"), rec.health().snapshot
    Artifacts(root).pointer.unlink()
    assert rec.related("a-0") == answer
    health = rec.health()
    assert (health.ok, health.snapshot) == (False, name)
    assert "no snapshot is published" in str(health.error)
    Artifacts(root).point_to(name)
    assert rec.health().ok


def test_a_refused_snapshot_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder that is mounted late, or copied by hand after the pointer.
    monkeypatch.setattr(state, "RETRY_SECONDS", 0.05)
    artifacts, rec = Artifacts(root), Recommender.open(root)
    publish_planted(root, 60, seed=1)
    late = artifacts.snapshots / artifacts.current()
    late.rename(root / "late")
    assert not rec.health().ok
    (root / "late").rename(late)
    deadline = time.monotonic() + 5
    while not rec.health().ok and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rec.health().snapshot == late.name


def test_a_refused_snapshot_is_not_tried_at_every_question(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, opened = 100.0, []
    monkeypatch.setattr(state, "monotonic", lambda: now)
    artifacts, rec = Artifacts(root), Recommender.open(root)
    publish_planted(root, 60, seed=1)
    (artifacts.snapshots / artifacts.current() / "manifest.json").write_text("{}")
    real = state.Snapshot
    monkeypatch.setattr(state, "Snapshot", lambda folder: opened.append(folder) or real(folder))
    for question in range(20):
        rec.related("a-0")
        assert not rec.health().ok, question
        now += state.RETRY_SECONDS / 40  # 39 of these are not yet the time to try again
    assert len(opened) == 1
    now = 100.0 + state.RETRY_SECONDS
    rec.related("a-0")
    rec.related("a-0")
    assert len(opened) == 2


def test_threads_answer_from_the_old_snapshot_while_one_opens_the_new(root: Path) -> None:
    artifacts, rec = Artifacts(root), Recommender.open(root)
    old = rec.health().snapshot
    publish_planted(root, 60, seed=1)
    new = artifacts.current()
    seen: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        seen.append(rec.health().snapshot)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert new in seen
    assert set(seen) <= {old, new}
    assert rec.health().snapshot == new
