"""Grouping: the stories and topics of a night, and the ids that they go on with."""

import numpy as np
import pytest

from recommender.groups.previous import NO_PREVIOUS_GROUPS, read_previous
from tests.pipeline.grouping import GroupingNight, members
from tests.planted import STORIES


def test_planted_stories_are_found_with_their_copies(night: GroupingNight) -> None:
    groups = night.groups()
    found = members(night, groups.stories.story_of)
    for ids in found:
        assert len({next(name for name in STORIES if name in article) for article in ids}) == 1
    assert len(found[0]) == 8  # a story of six with the two copies of one of them
    assert len(groups.identities.story_ids) == len(found) == len(groups.central)
    own = groups.stories.story_of[groups.central]
    assert own.tolist() == list(range(len(found)))


def test_each_text_has_a_topic_that_holds_its_story(night: GroupingNight) -> None:
    groups = night.groups()
    topics, stories = groups.topics, groups.stories.story_of
    assert topics.topic_of.min() == 0
    assert ((groups.strength >= 0) & (groups.strength <= 1)).all()
    for story in range(int(stories.max()) + 1):
        assert len(set(topics.topic_of[stories == story].tolist())) == 1


def test_ids_are_all_different_and_made_from_the_build(night: GroupingNight) -> None:
    one, same, other = night.groups(), night.groups(), night.groups(build="b2")
    for kind in ("story_ids", "topic_ids"):
        ids = getattr(one.identities, kind)
        assert len(set(ids)) == len(ids)
        assert getattr(same.identities, kind) == ids
        assert not set(getattr(other.identities, kind)) & set(ids)


def test_a_second_night_of_the_same_articles_keeps_all_ids(night: GroupingNight) -> None:
    previous = read_previous(night.artifacts)
    again = night.groups(previous, build="b2")
    assert again.identities.story_ids == previous.story_ids
    assert again.identities.topic_ids == [topic.id for topic in previous.topics]
    assert night.describe(again, previous).changes == {"topics": [], "stories": []}


def test_under_other_settings_topics_are_found_anew(night: GroupingNight) -> None:
    previous = read_previous(night.artifacts)
    one = night.groups(previous, "topics.count=1", build="b2")
    assert one.topics.topic_of.max() < night.groups(previous).topics.topic_of.max()


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_weakest_go_without_a_topic_up_to_a_share(night: GroupingNight, share: float) -> None:
    groups = night.groups(NO_PREVIOUS_GROUPS, f"topics.unassigned={share}")
    sizes = np.diff(night.corpus.copies.copies_start)
    without = groups.topics.topic_of < 0
    assert 0 < sizes[without].sum() <= share * sizes.sum()
    assert groups.strength[without].max() <= groups.strength[~without].min()
