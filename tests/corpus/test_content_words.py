"""Content words: short texts are compared by what they say."""

from recommender.corpus.content_words import have_same_content, headline_words, shared_headline
from tests.corpus.made_up_articles import Story, words_of

ASH = Story("Ash cloud from Etna closes airport", "Flights were cancelled on Monday.")


def test_articles_and_prepositions_say_nothing_and_negations_do() -> None:
    assert have_same_content(words_of("The mayor opens a weir"), words_of("Mayor opens weir"))
    assert not have_same_content(words_of("Mayor opens weir"), words_of("Mayor not opens weir"))
    assert not have_same_content(words_of("of the"), words_of("of the"))


def test_one_of_many_words_may_be_added_and_none_exchanged() -> None:
    long = "mayor opens weir kelby river salmon ladder"
    assert have_same_content(words_of(long), words_of(f"{long} video"))
    assert not have_same_content(words_of(long), words_of(long.replace("salmon", "trout")))
    assert not have_same_content(words_of("mayor opens weir"), words_of("mayor opens weir video"))


def test_headlines_share_their_content_words() -> None:
    other = Story("Etna: ash cloud grows", "Villagers swept dust.")
    assert len(headline_words(words_of(ASH))) == 6  # "from" has four letters
    assert shared_headline(words_of(ASH), words_of(other)) == 0.5
    assert shared_headline(words_of(Story("", "a")), words_of(Story("", "b"))) == 1
