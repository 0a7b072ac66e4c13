"""Stamps: of one size, at the end, and of one build."""

from pathlib import Path

import pytest

from recommender.errors import NewerFormat, SnapshotDamaged
from recommender.snapshot.manifest import FORMAT
from recommender.snapshot.stamp import STAMP_BYTES, open_stamped, stamp

BUILD, OTHER = "0123abcd" * 4, "f" * 32


def test_stamps_are_of_one_size() -> None:
    lengths = {len(stamp(BUILD)), len(stamp(OTHER, FORMAT + 1)), len(stamp(BUILD, 999))}
    assert lengths == {STAMP_BYTES}


def test_a_stamped_file_comes_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"data" + stamp(BUILD))
    assert open_stamped(path, BUILD)[:] == b"data" + stamp(BUILD)


@pytest.mark.parametrize("kept", [0, 1, 63, 64, 67, -1])
def test_a_cut_file_is_refused_by_name(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a"
    path.write_bytes((b"data" + stamp(BUILD))[:kept])
    with pytest.raises(SnapshotDamaged, match="does not end in a stamp") as caught:
        open_stamped(path, BUILD)
    assert str(path) in str(caught.value)


def test_a_file_of_another_build_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"data" + stamp(OTHER))
    with pytest.raises(SnapshotDamaged, match=f"another snapshot.*{OTHER}") as caught:
        open_stamped(path, BUILD)
    assert str(path) in str(caught.value)


def test_a_file_of_a_newer_version_says_to_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"whatever a later version writes" + stamp(BUILD, FORMAT + 1))
    with pytest.raises(NewerFormat, match=rf"format {FORMAT + 1}.*pip install --upgrade"):
        open_stamped(path, BUILD)
