"""The score against its formulas, computed one number at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.scoring.score import (
    SCORE_PARAMS,
    correct_hubness,
    expand_embeddings,
    hubness,
    hybrid_score,
)

shares = st.floats(0, 1, width=32)
# Below these, the slow formula and float32 differ by rounding, so they are left out.
hubs = st.floats(2**-10, 1, width=32)


@given(st.lists(st.tuples(st.floats(-1, 1, width=32), shares), min_size=1, max_size=9))
def test_a_hybrid_score_is_the_mean_of_cosine_and_overlap(pairs: list[tuple[float, float]]) -> None:
    cosine, overlap = np.array(pairs, dtype=np.float32).T
    assert hybrid_score(cosine, overlap) == pytest.approx((cosine + overlap) / 2, abs=1e-6)
    alone = SCORE_PARAMS._replace(word_share=0.0)
    np.testing.assert_array_equal(hybrid_score(cosine, overlap, alone), cosine)


@given(st.lists(st.tuples(shares, hubs), min_size=1, max_size=9), hubs)
def test_scores_are_corrected_by_the_factor_of_the_formula(
    pairs: list[tuple[float, float]], mean: float
) -> None:
    hybrids, hub = np.array(pairs, dtype=np.float32).T
    found = correct_hubness(hybrids, hub, mean)
    assert ((found >= 0) & (found <= 1)).all()
    for score, (plain, own) in zip(found.tolist(), pairs, strict=True):
        factor = min(
            max((mean / own) ** SCORE_PARAMS.hubness_strength, SCORE_PARAMS.min_factor),
            SCORE_PARAMS.max_factor,
        )
        assert score == pytest.approx(min(max(plain * factor, 0), 1), abs=1e-5)


def test_the_correction_lowers_hubs_and_raises_lonely_texts_within_limits() -> None:
    hub, usual, rare, lonely = correct_hubness(np.full(4, 0.5), np.array([0.9, 0.5, 0.3, 0.0]), 0.5)
    assert hub < usual < rare
    assert usual == 0.5
    assert lonely == 0.5 * SCORE_PARAMS.max_factor
    assert (
        correct_hubness(np.full(1, 0.5), np.array([1e9]), 0.5)[0] == 0.5 * SCORE_PARAMS.min_factor
    )


@given(st.lists(st.floats(-1, 1, width=32), max_size=9))
def test_hubness_is_the_mean_of_the_best_scores_and_missing_ones_count_as_0(
    row: list[float],
) -> None:
    best = sorted(row, reverse=True)
    found = hubness(np.array([best], dtype=np.float32).reshape(1, -1))
    wanted = (
        sum(max(score, 0) for score in best[: SCORE_PARAMS.hubness_depth])
        / SCORE_PARAMS.hubness_depth
    )
    assert found[0] == pytest.approx(wanted, abs=1e-6)


def test_an_expanded_embedding_moves_to_its_nearest_by_the_power_of_their_scores() -> None:
    rng = np.random.default_rng(0)
    own, nearest = rng.normal(size=(4, 8)), rng.normal(size=(4, 3, 8))
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    nearest /= np.linalg.norm(nearest, axis=2, keepdims=True)
    own, nearest = own.astype(np.float32), nearest.astype(np.float32)
    scores = np.array([[1, 0.5, 0.1], [0.7, 0.7, 0], [0, 0, 0], [1.5, -1, 0]], dtype=np.float32)
    found = expand_embeddings(own, nearest, scores)
    for text in range(4):
        total = [
            own[text, d]
            + sum(min(max(s, 0), 1) ** 3 * nearest[text, i, d] for i, s in enumerate(scores[text]))
            for d in range(8)
        ]
        length = math.sqrt(sum(x * x for x in total))
        assert found[text].tolist() == pytest.approx([x / length for x in total], abs=1e-5)
    np.testing.assert_allclose(found[2], own[2], atol=1e-6)  # without neighbours it stays the same
