"""Differences: names, numbers and contrary words in corresponding places."""

import pytest

from recommender.corpus.differences import (
    Facts,
    different_facts,
    statement_facts,
    title_facts,
)
from tests.corpus.made_up_articles import Story, words_of

TEXT = (
    "Yesterday the mayor of Kelby said at noon that 140 boats had come to the port of Tarn, and "
    "that the price of fish rose at once because nobody had expected so many of them so early."
)


def facts(old: str, new: str) -> Facts:
    assert old in TEXT
    return different_facts(words_of(TEXT), words_of(TEXT.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "names", "numbers", "contraries"),
    [
        ("Kelby", "Norwick", 1, 0, 0),
        ("140", "104", 0, 1, 0),
        ("rose", "fell", 0, 0, 1),
        ("rose", "climbed", 0, 0, 0),
        ("had expected", "had not expected", 0, 0, 1),
        ("had come", "had never come", 0, 0, 1),
        ("noon", "night", 0, 0, 0),
        ("Kelby", "Kelby itself", 0, 0, 0),
        ("said", "denied", 0, 0, 0),  # a word for a word
        ("port of Tarn", "port of Kelby", 0, 0, 0),  # the other text has this name, too
        ("140 boats", "two boats", 0, 0, 0),
    ],
)
def test_facts_of_each_kind(old: str, new: str, names: int, numbers: int, contraries: int) -> None:
    found = facts(old, new)
    assert (len(found.names), len(found.numbers), len(found.contraries)) == (
        names, numbers, contraries,
    )  # fmt: skip


def test_a_fact_is_counted_once_and_places_are_counted() -> None:
    twice = f"{TEXT} Later he said in Kelby that all of them would leave again before the night."
    other = twice.replace("Kelby", "Norwick")
    found = different_facts(words_of(twice), words_of(other))
    assert (found.total, found.gaps) == (1, 1)


def test_swapped_sentences_are_no_difference() -> None:
    sentences = [f"{TEXT} No one was hurt.", TEXT.replace("mayor", "harbour master of the port")]
    one, other = " ".join(sentences), " ".join(reversed(sentences))
    assert different_facts(words_of(one), words_of(other)).total == 0


def test_titles_are_compared_for_themselves() -> None:
    one, other = Story("Shares rose on Monday", TEXT), Story("Shares fell on Tuesday", TEXT)
    assert different_facts(words_of(one), words_of(other)).total == 0
    assert len(title_facts(words_of(one), words_of(other)).contraries) == 2
    assert title_facts(words_of(one), words_of(one)) == Facts(*[frozenset()] * 3, 0)


def test_statements_are_aligned_word_by_word() -> None:
    found = statement_facts(words_of("Six dead in Kelby"), words_of("Nine dead in Kelby"))
    assert len(found.numbers) == 1


def test_facts_are_joined() -> None:
    one, other = facts("140", "104"), facts("rose", "fell")
    both = one.joined(other)
    assert (both.total, both.gaps) == (2, 2)
