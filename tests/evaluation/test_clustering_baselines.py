"""What groupings are compared with: planted groups are found, and the libraries are theirs."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from recommender.errors import MissingExtra
from recommender.evaluation.clustering_baselines import bertopic, evoc, k_means, linkage, linked

AXES = np.repeat(np.arange(4), 10)


def planted() -> np.ndarray:
    vectors = np.eye(8)[AXES] + 0.1 * np.random.default_rng(0).standard_normal((40, 8))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def same(found: np.ndarray, right: np.ndarray) -> bool:
    pairs = set(zip(found.tolist(), right.tolist(), strict=True))
    return len(pairs) == len(set(found.tolist())) == len(set(right.tolist()))


@pytest.mark.parametrize("method", ["average", "single"])
def test_linkage_joins_what_is_near_and_no_more(method: str) -> None:
    joins = linkage(planted(), method)
    assert same(linked(joins, 0.6), AXES)
    assert same(linked(joins, 1.0), np.arange(40))
    assert same(linked(joins, -1.0), np.zeros(40))


def test_single_linkage_is_the_connected_components() -> None:
    vectors = np.random.default_rng(1).standard_normal((60, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = vectors @ vectors.T >= 0.8
    component = np.arange(60)
    for _ in range(60):
        component = np.where(near, component[None, :], 60).min(axis=1)
    assert same(linked(linkage(vectors, "single"), 0.8), component)


def test_k_means_finds_as_many_as_it_is_told() -> None:
    assert same(k_means(planted(), 4), AXES)
    assert len(set(k_means(planted(), 7).tolist())) == 7


def test_k_means_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(MissingExtra, match=r"pip install 'recommender\[evaluate\]'"):
        k_means(planted(), 4)


def module(name: str, **content: object) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(content)
    return made


def test_bertopic_gets_the_texts_and_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, texts, got = planted(), [f"text {n}" for n in range(40)], {}

    class BERTopic:
        def __init__(self, umap_model: SimpleNamespace) -> None:
            got["seed"] = umap_model.random_state

        def fit_transform(self, documents: object, embeddings: object) -> tuple[list[int], None]:
            got["documents"], got["embeddings"] = documents, embeddings
            return [-1] * 40, None

    monkeypatch.setitem(sys.modules, "bertopic", module("bertopic", BERTopic=BERTopic))
    monkeypatch.setitem(sys.modules, "umap", module("umap", UMAP=SimpleNamespace))
    assert bertopic(vectors, texts).tolist() == [-1] * 40
    assert got["documents"] == texts
    assert got["embeddings"] is vectors
    assert isinstance(got["seed"], int)


def test_evoc_gets_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    class EVoC:
        def __init__(self, random_state: int) -> None: ...

        def fit_predict(self, vectors: np.ndarray) -> np.ndarray:
            return vectors.argmax(axis=1)

    monkeypatch.setitem(sys.modules, "evoc", module("evoc", EVoC=EVoC))
    assert same(evoc(planted(), []), AXES)
