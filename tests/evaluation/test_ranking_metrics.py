"""Measures as a person with pencil and paper finds them; intervals that cover and repeat."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.ranking_metrics import MEASURES, answerable, intervals, measure


def measured_slowly(ranking: list[int], query: int, stories: list[int]) -> list[float]:
    """One query, from the definitions, answer by answer."""
    right = {a for a, story in enumerate(stories) if story == stories[query] and a != query}
    listed = [a for a in ranking if a >= 0]
    gained = sum(1 / log2(i + 1) for i, a in enumerate(listed[:5], start=1) if a in right)
    best = sum(1 / log2(i + 1) for i in range(1, min(5, len(right)) + 1))
    first = next((1 / i for i, a in enumerate(listed, start=1) if a in right), 0.0)
    found = len(right & set(listed[:10]))
    return [gained / best, float(bool(listed) and listed[0] in right), found / len(right), first]


def test_one_ranking_by_hand() -> None:
    # Query 0 has the right answers 1 and 2; they stand on places 2 and 3 behind the wrong 3.
    stories = np.array([0, 0, 0, 1])
    (values,) = measure(np.array([[3, 2, 1, -1]], dtype=np.int32), np.array([0]), stories)
    ndcg = (1 / log2(3) + 1 / log2(4)) / (1 / log2(2) + 1 / log2(3))
    assert values == pytest.approx([ndcg, 0.0, 1.0, 0.5])
    assert MEASURES == ("nDCG@5", "P@1", "recall@10", "MRR")


def test_the_best_list_has_one_everywhere_and_an_empty_one_nothing() -> None:
    stories, queries = np.array([0, 0, 0, 1, 1]), np.array([0, 3])
    best = measure(np.array([[1, 2, 3], [4, 0, -1]], dtype=np.int32), queries, stories)
    nothing = measure(np.full((2, 3), -1, dtype=np.int32), queries, stories)
    assert (best == 1).all()
    assert (nothing == 0).all()


def test_more_right_answers_than_places_can_still_be_a_perfect_list() -> None:
    stories = np.zeros(30, dtype=int)
    ((ndcg, first, recall, rank),) = measure(
        np.arange(1, 21, dtype=np.int32)[None], np.array([0]), stories
    )
    assert (ndcg, first, rank) == (1, 1, 1)
    assert recall == pytest.approx(10 / 29)


@st.composite
def judged(draw: st.DrawFn) -> tuple[list[int], list[list[int]], list[int], int]:
    """Stories of articles, rankings of the answerable ones, these queries, and a list length."""
    stories = draw(st.lists(st.integers(0, 3), min_size=5, max_size=24))
    queries = [a for a, story in enumerate(stories) if stories.count(story) > 1]
    k = draw(st.integers(1, 20))
    rankings = []
    for query in queries:
        others = draw(st.permutations([a for a in range(len(stories)) if a != query]))
        listed = others[: draw(st.integers(0, k))]
        rankings.append([*listed, *[-1] * (k - len(listed))])
    return stories, rankings, queries, k


@given(judged())
def test_every_measure_is_what_its_definition_says(
    case: tuple[list[int], list[list[int]], list[int], int],
) -> None:
    stories, rankings, queries, k = case
    values = measure(
        np.array(rankings, dtype=np.int32).reshape(-1, k),
        np.array(queries, dtype=int),
        np.array(stories),
    )
    slowly = [measured_slowly(r, q, stories) for r, q in zip(rankings, queries, strict=True)]
    assert values == pytest.approx(np.array(slowly).reshape(-1, 4))


@given(judged())
def test_every_measure_is_trec_evals(
    case: tuple[list[int], list[list[int]], list[int], int],
) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    stories, rankings, queries, k = case
    right = {
        str(q): {str(a): 1 for a, story in enumerate(stories) if story == stories[q] and a != q}
        for q in queries
    }
    run = {
        str(q): {str(a): -float(place) for place, a in enumerate(ranking) if a >= 0}
        for q, ranking in zip(queries, rankings, strict=True)
    }
    names = [ir_measures.parse_measure(name) for name in ("nDCG@5", "P@1", "R@10", "RR")]
    values = measure(
        np.array(rankings, dtype=np.int32).reshape(-1, k),
        np.array(queries, dtype=int),
        np.array(stories),
    )
    for found in ir_measures.pytrec_eval.iter_calc(names, right, run):
        value = values[queries.index(int(found.query_id)), names.index(found.measure)]
        assert value == pytest.approx(found.value, abs=1e-9), found


def test_a_query_without_a_right_answer_has_no_figures() -> None:
    with pytest.raises(ValueError, match="query 1 has no right answer; see answerable"):
        measure(np.array([[2], [0]], dtype=np.int32), np.array([0, 1]), np.array([0, 1, 0]))


def test_a_list_with_its_query_or_with_one_article_twice_is_refused() -> None:
    stories, queries = np.zeros(4, dtype=int), np.array([2, 0])
    with pytest.raises(ValueError, match="query 0 holds the query itself"):
        measure(np.array([[1, 3], [1, 0]], dtype=np.int32), queries, stories)
    with pytest.raises(ValueError, match="query 2 holds an article twice"):
        measure(np.array([[1, 3, 1], [1, -1, -1]], dtype=np.int32), queries, stories)


def test_only_queries_with_a_right_answer_are_asked() -> None:
    stories = np.array([2, 0, 1, 0, 0])
    assert answerable(stories, np.arange(5)).tolist() == [1, 3, 4]
    assert answerable(stories, np.array([2, 3])).tolist() == [3]
    assert answerable(stories, np.array([0, 2])).tolist() == []


def test_intervals_repeat_with_their_seed_and_hold_the_mean() -> None:
    rng = np.random.default_rng(1)
    values, stories = rng.random((60, 4)), np.repeat(np.arange(20), 3)
    one, again = (intervals(values, stories, seed=5) for _ in range(2))
    other = intervals(values, stories, seed=6)
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one.low, other.low)
    assert (one.low < one.mean).all()
    assert (one.mean < one.high).all()
    assert one.mean == pytest.approx(values.mean(axis=0))
    named = intervals(values, [f"story {n}" for n in stories], seed=5)
    assert named.mean == pytest.approx(one.mean)


def test_an_interval_is_as_wide_as_theory_says() -> None:
    # Independent queries, a story each: 1.96 standard errors to either side.
    values = np.random.default_rng(2).random((400, 1))
    found = intervals(values, np.arange(400))
    error = values.std(ddof=1) / np.sqrt(400)
    assert found.high - found.mean == pytest.approx(1.96 * error, rel=0.15)
    assert found.mean - found.low == pytest.approx(1.96 * error, rel=0.15)


def test_queries_of_one_story_count_as_one_witness() -> None:
    # Four queries of a story that always agree say no more than one of them.
    single = np.random.default_rng(3).random((100, 1))
    alone = intervals(single, np.arange(100))
    fourfold = intervals(np.repeat(single, 4, axis=0), np.repeat(np.arange(100), 4))
    assert fourfold.low == pytest.approx(alone.low)
    assert fourfold.high == pytest.approx(alone.high)


def test_what_never_varies_has_an_interval_of_no_width() -> None:
    found = intervals(np.ones((6, 4)), np.array([0, 0, 1, 1, 2, 2]))
    assert (found.low == 1).all()
    assert (found.high == 1).all()


def test_no_query_has_no_mean() -> None:
    with pytest.raises(ValueError, match="nothing to average"):
        intervals(np.empty((0, 4)), [])
