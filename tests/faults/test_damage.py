"""Damaged files: each is refused and named, and an old snapshot serves on."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.artifacts.folder import Artifacts
from recommender.errors import SnapshotDamaged, SnapshotError
from recommender.snapshot.publish import rollback
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.schema import INDEX
from recommender.snapshot.stamp import stamp
from recommender.snapshot.verify import verify
from tests.faults.runs import FILES


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
