"""Counts in sentences."""

import pytest

from recommender.counts import counted


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 stories"), (1, "1 story"), (2, "2 stories"), (1200, "1,200 stories")]
)
def test_a_noun_has_the_form_of_its_number(count: int, said: str) -> None:
    assert counted(count, "story", "stories") == said


def test_a_plural_with_an_s_needs_no_mention() -> None:
    assert (counted(1, "article"), counted(3, "article")) == ("1 article", "3 articles")
