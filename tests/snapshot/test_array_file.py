"""Array files: read back as written, and refused where they are not what they should be."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from recommender._typing import Array
from recommender.errors import NewerFormat, SnapshotDamaged
from recommender.snapshot.array_file import open_array, write_array
from recommender.snapshot.manifest import FORMAT
from recommender.snapshot.stamp import stamp

BUILD, OTHER = "0123abcd" * 4, "f" * 32


def write(path: Path, array: Array, build: str = BUILD) -> Path:
    with path.open("wb") as file:
        write_array(file, array, build)
    return path


@given(
    array=npst.arrays(
        st.sampled_from([np.int32, np.int64, np.float16, np.float32, np.uint8, np.bool_]),
        npst.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=5),
    ),
    transposed=st.booleans(),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, array: Array, transposed: bool
) -> None:
    array = array.T if transposed else array
    path = write(tmp_path_factory.mktemp("arrays") / "a.npy", array)
    opened = open_array(path, BUILD)
    assert opened.dtype == array.dtype
    assert opened.shape == array.shape
    assert opened.tobytes() == array.tobytes()


def test_the_file_opens_with_plain_numpy_and_the_array_cannot_be_written(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npy", np.arange(6).reshape(2, 3))
    assert np.load(path, allow_pickle=False).tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError, match="read-only"):
        open_array(path, BUILD)[0, 0] = 1


def test_objects_are_never_pickled(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        write(tmp_path / "a.npy", np.array([{}]))
    with (tmp_path / "b.npy").open("wb") as file:
        np.save(file, np.array([{}]), allow_pickle=True)
        file.write(stamp(BUILD))
    with pytest.raises(SnapshotDamaged, match=r"b\.npy"):
        open_array(tmp_path / "b.npy", BUILD)


def test_the_stamp_ends_the_file() -> None:
    file = io.BytesIO()
    write_array(file, np.arange(3), BUILD)
    assert file.getvalue().endswith(stamp(BUILD))


@pytest.mark.parametrize("kept", [0, 1, 63, 64, 65, 127, 128, 200, -64, -1])
def test_a_cut_file_is_refused_by_name(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path / "a.npy", np.arange(100))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SnapshotDamaged) as caught:
        open_array(path, BUILD)
    assert str(path) in str(caught.value)


def test_a_file_of_another_build_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npy", np.arange(3), OTHER)
    with pytest.raises(SnapshotDamaged, match=f"another snapshot.*{OTHER}") as caught:
        open_array(path, BUILD)
    assert str(path) in str(caught.value)


def test_a_file_of_a_newer_version_says_to_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(b"whatever version 2 makes of arrays" * 9 + stamp(BUILD, FORMAT + 1))
    with pytest.raises(NewerFormat, match=rf"format {FORMAT + 1}.*pip install --upgrade"):
        open_array(path, BUILD)


def test_a_flipped_bit_in_the_header_is_refused_or_harmless(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npy", np.arange(40, dtype=np.int32))
    whole = path.read_bytes()
    refusals = []
    for position in range(128):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[position] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                assert open_array(path, BUILD).nbytes <= len(whole)
            except SnapshotDamaged as error:
                refusals.append(str(error))
    # Nearly every bit of the header counts; only the spaces that pad it do not.
    assert len(refusals) > 500
    assert all(str(path) in sentence for sentence in refusals)
