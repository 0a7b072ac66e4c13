"""Clusterings to compare with: planted groups are found, and the libraries are called rightly."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from recommender.errors import MissingExtra
from recommender.evaluation.clustering_baselines import bertopic, cut, evoc, k_means, linkage

AXES = np.repeat(np.arange(4), 10)


def planted() -> np.ndarray:
    vectors = np.eye(8)[AXES] + 0.1 * np.random.default_rng(0).standard_normal((40, 8))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two clusterings are equal but for the numbers of their groups."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(pairs) == len(set(one.tolist())) == len(set(other.tolist()))


@pytest.mark.parametrize("method", ["average", "single"])
def test_linkage_joins_what_is_near_and_nothing_else(method: str) -> None:
    joins = linkage(planted(), method)
    assert same(cut(joins, 0.6), AXES)
    assert same(cut(joins, 1.0), np.arange(40))
    assert same(cut(joins, -1.0), np.zeros(40))


def test_single_linkage_is_the_connected_components() -> None:
    vectors = np.random.default_rng(1).standard_normal((60, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = vectors @ vectors.T >= 0.8
    component = np.arange(60)
    for _ in range(60):
        component = np.where(near, component[None, :], 60).min(axis=1)
    assert same(cut(linkage(vectors, "single"), 0.8), component)


def test_k_means_finds_the_number_of_clusters_it_is_given() -> None:
    assert same(k_means(planted(), 4), AXES)
    assert len(set(k_means(planted(), 7).tolist())) == 7


def test_k_means_without_scikit_learn_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(MissingExtra, match=r"pip install 'recommender\[evaluate\]'"):
        k_means(planted(), 4)


def fake_module(name: str, **content: object) -> ModuleType:
    fake = ModuleType(name)
    vars(fake).update(content)
    return fake


def test_bertopic_gets_the_texts_and_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, texts, seen = planted(), [f"text {n}" for n in range(40)], {}

    class BERTopic:
        def __init__(self, umap_model: SimpleNamespace) -> None:
            seen["seed"] = umap_model.random_state

        def fit_transform(self, documents: object, embeddings: object) -> tuple[list[int], None]:
            seen["documents"], seen["embeddings"] = documents, embeddings
            return [-1] * 40, None

    monkeypatch.setitem(sys.modules, "bertopic", fake_module("bertopic", BERTopic=BERTopic))
    monkeypatch.setitem(sys.modules, "umap", fake_module("umap", UMAP=SimpleNamespace))
    assert bertopic(vectors, texts).tolist() == [-1] * 40
    assert seen["documents"] == texts
    assert seen["embeddings"] is vectors
    assert isinstance(seen["seed"], int)


def test_evoc_gets_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    class EVoC:
        def __init__(self, random_state: int) -> None: ...

        def fit_predict(self, vectors: np.ndarray) -> np.ndarray:
            return vectors.argmax(axis=1)

    monkeypatch.setitem(sys.modules, "evoc", fake_module("evoc", EVoC=EVoC))
    assert same(evoc(planted(), []), AXES)
