"""Vectors whose neighbours are known, the slow exact answer, and what holds for every answer."""

from collections.abc import Callable

import numpy as np
import pytest

from recommender.knn import neighbours
from recommender.knn.index import Found


def clustered(count: int, dimension: int = 32, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(1, count // 40), dimension))
    vectors = centres[rng.integers(0, len(centres), count)]
    vectors = vectors + 0.7 * rng.standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def oracle(vectors: np.ndarray, k: int) -> Found:
    products = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(products, -np.inf)
    numbers = np.broadcast_to(np.arange(len(vectors)), products.shape)
    order = np.lexsort((numbers, -products), axis=-1)[:, : min(k, len(vectors) - 1)]
    return Found(order, np.take_along_axis(products, order, axis=-1))


def shared(a: np.ndarray, b: np.ndarray) -> float:
    both = sum(len(np.intersect1d(x, y)) for x, y in zip(a, b, strict=True))
    return both / a.size


def check_lists(found: Found, vectors: np.ndarray) -> None:
    """What holds for every answer, however much was compared."""
    rows = np.arange(len(vectors))
    assert (found.texts.dtype, found.similarities.dtype) == (np.int32, np.float32)
    assert not (found.texts == rows[:, None]).any()
    assert found.texts.min(initial=0) >= 0
    in_order = np.sort(found.texts, axis=1)
    assert (in_order[:, 1:] > in_order[:, :-1]).all()
    left, right = found.similarities[:, :-1], found.similarities[:, 1:]
    assert ((left > right) | ((left == right) & (found.texts[:, :-1] < found.texts[:, 1:]))).all()
    products = np.einsum("nd,nkd->nk", vectors, vectors[found.texts])
    np.testing.assert_allclose(found.similarities, products, atol=2e-6)


def note_searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the searches that `nearest` makes from now on, in order."""
    made: list[str] = []

    def noted(name: str, search: Callable[..., Found]) -> Callable[..., Found]:
        def noting(*args: object, **named: object) -> Found:
            made.append(name)
            return search(*args, **named)

        return noting

    for name in ("exact_search", "all_neighbours", "update_neighbours"):
        monkeypatch.setattr(neighbours, name, noted(name, getattr(neighbours, name)))
    return made
