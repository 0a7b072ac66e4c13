"""Candidates: the story, the background and the copies of an article."""

from collections import Counter

import pytest

from recommender import Recommender
from tests.serving.newsroom import ALL, ASKED, ids


@pytest.fixture(scope="module")
def rec(newsdesk_rec: Recommender) -> Recommender:
    return newsdesk_rec


@pytest.mark.parametrize("asked", ASKED)
def test_mode_story_gives_the_whole_story_newest_first(rec: Recommender, asked: str) -> None:
    expected = rec.related(asked, ALL, mode="story", duplicates="keep", floor=1, half_life=1)
    assert {*ids(expected), asked} == {card.id for card in rec.story_of(asked).articles}
    dates = [hit.published for hit in expected]
    dated = [date for date in dates if date]
    assert dates == sorted(dated, reverse=True) + [None] * (len(dates) - len(dated))
    assert ids(rec.related(asked, 2, mode="story", duplicates="keep")) == ids(expected)[:2]


@pytest.mark.parametrize("asked", ASKED)
def test_mode_background_gives_the_topic_without_the_story(rec: Recommender, asked: str) -> None:
    topic, story = rec.topic_of(asked), {card.id for card in rec.story_of(asked).articles}
    assert topic is not None
    wanted = [
        hit.id
        for hit in rec.related(asked, ALL)
        if hit.id not in story and rec.topic_of(hit.id) == topic
    ]
    assert ids(rec.related(asked, ALL, mode="background")) == wanted
    assert wanted


def test_duplicates_keep_gives_every_copy(rec: Recommender) -> None:
    copies = {"strike-0", "wire-strike-0", "late-strike-0"}
    kept = rec.related("strike-0", ALL, duplicates="keep")
    assert {hit.id for hit in kept[:2]} == copies - {"strike-0"}
    assert all(hit.reasons.duplicate and hit.score == 1 for hit in kept[:2])
    assert not any(hit.also_at for hit in kept)
    assert Counter(ids(kept)).most_common(1)[0][1] == 1
    shown = rec.related("collision-0", ALL)
    assert len(copies & {*ids(shown)}) == 1
    lead = next(hit for hit in shown if hit.id in copies)
    assert {lead.id, *(card.id for card in lead.also_at)} == copies


def test_copies_of_an_article_are_not_its_background(rec: Recommender) -> None:
    background = rec.related("strike-0", ALL, mode="background", duplicates="keep")
    assert background
    assert not {hit.id for hit in background} & {"wire-strike-0", "late-strike-0"}
