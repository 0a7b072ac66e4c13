"""Notices: a sentence, and the advice where there is one."""

from recommender.pipeline.notices import Notice


def test_a_notice_is_a_sentence_with_its_advice() -> None:
    assert str(Notice("n", 1, "1 date is bad", "mend it")) == "1 date is bad: mend it"
    assert str(Notice("n", 1, "1 date is bad")) == "1 date is bad"
