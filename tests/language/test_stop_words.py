"""Stop words: those of English and of each language of the corpus, in both spellings of ’."""

from recommender.language.stop_words import stop_words_for


def test_stop_words_are_those_of_english_and_of_each_language_with_a_list() -> None:
    english, german = stop_words_for(frozenset()), stop_words_for(frozenset({"de"}))
    assert {"the", "don't", "don’t"} <= english
    assert "nicht" not in english
    assert {"the", "nicht"} <= german
    assert stop_words_for(frozenset({"de-AT"})) == german
    assert stop_words_for(frozenset({"DE_ch"})) == german
    assert stop_words_for(frozenset({"tlh", "", "x-none"})) == english
