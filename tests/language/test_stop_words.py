"""Stop words: those of one language alone, in both spellings of ’."""

from recommender.language.stop_words import stop_words_for


def test_stop_words_are_those_of_the_language_alone() -> None:
    english, german = stop_words_for("en"), stop_words_for("de")
    assert {"the", "don't"} <= english
    assert "fuer" in german
    assert "nicht" not in english
    assert "nicht" in german
    assert "the" not in german
    assert "ikke" in stop_words_for("no")
    assert stop_words_for("tlh") == stop_words_for("") == frozenset()
