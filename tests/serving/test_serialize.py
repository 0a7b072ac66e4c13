"""JSON of every public value: it has the published shape and loses nothing."""

import doctest
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender, explain
from recommender.artifacts.folder import Artifacts
from recommender.serving import serialize
from recommender.serving.serialize import (
    answer_json,
    article_json,
    change_json,
    health_json,
    hit_json,
    story_json,
    topic_json,
    trend_json,
)
from recommender.types.article import Card
from recommender.types.groups import Change, Story, Topic, Trend
from recommender.types.health import Health
from recommender.types.related import Answer, Related
from tests.json_shapes import check_json
from tests.planted import START, newsdesk, publish_articles, report
from tests.serving.newsroom import ALL


def as_printed(value: Any, shape: str) -> Any:
    """The value, checked against its schema after it was written and read as JSON."""
    check_json(value, shape)
    read = json.loads(json.dumps(value))
    assert read == value  # no tuples, no dates: what is built is what is read
    return read


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsroom on the night after a first one, with trends, changes and pinned articles."""
    root = tmp_path_factory.mktemp("serialize")
    rules = ("topics.count=2", "rules.pinned=[['frost-0', 'strike-1']]")
    publish_articles(root, newsdesk(), *rules)
    last = START + timedelta(days=20)
    news = [
        replace(report("strike", n % 6), id=f"new-{n}", published=last, text=f"Vera Holm {n} pay")
        for n in range(12)
    ]
    publish_articles(root, [*newsdesk(), *news], *rules)
    return root


@pytest.fixture(scope="module")
def rec(root: Path) -> Recommender:
    return Recommender.open(root)


@pytest.mark.parametrize(
    "options",
    [
        {}, {"mode": "story"}, {"mode": "background"}, {"duplicates": "keep", "floor": 0},
        {"floor": 1}, {"floor": 0.9, "fallback": "topic"}, {"floor": 0.9, "fallback": "section"},
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_has_its_shape(rec: Recommender, options: dict[str, Any]) -> None:
    for article_id in rec.ids():
        hits = rec.related(article_id, ALL, **options)
        found = as_printed(answer_json(rec.article(article_id), hits), "answer")
        assert [hit["id"] for hit in found["related"]] == [hit.id for hit in hits]
        assert found["note"] == hits.note
        for hit, printed in zip(hits, found["related"], strict=True):
            assert set(printed) == set(Related._fields)
            assert printed["reasons"]["text"] == explain(hit.reasons)
            assert printed["published"] == (hit.published and hit.published.isoformat())


def test_an_answer_about_a_text_has_no_article() -> None:
    assert as_printed(answer_json(None, Answer(note="none")), "answer")["article"] is None


def test_an_article_has_the_fields_of_its_card(rec: Recommender) -> None:
    for article_id in rec.ids():
        found = as_printed(article_json(rec.article(article_id)), "article")
        assert tuple(found) == Card._fields
    as_printed(hit_json(rec.related("frost-1", 1)[0]), "hit")


def test_topics_have_their_shape(rec: Recommender) -> None:
    for topic in rec.topics(None):
        found = as_printed(topic_json(topic), "topic")
        assert set(found) == {field.name for field in fields(Topic)}
        assert len(as_printed(topic_json(topic, 2), "topic")["keywords"]) == 2
    check_json([topic_json(topic) for topic in rec.topics(None)], "topics")


def test_stories_have_their_shape_and_a_size(rec: Recommender) -> None:
    for story in rec.stories(min_size=1):
        found = as_printed(story_json(story), "story")
        assert set(found) == {field.name for field in fields(Story)} | {"size"}
        assert found["size"] == story.size == len(found["articles"])
    check_json([story_json(story) for story in rec.stories()], "stories")


@pytest.mark.parametrize("kind", ["topics", "stories"])
def test_changes_and_trends_have_their_shape(rec: Recommender, kind: Any) -> None:
    changes = rec.changes(kind)
    assert changes
    for change in changes:
        assert tuple(as_printed(change_json(change), "change")) == Change._fields
    check_json([change_json(change) for change in changes], "changes")
    trends = [*rec.trending(kind), Trend("t-1", "a", 3.2, START.date(), (1, 2))]
    for trend in trends:
        assert tuple(as_printed(trend_json(trend), "trend")) == Trend._fields
    check_json([trend_json(trend) for trend in trends], "trends")


def test_health_has_its_shape_well_or_not(root: Path) -> None:
    rec = Recommender.open(root)
    found = as_printed(health_json(rec.health()), "health")
    assert tuple(found) == tuple(field.name for field in fields(Health))
    assert datetime.fromisoformat(found["created"]) <= datetime.now(UTC)
    Artifacts(root).pointer.unlink()
    assert as_printed(health_json(rec.health()), "health")["error"]


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(serialize).failed == 0
