"""NPMI and diversity of keywords, by hand and by a slow count."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender.evaluation.keyword_metrics import diversity, mean_npmi, term_incidence
from recommender.language.tokens import read_tokens


def test_a_text_contains_a_term_where_its_words_stand_side_by_side() -> None:
    texts = ["Tony Blair’s tide", "tony. blair", "Blair; the TIDE", "tony", "blair", "港口"]
    found = term_incidence(
        read_tokens(texts), ["Tony Blair", "tide", "unknown", "tide unknown", "港口"]
    )
    texts_of_term = [set(np.flatnonzero(column).tolist()) for column in found.T]
    assert texts_of_term == [{0}, {0, 2}, set(), set(), {5}]
    assert term_incidence(read_tokens([]), ["tide"]).shape == (0, 1)


@given(st.lists(st.lists(st.sampled_from("abc."), max_size=6).map(" ".join), max_size=5))
def test_terms_are_found_as_a_slow_search_finds_them(texts: list[str]) -> None:
    terms = ["a", "a b", "b a", "a a", "a b c"]
    slow = [[f" {term} " in f" {text} " for term in terms] for text in texts]
    assert term_incidence(read_tokens(texts), terms).tolist() == slow


def test_a_pair_by_hand() -> None:
    incidence = np.array([[1, 1], [1, 1], [1, 0], [0, 0]], dtype=bool)
    assert mean_npmi(incidence, [[0, 1]]) == pytest.approx(log(0.5 / (0.75 * 0.5)) / -log(0.5))


def test_the_ends_of_the_scale() -> None:
    apart = np.array([[1, 0], [0, 1]], dtype=bool)
    together = np.array([[1, 1], [0, 0]], dtype=bool)
    assert mean_npmi(apart, [[0, 1]]) == -1
    assert mean_npmi(together, [[0, 1]]) == pytest.approx(1)
    assert mean_npmi(np.ones((2, 2), dtype=bool), [[0, 1]]) == 1


def test_pairs_are_averaged_within_a_topic_and_topics_weigh_the_same() -> None:
    incidence = np.array([[1, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]], dtype=bool)
    one, three = mean_npmi(incidence, [[0, 1]]), mean_npmi(incidence, [[0, 1, 2]])
    assert three == pytest.approx((1 - 1 - 1) / 3)
    assert mean_npmi(incidence, [[0, 1], [0, 1, 2], [3]]) == pytest.approx((one + three) / 2)


@given(hnp.arrays(bool, st.tuples(st.integers(1, 9), st.just(4))))
def test_npmi_equals_a_slow_count(incidence: np.ndarray) -> None:
    rows = [{i for i, contained in enumerate(row) if contained} for row in incidence.tolist()]

    def share(*terms: int) -> float:
        return sum(set(terms) <= row for row in rows) / len(rows)

    values = []
    for a in range(4):
        for b in range(a):
            both = share(a, b)
            if both in (0, 1):
                values.append(2 * both - 1)
            else:
                values.append(log(both / (share(a) * share(b))) / -log(both))
    found = mean_npmi(incidence, [[0, 1, 2, 3]])
    assert found == pytest.approx(sum(values) / 6)
    assert -1 - 1e-9 <= found <= 1 + 1e-9


def test_diversity_is_the_share_of_different_terms() -> None:
    assert diversity([["tide", "quay"], ["quay", "crane"]]) == 0.75
    assert diversity([["tide"], []]) == 1


def test_topics_without_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="no topic has two terms"):
        mean_npmi(np.ones((2, 1), dtype=bool), [[0], []])
    with pytest.raises(ValueError, match="no topic has a term"):
        diversity([[]])
