"""Bad luck, done to the real thing: kills, damage, full disks, races, newer formats."""

import json
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from recommender import Recommender
from recommender.artifacts.folder import ASIDE_PREFIX, Artifacts
from recommender.cli.main import recommender
from recommender.errors import LockHeld, NewerFormat, SnapshotDamaged, SnapshotError
from recommender.language.prepare import embedded_text
from recommender.language.tokens import tokenise
from recommender.snapshot.manifest import FORMAT, MANIFEST
from recommender.snapshot.publish import rollback
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import ARRAYS, INDEX, LINEAGE, RULES, STRINGS
from recommender.snapshot.schema import FILES as DATA_FILES
from recommender.snapshot.stamp import stamp
from recommender.snapshot.verify import verify
from tests.nightly_process import edition, run_edition
from tests.planted import OF_NIGHTS, publish_planted, write_jsonl

FILES = (MANIFEST, *DATA_FILES)
REPOSITORY = Path(__file__).parent.parent


class Run:
    """One job of a `Nightly`, as far as its process has reported it."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self.stages: list[str] = []
        self.steps: list[str] = []
        self.outcome: dict[str, str] = {}
        self.code: int | None = None
        self.pid = int(self._next().removeprefix("pid "))

    def wait_for(self, line: str) -> None:
        while self._next() != line:
            if self.code is not None:
                raise AssertionError(f"the run ended before {line!r}: {self.outcome}")

    def wait(self) -> "Run":
        while self.code is None:
            self._next()
        return self

    def kill(self) -> "Run":
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended in time
        return self.wait()

    def _next(self) -> str:
        line: str = self._out.readline().rstrip("\n")
        kind, _, value = line.partition(" ")
        if kind == "stage":
            self.stages.append(value)
        elif kind == "step":
            self.steps.append(value)
        elif kind == "exit":
            self.code = int(value)
        elif line.startswith("{"):
            self.outcome = json.loads(line)
        elif not line:
            raise AssertionError("the process of the runs died")
        return line


class Nightly:
    """A process that does nightly runs in children; see nightly_process.py."""

    def __init__(self, *wrapped: str) -> None:
        self.process = subprocess.Popen(
            [*wrapped, sys.executable, "-m", "tests.nightly_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        assert self.process.stdout
        if self.process.stdout.readline() != "ready\n":
            self.close()
            raise OSError("the process of the runs did not start")

    def start(self, artifacts: Artifacts, **job: Any) -> Run:
        job = {
            "artifacts": str(artifacts.root),
            "source": str(artifacts.root / "source.jsonl"),
            **job,
        }
        assert self.process.stdin
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return Run(self.process.stdout)

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def nightly() -> Iterator[Nightly]:
    runs = Nightly()
    yield runs
    runs.close()


def check_answers(rec: Recommender, number: int, count: int) -> None:
    """Every answer is the edition's, whole, and of the article's own theme."""
    for n in (0, 1, count // 2, count - 1):
        card = rec.article(f"a-{n}")
        hits = rec.related(card.id, 5)
        assert len(hits) == 5
        assert {hit.author for hit in (card, *hits)} == {str(number)}
        assert {hit.section for hit in hits} == {card.section}


def check_store(artifacts: Artifacts, number: int, count: int) -> None:
    """The store holds the edition's articles once each, and what belongs to their texts, once."""
    database = sqlite3.connect(artifacts.store)
    try:
        ids = [row[0] for row in database.execute("SELECT id FROM articles")]
        titles = {row[0] for row in database.execute("SELECT title FROM articles")}
        texts = {row[0] for row in database.execute("SELECT content_hash FROM articles")}
        vectors = [row[0] for row in database.execute("SELECT content_hash FROM vectors")]
        features = [row[0] for row in database.execute("SELECT content_hash FROM features")]
        words = {row[0] for row in database.execute("SELECT token FROM vocabulary")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        database.close()
    wanted = edition(count, number)
    assert sorted(ids) == sorted(a.id for a in wanted)
    assert titles == {a.title for a in wanted}
    assert len(texts) == count
    assert sorted(vectors) == sorted(features) == sorted(texts)
    assert words == {w for a in wanted for w in tokenise(embedded_text(a.title, a.text))}


KEPT = {
    "CURRENT", "nights.jsonl", "nightly.lock", "removed.json", "removed.lock", "snapshots",
    "source.jsonl", "store.sqlite",
}  # fmt: skip


def check_nothing_left(artifacts: Artifacts) -> None:
    assert {p.name for p in artifacts.root.iterdir()} == KEPT
    assert [p.name for p in artifacts.snapshots.iterdir() if p.name.startswith(ASIDE_PREFIX)] == []
    for name in artifacts.names():
        assert {p.name for p in (artifacts.snapshots / name).iterdir()} == set(FILES)


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


# Damaged files.


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Artifacts with two snapshots of different corpora; the newer one is current."""
    root = tmp_path_factory.mktemp("pair") / "artifacts"
    for seed in (0, 1):
        publish_planted(root, 40, seed=seed)
    return root


@pytest.fixture
def artifacts(pair: Path, tmp_path: Path) -> Artifacts:
    shutil.copytree(pair, tmp_path / "artifacts")
    return Artifacts(tmp_path / "artifacts")


def truncate(path: Path, other: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_last_byte(path: Path, other: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path, other: Path) -> None:
    os.truncate(path, 0)


def lose(path: Path, other: Path) -> None:
    path.unlink()


def swap(path: Path, other: Path) -> None:
    shutil.copyfile(other, path)


DAMAGES = (truncate, cut_last_byte, empty, lose, swap)
Damage = Callable[[Path, Path], None]


def test_swapped_files_are_mostly_of_the_same_size(pair: Path) -> None:
    """Or the check of sizes alone would notice them all."""
    old, new = (Artifacts(pair).snapshots / name for name in Artifacts(pair).names())
    same = {name for name in FILES if (old / name).stat().st_size == (new / name).stat().st_size}
    assert len(same) > len(FILES) / 2
    assert all((old / name).read_bytes() != (new / name).read_bytes() for name in FILES)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_at_once_and_named(
    artifacts: Artifacts, name: str, damage: Damage
) -> None:
    old, new = (artifacts.snapshots / found for found in artifacts.names())
    damage(new / name, old / name)
    for use in (
        lambda: Recommender.open(artifacts.root),
        lambda: Snapshot(new),
        lambda: verify(new),
    ):
        with pytest.raises(SnapshotDamaged) as caught:
            use()
        assert str(new / name) in str(caught.value)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_running_reader_refuses_the_damaged_one_and_recovers(
    artifacts: Artifacts, name: str, damage: Damage
) -> None:
    old, new = artifacts.names()
    artifacts.point_to(old)
    rec = Recommender.open(artifacts.root)
    answer = rec.related("a-0")
    damage(artifacts.snapshots / new / name, artifacts.snapshots / old / name)
    artifacts.point_to(new)
    assert rec.related("a-0") == answer
    assert rec.related("a-0", 100, section="glacier", floor=0)
    health = rec.health()
    assert (health.ok, health.snapshot) == (False, old)
    assert name in str(health.error)
    with pytest.raises(SnapshotDamaged):
        rollback(artifacts, new)
    artifacts.point_to(old)
    health = rec.health()
    assert (health.ok, health.error, health.snapshot) == (True, None, old)


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_caught_by_verify_and_named(
    artifacts: Artifacts, name: str, share: float
) -> None:
    old, new = artifacts.names()
    path = artifacts.snapshots / new / name
    flip(path, int(share * (path.stat().st_size - 1)))
    with pytest.raises(SnapshotError) as caught:
        verify(path.parent)
    assert str(path) in str(caught.value)
    artifacts.point_to(old)
    with pytest.raises(SnapshotError):
        rollback(artifacts, new)
    assert artifacts.current() == old


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.2, 0.5, 0.9, 0.99])
def test_a_flipped_byte_of_the_index_is_caught_before_it_is_loaded(
    artifacts: Artifacts, share: float
) -> None:
    path = artifacts.snapshots / artifacts.current() / INDEX
    flip(path, int(share * (path.stat().st_size - len(stamp("0" * 32)) - 1)))
    snapshot = Snapshot(path.parent)
    for _ in range(2):
        with pytest.raises(SnapshotDamaged, match=r"index\.faiss was altered"):
            snapshot.index()
    rec = Recommender.open(artifacts.root)
    assert len(rec.related("a-0", 5, floor=0)) == 5  # what needs no search is answered
    with pytest.raises(SnapshotDamaged, match=r"index\.faiss was altered"):
        rec.related("a-0", 35, floor=0)


# Newer formats.


def newer_json(path: Path) -> None:
    record = json.loads(path.read_bytes())
    content = path.read_bytes().replace(
        f'"format": {record["format"]}'.encode(), f'"format": {FORMAT + 1}'.encode(), 1
    )
    path.write_bytes(content)


def newer_array(path: Path) -> None:
    content = path.read_bytes()
    build = content[-64:].split(b" build ")[1][:32].decode()
    path.write_bytes(content[:-64] + stamp(build, FORMAT + 1))


@pytest.mark.parametrize("name", [name for name in FILES if name != LINEAGE])
def test_a_file_of_a_newer_format_says_so_and_what_to_do(artifacts: Artifacts, name: str) -> None:
    newer = newer_json if name.endswith(".json") else newer_array
    old, new = artifacts.names()
    artifacts.point_to(old)
    rec = Recommender.open(artifacts.root)
    path = artifacts.snapshots / new / name
    newer(path)
    artifacts.point_to(new)
    wanted = f"{path} has format {FORMAT + 1}, this version reads up to {FORMAT}"
    for use in (lambda: Recommender.open(artifacts.root), lambda: Snapshot(path.parent)):
        with pytest.raises(NewerFormat, match="pip install --upgrade recommender") as caught:
            use()
        assert str(caught.value).startswith(wanted)
    health = rec.health()
    assert (health.ok, health.snapshot) == (False, old)
    assert str(health.error).startswith(wanted)


def test_a_lineage_of_a_newer_format_says_so_when_it_is_read(artifacts: Artifacts) -> None:
    path = artifacts.snapshots / artifacts.current() / LINEAGE
    newer_json(path)
    with pytest.raises(NewerFormat, match="pip install --upgrade recommender"):
        Recommender.open(artifacts.root).changes()


# Older formats.


def older(folder: Path, version: int) -> None:
    """Make a snapshot one that an older version wrote, as far as its manifest says."""
    record = json.loads((folder / MANIFEST).read_bytes())
    del record["sha256"], record["files"]["rules.json"]
    (folder / MANIFEST).write_text(json.dumps(record | {"format": version, "sha256": "0" * 64}))
    (folder / RULES).unlink()


@pytest.mark.parametrize("version", [1, 0])
def test_a_snapshot_of_an_older_format_says_so_and_what_to_do(
    artifacts: Artifacts, version: int
) -> None:
    old, new = artifacts.names()
    older(artifacts.snapshots / old, version)
    rec = Recommender.open(artifacts.root)
    for use in (
        lambda: rollback(artifacts),
        lambda: Snapshot(artifacts.snapshots / old),
        lambda: verify(artifacts.snapshots / old),
    ):
        with pytest.raises(SnapshotDamaged, match="again with: recommender nightly SOURCE") as no:
            use()
        assert str(no.value).startswith(f"{artifacts.snapshots / old / MANIFEST} has format ")
        assert f"format {version}, and this version reads format" in str(no.value)
    assert artifacts.current() == new
    assert rec.health().ok


def test_a_night_replaces_a_snapshot_of_an_older_format_that_nobody_can_read(
    artifacts: Artifacts,
) -> None:
    old, new = artifacts.names()
    for name in (old, new):
        older(artifacts.snapshots / name, 1)
    with pytest.raises(SnapshotDamaged, match="again with: recommender nightly SOURCE"):
        Recommender.open(artifacts.root)
    night = publish_planted(artifacts.root, 40, overrides=["publish.keep=2"])
    assert Recommender.open(artifacts.root).health().snapshot == night.snapshot
    assert artifacts.names() == [new, night.snapshot]


# Full disks and locked doors.


@pytest.fixture
def published(tmp_path: Path) -> Artifacts:
    """Artifacts with edition 1 of 60 articles, and edition 2 lying ready."""
    artifacts = Artifacts(tmp_path / "artifacts")
    run_edition(artifacts.root, 60, 1)
    write_jsonl(artifacts.root / "source.jsonl", edition(60, 2))
    return artifacts


def check_refused(
    artifacts: Artifacts, rec: Recommender, run: Run, before: dict[str, bytes], error: str
) -> None:
    """A run failed as it should: with our error, nothing changed, nothing left."""
    assert run.code == 0
    assert run.outcome.get("error") == error, run.outcome
    assert "run again" in run.outcome["message"]
    assert artifacts.current() == rec.health().snapshot
    for reader in (rec, Recommender.open(artifacts.root)):
        check_answers(reader, 1, 60)
    assert snapshot_bytes(artifacts) == before
    # A store whose log could not be written back keeps it for the next run.
    passing = {"ballast", "store.sqlite-wal", "store.sqlite-shm"}
    assert {p.name for p in artifacts.root.iterdir()} - passing == KEPT


def snapshot_bytes(artifacts: Artifacts) -> dict[str, bytes]:
    found = artifacts.snapshots.rglob("*")
    return {str(p): p.read_bytes() for p in found if p.is_file()}


# Sizes at which another file is the first that does not fit.
LIMITS = {
    "nothing fits": (0, ()),
    "the stamp of the graph does not fit": (7_360, ()),
    "what is small fits": (4_000, ("neighbours.k=2", "related.floor=0")),
    "all but the phrases fit": (7_830, ("neighbours.k=2", "related.floor=0")),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_disk_that_fills_while_publishing_changes_nothing(
    published: Artifacts, nightly: Nightly, limit: str
) -> None:
    size, overrides = LIMITS[limit]
    rec, before = Recommender.open(published.root), snapshot_bytes(published)
    run = nightly.start(published, file_limit=size, overrides=overrides).wait()
    assert run.stages[-1] == "publish"
    check_refused(published, rec, run, before, "StorageError")
    assert nightly.start(published).wait().outcome == {"snapshot": rec.health().snapshot}
    check_answers(rec, 2, 60)
    check_nothing_left(published)


@pytest.mark.parametrize("size", [0, 10, 5_000, 50_000])
def test_a_disk_that_is_full_before_the_run_changes_nothing(
    published: Artifacts, nightly: Nightly, size: int
) -> None:
    rec, before = Recommender.open(published.root), snapshot_bytes(published)
    run = nightly.start(published, file_limit_at_start=size).wait()
    check_refused(published, rec, run, before, "StorageError")
    assert nightly.start(published).wait().outcome == {"snapshot": rec.health().snapshot}
    check_answers(rec, 2, 60)
    check_store(published, 2, 60)


@pytest.fixture(scope="module")
def small_disk() -> Iterator[Path]:
    """A disk of 2 MB."""
    folder = Path(tempfile.mkdtemp())
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and shutil.which("mount") and shutil.which("umount")
    if not mounted or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("mounting a small disk takes root and a kernel that lets it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.parametrize(
    "job",
    [{"leave_at_start": 0}, {"leave_at_start": 40_000}, {"leave": 0}, {"leave": 4096},
     {"leave": 40_000}, {"leave": 80_000}],
    ids=str,
)  # fmt: skip
def test_a_disk_that_is_really_full_changes_nothing(
    small_disk: Path, nightly: Nightly, job: dict[str, int]
) -> None:
    artifacts = Artifacts(small_disk / "artifacts")
    shutil.rmtree(artifacts.root, ignore_errors=True)
    run_edition(artifacts.root, 60, 1)
    write_jsonl(artifacts.root / "source.jsonl", edition(60, 2))
    rec, before = Recommender.open(artifacts.root), snapshot_bytes(artifacts)
    run = nightly.start(artifacts, **job).wait()
    check_refused(artifacts, rec, run, before, "StorageError")
    (artifacts.root / "ballast").unlink()
    assert nightly.start(artifacts).wait().outcome == {"snapshot": rec.health().snapshot}
    check_answers(rec, 2, 60)
    check_store(artifacts, 2, 60)
    check_nothing_left(artifacts)


NOBODY = 65534


@pytest.mark.parametrize("closed", [".", "snapshots"])
def test_a_folder_that_may_not_be_written_is_named_and_goes_on_serving(
    published: Artifacts, nightly: Nightly, closed: str
) -> None:
    artifacts, job = published, {}
    if os.geteuid() == 0:  # for whom no folder is closed: the run gives up its rights
        # pytest's own folders are closed to others altogether, a folder beside them need not be.
        folder = Path(tempfile.mkdtemp())
        folder.chmod(0o755)
        artifacts = Artifacts(folder / "artifacts")
        shutil.copytree(published.root, artifacts.root)
        job = {"uid" if closed == "." else "uid_at_publish": NOBODY}
    (artifacts.root / closed).chmod(0o555)
    artifacts.lock.chmod(0o444 if closed == "." else 0o644)
    try:
        rec, before = Recommender.open(artifacts.root), snapshot_bytes(artifacts)
        run = nightly.start(artifacts, **job).wait()
        check_refused(artifacts, rec, run, before, "StorageError")
        assert "Permission denied" in run.outcome["message"]
        assert (
            str(artifacts.lock if closed == "." else artifacts.snapshots) in run.outcome["message"]
        )
    finally:
        (artifacts.root / closed).chmod(0o755)
        if artifacts is not published:
            shutil.rmtree(artifacts.root.parent)


def test_the_command_that_a_broken_pointers_error_names_mends_it(artifacts: Artifacts) -> None:
    old, _ = artifacts.names()
    artifacts.pointer.write_text("nonsense\n")
    with pytest.raises(SnapshotDamaged, match="recommender rollback NAME"):
        Recommender.open(artifacts.root)
    command = ["rollback", old, "--artifacts", str(artifacts.root)]
    done = CliRunner().invoke(recommender, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert Recommender.open(artifacts.root).health().snapshot == old


# Races.


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
