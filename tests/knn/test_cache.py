"""Candidates of a previous night: kept whole, or not used."""

from pathlib import Path

import numpy as np
import pytest

from recommender.knn.cache import PreviousNeighbours, keep, read
from recommender.knn.neighbours import Nearest

HASHES = [bytes([n]) * 16 for n in range(3)]
NEAREST = Nearest(
    np.array([[1, 2], [0, 2], [1, 0]], dtype=np.int32),
    np.array([[0.9, 0.1], [0.9, 0.5], [0.5, 0.1]], dtype=np.float32),
)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    keep(tmp_path / "candidates.bin", NEAREST, HASHES, "encoder")
    return tmp_path / "candidates.bin"


def whole(path: Path, encoder: str = "encoder") -> PreviousNeighbours:
    previous = read(path, encoder)
    assert previous is not None
    return previous


def test_what_is_kept_is_read_again(kept: Path) -> None:
    previous = whole(kept)
    for found, expected in zip(previous.nearest, NEAREST, strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    assert previous.hashes.tobytes() == b"".join(HASHES)


def test_numbers_follow_the_texts(kept: Path) -> None:
    tonight = [b"new" + bytes(13), HASHES[2], HASHES[0]]
    assert whole(kept).numbers(tonight).tolist() == [2, -1, 1]


def test_where_nothing_was_kept_there_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "candidates.bin", "encoder") is None


def test_another_encoders_candidates_are_not_used(kept: Path) -> None:
    assert read(kept, "another") is None


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_a_cut_file_is_not_used(kept: Path, size: int) -> None:
    kept.write_bytes(kept.read_bytes()[:size])
    assert read(kept, "encoder") is None


def test_a_flipped_bit_anywhere_is_never_believed(kept: Path) -> None:
    content = kept.read_bytes()
    for place in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[place] ^= 4
        kept.write_bytes(flipped)
        previous = read(kept, "encoder")
        # What is left may be a bit that says nothing, of the archive's directory.
        assert previous is None or (
            previous.nearest.candidates.tobytes() == NEAREST.candidates.tobytes()
            and previous.nearest.similarities.tobytes() == NEAREST.similarities.tobytes()
            and previous.hashes.tobytes() == b"".join(HASHES)
        )


def test_the_digest_tells_two_nights_apart(kept: Path, tmp_path: Path) -> None:
    other = NEAREST._replace(similarities=NEAREST.similarities + np.float32(0.01))
    keep(tmp_path / "other.bin", other, HASHES, "encoder")
    assert whole(kept).digest != whole(tmp_path / "other.bin").digest
