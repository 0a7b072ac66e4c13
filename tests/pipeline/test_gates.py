"""Gates: each share by hand, what is chance, and nights too small to be judged."""

from math import comb
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import PublishRefused
from recommender.graph.own_hits import OwnHits
from recommender.pipeline.gates import Comparison, Gate, measure, refusal, surely_above
from recommender.settings.sections import Gates
from tests.pipeline.newsroom import Newsroom, articles

ALWAYS = Gates(least_articles=0)
SCORES = np.array([0.9, 0.2, 0.5, 0.0], dtype=np.float32)


def tonight(
    now: dict[str, str | None], then: dict[str, str | None] | None = None, **fields: Any
) -> Comparison:
    return Comparison(now, then or {}, SCORES, 0.3, **fields)


def counts(gates: list[Gate]) -> dict[str, tuple[int, int]]:
    return {gate.name: (gate.part, gate.whole) for gate in gates}


def test_every_share_is_the_one_counted_by_hand() -> None:
    then: dict[str, str | None] = {"a": "t1", "b": "t1", "c": "t2", "d": "t3", "e": None}
    now: dict[str, str | None] = {"a": "t1", "b": "t2", "c": "t2", "f": "t2"}
    found = measure(tonight(now, then), ALWAYS)
    assert counts(found) == {
        "articles_lost": (1, 5),
        "empty_related": (2, 4),  # two of four texts are below the floor
        "largest_topic": (3, 4),  # t2
        "topics_changed": (1, 3),  # b, of a, b and c
        "ids_lost": (1, 3),  # t3, of t1, t2 and t3
        "own_source": (0, 0),
    }
    assert [gate.value for gate in found] == [1 / 5, 2 / 4, 3 / 4, 1 / 3, 1 / 3, 0]


@pytest.mark.parametrize(("floor", "empty"), [(0.0, 0), (0.25, 1), (0.5, 2), (0.75, 3), (1.0, 4)])
def test_a_text_whose_best_score_is_the_floor_has_a_related_article(
    floor: float, empty: int
) -> None:
    best = np.array([0.75, 0.25, 0.5, 0.0], dtype=np.float32)
    night = Comparison({"a": "t"}, {}, best, floor)
    assert counts(measure(night, ALWAYS))["empty_related"] == (empty, 4)


def test_a_first_night_passes_whatever_it_is_like_and_says_what_is_large() -> None:
    night = Comparison(dict.fromkeys(map(str, range(500)), "t"), {}, np.zeros(500), 0.3)
    found = measure(night, Gates())
    assert all(gate.passed for gate in found)
    assert [gate.notice.name for gate in found if gate.notice] == [
        "above_empty_related",
        "above_largest_topic",
    ]


def test_a_night_may_be_as_bad_as_the_one_before_and_not_worse() -> None:
    topics: dict[str, str | None] = {str(n): f"t{n % 2}" for n in range(500)}
    bad = Comparison(topics, topics, np.zeros(500), 0.3, previous_empty=1.0)
    worse = bad._replace(previous_empty=0.7)
    assert all(gate.passed for gate in measure(bad, Gates()))
    assert [gate.name for gate in measure(worse, Gates()) if not gate.passed] == ["empty_related"]


def test_one_topic_of_everything_is_no_alarm_where_all_texts_are_neighbours() -> None:
    then: dict[str, str | None] = {str(n): f"t{n % 2}" for n in range(120)}
    one: dict[str, str | None] = dict.fromkeys(then, "t0")

    def refused(neighbours: int) -> list[str]:
        night = tonight(one, then, neighbours=neighbours)
        return [gate.name for gate in measure(night, Gates()) if not gate.passed]

    assert refused(31) == []
    assert refused(30) == ["largest_topic"]


THEN = {"Herald": OwnHits(300, 900, 450), "Quay": OwnHits(39, 21, 8), "Post": OwnHits(300, 0, 0)}


@pytest.mark.parametrize(
    ("source", "now", "passes"),
    [
        ("Herald", OwnHits(310, 900, 600), True),  # 17 % more of 900 are more than 15 % by chance
        ("Herald", OwnHits(310, 900, 650), False),
        ("Herald", OwnHits(310, 900, 100), True),
        ("Quay", OwnHits(39, 200, 195), False),  # a notice in front of all articles
        ("Quay", OwnHits(39, 20, 20), False),
        ("Quay", OwnHits(78, 200, 195), True),  # the source has doubled
        ("Quay", OwnHits(39, 19, 19), True),  # few hits
        ("Post", OwnHits(300, 300, 300), False),  # it had no hits, so the share of all is taken
        ("New", OwnHits(300, 900, 900), True),
    ],
)
def test_a_source_that_relates_to_itself_far_more_often_is_refused(
    source: str, now: OwnHits, passes: bool
) -> None:
    hits = {**THEN, source: now}
    night = tonight({"a": "t"}, {"a": "t"}, own_hits=hits, previous_own_hits=THEN)
    gate = measure(night, msgspec.structs.replace(ALWAYS, own_source=0.15))[-1]
    assert (gate.name, gate.passed) == ("own_source", passes)
    assert passes or f"({source})" in str(gate)


def test_a_corpus_of_one_source_always_relates_to_itself() -> None:
    then, now = {"Herald": OwnHits(30, 90, 90)}, {"Herald": OwnHits(40, 150, 150)}
    night = tonight({"a": "t"}, {"a": "t"}, own_hits=now, previous_own_hits=then)
    assert measure(night, ALWAYS)[-1].value == 0


def test_more_articles_are_no_loss() -> None:
    found = counts(measure(tonight({"a": "t1", "b": "t1"}, {"a": "t1"}), ALWAYS))
    assert found["articles_lost"] == (0, 1)


@pytest.mark.parametrize(("now", "then", "judges"), [(2, 1, True), (1, 2, True), (1, 1, False)])
def test_a_night_is_judged_where_it_or_the_one_before_is_large_enough(
    now: int, then: int, judges: bool
) -> None:
    night = tonight({str(n): "t" for n in range(now)}, {str(n): "t" for n in range(then)})
    assert bool(measure(night, Gates(least_articles=2))) is judges


# Chance


@pytest.mark.parametrize(
    ("part", "whole", "above"),
    [(2, 12, False), (5, 12, False), (6, 12, True), (9, 12, True), (221, 1000, False),
     (222, 1000, True), (246, 249, True), (0, 0, False), (10, 10, True)],
)  # fmt: skip
def test_a_share_of_few_is_above_a_fifth_only_where_that_is_no_chance(
    part: int, whole: int, above: bool
) -> None:
    assert surely_above(part, whole, 0.2) is above


@given(st.integers(10, 300), st.integers(5, 95))
def test_a_share_above_its_limit_comes_by_chance_in_fewer_than_one_night_in_twenty(
    whole: int, percent: int
) -> None:
    limit = percent / 100
    above = [surely_above(n, whole, limit) for n in range(whole + 1)]
    chances = [comb(whole, n) * limit**n * (1 - limit) ** (whole - n) for n in range(whole + 1)]
    assert above == [n > limit * whole and sum(chances[n:]) < 0.05 for n in range(whole + 1)]


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0, 1))
def test_what_is_within_the_limit_always_passes(part: int, more: int, limit: float) -> None:
    whole = part + more
    above = surely_above(part, whole, limit)
    if above:
        assert part > limit * whole
        assert surely_above(part + 1, whole + 1, limit)
    assert not surely_above(part, whole, 1.0)
    assert surely_above(part, whole, 0.0) is (part > 0)


# What is said


def test_a_gate_says_what_was_measured_and_which_setting_admits_what() -> None:
    expected = (
        "topics of the night before are gone: 5 of 8 (62.5%), and gates.ids_lost admits 25.0%"
    )
    assert str(Gate("ids_lost", 5, 8, 0.25)) == expected


def test_every_limit_of_the_settings_has_its_gate() -> None:
    limits: dict[str, Any] = dict.fromkeys(Gates.__struct_fields__, 0.25)
    found = measure(tonight({"a": "t1"}), Gates(**limits | {"least_articles": 0}))
    assert {gate.name for gate in found} == set(limits) - {"least_articles"}
    assert {gate.limit for gate in found} == {0.25}
    assert all(gate.advice for gate in found)


def test_a_refusal_says_which_gates_what_serves_and_what_to_do() -> None:
    gates = [Gate("articles_lost", 9, 12, 0.2), Gate("ids_lost", 5, 8, 0.25)]
    text = refusal(gates, "20260301T020000Z-0123abcd")
    assert text.startswith(
        "the night was not published; 20260301T020000Z-0123abcd is still served: "
        "there are fewer articles than the night before: 9 of 12 (75.0%), and gates.articles_lost "
        "admits 20.0% (a source delivers less"
    )
    assert text.endswith("run again with --force")
    assert "nothing is served: there" in refusal(gates, "")


# Real nights


@pytest.mark.parametrize("count", [1, 2, 9, 10, 13, 40])
def test_small_first_nights_are_published(newsroom: Newsroom, count: int) -> None:
    night = newsroom.night(*articles(count))
    assert newsroom.artifacts.current() == night.snapshot
    assert bool(night.gates) is (count >= 10)


def test_a_small_newsroom_that_loses_most_of_its_articles_is_refused(newsroom: Newsroom) -> None:
    newsroom.night(*articles(12))
    before = newsroom.artifacts.current()
    with newsroom.open_store() as store, store.transaction():
        store.delete(f"a-{n}" for n in range(6))
    with pytest.raises(PublishRefused, match=r"6 of 12 \(50\.0%\)"):
        newsroom.night()
    assert newsroom.artifacts.current() == before
    assert newsroom.night(force=True).forced


def test_articles_that_were_taken_down_are_not_lost(newsroom: Newsroom) -> None:
    newsroom.night(*articles(24))
    for n in range(14):
        newsroom.recommender().remove(f"a-{n}")
    night = newsroom.night()
    assert (night.articles, night.gates["articles_lost"]) == (10, 0)
