"""Declarations of files say their shape as the table of the reference prints it."""

import pytest

from recommender.snapshot.declarations import ArrayFile


@pytest.mark.parametrize(
    ("file", "shape"),
    [
        (ArrayFile("neighbours", "int32", ("texts", "K")), "texts × K"),
        (ArrayFile("offsets", "int64", ("stories",), cuts="story_texts"), "stories + 1"),
        (ArrayFile("centres", "float32", ("lists", 384), optional=True), "lists or none × 384"),
    ],
)
def test_a_shape_is_said_in_words(file: ArrayFile, shape: str) -> None:
    assert file.describe_shape() == shape
