"""Successors: chains lead to their end, in one step once they are compact."""

from hypothesis import given
from hypothesis import strategies as st

from recommender.groups.successors import compact_successors, latest_successor


def test_successors_are_followed_to_the_last() -> None:
    successors = {"a": "b", "b": "c", "c": "d", "x": "d"}
    assert [latest_successor(old, successors) for old in "abcdxz"] == [*"ddddd", "z"]
    assert compact_successors({}, successors) == dict.fromkeys("abcx", "d")


def test_compact_successors_follow_the_newer_ones() -> None:
    assert compact_successors({"a": "b", "x": "y"}, {"b": "c"}) == {"a": "c", "b": "c", "x": "y"}
    assert compact_successors({}, {}) == {}


def test_a_circle_of_successors_leads_back_to_its_start() -> None:
    successors = {"a": "b", "b": "c", "c": "b", "x": "x"}
    assert [latest_successor(old, successors) for old in "abcx"] == ["a", "b", "c", "x"]
    assert compact_successors({}, successors) == {}


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9)), st.integers(0, 10))
def test_any_successors_compact_to_one_step(drawn: dict[int, int], cut: int) -> None:
    successors = {f"t-{old}": f"t-{successor}" for old, successor in drawn.items()}
    items = list(successors.items())
    found = compact_successors(compact_successors({}, dict(items[:cut])), dict(items[cut:]))
    assert all(old != successor for old, successor in found.items())
    if all(int(old[2:]) < int(successor[2:]) for old, successor in items):  # no circle
        assert found == {old: latest_successor(old, successors) for old in successors}
        assert not found.keys() & set(found.values())
