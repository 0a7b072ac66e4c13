"""Dimensions: every file that has one has as many members of it."""

from pathlib import Path

import pytest

from recommender.errors import SnapshotDamaged
from recommender.snapshot.dimensions import Dimensions


def test_a_size_is_that_of_the_file_that_was_read_first() -> None:
    dimensions = Dimensions()
    dimensions.bind("texts", 12, Path("s/hubness.npy"))
    dimensions.bind("words", 0, Path("s/idf.npy"))
    dimensions.bind("texts", 12, Path("s/story_of.npy"))
    assert (dimensions["texts"], dimensions["words"]) == (12, 0)


def test_another_size_is_refused_and_both_files_are_named() -> None:
    dimensions = Dimensions()
    dimensions.bind("texts", 12, Path("s/hubness.npy"))
    with pytest.raises(SnapshotDamaged) as caught:
        dimensions.bind("texts", 11, Path("s/story_of.npy"))
    assert str(caught.value).startswith(
        "s/story_of.npy does not match hubness.npy: texts are 11 here and 12 there; "
    )


def test_a_dimension_that_no_file_has_is_unknown() -> None:
    with pytest.raises(KeyError):
        Dimensions()["texts"]
