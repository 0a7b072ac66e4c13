"""Topics as `Recommender` gives them; the stories are tested with the functions that find them."""

from pathlib import Path

from recommender import Recommender
from tests.serving.newsroom import newsroom


def test_topics_come_largest_first_and_hold_their_articles(rec: Recommender) -> None:
    topics = rec.topics()
    members: dict[str, int] = {}
    for a in newsroom():
        topic = rec.topic_of(a.id)
        assert topic in topics
        members[topic.id] = members.get(topic.id, 0) + 1
    assert members == {topic.id: topic.size for topic in topics}
    for topic in topics:
        weights = [keyword.weight for keyword in topic.keywords]
        assert topic.keywords
        assert weights == sorted(weights, reverse=True)
        assert topic.label.split(", ")[0] == topic.keywords[0].term
    sizes = [topic.size for topic in topics]
    assert sum(sizes) == len(newsroom())
    assert sizes == sorted(sizes, reverse=True)


def test_representatives_are_of_their_topic_and_are_served(root: Path) -> None:
    rec = Recommender.open(root)
    for topic in rec.topics():
        assert 1 <= len(topic.representatives) <= 3
        assert all(rec.topic_of(i) == topic for i in topic.representatives)
    taken, *others = rec.topics()[0].representatives
    rec.remove(taken)
    assert rec.topics()[0].representatives == tuple(others)
    for i in others:
        assert rec.topic_of(i).representatives == tuple(others)
