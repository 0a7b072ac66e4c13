"""Labels of editors: they stay with a topic's id, and what they do not reach is said."""

import logging
from pathlib import Path

import pytest

from recommender import Recommender
from recommender.pipeline.chosen_labels import with_chosen_labels
from recommender.pipeline.describe_groups import GroupDescriptions
from recommender.types.groups import Change, Topic
from tests.planted import newsdesk, publish_articles

FOUND = GroupDescriptions(
    [], [Topic("t-1", "quay, crane", 4, ()), Topic("t-2", "apple", 3, ())],
    {"topics": [
        Change("born", "t-1", "quay, crane", (), 4, 0), Change("gone", "t-9", "", (), 0, 2),
    ], "stories": []},
)  # fmt: skip


def test_a_label_reaches_its_topic_and_its_changes() -> None:
    found = with_chosen_labels(FOUND, {"t-1": "Ports"}, {})
    assert [topic.label for topic in found.topics] == ["Ports", "apple"]
    assert [change.label for change in found.changes["topics"]] == ["Ports", ""]
    assert with_chosen_labels(FOUND, {}, {}) is FOUND


def test_a_label_without_its_topic_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = with_chosen_labels(FOUND, {"t-9": "Docks", "t-0": "Ice"}, {"t-9": "t-1"})
    assert [topic.label for topic in found.topics] == ["quay, crane", "apple"]
    unknown, moved = caplog.records
    assert (unknown.getMessage(), vars(unknown)["topic"]) == (
        "rules.labels names an unknown topic", "t-0",
    )  # fmt: skip
    assert "another one took over" in moved.getMessage()
    assert (vars(moved)["topic"], vars(moved)["took_over"]) == ("t-9", "t-1")


def test_a_label_is_shown_everywhere_and_survives_the_night(tmp_path: Path) -> None:
    room = ("topics.count=2",)
    root = publish_articles(tmp_path, newsdesk(), *room).root
    rec = Recommender.open(root)
    topic = rec.topics()[0]
    rule = f"rules.labels={{{topic.id} = 'On the water'}}"
    for articles in (newsdesk(), newsdesk()[:-1]):
        publish_articles(root, articles, *room, rule)
        assert rec.topic(topic.id).label == "On the water"
        assert rec.topic(topic.id).keywords
