"""Ids: kept where a group continues, made of a seed elsewhere, and never given twice."""

import numpy as np

from recommender.groups.group_ids import ALPHABET, ID_LENGTH
from recommender.groups.lineage import follow_groups
from tests.groups.nights import night


def test_a_new_id_is_short_and_depends_on_its_seed_alone() -> None:
    # Ids like this one are in links that readers keep; changing how ids are made breaks them.
    found = follow_groups(np.array([-1]), np.array([0]), [], ["article-1"], "s").ids
    assert found == [FIRST]
    other = follow_groups(np.array([-1]), np.array([0]), [], ["article-1"], "t").ids
    assert other == ["t" + FIRST[1:]]
    assert set(FIRST[2:]) <= set(ALPHABET)
    assert len(FIRST) == 2 + ID_LENGTH


FIRST = "s-mkycxv"


def test_a_used_id_is_never_given_again() -> None:
    used: set[str] = set()
    for _ in range(50):
        [found] = follow_groups(np.array([-1]), np.array([0]), [], ["article-1"], "s", used).ids
        assert found not in used
        used.add(found)


def test_groups_of_equal_seeds_have_ids_of_their_own() -> None:
    old, new, _, _ = night(("", "X", 1), ("", "Y", 1), ("", "Z", 1))
    found = follow_groups(old, new, [], ["same"] * 3, "t")
    assert len(set(found.ids)) == 3
    swapped = follow_groups(old, np.array([2, 1, 0]), [], ["same"] * 3, "t")
    assert swapped.ids == found.ids[::-1]


def test_a_new_id_is_not_one_of_last_nights() -> None:
    [first] = follow_groups(np.array([-1]), np.array([0]), [], ["a"], "t").ids
    found = follow_groups(np.array([0, -1]), np.array([-1, 0]), [first], ["a"], "t")
    assert found.ids != [first]
    assert [event.kind for event in found.events if event.id == first] == ["gone"]
