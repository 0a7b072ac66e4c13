"""The artifacts folder: names, and the pointer."""

from pathlib import Path

import pytest

from recommender.artifacts.folder import ASIDE_PREFIX, Artifacts
from recommender.errors import NoSnapshot, SnapshotDamaged

OLD, NEW = "20260101T000000Z-0123abcd", "20260102T000000Z-00000000"


def test_names_are_the_snapshots_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    assert artifacts.names() == []
    others = (f"{ASIDE_PREFIX}12", f"{ASIDE_PREFIX}{OLD}", "notes", f"{OLD}.bak", f" {NEW}")
    for name in (NEW, OLD, *others):
        (artifacts.snapshots / name).mkdir(parents=True)
    assert artifacts.names() == [OLD, NEW]


def test_the_pointer_names_what_it_was_pointed_to(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    for name in (OLD, NEW, OLD):
        artifacts.point_to(name)
        assert artifacts.current() == name
        assert artifacts.pointer.read_text() == f"{name}\n"


@pytest.mark.parametrize("root", [".", "absent", "file"])
def test_an_empty_folder_says_which_command_publishes(tmp_path: Path, root: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoSnapshot, match="recommender nightly SOURCE --artifacts"):
        Artifacts(tmp_path / root).current()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"../../etc",
        b"..",
        f"{OLD}/../{NEW}".encode(),
        f"{OLD}\n{NEW}\n".encode(),
        b"\xff\0",
    ],
)
def test_a_pointer_to_no_name_is_refused_and_says_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.pointer.write_bytes(content)
    with pytest.raises(SnapshotDamaged, match="recommender rollback NAME") as caught:
        artifacts.current()
    assert str(artifacts.pointer) in str(caught.value)


def test_a_pointer_that_cannot_be_read_is_an_error_of_ours_that_names_it(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.pointer.mkdir()  # unreadable for root too
    with pytest.raises(SnapshotDamaged) as caught:
        artifacts.current()
    assert str(artifacts.pointer) in str(caught.value)
