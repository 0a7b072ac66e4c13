"""Groups without what may not be shown: sizes, keywords, labels, trends and changes at once."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender import Recommender, UnknownArticle
from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import take_down
from recommender.errors import UnknownGroup
from recommender.serving.groups import trends
from tests.planted import SOURCES, STORIES, article, newsdesk, publish_articles

DESK = ("topics.count=2", "related.floor=0")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_articles(tmp_path_factory.mktemp("desk"), newsdesk(), *DESK).root


@pytest.fixture
def root(shared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shared, tmp_path / "artifacts"))


def of_story(name: str) -> list[str]:
    return [a.id for a in newsdesk() if name in a.id]


def words(rec: Recommender) -> set[str]:
    """All words that topics, stories, trends and changes show."""
    shown = [t.label for t in rec.topics(None)]
    shown += [k.term for t in rec.topics(None) for k in t.keywords]
    shown += [k.term for s in rec.stories(min_size=1) for k in s.keywords]
    shown += [s.headline for s in rec.stories(min_size=1)]
    shown += [c.label for kind in ("topics", "stories") for c in rec.changes(kind)]  # type: ignore[arg-type]
    return {word.strip(",.").lower() for text in shown for word in text.split()}


@pytest.mark.parametrize("name", STORIES)
def test_words_that_only_removed_articles_use_are_shown_nowhere(root: Path, name: str) -> None:
    rec = Recommender.open(root)
    theme, own_name, own = STORIES[name]
    private = {word.lower() for word in (own_name, *own.split(), name)}
    private -= {w.lower() for other in STORIES if other != name for w in STORIES[other][2].split()}
    assert words(rec) & private
    take_down(Artifacts(root), *of_story(name))
    assert not words(rec) & private
    assert not words(Recommender.open(root)) & private
    assert theme


def test_sizes_count_what_may_be_shown_and_nothing_else_changes(root: Path) -> None:
    rec = Recommender.open(root)
    before = {topic.id: topic for topic in rec.topics(None)}
    strike, frost = of_story("strike")[:3], of_story("frost")
    inside = {rec.topic_of(i) for i in strike}
    outside = {rec.topic_of(i) for i in frost} - inside
    take_down(Artifacts(root), *strike)
    (now,) = {rec.topic_of(i) for i in of_story("strike")[3:]}
    assert now is not None
    assert now.size == before[now.id].size - len(strike)
    assert {rec.topic_of(i) for i in frost} >= outside
    Recommender.open(root).restore(strike[0])
    for article_id in strike:
        rec.restore(article_id)
    assert {topic.id: topic for topic in rec.topics(None)} == before


def test_a_topic_of_removed_articles_only_is_gone_with_its_changes_and_trends(root: Path) -> None:
    rec = Recommender.open(root)
    topic, other = rec.topics()
    inside = [i for i in rec.ids() if (t := rec.topic_of(i)) and t.id == topic.id]
    take_down(Artifacts(root), *inside)
    assert [shown.id for shown in rec.topics()] == [other.id]
    with pytest.raises(UnknownGroup):
        rec.topic(topic.id)
    assert topic.id not in {change.id for change in rec.changes()}
    assert not {t.id for t in rec.topics(None)} & {t.id for t in (topic,)}
    assert all(story.size for story in rec.stories(min_size=1))
    assert {change.id for change in rec.changes("stories")} <= {
        story.id for story in rec.stories(min_size=1)
    }
    state = rec._current.get()
    far = datetime(2100, 1, 1, tzinfo=UTC)
    shown = trends(state.snapshot, "topics", 1, far, state.visible())
    assert topic.id not in {trend.id for trend in shown}


def test_everything_removed_shows_nothing_before_and_after_the_next_night(
    root: Path, loads: list[str]
) -> None:
    rec = Recommender.open(root)
    ids, topics = rec.ids(), rec.topics(None)
    take_down(Artifacts(root), *ids)
    for night in range(3):
        for reader in (rec, Recommender.open(root)):
            assert_empty(reader, ids, [topic.id for topic in topics])
        if night < 2:  # first the articles go, then nothing has changed
            publish_articles(root, [] if night else newsdesk(), *DESK)
    assert loads
    assert rec.health().articles == 0
    assert rec.health().ok
    publish_articles(root, [article(n) for n in range(12)], *DESK)
    assert len(rec.ids()) == 12
    assert rec.related("a-0", floor=0)


def assert_empty(rec: Recommender, ids: list[str], topics: list[str]) -> None:
    assert rec.ids() == []
    assert rec.topics(None) == ()
    assert rec.stories(min_size=1) == ()
    assert rec.trending() == rec.trending("stories") == ()
    assert not words(rec)
    assert [rec.labels(facet) for facet in ("source", "section", "language", "author")] == [[]] * 4
    for group in topics:
        with pytest.raises(UnknownGroup):
            rec.topic(group)
    for ask in (rec.article, rec.related, rec.story_of, rec.topic_of, rec.related_ids):
        with pytest.raises(UnknownArticle, match="was removed"):
            ask(ids[0])
    assert not rec.related_to_text("Harbour", "crane tide dock freight")
    assert rec.nearest_ids("a-1") == []


def test_labels_of_removed_articles_are_not_listed(root: Path) -> None:
    rec = Recommender.open(root)
    alone = "Agency"
    assert {*SOURCES, alone} == {*rec.labels("source")}
    take_down(Artifacts(root), *(i for i in rec.ids() if rec.article(i).source == alone))
    assert {*SOURCES} == {*rec.labels("source")}


def test_words_of_an_excluded_section_and_of_an_embargo_are_not_shown(tmp_path: Path) -> None:
    theme = STORIES["strike"][0]
    private = {w.lower() for w in STORIES["strike"][2].split()}
    excluded = publish_articles(
        tmp_path / "e", newsdesk(), *DESK, f'rules.excluded_sections=["{theme}", "wire"]'
    )
    rec = Recommender.open(excluded.root)
    assert not words(rec) & private
    assert sum(topic.size for topic in rec.topics()) == len(
        [a for a in newsdesk() if a.section not in (theme, "wire")]
    )
