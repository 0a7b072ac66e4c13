"""JSON of every public value: it has the published shape and loses nothing."""

import copy
import json
import pickle
from dataclasses import FrozenInstanceError, asdict, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Reasons, Recommender, explain
from recommender.artifacts.folder import Artifacts
from recommender.types.article import Card
from recommender.types.groups import Change, Keyword, Story, Topic, Trend
from recommender.types.health import Health
from recommender.types.related import Answer, Related
from recommender.types.value import Value, fast_constructor
from tests.json_shapes import check_json
from tests.planted import START, newsdesk, publish_articles, report
from tests.serving.newsroom import ALL


def as_printed(value: Any, shape: str) -> Any:
    """The value, checked against its schema after it was written and read as JSON."""
    check_json(value, shape)
    read = json.loads(json.dumps(value))
    assert read == value  # no tuples, no dates: what is built is what is read
    return read


def names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


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
        found = as_printed(hits.to_dict(), "answer")
        assert [hit["id"] for hit in found["related"]] == [hit.id for hit in hits]
        assert found["note"] == hits.note
        for hit, printed in zip(hits, found["related"], strict=True):
            assert set(printed) == set(names(Related))
            assert printed["reasons"]["text"] == explain(hit.reasons)
            assert printed["published"] == (hit.published and hit.published.isoformat())


def test_an_answer_about_a_text_has_no_article() -> None:
    assert as_printed(Answer(note="none").to_dict(), "answer")["article"] is None


def test_an_article_has_the_fields_of_its_card(rec: Recommender) -> None:
    for article_id in rec.ids():
        found = as_printed(rec.article(article_id).to_dict(), "article")
        assert tuple(found) == names(Card)
    as_printed(rec.related("frost-1", 1)[0].to_dict(), "hit")


def test_topics_have_their_shape(rec: Recommender) -> None:
    for topic in rec.topics(None):
        found = as_printed(topic.to_dict(), "topic")
        assert set(found) == {*names(Topic)}
    check_json([topic.to_dict() for topic in rec.topics(None)], "topics")


def test_stories_have_their_shape_and_a_size(rec: Recommender) -> None:
    for story in rec.stories(min_size=1):
        found = as_printed(story.to_dict(), "story")
        assert set(found) == {*names(Story)} | {"size"}
        assert found["size"] == story.size == len(found["articles"])
    check_json([story.to_dict() for story in rec.stories()], "stories")


@pytest.mark.parametrize("kind", ["topics", "stories"])
def test_changes_and_trends_have_their_shape(rec: Recommender, kind: Any) -> None:
    changes = rec.changes(kind)
    assert changes
    for change in changes:
        assert tuple(as_printed(change.to_dict(), "change")) == names(Change)
    check_json([change.to_dict() for change in changes], "changes")
    trends = [*rec.trending(kind), Trend("t-1", "a", 3.2, START.date(), (1, 2))]
    for trend in trends:
        assert tuple(as_printed(trend.to_dict(), "trend")) == names(Trend)
    check_json([trend.to_dict() for trend in trends], "trends")


def test_health_has_its_shape_well_or_not(root: Path) -> None:
    rec = Recommender.open(root)
    found = as_printed(rec.health().to_dict(), "health")
    assert tuple(found) == names(Health)
    assert datetime.fromisoformat(found["created"]) <= datetime.now(UTC)
    Artifacts(root).pointer.unlink()
    assert as_printed(rec.health().to_dict(), "health")["error"]


def values(rec: Recommender) -> list[Any]:
    """One value of each kind, as users get them."""
    hits = rec.related("collision-0", 3, duplicates="collapse")
    story, topic = rec.story_of("frost-1"), rec.topics()[0]
    return [
        *hits, hits[0].reasons, rec.article("frost-1"), story, topic, *topic.keywords,
        *rec.changes("stories")[:1], rec.health(), newsdesk()[0],
    ]  # fmt: skip


def test_values_are_objects_for_every_serialiser(rec: Recommender) -> None:
    for value in values(rec):
        assert isinstance(value, Value)
        assert not isinstance(value, tuple)  # which frameworks write as an array
        assert list(asdict(value)) == list(names(type(value)))
        json.dumps(value.to_dict())


def test_values_are_compared_hashed_copied_and_pickled(rec: Recommender) -> None:
    for value in values(rec):
        for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301
            assert twin == value
            assert hash(twin) == hash(value)
            assert type(twin) is type(value)
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(value, names(type(value))[0], None)
        assert not hasattr(value, "__dict__")


def test_an_answer_is_a_list_that_keeps_its_note_and_article(rec: Recommender) -> None:
    hits = rec.related("frost-1", ALL, floor=0.9)
    assert hits.article == rec.article("frost-1")
    assert hits.note
    for twin in (copy.copy(hits), pickle.loads(pickle.dumps(hits))):  # noqa: S301
        assert isinstance(twin, list)
        assert (twin, twin.note, twin.article) == (hits, hits.note, hits.article)


def test_moments_days_and_nested_values_become_plain() -> None:
    card = Card("a", "Ærø", None, None, None, None, None, START)
    assert card.to_dict()["published"] == START.isoformat()
    assert Trend("t", "a", 3.2, START.date(), (1, 2)).to_dict() == {
        "id": "t", "label": "a", "burst": 3.2, "until": START.date().isoformat(), "daily": [1, 2],
    }  # fmt: skip
    topic = Topic("t", "a", 1, (Keyword("quay", 0.5),))
    assert topic.to_dict()["keywords"] == [{"term": "quay", "weight": 0.5}]
    assert Reasons(names=("Poipet",)).to_dict()["names"] == ["Poipet"]


def test_values_that_are_made_fast_are_like_any_others() -> None:
    card = ("a", "Title", None, "Herald", None, "en", None, START)
    fields_of = {
        Card: card,
        Reasons: (("Poipet",), (), True),
        Related: ("a", 0.5, *card[1:], (), Reasons(), True),
    }
    for kind, values in fields_of.items():
        fast, slow = fast_constructor(kind)(*values), kind(*values)
        assert (type(fast), fast, hash(fast), repr(fast)) == (kind, slow, hash(slow), repr(slow))
        assert fast.to_dict() == slow.to_dict()
        assert copy.copy(fast) == copy.deepcopy(fast) == replace(fast) == slow
        with pytest.raises(FrozenInstanceError):
            setattr(fast, names(kind)[0], "b")
        with pytest.raises(TypeError):
            fast_constructor(kind)(*values * 9)
