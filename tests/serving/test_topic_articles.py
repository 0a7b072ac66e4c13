"""The articles of a topic: all of them, in order, one of each text, and none that is hidden."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender, UnknownGroup
from tests.planted import START, newsdesk, publish_articles

ALL = 1000
ROOM = ("related.floor=0", "topics.count=2")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_articles(tmp_path_factory.mktemp("topics"), newsdesk(), *ROOM).root


@pytest.fixture
def rec(root: Path) -> Recommender:
    return Recommender.open(root)


def members(rec: Recommender, topic_id: str) -> set[str]:
    """The articles of a topic, asked one by one."""
    found = set()
    for article_id in rec.ids():
        for level in (1, 2, 3):
            topic = rec.topic_of(article_id, level)
            if topic is not None and topic.id == topic_id:
                found.add(article_id)
    return found


def test_every_level_gives_its_articles_one_of_each_text(rec: Recommender) -> None:
    for topic in rec.topics(None):
        found = [card.id for card in rec.articles_of_topic(topic.id, ALL)]
        of_topic = members(rec, topic.id)
        assert len(found) == len(set(found))
        copies = {"wire-strike-0", "late-strike-0", "strike-0"}, {"collision-1", "near-collision-1"}
        for group in copies:
            assert len(group & set(found)) == bool(group & of_topic)
        assert of_topic - set(found) <= set().union(*copies)
        assert set(found) <= of_topic


def test_the_newest_come_first_and_those_without_a_date_last(rec: Recommender) -> None:
    for topic in rec.topics():
        dates = [card.published for card in rec.articles_of_topic(topic.id, ALL)]
        never = datetime.min.replace(tzinfo=UTC)
        assert dates == sorted(dates, key=lambda date: date or never, reverse=True)
        assert rec.articles_of_topic(topic.id, 3) == rec.articles_of_topic(topic.id, ALL)[:3]


def test_the_most_central_begin_with_the_representatives(rec: Recommender) -> None:
    for topic in rec.topics():
        found = [card.id for card in rec.articles_of_topic(topic.id, ALL, order="central")]
        assert tuple(found[: len(topic.representatives)]) == topic.representatives
        assert set(found) == {card.id for card in rec.articles_of_topic(topic.id, ALL)}


def test_filters_narrow_the_list(rec: Recommender) -> None:
    topic = rec.topics()[0].id
    everything = rec.articles_of_topic(topic, ALL)
    since = START + timedelta(days=2)
    found = rec.articles_of_topic(topic, ALL, source="Herald", since=since)
    expected = [
        c for c in everything if c.source == "Herald" and c.published and c.published >= since
    ]
    # Of a text that another source shows in the whole list, the Herald's own copy comes.
    copied = ("collision-1", "near-collision-1", "strike-0", "wire-strike-0", "late-strike-0")
    assert [c for c in found if c.id not in copied] == [c for c in expected if c.id not in copied]
    assert all(c.source == "Herald" and c.published and c.published >= since for c in found)


def test_takedowns_embargoes_and_excluded_sections_hold(tmp_path: Path) -> None:
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    rules = ("rules.excluded_sections=['orchard']", f"rules.embargo={{strike-1 = {later}}}")
    rec = Recommender.open(publish_articles(tmp_path, newsdesk(), *ROOM, *rules).root)
    rec.remove("wire-strike-0")
    found = {c.id for t in rec.topics() for c in rec.articles_of_topic(t.id, ALL)}
    assert not {i for i in found if i.startswith(("frost", "beetle"))}
    assert "strike-1" not in found
    # Another copy of a text takes the place of the one that was taken down.
    assert len(found & {"strike-0", "late-strike-0", "wire-strike-0"}) == 1
    assert "wire-strike-0" not in found


def test_a_topic_page_agrees_with_the_single_questions(rec: Recommender) -> None:
    for topic in rec.topics(None):
        page = rec.topic_page(topic.id, 4)
        assert page.topic == topic
        assert page.newest == rec.articles_of_topic(topic.id, 4)
        assert tuple(card.id for card in page.representatives) == topic.representatives
        assert (page.parent and page.parent.id) == topic.parent
        assert set(page.children) == {t for t in rec.topics(None) if t.parent == topic.id}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"k": -1}, ValueError, "k=-1: expected 0 or more"),
        ({"k": "5"}, TypeError, "k='5': expected a whole number"),
        ({"order": "best"}, ValueError, "order='best' is unknown; there are newest, central"),
        ({"mode": "story"}, TypeError, "mode: no such option"),
    ],
)
def test_a_wrong_option_is_named(
    rec: Recommender, arguments: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{message}"):
        rec.articles_of_topic(rec.topics()[0].id, **arguments)


def test_an_unknown_topic_is_an_error(rec: Recommender) -> None:
    for ask in (rec.articles_of_topic, rec.topic_page):
        with pytest.raises(UnknownGroup, match="'t-none'"):
            ask("t-none")
