"""Full disks and folders without permission: nothing changes for readers."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.cli.main import recommender
from recommender.errors import SnapshotDamaged
from tests.faults.runs import (
    Nightly,
    check_answers,
    check_nothing_left,
    check_refused,
    check_store,
    snapshot_bytes,
)
from tests.nightly_process import edition, run_edition
from tests.planted import write_jsonl

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
