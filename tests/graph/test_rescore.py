"""The neighbour graph against its formulas, written out pair by pair."""

import numpy as np
import pytest

from recommender._typing import Array
from recommender.graph.rescore import BLOCK_ROWS, Rescored, rescore
from recommender.scoring.score import SCORE_PARAMS, ScoreParams
from recommender.scoring.word_overlap import WeightedWords


class Problem:
    """Made-up texts: unit vectors, sparse words, and their candidates by cosine."""

    def __init__(self, texts: int, width: int, seed: int = 0, missing: float = 0.0) -> None:
        rng = np.random.default_rng(seed)
        centres = rng.standard_normal((max(1, texts // 8), 16))
        vectors = centres[rng.integers(len(centres), size=texts)]
        vectors = vectors + 0.7 * rng.standard_normal((texts, 16))
        self.vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        words = np.full((texts, 6), -1, dtype=np.int32)
        weights = np.zeros((texts, 6), dtype=np.float16)
        for row in range(texts):
            count = int(rng.integers(0, 7))
            if count:
                words[row, 6 - count :] = np.sort(rng.choice(12, count, replace=False))
                drawn = rng.random(count) + 0.1
                weights[row, 6 - count :] = drawn / np.linalg.norm(drawn)
        self.words = WeightedWords(words, weights)
        cosine = self.vectors.astype(np.float64) @ self.vectors.T.astype(np.float64)
        np.fill_diagonal(cosine, -np.inf)
        self.candidates = np.argsort(-cosine, axis=1, kind="stable")[:, :width].astype(np.int32)
        self.similarities = np.take_along_axis(cosine, self.candidates, axis=1).astype(np.float32)
        if missing:
            none = rng.random(self.candidates.shape) < missing
            self.candidates[none] = -1
            self.similarities[none] = -np.inf

    def rescored(
        self, k: int, threads: int = 1, params: ScoreParams = SCORE_PARAMS
    ) -> tuple[Rescored, Array]:
        return rescore(
            self.candidates, self.similarities, self.vectors, self.words, k, threads,
            lambda _: None, params,
        )  # fmt: skip


def overlap(words: WeightedWords, i: int, j: int) -> float:
    one, other = (
        dict(zip(words.words[t].tolist(), words.weights[t].astype(float).tolist(), strict=True))
        for t in (i, j)
    )
    return sum(one[w] * other[w] for w in one if w >= 0 and w in other)


def by_formula(
    problem: Problem, params: ScoreParams
) -> tuple[np.ndarray, np.ndarray, list[dict[int, float]]]:
    """Expanded embeddings, hubness, and each candidate's score, by the formulas of score.py."""
    vectors = problem.vectors.astype(np.float64)
    expanded = np.empty_like(vectors)
    for i, row in enumerate(problem.candidates.tolist()):
        hybrids = {
            j: (1 - params.word_share) * float(problem.similarities[i, place])
            + params.word_share * overlap(problem.words, i, j)
            for place, j in enumerate(row)
            if j >= 0
        }
        best = sorted(hybrids, key=lambda j: -hybrids[j])[: params.expansion_size]
        total = vectors[i].copy()
        for j in best:
            total += min(1.0, max(0.0, hybrids[j])) ** params.expansion_power * vectors[j]
        expanded[i] = total / np.linalg.norm(total)
    hybrid: list[dict[int, float]] = []
    for i, row in enumerate(problem.candidates.tolist()):
        hybrid.append(
            {
                j: (1 - params.word_share) * float(expanded[i] @ expanded[j])
                + params.word_share * overlap(problem.words, i, j)
                for j in row
                if j >= 0
            }
        )
    hubness = np.array(
        [
            sum(sorted((max(0.0, x) for x in h.values()), reverse=True)[: params.hubness_depth])
            / params.hubness_depth
            for h in hybrid
        ]
    )
    mean = hubness.mean()
    factors = [
        min(
            params.max_factor,
            max(params.min_factor, (mean / hub) ** params.hubness_strength if hub else np.inf),
        )
        for hub in hubness
    ]
    scores = [{j: min(1.0, max(0.0, x * factors[j])) for j, x in h.items()} for h in hybrid]
    return expanded, hubness, scores


@pytest.mark.parametrize(
    "params", [SCORE_PARAMS, ScoreParams(0.2, 1, 1.0, 2, 0.9, 0.5, 1.5)], ids=["default", "other"]
)
@pytest.mark.parametrize(
    ("texts", "width", "k", "missing"),
    [(80, 12, 12, 0.0), (80, 12, 5, 0.0), (60, 9, 6, 0.3), (30, 4, 4, 0.9), (7, 2, 2, 0.0)],
)
def test_scores_are_those_of_the_formula(
    texts: int, width: int, k: int, missing: float, params: ScoreParams
) -> None:
    problem = Problem(texts, width, missing=missing)
    (graph, _, hubness), expanded = problem.rescored(k, params=params)
    assert graph.neighbours.shape == graph.scores.shape == (texts, k)
    assert (graph.neighbours.dtype, graph.scores.dtype) == (np.int32, np.float32)
    assert (expanded.dtype, hubness.dtype) == (np.float32, np.float32)
    wanted_expanded, wanted_hubness, wanted = by_formula(problem, params)
    np.testing.assert_allclose(expanded, wanted_expanded, atol=1e-5)
    np.testing.assert_allclose(hubness, wanted_hubness, atol=1e-5)
    for row, scores, expected in zip(
        graph.neighbours.tolist(), graph.scores.tolist(), wanted, strict=True
    ):
        count = min(k, len(expected))
        assert row[count:] == [-1] * (k - count)
        assert scores[count:] == [0.0] * (k - count)
        assert len(set(row[:count])) == count
        assert scores[:count] == pytest.approx([expected[j] for j in row[:count]], abs=1e-5)
        assert scores[:count] == pytest.approx(
            sorted(expected.values(), reverse=True)[:count], abs=1e-5
        )
        assert scores == sorted(scores, reverse=True)


def test_the_result_has_the_same_bits_for_any_number_of_threads() -> None:
    problem = Problem(2 * BLOCK_ROWS + 77, 30, missing=0.05)
    results = [problem.rescored(20, threads) for threads in (1, 2, 5)]
    first, *others = (
        [a.tobytes() for a in (*found.graph, found.hubness, expanded)]
        for found, expanded in results
    )
    assert others == [first, first]


def test_ties_keep_the_order_of_the_candidates() -> None:
    problem = Problem(6, 5)
    problem.vectors[:] = problem.vectors[0]
    problem.words.words[:] = problem.words.words[0]
    problem.words.weights[:] = problem.words.weights[0]
    problem.candidates = np.array([[j for j in range(6) if j != i] for i in range(6)], np.int32)
    problem.similarities = np.ones((6, 5), dtype=np.float32)
    (graph, _, hubness), _ = problem.rescored(4)
    assert len(set(hubness.tolist())) == 1
    assert graph.neighbours.tolist() == problem.candidates[:, :4].tolist()


def test_a_missing_candidate_comes_after_one_that_scores_0() -> None:
    # Opposite embeddings and no word in common: a score of 0, and yet a neighbour.
    vectors = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    words = WeightedWords(np.full((2, 1), -1, dtype=np.int32), np.zeros((2, 1), dtype=np.float16))
    candidates = np.array([[-1, 1], [0, -1]], dtype=np.int32)
    similarities = np.array([[-np.inf, -1], [-1, -np.inf]], dtype=np.float32)
    (graph, _, hubness), expanded = rescore(
        candidates, similarities, vectors, words, 2, 1, lambda _: None
    )
    assert graph.neighbours.tolist() == [[1, -1], [0, -1]]
    assert graph.scores.tolist() == [[0, 0], [0, 0]]
    assert hubness.tolist() == [0, 0]
    np.testing.assert_array_equal(expanded, vectors)


def test_texts_without_words_or_candidates_have_finite_results() -> None:
    vectors = np.eye(3, dtype=np.float32)
    words = WeightedWords(np.full((3, 1), -1, dtype=np.int32), np.zeros((3, 1), dtype=np.float16))
    none = np.full((3, 2), -1, dtype=np.int32)
    (graph, _, hubness), expanded = rescore(
        none, np.full((3, 2), -np.inf, np.float32), vectors, words, 2, 2, lambda _: None
    )
    assert graph.neighbours.tolist() == [[-1, -1]] * 3
    assert graph.scores.tolist() == [[0, 0]] * 3
    np.testing.assert_array_equal(expanded, vectors)
    assert np.isfinite(hubness).all()


def test_a_single_text_has_a_row_without_neighbours() -> None:
    problem = Problem(1, 0)
    (graph, _, hubness), expanded = problem.rescored(30)
    assert graph.neighbours.shape == graph.scores.shape == (1, 0)
    assert hubness.tolist() == [0]
    np.testing.assert_allclose(expanded, problem.vectors, atol=1e-6)


@pytest.mark.parametrize("texts", [1, BLOCK_ROWS - 1, BLOCK_ROWS, 2 * BLOCK_ROWS + 3])
def test_progress_adds_up_to_the_texts(texts: int) -> None:
    problem, done = Problem(texts, 3), []
    rescore(
        problem.candidates, problem.similarities, problem.vectors, problem.words, 2, 1, done.append
    )
    assert sum(done) == texts


def test_arguments_are_left_as_they_are() -> None:
    problem = Problem(50, 8, missing=0.2)
    given = (problem.candidates, problem.similarities, problem.vectors, *problem.words)
    before = [array.tobytes() for array in given]
    problem.rescored(5)
    assert [array.tobytes() for array in given] == before


def test_a_hub_ranks_below_a_text_that_is_near_to_few() -> None:
    # Text 0 is in the middle of all others; text 2 is nearly as near to text 1, by cosine.
    vectors = np.array(
        [
            [1, 0, 0],
            [0.8, 0.6, 0],
            [0.27, 0.96286, 0],
            [0.8, -0.6, 0],
            [0.8, 0, 0.6],
            [0.8, 0, -0.6],
        ],
        dtype=np.float32,
    )
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -np.inf)
    candidates = np.argsort(-cosine, axis=1, kind="stable")[:, :5].astype(np.int32)
    similarities = np.take_along_axis(cosine, candidates, axis=1)
    words = WeightedWords(np.full((6, 1), -1, dtype=np.int32), np.zeros((6, 1), dtype=np.float16))
    plain = ScoreParams(word_share=0.0, expansion_size=0, hubness_strength=0.0)

    def order(params: ScoreParams) -> list[int]:
        found, _ = rescore(candidates, similarities, vectors, words, 5, 1, lambda _: None, params)
        return found.graph.neighbours[1].tolist()

    assert order(plain).index(0) < order(plain).index(2)
    with_hubness = order(plain._replace(hubness_strength=0.5))
    assert with_hubness.index(2) < with_hubness.index(0)
