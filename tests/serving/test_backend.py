"""Backends: one contract for every implementation, and the same answers from each.

`ListBackend` is the second implementation: lists and brute force in NumPy. It takes the vectors
from a snapshot once and never searches with FAISS.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from recommender import Recommender
from recommender._typing import Array
from recommender.artifacts.folder import Artifacts
from recommender.embedding import open as embedding
from recommender.serving.backend import Backend, ScoredTexts, SnapshotBackend
from recommender.snapshot.reader import Snapshot
from tests.planted import START, WordEncoder, newsdesk, publish_articles

SETTINGS = ("neighbours.k=5", "related.floor=0", "topics.count=2")  # lists that soon are too short


class ListBackend:
    """A backend over Python lists, as one over a database would be written."""

    def __init__(self, snapshot: Snapshot) -> None:
        arrays = snapshot.arrays
        self.lists = list(zip(arrays.neighbours.tolist(), arrays.scores.tolist(), strict=True))
        index = snapshot.index()
        self.matrix = np.stack([index.vector(text) for text in range(len(index))])

    def neighbours(self, texts: int | Array) -> ScoredTexts:
        if isinstance(texts, int):
            found = self.lists[texts]
            return ScoredTexts(np.array(found[0], np.int32), np.array(found[1], np.float32))
        parts = [self.lists[text] for text in texts.tolist()]
        return ScoredTexts(
            np.array([part[0] for part in parts], np.int32),
            np.array([part[1] for part in parts], np.float32),
        )

    def search(self, vector: Array, k: int, admitted: Array | None = None) -> ScoredTexts:
        similarities = (self.matrix.astype(float) @ vector.astype(float)).astype(np.float32)
        texts = np.arange(len(self.matrix), dtype=np.int32)
        texts = texts if admitted is None else texts[admitted]
        texts = texts[np.lexsort((texts, -similarities[texts]))][:k]
        return ScoredTexts(texts, similarities[texts])

    def vectors(self, texts: Array) -> Array:
        return self.matrix[texts]


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    return publish_articles(tmp_path_factory.mktemp("backends"), newsdesk(), *SETTINGS)


@pytest.fixture(scope="module")
def recommenders(artifacts: Artifacts) -> tuple[Recommender, Recommender]:
    return Recommender.open(artifacts.root), Recommender.open(artifacts.root, ListBackend)


@pytest.fixture(scope="module", params=[SnapshotBackend, ListBackend])
def backend(request: pytest.FixtureRequest, artifacts: Artifacts) -> Backend:
    opened: Backend = request.param(Snapshot(artifacts.snapshots / artifacts.current()))
    return opened


def test_one_list_is_the_same_alone_and_among_others(backend: Backend) -> None:
    lists = backend.neighbours(np.arange(6))
    assert lists.texts.shape == lists.scores.shape == (6, 5)
    for text in range(6):
        alone = backend.neighbours(text)
        assert alone.texts.tolist() == lists.texts[text].tolist()
        assert alone.scores.tolist() == lists.scores[text].tolist()


def test_a_search_finds_the_nearest_admitted_texts(backend: Backend) -> None:
    vectors = backend.vectors(np.arange(20))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    everything = backend.search(vectors[3], 1000)
    count = len(everything.texts)
    assert sorted(everything.texts.tolist()) == list(range(count))
    assert everything.scores[0] == pytest.approx(1, abs=1e-5)
    assert everything.texts[0] == 3
    assert (np.diff(everything.scores) <= 0).all()
    admitted = np.zeros(count, dtype=bool)
    admitted[[2, 5, 7]] = True
    found = backend.search(vectors[3], 2, admitted)
    expected = [text for text in everything.texts.tolist() if admitted[text]]
    assert found.texts.tolist() == expected[:2]
    assert len(backend.search(vectors[3], 9, admitted).texts) == 3
    assert len(backend.search(vectors[3], 0, admitted).texts) == 0


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["related", "story", "background"]),
        "duplicates": st.sampled_from(["collapse", "keep"]),
        "fallback": st.sampled_from(["section", "topic"]),
        "section": st.sampled_from(["harbour", "orchard", "wire"]),
        "since": st.integers(0, 250).map(lambda hours: START + timedelta(hours=hours)),
        "floor": st.sampled_from([0.0, 0.4, 0.8]),
        "diversity": st.sampled_from([0.0, 0.3, 1.0]),
        "closeness": st.sampled_from([0.0, 0.2]),
        "half_life": st.sampled_from([1.0, 30.0]),
        "per_source": st.integers(1, 3),
        "per_author": st.integers(1, 3),
        "per_story": st.integers(1, 3),
    },
)


@limits(deadline=None, max_examples=200)
@given(st.sampled_from([a.id for a in newsdesk()]), st.integers(0, 45), OPTIONS)
def test_every_backend_gives_the_same_answers(
    recommenders: tuple[Recommender, Recommender], asked: str, k: int, options: dict[str, Any]
) -> None:
    first, second = (rec.related(asked, k, **options) for rec in recommenders)
    assert [hit.id for hit in first] == [hit.id for hit in second]
    assert [hit.reasons for hit in first] == [hit.reasons for hit in second]
    assert [h.score for h in first] == pytest.approx([h.score for h in second], abs=1e-5)
    assert first.note == second.note


def test_every_backend_gives_the_same_answers_to_a_new_text(
    recommenders: tuple[Recommender, Recommender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "SentenceEncoder", lambda *_, **__: WordEncoder())
    for text in ("apple cider frost smoke", "harbour crane walkout union Vera Holm"):
        first, second = (rec.related_to_text("", text, 20) for rec in recommenders)
        assert [hit.id for hit in first] == [hit.id for hit in second]
        assert [h.score for h in first] == pytest.approx([h.score for h in second], abs=1e-5)


def test_each_new_snapshot_gets_a_backend_of_its_own(tmp_path: Path) -> None:
    opened: list[str] = []

    def noted(snapshot: Snapshot) -> Backend:
        opened.append(snapshot.name)
        return ListBackend(snapshot)

    artifacts = publish_articles(tmp_path, newsdesk())
    rec = Recommender(artifacts, noted)
    publish_articles(tmp_path, newsdesk()[1:], "gates.least_articles=0")
    rec.related("frost-1")
    assert opened == artifacts.names()
