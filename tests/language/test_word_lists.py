"""Furniture: stop words of the languages, and lists that name what the rooms can meet."""

import pytest

from recommender.language import word_lists as boilerplate
from recommender.language.tokens import word_of
from recommender.language.word_lists import stop_words_for


def test_stop_words_hold_english_and_each_language_with_a_list() -> None:
    english, german = stop_words_for(frozenset()), stop_words_for(frozenset({"de"}))
    assert {"the", "don't", "don’t"} <= english
    assert "nicht" not in english
    assert {"the", "nicht"} <= german
    assert stop_words_for(frozenset({"de-AT"})) == german
    assert stop_words_for(frozenset({"DE_ch"})) == german
    assert stop_words_for(frozenset({"tlh", "", "x-none"})) == english


@pytest.mark.parametrize("name", [name for name in boilerplate.__all__ if name.isupper()])
def test_lists_are_written_as_words_are_counted(name: str) -> None:
    for phrase in getattr(boilerplate, name):
        assert all(word == word_of(word) for word in phrase.split())
