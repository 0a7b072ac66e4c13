"""Stories and topics: whole, in order, found by old ids too, and without hidden articles."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import Recommender, RemovedArticle, UnknownArticle, UnknownGroup
from recommender.dates import to_microseconds
from recommender.serving.groups import trends
from recommender.snapshot.lookup import Lookup
from recommender.snapshot.reader import Snapshot
from recommender.types.article import Article
from recommender.types.groups import Story
from tests.planted import START, STORIES, newsdesk, publish_articles, report

NOW = datetime.now(UTC)
CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("groups")
    publish_articles(folder, newsdesk(), "related.floor=0", "topics.resolution=1")
    return folder


@pytest.fixture
def rec(root: Path) -> Recommender:
    return Recommender.open(root)


def of_story(story: Story) -> set[str]:
    return {card.id.removeprefix("wire-").removeprefix("late-").removeprefix("near-").split("-")[0]
            for card in story.articles}  # fmt: skip


def test_the_planted_stories_are_found_and_whole(rec: Recommender) -> None:
    found = {name: rec.story_of(f"{name}-1") for name in STORIES}
    for name, story in found.items():
        assert of_story(story) == {name}
        assert story.size == len(story.articles) >= 6
    assert {card.id for card in found["strike"].articles} >= {"wire-strike-0", "late-strike-0"}


def test_articles_of_a_story_come_by_date_and_undated_ones_last(
    rec: Recommender,
) -> None:
    for story in rec.stories(min_size=1):
        dates = [card.published for card in story.articles]
        dated = [date for date in dates if date is not None]
        assert dates == sorted(dated) + [None] * (len(dates) - len(dated))
        assert (story.first, story.last) == ((dated[0], dated[-1]) if dated else (None, None))


def test_a_story_names_its_lead_and_its_sources(rec: Recommender) -> None:
    for story in rec.stories():
        assert story.lead in story.articles
        assert story.headline == story.lead.title
        counts = Counter(card.source for card in story.articles if card.source)
        assert {*story.sources} == {*counts}
        numbers = [counts[source] for source in story.sources]
        assert numbers == sorted(numbers, reverse=True)


def test_every_article_is_in_one_story(rec: Recommender) -> None:
    everywhere = [card.id for story in rec.stories(min_size=1) for card in story.articles]
    assert sorted(everywhere) == rec.ids()
    for story in rec.stories(min_size=1):
        assert all(rec.story_of(card.id) == story for card in story.articles)
        assert rec.story(story.id) == story


def test_stories_come_largest_first_and_at_most_count_of_them(rec: Recommender) -> None:
    sizes = [story.size for story in rec.stories(min_size=1)]
    assert sizes == sorted(sizes, reverse=True)
    assert all(story.size >= 7 for story in rec.stories(min_size=7))
    assert rec.stories(count=2) == rec.stories()[:2]


def test_since_keeps_stories_with_an_article_since_then(rec: Recommender) -> None:
    since = START + timedelta(hours=200)
    found = {story.id for story in rec.stories(since)}
    for story in rec.stories():
        assert (story.id in found) is (story.last is not None and story.last >= since)
    with pytest.raises(ValueError, match="time zone"):
        rec.stories(since.replace(tzinfo=None))


def test_a_removed_article_leaves_its_story(tmp_path: Path) -> None:
    publish_articles(tmp_path, newsdesk())
    rec = Recommender.open(tmp_path)
    story = rec.story_of("strike-1")
    for card in story.articles:
        rec.remove(card.id)
        with pytest.raises(RemovedArticle):
            rec.story_of(card.id)
        left = [c for c in story.articles if c.id in rec.ids()]
        if left:
            now = rec.story(story.id)
            assert list(now.articles) == left
            assert now.lead in left
    with pytest.raises(UnknownGroup):
        rec.story(story.id)


def test_hidden_articles_are_in_no_story(tmp_path: Path) -> None:
    embargo = f'rules.embargo={{"strike-1"={(NOW + timedelta(days=1)).isoformat()}}}'
    publish_articles(tmp_path, newsdesk(), 'rules.excluded_sections=["wire"]', embargo)
    rec = Recommender.open(tmp_path)
    shown = {card.id for story in rec.stories(min_size=1) for card in story.articles}
    assert not shown & {"wire-strike-0", "near-collision-1", "strike-1"}
    assert {card.id for card in rec.story_of("strike-1").articles} < shown


def test_an_article_whose_whole_story_is_hidden_is_unknown(tmp_path: Path) -> None:
    publish_articles(tmp_path, [report("frost", 0)], 'rules.excluded_sections=["orchard"]')
    with pytest.raises(UnknownArticle, match="not to be shown"):
        Recommender.open(tmp_path).story_of("frost-0")


def test_unknown_ids_are_unknown_groups(rec: Recommender) -> None:
    for ask in (rec.story, rec.topic):
        with pytest.raises(UnknownGroup, match="no story or topic"):
            ask("t-none")
        with pytest.raises(KeyError):
            ask("")


def test_a_topic_is_found_by_its_id_on_every_level(rec: Recommender) -> None:
    assert rec.topics(None)
    for topic in rec.topics(None):
        assert rec.topic(topic.id) == topic
        assert topic.asked is None


def test_an_id_that_no_longer_exists_is_answered_by_its_successor(
    rec: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, topic = rec.stories()[0], rec.topics()[0]
    heirs = {"s-dead": story.id, "t-dead": topic.id, "t-lost": "t-none", "s-none": None}
    monkeypatch.setattr(Lookup, "successor_of", lambda _, group: heirs.get(group))
    assert rec.story("s-dead") == replace(story, asked="s-dead")
    assert rec.topic("t-dead") == replace(topic, asked="t-dead")
    for ask, dead in ((rec.topic, "t-lost"), (rec.story, "s-none"), (rec.story, "t-dead")):
        with pytest.raises(UnknownGroup):
            ask(dead)


def burst(root: Path, *more: Article) -> Recommender:
    """Two weeks of one report a day, then ten of one story on the last day, and some `more`."""
    days = [replace(report("prize", n % 6), id=f"day-{n:02}", title=f"Day {n}",
                    published=START + timedelta(days=n)) for n in range(14)]  # fmt: skip
    last = START + timedelta(days=14)
    news = [replace(report("strike", n % 6), id=f"new-{n}", text=f"{report('strike', n).text} {n}",
                    published=last + timedelta(minutes=n)) for n in range(10)]  # fmt: skip
    publish_articles(root, [*days, *news, *more], "duplicates.near=false")
    return Recommender.open(root)


def test_a_story_with_a_burst_is_trending(tmp_path: Path) -> None:
    rec = burst(tmp_path)
    (trend,) = rec.trending("stories")
    story = rec.story(trend.id)
    assert of_story(story) == {"new"}
    assert trend.label == story.headline
    assert trend.burst >= 3
    assert trend.until == story.last.date()  # type: ignore[union-attr]
    assert trend.daily[-1] == story.size
    assert not any(trend.daily[:-1])


def test_a_date_to_come_does_not_hide_the_trends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = burst(tmp_path)._current.get()
    snapshot, last = state.snapshot, START + timedelta(days=15)
    (trend,) = trends(snapshot, "stories", 1, last, state.visible())
    published = snapshot.arrays.published.copy()
    published[snapshot.lookup.row_of("day-00")] = to_microseconds(datetime(2062, 3, 1, tzinfo=UTC))
    monkeypatch.setattr(snapshot, "arrays", snapshot.arrays._replace(published=published))
    assert trends(snapshot, "stories", 1, last, state.visible())[0].until == trend.until
    assert trend.daily[-1] == 10


def test_an_imported_archive_is_no_trend(tmp_path: Path) -> None:
    moment = START + timedelta(days=14, hours=-3)
    lines = (CASES / "archive-import-burst.jsonl").read_text(encoding="utf-8").splitlines()
    stamped = [Article(**json.loads(line) | {"published": moment}) for line in lines]
    apart = [
        replace(a, published=moment + timedelta(minutes=13 * n)) for n, a in enumerate(stamped)
    ]
    (trend,) = burst(tmp_path / "stamped", *stamped).trending("stories")
    assert trend.label.startswith("Strike report")
    labels = {trend.label for trend in burst(tmp_path / "apart", *apart).trending("stories")}
    assert len(labels) > 1  # as news, hour by hour, the same articles are a trend


def test_hidden_articles_name_no_trend_and_no_change(tmp_path: Path) -> None:
    rec = burst(tmp_path)
    (trend,) = rec.trending("stories")
    story = rec.story(trend.id)
    rec.remove(story.lead.id)
    (left,) = rec.trending("stories")
    assert left.label == rec.story(trend.id).headline != story.headline
    assert sum(left.daily) == sum(trend.daily) - 1
    assert story.headline not in {change.label for change in rec.changes("stories")}
    for card in story.articles:
        rec.remove(card.id)
    assert rec.trending("stories") == ()


@pytest.mark.parametrize("kind", ["story", "articles", ""])
def test_an_unknown_kind_of_groups_is_refused(rec: Recommender, kind: Any) -> None:
    for ask in (rec.trending, rec.changes):
        with pytest.raises(ValueError, match="no kind of groups; there are topics, stories"):
            ask(kind)


def test_topics_trend_by_level(tmp_path: Path) -> None:
    rec = burst(tmp_path)
    for trend in rec.trending("topics"):
        assert rec.topic(trend.id).level == 1
    assert rec.trending("topics", level=3) == ()


def test_without_dates_nothing_trends(tmp_path: Path) -> None:
    undated: list[Article] = [replace(a, published=None) for a in newsdesk()]
    publish_articles(tmp_path, undated)
    rec = Recommender.open(tmp_path)
    assert rec.trending("stories") == rec.trending("topics") == ()
    assert all(story.first is None for story in rec.stories())


def test_the_changes_of_a_first_night_are_births(rec: Recommender, root: Path) -> None:
    born = rec.changes("topics")
    assert [change.id for change in born] == sorted(topic.id for topic in rec.topics(None))
    assert {change.kind for change in born} == {"born"}
    labels = {topic.id: topic.label for topic in rec.topics(None)}
    assert all(change.label == labels[change.id] for change in born)
    sizes = {story.id: story.size for story in rec.stories(min_size=1)}
    stories = rec.changes("stories")
    assert {c.id: c.size for c in stories} == {i: size for i, size in sizes.items() if size > 1}
    assert Snapshot(root / "snapshots" / rec.health().snapshot).lookup.successors() == {}
