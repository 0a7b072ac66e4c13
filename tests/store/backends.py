"""Stores to be tested by one suite, and what the tests put into them."""

import sqlite3
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from recommender.language.prepare import content_hash, embedded_text
from recommender.language.tokens import tokenise
from recommender.store.base import IngestCounts, Store
from recommender.store.open import open_store, sqlite_url
from recommender.types.article import Article
from tests.store.memory import MemoryStore


class SqliteBackend:
    """A store in a file, which is opened anew each time, and what lies in it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "store.sqlite"

    def open(self) -> Store:
        return open_store(sqlite_url(self.path))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def texts_with_a_vector(self) -> list[object]:
        return [row[0] for row in self.rows("SELECT content_hash FROM vectors")]

    def texts_with_features(self) -> list[tuple[object, ...]]:
        return self.rows("SELECT content_hash, recipe FROM features")

    def vocabulary(self) -> set[object]:
        return {row[0] for row in self.rows("SELECT token FROM vocabulary")}


class MemoryBackend:
    """One store in memory, which outlives its closing, and what lies in it."""

    def __init__(self, _: Path) -> None:
        self.store = MemoryStore()

    def open(self) -> Store:
        return self.store

    def texts_with_a_vector(self) -> list[object]:
        return [content for _, content in self.store._vectors]

    def texts_with_features(self) -> list[tuple[object, ...]]:
        return [(content, values[0]) for content, values in self.store._features.items()]

    def vocabulary(self) -> set[object]:
        return {token for _, text, _ in self.store._features.values() for token in text}


Backend = SqliteBackend | MemoryBackend
BACKENDS: tuple[Callable[[Path], Backend], ...] = (SqliteBackend, MemoryBackend)


def put(store: Store, *articles: Article) -> IngestCounts:
    with store.transaction():
        return store.ingest(articles)


def unembedded(store: Store, encoder: str) -> list[str]:
    """One article's id for each distinct text that has no vector of `encoder`."""
    return [text.article_id for text in store.pending(encoder, "none") if text.needs_vector]


def uncounted(store: Store, version: str) -> list[str]:
    """One article's id for each distinct text that has no features of `version`."""
    return [text.article_id for text in store.pending("none", version) if text.needs_features]


def embed(store: Store, encoder: str = "e", words: int = 3, read: int = 3) -> list[bytes]:
    """Give every text without one a vector that follows from the text's hash."""
    hashes = [content_hash(text) for text in store.prepared_texts(unembedded(store, encoder))]
    if hashes:
        vectors = np.stack([vector_of(content) for content in hashes])
        with store.transaction():
            store.add_vectors(encoder, hashes, vectors, [words] * len(hashes), [read] * len(hashes))
    return hashes


def vector_of(content: bytes) -> np.ndarray:
    return np.frombuffer(content, dtype=np.uint8).astype(np.float32) / 7


def hash_of(article: Article) -> bytes:
    return content_hash(embedded_text(article.title, article.text))


def count(store: Store, version: str = "r") -> list[bytes]:
    """Count every text that has no features of `version`; its signature follows from its hash."""
    texts = list(store.prepared_texts(uncounted(store, version)))
    hashes = [content_hash(text) for text in texts]
    if hashes:
        with store.transaction():
            store.add_features(version, hashes, [*map(tokenise, texts)], [h[::-1] for h in hashes])
    return hashes


def spelled(store: Store, *texts: str, version: str = "r") -> list[list[str]]:
    """The stored tokens of `texts`, as they are written."""
    hashes = [content_hash(text) for text in texts]
    tokens, signatures = store.features(version, hashes)
    assert signatures == [content[::-1] for content in hashes]
    start = tokens.start.tolist()
    assert start[0] == 0
    return [
        [tokens.vocabulary[token] for token in tokens.tokens[a:b].tolist()]
        for a, b in pairwise(start)
    ]
