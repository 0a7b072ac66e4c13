"""Reasons in words: each kind, and nothing where there is none."""

import doctest

import pytest

from recommender.types import reasons
from recommender.types.reasons import Reasons, explain


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Reasons(), ""),
        (Reasons(pinned=True, same_story=True), "chosen by the editors · same story"),
        (Reasons(duplicate=True, same_story=True), "the same text"),
        (Reasons(names=("Poipet",), phrases=("scam",)), "also about: Poipet, scam"),
        (Reasons(hours_apart=0.0), "the same day"),
        (Reasons(hours_apart=0.5), "within the hour"),
        (Reasons(hours_apart=1.0), "1 hour later"),
        (Reasons(hours_apart=-5.0), "5 hours earlier"),
        (Reasons(hours_apart=24.0), "1 day later"),
        (Reasons(hours_apart=-48_000.0), "2,000 days earlier"),
        (Reasons(filler="topic", hours_apart=3.0), "newest of the topic"),
    ],
    ids=repr,
)
def test_reasons_are_said_in_words_a_page_can_print(why: Reasons, words: str) -> None:
    assert explain(why) == why.to_dict()["text"] == words


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(reasons).failed == 0
