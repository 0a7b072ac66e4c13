"""Ranking measures by hand, by their definitions, and by trec_eval."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.ranking_metrics import MEASURES, answerable, measure


def measured_slowly(ranking: list[int], query: int, stories: list[int]) -> list[float]:
    """The measures of one query from their definitions, article by article."""
    relevant = {a for a, story in enumerate(stories) if story == stories[query] and a != query}
    listed = [a for a in ranking if a >= 0]
    gained = sum(1 / log2(i + 1) for i, a in enumerate(listed[:5], start=1) if a in relevant)
    best = sum(1 / log2(i + 1) for i in range(1, min(5, len(relevant)) + 1))
    first = next((1 / i for i, a in enumerate(listed, start=1) if a in relevant), 0.0)
    found = len(relevant & set(listed[:10]))
    return [
        gained / best,
        float(bool(listed) and listed[0] in relevant),
        found / len(relevant),
        first,
    ]


def test_one_ranking_by_hand() -> None:
    # The relevant articles of query 0, 1 and 2, have ranks 3 and 2; article 3 is not relevant.
    stories = np.array([0, 0, 0, 1])
    (values,) = measure(np.array([[3, 2, 1, -1]], dtype=np.int32), np.array([0]), stories)
    ndcg = (1 / log2(3) + 1 / log2(4)) / (1 / log2(2) + 1 / log2(3))
    assert values == pytest.approx([ndcg, 0.0, 1.0, 0.5])
    assert MEASURES == ("nDCG@5", "P@1", "recall@10", "MRR")


def test_the_best_list_measures_one_and_an_empty_list_zero() -> None:
    stories, queries = np.array([0, 0, 0, 1, 1]), np.array([0, 3])
    best = measure(np.array([[1, 2, 3], [4, 0, -1]], dtype=np.int32), queries, stories)
    nothing = measure(np.full((2, 3), -1, dtype=np.int32), queries, stories)
    assert (best == 1).all()
    assert (nothing == 0).all()


def test_a_list_shorter_than_the_relevant_articles_can_be_perfect() -> None:
    stories = np.zeros(30, dtype=int)
    ((ndcg, first, recall, rank),) = measure(
        np.arange(1, 21, dtype=np.int32)[None], np.array([0]), stories
    )
    assert (ndcg, first, rank) == (1, 1, 1)
    assert recall == pytest.approx(10 / 29)


@st.composite
def labelled_rankings(draw: st.DrawFn) -> tuple[list[int], list[list[int]], list[int], int]:
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


@given(labelled_rankings())
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


@given(labelled_rankings())
def test_every_measure_equals_that_of_trec_eval(
    case: tuple[list[int], list[list[int]], list[int], int],
) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    stories, rankings, queries, k = case
    relevant = {
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
    for found in ir_measures.pytrec_eval.iter_calc(names, relevant, run):
        value = values[queries.index(int(found.query_id)), names.index(found.measure)]
        assert value == pytest.approx(found.value, abs=1e-9), found


def test_a_query_without_a_relevant_article_is_refused() -> None:
    with pytest.raises(ValueError, match="query 1 has no relevant article; see answerable"):
        measure(np.array([[2], [0]], dtype=np.int32), np.array([0, 1]), np.array([0, 1, 0]))


def test_a_list_with_its_query_or_with_one_article_twice_is_refused() -> None:
    stories, queries = np.zeros(4, dtype=int), np.array([2, 0])
    with pytest.raises(ValueError, match="query 0 holds the query itself"):
        measure(np.array([[1, 3], [1, 0]], dtype=np.int32), queries, stories)
    with pytest.raises(ValueError, match="query 2 holds an article twice"):
        measure(np.array([[1, 3, 1], [1, -1, -1]], dtype=np.int32), queries, stories)


def test_only_queries_with_a_relevant_article_are_answerable() -> None:
    stories = np.array([2, 0, 1, 0, 0])
    assert answerable(stories, np.arange(5)).tolist() == [1, 3, 4]
    assert answerable(stories, np.array([2, 3])).tolist() == [3]
    assert answerable(stories, np.array([0, 2])).tolist() == []
