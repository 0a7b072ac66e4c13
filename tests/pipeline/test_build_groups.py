"""Grouping: stories and topics of a night, who they are, and what is told of them."""

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
import pytest

from recommender.artifacts.folder import Artifacts
from recommender.corpus.corpus import Corpus
from recommender.graph.rescore import Rescored
from recommender.groups.previous import NO_PREVIOUS_GROUPS, PreviousGroups, read_previous
from recommender.keywords.terms import Terms
from recommender.pipeline import nightly
from recommender.pipeline.build_groups import (
    GroupDescriptions,
    Groups,
    build_groups,
    describe_groups,
)
from recommender.progress import Silent, Timed
from recommender.types import Keyword, Topic
from tests.planted import STORIES, newsdesk, publish_articles, settings


class Night(NamedTuple):
    """What a real night gave to grouping, and where it published."""

    corpus: Corpus
    rescored: Rescored
    lengths: Any
    terms: Terms
    artifacts: Artifacts

    def groups(
        self, previous: PreviousGroups = NO_PREVIOUS_GROUPS, *overrides: str, build: str = "b1"
    ) -> Groups:
        timed = Timed(Silent())
        chosen = settings(*overrides)
        return build_groups(
            self.corpus, self.rescored, self.lengths, previous, build, chosen, timed
        )

    def told(
        self, groups: Groups, previous: PreviousGroups = NO_PREVIOUS_GROUPS, words: int = 5
    ) -> GroupDescriptions:
        graph = self.rescored.graph
        return describe_groups(self.corpus, graph, groups, previous, self.terms, words)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    given: dict[str, tuple[Any, ...]] = {}
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("build_groups", "describe_groups"):
            own = getattr(nightly, name)

            def spied(*args: Any, name: str = name, own: Any = own) -> Any:
                given[name] = args
                return own(*args)

            patch.setattr(nightly, name, spied)
        artifacts = publish_articles(folder, newsdesk())
    return Night(*given["build_groups"][:3], given["describe_groups"][4], artifacts)


def members(night: Night, group_of: Any) -> list[set[str]]:
    """The ids of the articles of each group of texts."""
    found = defaultdict(set)
    for article, text in zip(night.corpus.articles, night.corpus.copies.text_of, strict=True):
        found[int(group_of[text])].add(article.card.id)
    return [found[number] for number in range(len(found))]


def test_planted_stories_are_found_with_their_copies(night: Night) -> None:
    groups = night.groups()
    found = members(night, groups.stories.story_of)
    for ids in found:
        assert len({next(name for name in STORIES if name in article) for article in ids}) == 1
    assert len(found[0]) == 8  # a story of six with the two copies of one of them
    assert len(groups.identities.story_ids) == len(found) == len(groups.central)
    own = groups.stories.story_of[groups.central]
    assert own.tolist() == list(range(len(found)))


def test_each_text_has_a_topic_that_holds_its_story(night: Night) -> None:
    groups = night.groups()
    topics, stories = groups.topics, groups.stories.story_of
    assert topics.topic_of.min() == 0
    assert ((groups.strength >= 0) & (groups.strength <= 1)).all()
    for story in range(int(stories.max()) + 1):
        assert len(set(topics.topic_of[stories == story].tolist())) == 1


def test_ids_are_all_different_and_made_from_the_build(night: Night) -> None:
    one, same, other = night.groups(), night.groups(), night.groups(build="b2")
    for kind in ("story_ids", "topic_ids"):
        ids = getattr(one.identities, kind)
        assert len(set(ids)) == len(ids)
        assert getattr(same.identities, kind) == ids
        assert not set(getattr(other.identities, kind)) & set(ids)


def test_a_second_night_of_the_same_articles_keeps_all_ids(night: Night) -> None:
    previous = read_previous(night.artifacts)
    again = night.groups(previous, build="b2")
    assert again.identities.story_ids == previous.story_ids
    assert again.identities.topic_ids == [topic.id for topic in previous.topics]
    assert night.told(again, previous).changes == {"topics": [], "stories": []}


def test_under_other_settings_topics_are_found_anew(night: Night) -> None:
    previous = read_previous(night.artifacts)
    one = night.groups(previous, "topics.count=1", build="b2")
    assert one.topics.topic_of.max() < night.groups(previous).topics.topic_of.max()


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_weakest_go_without_a_topic_up_to_a_share(night: Night, share: float) -> None:
    groups = night.groups(NO_PREVIOUS_GROUPS, f"topics.unassigned={share}")
    sizes = np.diff(night.corpus.copies.copies_start)
    without = groups.topics.topic_of < 0
    assert 0 < sizes[without].sum() <= share * sizes.sum()
    assert groups.strength[without].max() <= groups.strength[~without].min()


def test_what_is_told_of_topics_and_stories(night: Night) -> None:
    groups = night.groups()
    told = night.told(groups)
    sizes = [len(ids) for ids in members(night, groups.topics.topic_of)]
    broad = [topic for topic in told.topics if topic.level == 1]
    assert [topic.size for topic in broad] == sizes
    for topic in told.topics:
        assert 0 < len(topic.keywords) <= 5
        assert topic.label
        assert 0 < len(topic.representatives) <= 3
    assert [story for story, _ in told.stories] == groups.identities.story_ids
    for (_, words), ids in zip(told.stories, members(night, groups.stories.story_of), strict=True):
        lone = len({night.corpus.copies.text_of[row] for row in _rows(night, ids)}) == 1
        assert bool(words) is not lone
    assert {change.kind for change in told.changes["topics"]} == {"born"}
    # A story of one article is no news.
    several = sum(len(ids) > 1 for ids in members(night, groups.stories.story_of))
    assert len(told.changes["stories"]) == several


@pytest.mark.parametrize(("lead", "headline"), [("frost-0", "Frost report 0"), ("zz-1", "")])
def test_a_story_that_is_gone_is_named_by_its_headline_where_that_is_left(
    night: Night, lead: str, headline: str
) -> None:
    previous = read_previous(night.artifacts)
    lost = previous._replace(
        ids=[*previous.ids, "zz-1", "zz-2"],
        story_of=np.append(previous.story_of, [len(previous.story_ids)] * 2).astype(np.int32),
        story_ids=[*previous.story_ids, "s-gone"],
        story_leads=[*previous.story_leads, lead],
        topic_of=np.append(previous.topic_of, [0, 0]).astype(np.int32),
        finest_of=np.append(previous.finest_of, [0, 0]).astype(np.int32),
    )
    (gone,) = night.told(night.groups(lost, build="b2"), lost).changes["stories"]
    assert (gone.kind, gone.id, gone.label) == ("gone", "s-gone", headline)


def test_a_topic_that_is_gone_is_named_in_words_that_are_left(night: Night) -> None:
    previous, used = read_previous(night.artifacts), night.terms.terms[0]
    words = (Keyword("taken down", 2.0), Keyword(used, 1.0))
    gone = Topic("t-gone", f"taken down, {used}", 2, words)
    at = [len(previous.topics)] * 2
    lost = previous._replace(
        ids=[*previous.ids, "zz-1", "zz-2"],
        story_of=np.append(previous.story_of, [0, 0]).astype(np.int32),
        topics=(*previous.topics, gone),
        topic_of=np.append(previous.topic_of, at).astype(np.int32),
        finest_of=np.append(previous.finest_of, at).astype(np.int32),
    )
    (change,) = night.told(night.groups(lost, build="b2"), lost).changes["topics"]
    assert (change.kind, change.id, change.label) == ("gone", "t-gone", used)


def _rows(night: Night, ids: set[str]) -> list[int]:
    return [row for row, item in enumerate(night.corpus.articles) if item.card.id in ids]
