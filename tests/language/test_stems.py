"""A word is a form of its beginnings that lack a short ending and are no short words."""

import pytest

from recommender.language.stems import stems


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("korean", ["kore", "korea"]),
        ("harbours", ["harbo", "harbou", "harbour"]),
        ("tides", ["tide"]),
        ("tide", []),
        ("sea", []),
        ("", []),
    ],
)
def test_stems_lack_one_to_three_letters_and_have_four(word: str, expected: list[str]) -> None:
    assert stems(word) == expected
