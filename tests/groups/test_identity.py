"""Identity: ids follow articles on every level, and retired ids lead to ids in use."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.groups.identity import Identities, Partition, identify
from recommender.groups.previous import NO_PREVIOUS_GROUPS, PreviousGroups
from recommender.types.groups import Topic

Groups = dict[str, int]  # article id → group, from 0; an absent article has none


def partition(ids: list[str], groups: Groups, night: str) -> Partition:
    numbers = np.array([groups.get(i, -1) for i in ids], dtype=np.int32)
    count = int(numbers.max(initial=-1)) + 1
    return Partition(numbers, [f"{night}/{group}" for group in range(count)])


def night(
    previous: PreviousGroups, stories: Groups, topics: Groups, fine: Groups, name: str
) -> Identities:
    """One night of articles with a story, a topic and, some of them, a finer topic."""
    ids = sorted(stories)
    levels = [partition(ids, topics, f"{name}/1"), partition(ids, fine, f"{name}/2")]
    return identify(previous, ids, partition(ids, stories, name), levels)


def as_previous(found: Identities, stories: Groups, topics: Groups, fine: Groups) -> PreviousGroups:
    """What the next night would read of a night."""
    ids = sorted(stories)
    broad = len({*topics.values()})
    records, parents = [], {}
    for article, number in fine.items():
        parents[number] = found.topic_ids[topics[article]]
    for place, topic_id in enumerate(found.topic_ids):
        level = 1 if place < broad else 2
        parent = None if level == 1 else parents[place - broad]
        records.append(Topic(topic_id, topic_id, 0, (), level, parent))
    finest = [broad + fine[i] if i in fine else topics[i] for i in ids]
    return NO_PREVIOUS_GROUPS._replace(
        name="before",
        ids=ids,
        story_of=np.array([stories[i] for i in ids], dtype=np.int32),
        story_ids=found.story_ids,
        story_leads=[""] * len(found.story_ids),
        topics=tuple(records),
        topic_of=np.array([topics[i] for i in ids], dtype=np.int32),
        finest_of=np.array(finest, dtype=np.int32),
        successors=found.successors,
    )


def blocks(sizes: list[int]) -> Groups:
    """Articles a000, a001 and on in groups of these sizes."""
    labels = [group for group, size in enumerate(sizes) for _ in range(size)]
    return {f"a{number:03}": group for number, group in enumerate(labels)}


def test_a_first_night_gives_every_group_an_id_of_its_own() -> None:
    found = night(NO_PREVIOUS_GROUPS, blocks([3, 2, 1]), blocks([4, 2]), blocks([2, 2]), "first")
    assert len({*found.story_ids}) == 3
    assert len({*found.topic_ids}) == 4
    assert all(i.startswith("s-") for i in found.story_ids)
    assert all(i.startswith("t-") for i in found.topic_ids)
    assert {event.kind for event in found.story_events + found.topic_events} == {"born"}
    assert found.successors == {}


def test_equal_groups_keep_their_ids_on_every_level() -> None:
    groups = blocks([3, 2, 1]), blocks([4, 2]), blocks([2, 2])
    first = night(NO_PREVIOUS_GROUPS, *groups, "first")
    again = night(as_previous(first, *groups), *groups, "second")
    assert again.story_ids == first.story_ids
    assert again.topic_ids == first.topic_ids
    assert {e.kind for e in again.story_events + again.topic_events} == {"continued"}


def test_the_successor_of_a_merged_topic_is_the_one_it_merged_into() -> None:
    stories, fine = blocks([1] * 10), {}
    before = blocks([6, 4])
    first = night(NO_PREVIOUS_GROUPS, stories, before, fine, "first")
    merged = night(as_previous(first, stories, before, fine), stories, blocks([10]), fine, "second")
    large, small = first.topic_ids
    assert merged.topic_ids == [large]
    assert merged.successors == {small: large}


def test_topics_of_a_level_that_no_longer_exists_are_retired() -> None:
    stories, topics, fine = blocks([1] * 8), blocks([8]), blocks([4, 4])
    first = night(NO_PREVIOUS_GROUPS, stories, topics, fine, "first")
    flat = identify(
        as_previous(first, stories, topics, fine),
        sorted(stories),
        partition(sorted(stories), stories, "second"),
        [partition(sorted(stories), topics, "second")],
    )
    assert flat.topic_ids == first.topic_ids[:1]
    assert flat.successors == dict.fromkeys(sorted(first.topic_ids[1:]))


def test_a_story_whose_articles_are_deleted_is_retired() -> None:
    stories, topics = blocks([2, 3]), blocks([5])
    first = night(NO_PREVIOUS_GROUPS, stories, topics, {}, "first")
    left = {i: 0 for i, story in stories.items() if story == 1}
    second = night(as_previous(first, stories, topics, {}), left, left, {}, "second")
    assert second.story_ids == first.story_ids[1:]
    assert second.successors == {first.story_ids[0]: None}


@given(st.integers(2, 8), st.randoms(use_true_random=False))
def test_over_any_nights_no_id_returns_and_successors_are_in_use(
    nights: int, rng: random.Random
) -> None:
    previous, retired, ever = NO_PREVIOUS_GROUPS, set[str](), set[str]()
    for number in range(nights):
        ids = [f"a{n:03}" for n in range(40) if rng.random() < 0.9]
        stories, topics = random_groups(rng, ids, 12), random_groups(rng, ids, 4)
        fine = random_groups(rng, [i for i in ids if topics[i] == 0], 3)
        found = night(previous, stories, topics, fine, f"night {number}")
        in_use = {*found.story_ids, *found.topic_ids}
        assert len(in_use) == len(found.story_ids) + len(found.topic_ids)
        assert not in_use & retired
        ever |= in_use
        retired = ever - in_use
        assert found.successors.keys() == retired
        assert {
            successor for successor in found.successors.values() if successor is not None
        } <= in_use
        assert all(
            i[0] == successor[0]
            for i, successor in found.successors.items()
            if successor is not None
        )
        previous = as_previous(found, stories, topics, fine)


def random_groups(rng: random.Random, ids: list[str], most: int) -> Groups:
    drawn = {i: rng.randrange(most) for i in ids}
    number = {group: place for place, group in enumerate(sorted({*drawn.values()}))}
    return {i: number[group] for i, group in drawn.items()}
