"""Which articles count as unrelated to a passage and to one another."""

from recommender.corpus.unrelated import (
    BEGINNING,
    UNTITLED,
    Head,
    count_unrelated,
    head_of,
    tell_one_story,
)

NOTICE = {"log", "in", "here"}


def head(title: str, text: str = "") -> Head:
    return head_of(title.split(), text.split(), {"in", "the"})


def test_half_of_a_headline_in_the_other_article_relates_them() -> None:
    assert (
        count_unrelated([head("tram drivers strike ends"), head("tram drivers cheer")], NOTICE) == 1
    )
    assert (
        count_unrelated([head("tram drivers strike ends"), head("tram queue grows long")], NOTICE)
        == 2
    )


def test_a_headline_counts_in_the_beginning_of_the_other_text_and_no_further() -> None:
    blast = head("harbour blast", "x")
    mourns = head("mayor mourns victims", "the harbour saw a blast")
    late = head("mayor mourns victims", "w " * BEGINNING + "harbour blast")
    assert count_unrelated([blast, mourns], NOTICE) == 1
    assert count_unrelated([mourns, blast], NOTICE) == 1
    assert count_unrelated([blast, late], NOTICE) == 2


def test_stop_words_relate_nothing_but_where_there_is_nothing_else() -> None:
    assert count_unrelated([head("in the harbour"), head("in the orchard")], NOTICE) == 2
    assert count_unrelated([head("in the"), head("in the")], {"log"}) == 1


def test_an_article_whose_headline_the_passage_has_is_not_counted() -> None:
    assert count_unrelated([head("log out")], NOTICE) == 0


def test_the_first_words_stand_in_for_a_headline() -> None:
    text = [f"w{n}" for n in range(UNTITLED + 5)]
    assert head_of([], text, ()).headline == frozenset(text[:UNTITLED])
    assert count_unrelated([head_of([], [], ())], NOTICE) == 0


def test_one_story_has_a_word_in_most_articles_that_others_hardly_have() -> None:
    others = [head(f"other{n} news", f"said{n} people") for n in range(20)]
    story = [head(f"own{n} news", "norwick people") for n in range(3)]
    stray = [head("own4 news", "people")]
    assert tell_one_story([*story, *stray], others)
    assert not tell_one_story([*story, *stray, *stray], others)
    assert tell_one_story([*story, *stray], [*others, *[head("norwick")] * 2])
    assert not tell_one_story([*story, *stray], [*others, *[head("norwick")] * 3])


def test_what_all_articles_of_a_publisher_have_tells_no_story() -> None:
    assert not tell_one_story([head("norwick blast")] * 4, [])
    assert not tell_one_story([head("norwick")] * 4, [head("orchard")] * 3)
