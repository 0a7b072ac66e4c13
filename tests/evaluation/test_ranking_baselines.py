"""Baselines equal slow oracles: cosine one by one, BM25 from its formula, fusion by a dict."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.ranking_baselines import K1, B, bm25, dense, fuse
from tests.planted import THEMES, article, theme_of

TEXTS = [article(n).text for n in range(24)]


def ranked_slowly(scores: dict[int, float], k: int) -> list[int]:
    best = sorted(scores, key=lambda a: (-round(scores[a], 5), a))[:k]
    return best + [-1] * (k - len(best))


def bm25_slowly(texts: list[str], query: int, k: int) -> list[int]:
    documents = [text.split() for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    scores = {}
    for number, document in enumerate(documents):
        score = 0.0
        for word in documents[query]:
            containing = sum(word in other for other in documents)
            idf = log(1 + (len(documents) - containing + 0.5) / (containing + 0.5))
            often = document.count(word)
            score += idf * often / (often + K1 * (1 - B + B * len(document) / mean))
        if score > 0 and number != query:
            scores[number] = score
    return ranked_slowly(scores, k)


def test_dense_is_cosine_one_by_one() -> None:
    vectors = np.random.default_rng(0).standard_normal((600, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = np.arange(599, -1, -2)  # more than a block, in another order
    found = dense(vectors, queries, 7)
    assert found.dtype == np.int32
    for query, ranking in zip(queries.tolist()[::23], found.tolist()[::23], strict=True):
        cosine = {a: float(vectors[query] @ vectors[a]) for a in range(600) if a != query}
        assert ranking == ranked_slowly(cosine, 7)


def test_dense_breaks_ties_by_number_and_pads_short_lists() -> None:
    vectors = np.ones((4, 1), dtype=np.float32)
    assert dense(vectors, np.array([1]), 5).tolist() == [[0, 2, 3, -1, -1]]


def test_bm25_is_its_formula() -> None:
    queries = np.arange(len(TEXTS))
    found = bm25(TEXTS, queries, 4, ())
    slowly = [bm25_slowly(TEXTS, query, 4) for query in queries.tolist()]
    assert found.dtype == np.int32
    assert found.tolist() == slowly


def test_bm25_lists_only_articles_that_share_a_word() -> None:
    found = bm25(TEXTS, np.arange(len(TEXTS)), 20, ())
    for query, ranking in enumerate(found.tolist()):
        listed = [a for a in ranking if a >= 0]
        assert {theme_of(a) for a in listed} == {theme_of(query)}
        assert len(listed) == len(TEXTS) // len(THEMES) - 1


def test_bm25_ignores_stop_words_and_empty_texts() -> None:
    texts = ["the tide", "the quay", "the", "tide tables", "???"]
    found = bm25(texts, np.arange(5), 2, {"the"})
    assert found.tolist() == [[3, -1], [-1, -1], [-1, -1], [0, -1], [-1, -1]]
    assert bm25(["??", "!"], np.arange(2), 2, ()).tolist() == [[-1, -1], [-1, -1]]


@given(st.lists(st.tuples(*[st.permutations(range(6))] * 2), min_size=1, max_size=4))
def test_fusion_adds_up_reciprocal_ranks(lists: list[tuple[list[int], list[int]]]) -> None:
    first = np.array([a[:4] for a, _ in lists], dtype=np.int32)
    second = np.array([[*b[:3], -1] for _, b in lists], dtype=np.int32)
    for (a, b), ranking in zip(lists, fuse([first, second], 5).tolist(), strict=True):
        scores = {
            article: sum(
                1 / (61 + listed.index(article)) for listed in (a[:4], b[:3]) if article in listed
            )
            for article in {*a[:4], *b[:3]}
        }
        expected = sorted(scores, key=lambda x: (-scores[x], x))[:5]
        assert ranking == expected + [-1] * (5 - len(expected))


def test_articles_in_both_lists_come_before_better_ranks_in_one() -> None:
    first, second = np.array([[1, 2, 3]]), np.array([[4, 5, 3]])
    assert fuse([first, second], 2).tolist() == [[3, 1]]


@pytest.mark.parametrize("k", [1, 3])
def test_no_queries_give_no_rankings(k: int) -> None:
    assert fuse([np.empty((0, k), dtype=np.int32)] * 2, k).shape == (0, k)
