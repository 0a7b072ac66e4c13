"""Power cuts: what was reported as done is on the disk, and no cut leaves a mixture.

A killed process loses nothing that it wrote, because the system still holds it. Here the disk
loses whatever was not synced (`power_cut`), so each missing fsync is noticed.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender import NoSnapshot, Recommender, RemovedArticle
from recommender.artifacts.atomic import make_folder, write_atomically
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_takedowns, restore, take_down
from recommender.pipeline.nightly import run_night
from recommender.pipeline.run_log import last_night
from recommender.snapshot.publish import rollback
from recommender.snapshot.verify import verify
from recommender.sources.rejects import RejectFile
from recommender.sources.validate import Reject
from tests.faults.power_cut import LossyDisk, Step, lossy_disk
from tests.nightly_process import edition, run_edition
from tests.planted import WordEncoder, publish_planted, settings, write_jsonl

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="which file was synced is read from /proc"
)
EARLY = pytest.mark.parametrize("names_early", [False, True])


def test_a_file_is_written_synced_replaced_and_its_folder_synced(tmp_path: Path) -> None:
    write_atomically(tmp_path / "CURRENT", b"old")
    with lossy_disk(tmp_path) as disk:
        write_atomically(tmp_path / "CURRENT", b"new")
    assert disk.steps == [
        Step("fsync", ".CURRENT.tmp"),
        Step("replace", "CURRENT"),
        Step("fsync", "."),
    ]


def test_the_disk_loses_what_was_not_synced(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "kept").write_bytes(b"1")
    with lossy_disk(root) as disk:
        (root / "kept").write_bytes(b"2")
        (root / "new").write_bytes(b"3")
        late = disk.survivors(tmp_path / "late", names_early=False)
        early = disk.survivors(tmp_path / "early", names_early=True)
    assert {p.name: p.read_bytes() for p in late.iterdir()} == {"kept": b"1"}
    assert {p.name: p.read_bytes() for p in early.iterdir()} == {"kept": b"1", "new": b""}


class Cuts:
    """Cuts the power before each step, and looks at what is left with `check`."""

    def __init__(self, folder: Path, check: Callable[[Artifacts], None]) -> None:
        self._folder, self._check = folder, check
        self.count = 0

    def __call__(self, disk: LossyDisk) -> None:
        for names_early in (False, True):
            self.count += 1
            left = disk.survivors(self._folder / f"cut-{self.count}", names_early=names_early)
            self._check(Artifacts(left))


def check_publication(artifacts: Artifacts, names: set[str]) -> str:
    """What is published verifies and is one of `names`; its name."""
    name = artifacts.current()
    assert name in names
    verify(artifacts.snapshot(name))
    return name


@EARLY
def test_a_published_snapshot_survives(tmp_path: Path, names_early: bool) -> None:
    root = tmp_path / "artifacts"
    publish_planted(root, 30, seed=0)
    with lossy_disk(root) as disk:
        publish_planted(root, 30, seed=1)
        left = Artifacts(disk.survivors(tmp_path / "left", names_early=names_early))
    current = Artifacts(root).current()
    assert check_publication(left, {current}) == current


def test_a_cut_at_any_step_of_a_publication_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    old = publish_planted(root, 30, seed=0).snapshot
    found = set()

    def check(left: Artifacts) -> None:
        # The new one may be half written, but it is never what the pointer names.
        name = left.current()
        verify(left.snapshot(name))
        found.add(name)

    cuts = Cuts(tmp_path, check)
    with lossy_disk(root, cuts) as disk:
        publish_planted(root, 30, seed=1)
        check(Artifacts(disk.survivors(tmp_path / "end", names_early=False)))
    assert cuts.count > 40
    assert found == {old, Artifacts(root).current()}


@EARLY
def test_a_first_night_into_a_nested_folder_survives(tmp_path: Path, names_early: bool) -> None:
    root = tmp_path / "data"
    artifacts = Artifacts(root / "news" / "artifacts")
    source = write_jsonl(tmp_path / "source.jsonl", edition(20, 1))
    with lossy_disk(root) as disk:
        night = run_night([source], artifacts, settings(), encoder=WordEncoder())
        left = disk.survivors(tmp_path / "left", names_early=names_early)
    copy = Artifacts(left / "news" / "artifacts")
    assert check_publication(copy, {night.snapshot}) == night.snapshot
    assert last_night(copy)["snapshot"] == night.snapshot
    assert Recommender.open(copy.root).health().ok


@EARLY
def test_a_takedown_and_its_restoration_survive(tmp_path: Path, names_early: bool) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    publish_planted(artifacts.root, 30)
    rec = Recommender.open(artifacts.root)
    first, second = rec.ids()[:2]
    take_down(artifacts, first)
    with lossy_disk(artifacts.root) as disk:
        restore(artifacts, first)
        take_down(artifacts, second)
        left = Artifacts(disk.survivors(tmp_path / "left", names_early=names_early))
    assert set(read_takedowns(left)) == {second}
    assert Recommender.open(left.root).article(first).id == first
    with pytest.raises(RemovedArticle):
        Recommender.open(left.root).article(second)


@EARLY
def test_a_rollback_survives(tmp_path: Path, names_early: bool) -> None:
    root = tmp_path / "artifacts"
    publish_planted(root, 30, seed=0)
    publish_planted(root, 30, seed=1)
    with lossy_disk(root) as disk:
        name = rollback(Artifacts(root))
        left = Artifacts(disk.survivors(tmp_path / "left", names_early=names_early))
    assert left.current() == name


@EARLY
def test_the_record_of_a_night_and_its_rejects_survive(tmp_path: Path, names_early: bool) -> None:
    root = tmp_path / "artifacts"
    run_edition(root, 40, 1)
    source = root / "source.jsonl"
    write_jsonl(source, edition(40, 2))
    source.write_text('{"id": ""}\n' + source.read_text(), encoding="utf-8")
    with lossy_disk(root) as disk:
        run_night([source], Artifacts(root), settings(), encoder=WordEncoder())
        left = Artifacts(disk.survivors(tmp_path / "left", names_early=names_early))
    assert last_night(left) == last_night(Artifacts(root))
    (kept,) = left.rejects.iterdir()
    assert kept.read_bytes() == (Artifacts(root).rejects / kept.name).read_bytes() != b""


def test_a_folder_is_made_with_its_parents_and_each_is_synced(tmp_path: Path) -> None:
    with lossy_disk(tmp_path / "a") as disk:
        make_folder(tmp_path / "a" / "b" / "c")
        make_folder(tmp_path / "a" / "b" / "c")
        left = disk.survivors(tmp_path / "left", names_early=False)
    assert disk.steps == [Step("fsync", ".."), Step("fsync", "."), Step("fsync", "b")]
    assert (left / "b" / "c").is_dir()


def test_an_empty_disk_has_no_snapshot(tmp_path: Path) -> None:
    with lossy_disk(tmp_path / "artifacts") as disk:
        (tmp_path / "artifacts").mkdir()
        left = disk.survivors(tmp_path / "left", names_early=False)
    with pytest.raises(NoSnapshot):
        Artifacts(left).current()


def test_the_folder_of_rejects_is_synced_also_where_nothing_is_published(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    root.mkdir()
    with lossy_disk(root) as disk:
        with RejectFile(root / "rejects") as rejects:
            rejects.add(Reject("news.jsonl", 1, "id", "no id"))
        left = disk.survivors(tmp_path / "left", names_early=False)
    assert (left / "rejects" / rejects.path.name).read_bytes() == rejects.path.read_bytes() != b""
