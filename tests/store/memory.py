"""A second implementation of the `Store` protocol, in memory: plain dicts and nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

import numpy as np

from recommender.errors import StorageError
from recommender.language.prepare import content_hash, embedded_text
from recommender.language.shown_title import shown_title
from recommender.language.tokens import Tokens
from recommender.store.base import (
    EncoderCoverage,
    Features,
    IngestCounts,
    PendingText,
    StoredArticle,
    record_hash,
)
from recommender.store.boilerplate import Cut, Original
from recommender.store.tally import Tally, Version
from recommender.types.article import Article, Card
from recommender.types.passage import Passage


class MemoryStore:
    def __init__(self) -> None:
        self._articles: dict[str, Article] = {}
        self._vectors: dict[tuple[str, bytes], tuple[np.ndarray, int, int]] = {}
        self._features: dict[bytes, tuple[str, tuple[str, ...], bytes]] = {}
        self._edges: dict[str, tuple[str, bytes]] = {}
        self._cuts: dict[str, Cut] = {}
        self._passages: dict[str, list[Passage]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @contextmanager
    def transaction(self) -> Iterator[None]:
        parts = ("_articles", "_vectors", "_features", "_edges", "_cuts", "_passages")
        before = {name: getattr(self, name).copy() for name in parts}
        try:
            yield
        except BaseException:
            vars(self).update(before)
            raise

    def ingest(self, articles: Iterable[Article]) -> IngestCounts:
        tally = Tally()
        for article in articles:
            before = self._articles.get(article.id)
            held = None if before is None else Version.of(before)
            if not tally.keep(article.id, Version.of(article), held):
                continue
            if before is None or _words_of(before) != _words_of(article):
                self._edges.pop(article.id, None)
                self._cuts.pop(article.id, None)
            self._articles[article.id] = article
        return tally.counts()

    def delete(self, ids: Iterable[str]) -> int:
        deleted = sum(self._articles.pop(article_id, None) is not None for article_id in ids)
        self._edges = {key: e for key, e in self._edges.items() if key in self._articles}
        self._cuts = {key: cut for key, cut in self._cuts.items() if key in self._articles}
        used = {self._hash(article) for article in self._articles.values()}
        self._vectors = {key: value for key, value in self._vectors.items() if key[1] in used}
        self._features = {key: value for key, value in self._features.items() if key in used}
        return deleted

    def articles(self) -> list[StoredArticle]:
        return [
            StoredArticle(
                Card(
                    a.id,
                    shown_title(a.title, a.text),
                    a.url,
                    a.source,
                    a.section,
                    a.language,
                    a.author,
                    a.published,
                ),
                record_hash(a),
                self._hash(a),
                self._cuts[a.id].words if a.id in self._cuts else 0,
                self._cuts[a.id].whole_hash
                if a.id in self._cuts and self._cuts[a.id].spans
                else None,
            )
            for _, a in sorted(self._articles.items())
        ]

    def source_labels(self) -> dict[str, str | None]:
        return {article.id: article.source for article in self._articles.values()}

    def pending(self, encoder: str, version: str) -> list[PendingText]:
        first: dict[bytes, str] = {}
        for article_id, article in sorted(self._articles.items()):
            first.setdefault(self._hash(article), article_id)
        found = [
            PendingText(
                content,
                article_id,
                (encoder, content) not in self._vectors,
                self._features.get(content, ("",))[0] != version,
            )
            for content, article_id in first.items()
        ]
        return [text for text in found if text.needs_vector or text.needs_features]

    def prepared_texts(self, ids: Sequence[str]) -> Iterator[str]:
        return (self._prepared(self._articles[article_id]) for article_id in ids)

    def _prepared(self, article: Article) -> str:
        cut = self._cuts.get(article.id)
        return embedded_text(article.title, article.text, cut.spans if cut else ())

    def _hash(self, article: Article) -> bytes:
        cut = self._cuts.get(article.id)
        return cut.content_hash if cut else content_hash(self._prepared(article))

    def without_edges(self, version: str) -> list[str]:
        return sorted(i for i in self._articles if self._edges.get(i, ("",))[0] != version)

    def add_edges(self, version: str, edges: Iterable[tuple[str, bytes]]) -> None:
        self._edges |= {article_id: (version, hashes) for article_id, hashes in edges}

    def edges(self) -> dict[str, bytes]:
        return {article_id: hashes for article_id, (_, hashes) in self._edges.items()}

    def originals(self, ids: Sequence[str]) -> Iterator[Original]:
        found = (self._articles[article_id] for article_id in ids)
        return (Original(article.title, article.text) for article in found)

    def passages(self) -> list[Passage]:
        return sorted(passage for known in self._passages.values() for passage in known)

    def set_passages(self, publisher: str, passages: Iterable[Passage]) -> None:
        self._passages[publisher] = list(passages)

    def set_cuts(self, cuts: Iterable[Cut]) -> None:
        self._cuts |= {cut.article_id: cut for cut in cuts}

    def add_vectors(
        self,
        encoder: str,
        hashes: Sequence[bytes],
        vectors: np.ndarray,
        words: Sequence[int],
        words_read: Sequence[int],
    ) -> None:
        for content, *values in zip(hashes, vectors.copy(), words, words_read, strict=True):
            self._vectors[encoder, content] = tuple(values)  # type: ignore[assignment]

    def add_features(
        self,
        version: str,
        hashes: Sequence[bytes],
        tokens: Sequence[Sequence[str]],
        signatures: Sequence[bytes],
    ) -> None:
        for content, text, signature in zip(hashes, tokens, signatures, strict=True):
            self._features[content] = (version, tuple(text), signature)

    def vectors(self, encoder: str, hashes: Sequence[bytes]) -> np.ndarray:
        found = [self._vectors.get((encoder, content)) for content in hashes]
        if missing := sum(value is None for value in found):
            raise StorageError(f"memory: {missing} texts have no vector; run again")
        return np.stack([value[0] for value in found if value])

    def features(self, version: str, hashes: Sequence[bytes]) -> Features:
        found = [self._features.get(content) for content in hashes]
        if missing := sum(value is None or value[0] != version for value in found):
            raise StorageError(f"memory: {missing} texts have no tokens; run again")
        texts = [value[1] for value in found if value]
        number: dict[str, int] = {}
        for _, text, _ in self._features.values():
            for token in text:
                number.setdefault(token, len(number))
        flat = np.array([number[token] for text in texts for token in text], dtype=np.int32)
        start = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        return Features(Tokens(list(number), flat, start), [value[2] for value in found if value])

    def coverage(self, encoder: str) -> EncoderCoverage:
        known = [self._vectors.get((encoder, self._hash(a))) for a in self._articles.values()]
        words = [(total, read) for _, total, read in filter(None, known)]
        return EncoderCoverage(
            len(words),
            sum(read < total for total, read in words),
            sum(total for total, _ in words),
            sum(read for _, read in words),
        )


def _words_of(article: Article) -> tuple[str | None, ...]:
    return article.title, article.text, article.source, article.url
