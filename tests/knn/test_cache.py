"""Last night's neighbours: read as they were saved, or not used."""

from pathlib import Path

import numpy as np
import pytest

from recommender.knn.cache import load_neighbours, save_neighbours
from recommender.knn.index import Found
from recommender.knn.neighbours import PreviousNearest

HASHES = [bytes([n]) * 16 for n in range(3)]
LISTS = Found(
    np.array([[1, 2], [0, 2], [1, 0]], dtype=np.int32),
    np.array([[0.9, 0.1], [0.9, 0.5], [0.5, 0.1]], dtype=np.float32),
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_neighbours(tmp_path / "candidates.bin", LISTS, HASHES, "encoder")
    return tmp_path / "candidates.bin"


def loaded(path: Path) -> PreviousNearest:
    previous = load_neighbours(path, HASHES, "encoder")
    assert previous is not None
    return previous


def test_what_is_saved_is_loaded_again(saved: Path) -> None:
    previous = loaded(saved)
    for found, expected in zip(previous.lists, LISTS, strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    assert previous.numbers.tolist() == [0, 1, 2]


def test_numbers_follow_the_texts(saved: Path) -> None:
    tonight = [b"new" + bytes(13), HASHES[2], HASHES[0]]
    previous = load_neighbours(saved, tonight, "encoder")
    assert previous is not None
    assert previous.numbers.tolist() == [2, -1, 1]


def test_where_nothing_was_saved_there_is_nothing(tmp_path: Path) -> None:
    assert load_neighbours(tmp_path / "candidates.bin", HASHES, "encoder") is None


def test_a_file_that_cannot_be_read_is_not_used(tmp_path: Path) -> None:
    assert load_neighbours(tmp_path, HASHES, "encoder") is None


def test_another_encoders_neighbours_are_not_used(saved: Path) -> None:
    assert load_neighbours(saved, HASHES, "another") is None


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_a_cut_file_is_not_used(saved: Path, size: int) -> None:
    saved.write_bytes(saved.read_bytes()[:size])
    assert load_neighbours(saved, HASHES, "encoder") is None


def test_a_flipped_bit_anywhere_is_never_believed(saved: Path) -> None:
    content = saved.read_bytes()
    for place in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[place] ^= 4
        saved.write_bytes(flipped)
        assert load_neighbours(saved, HASHES, "encoder") is None


def test_the_digest_tells_two_nights_apart(saved: Path, tmp_path: Path) -> None:
    other = LISTS._replace(similarities=LISTS.similarities + np.float32(0.01))
    save_neighbours(tmp_path / "other.bin", other, HASHES, "encoder")
    assert loaded(saved).digest != loaded(tmp_path / "other.bin").digest
