"""Groups in words: keywords, labels, headlines, and what changed since the night before."""

import numpy as np
import pytest

from recommender.groups.previous import read_previous
from recommender.types.groups import Keyword, Topic
from tests.pipeline.grouping import GroupingNight, members, rows_of


def test_topics_and_stories_are_described(night: GroupingNight) -> None:
    groups = night.groups()
    described = night.describe(groups)
    sizes = [len(ids) for ids in members(night, groups.topics.topic_of)]
    broad = [topic for topic in described.topics if topic.level == 1]
    assert [topic.size for topic in broad] == sizes
    for topic in described.topics:
        assert 0 < len(topic.keywords) <= 5
        assert topic.label
        assert 0 < len(topic.representatives) <= 3
    assert [story for story, _ in described.stories] == groups.identities.story_ids
    for (_, words), ids in zip(
        described.stories, members(night, groups.stories.story_of), strict=True
    ):
        lone = len({night.corpus.copies.text_of[row] for row in rows_of(night, ids)}) == 1
        assert bool(words) is not lone
    assert {change.kind for change in described.changes["topics"]} == {"born"}
    # A story of one article is no news.
    several = sum(len(ids) > 1 for ids in members(night, groups.stories.story_of))
    assert len(described.changes["stories"]) == several


@pytest.mark.parametrize(("lead", "headline"), [("frost-0", "Frost report 0"), ("zz-1", "")])
def test_a_story_that_is_gone_is_named_by_its_headline_where_that_is_left(
    night: GroupingNight, lead: str, headline: str
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
    (gone,) = night.describe(night.groups(lost, build="b2"), lost).changes["stories"]
    assert (gone.kind, gone.id, gone.label) == ("gone", "s-gone", headline)


def test_a_topic_that_is_gone_is_named_in_words_that_are_left(night: GroupingNight) -> None:
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
    (change,) = night.describe(night.groups(lost, build="b2"), lost).changes["topics"]
    assert (change.kind, change.id, change.label) == ("gone", "t-gone", used)
