"""A store in any database that SQLAlchemy Core supports.

Every change is a transaction, so a killed run leaves the state before it or after it. This file is
the same for all databases; what is particular to SQLite is in `sqlite.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import sqlalchemy as sa

from recommender._typing import Array
from recommender.dates import from_microseconds
from recommender.errors import StorageError
from recommender.language.prepare import embedded_text
from recommender.language.shown_title import TITLE_SOURCE, shown_title
from recommender.language.tokens import Tokens
from recommender.store.article_row import article_row
from recommender.store.base import (
    EncoderCoverage,
    Features,
    IngestCounts,
    PendingText,
    StoredArticle,
    chunks,
)
from recommender.store.sql_boilerplate import CHUNK, SqlBoilerplate, unpack_spans
from recommender.store.tables import ARTICLES, FEATURES, VECTORS, VOCABULARY, create_tables
from recommender.store.tally import Tally, Version
from recommender.types.article import Article, Card

__all__ = ["SqlStore"]


class SqlStore(SqlBoilerplate):
    """A `Store` in the tables of a database; see the protocol for what each method does.

    Args:
        engine: The database. Missing tables are created; the store disposes of the engine when it
            is closed.
        name: The name of the store in error messages.

    Raises:
        NewerFormat: A newer version of this package wrote the store.
        StorageError: The database is no store, damaged, or cannot be written.
    """

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._name = name
        self._numbers: dict[str, int] | None = None  # of the vocabulary; read when first needed
        self._engine = engine
        self._connection = engine.connect()
        try:
            create_tables(self._connection, name)
            self._connection.commit()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes made inside the block, or none of them if it raises."""
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            # After a failed commit the transaction has ended for SQLAlchemy, but not for SQLite.
            if (raw := self._connection.connection.dbapi_connection) is not None:
                raw.rollback()
            self._numbers = None
            raise

    def ingest(self, articles: Iterable[Article]) -> IngestCounts:
        """Insert or update articles; see `Store.ingest`."""
        tally = Tally()
        for chunk in chunks(articles, CHUNK):
            stored = self._versions({article.id for article in chunk})
            held, kept = dict(stored), {}
            for article in chunk:
                version = Version.of(article)
                if tally.keep(article.id, version, held.get(article.id)):
                    held[article.id], kept[article.id] = version, article
            rows = [
                article_row(article, held[article_id])
                for article_id, article in kept.items()
                if stored.get(article_id) != held[article_id]
            ]
            if new := [row for row in rows if row["id"] not in stored]:
                self._connection.execute(sa.insert(ARTICLES), new)
            if changed := [row for row in rows if row["id"] in stored]:
                self._update(changed)
        return tally.counts()

    def _update(self, rows: Sequence[dict[str, object]]) -> None:
        """Update articles; those with the same words from the same publisher keep their cuts."""
        c, ids = ARTICLES.c, [row["id"] for row in rows]
        query = sa.select(c.id, c.title, c.text, c.source, c.url).where(c.id.in_(ids))
        before = {row.id: row._asdict() for row in self._connection.execute(query)}
        same = {id_ for row in rows if before[id_ := str(row["id"])].items() <= row.items()}
        self._execute_update([row for row in rows if row["id"] not in same])
        cut = ("content_hash", "cuts", "cut_words", "whole_hash")
        kept = [row for row in rows if row["id"] in same]
        self._execute_update([{k: v for k, v in row.items() if k not in cut} for row in kept])
        self._delete_edges([row_id for row_id in before if row_id not in same])

    def _execute_update(self, rows: Sequence[dict[str, object]]) -> None:
        if rows:
            statement = sa.update(ARTICLES).where(ARTICLES.c.id == sa.bindparam("_id"))
            self._connection.execute(statement, [{"_id": row["id"], **row} for row in rows])

    def _versions(self, ids: Iterable[str]) -> dict[str, Version]:
        c = ARTICLES.c
        query = sa.select(c.id, c.record_hash, c.updated).where(c.id.in_(ids))
        return {row[0]: Version(*row[1:]) for row in self._connection.execute(query)}

    def delete(self, ids: Iterable[str]) -> int:
        """Delete articles and what belongs to them alone; see `Store.delete`."""
        deleted = 0
        for chunk in chunks(ids, CHUNK):
            statement = sa.delete(ARTICLES).where(ARTICLES.c.id.in_(chunk))
            deleted += self._connection.execute(statement).rowcount
            self._delete_edges(chunk)
        used = sa.select(ARTICLES.c.content_hash)
        self._connection.execute(sa.delete(VECTORS).where(VECTORS.c.content_hash.not_in(used)))
        unused = sa.delete(FEATURES).where(FEATURES.c.content_hash.not_in(used))
        if self._connection.execute(unused).rowcount:
            self._delete_unused_tokens()
        return deleted

    def _delete_unused_tokens(self) -> None:
        numbers = self._vocabulary()
        used = np.zeros(max(numbers.values(), default=-1) + 1, dtype=bool)
        for tokens in self._connection.scalars(sa.select(FEATURES.c.tokens)):
            used[np.frombuffer(tokens, dtype="<i4")] = True
        unused = [{"_number": n} for n in numbers.values() if not used[n]]
        if unused:
            statement = sa.delete(VOCABULARY).where(VOCABULARY.c.number == sa.bindparam("_number"))
            self._connection.execute(statement, unused)
            self._numbers = None

    def articles(self) -> list[StoredArticle]:
        """All articles, ordered by id."""
        c = ARTICLES.c
        beginning = sa.case((sa.func.trim(c.title) == "", sa.func.substr(c.text, 1, TITLE_SOURCE)))
        query = sa.select(
            c.id, c.title, c.url, c.source, c.section, c.language, c.author, c.published,
            c.record_hash, c.content_hash, c.cut_words, beginning, c.whole_hash,
        )  # fmt: skip
        rows = self._connection.execute(query)
        found = [
            StoredArticle(_card(tuple(row)), row[8], row[9], row[10] or 0, row[12]) for row in rows
        ]
        # Sorted here, because databases differ in how they order strings.
        return sorted(found, key=lambda article: article.card.id)

    def source_labels(self) -> dict[str, str | None]:
        """The label of the source of each article, by the article's id."""
        query = sa.select(ARTICLES.c.id, ARTICLES.c.source)
        return {row.id: row.source for row in self._connection.execute(query)}

    def pending(self, encoder: str, version: str) -> list[PendingText]:
        """The distinct texts without a vector or features; see `Store.pending`."""
        content, first = ARTICLES.c.content_hash, sa.func.min(ARTICLES.c.id)
        vector, features = VECTORS.c.content_hash, FEATURES.c.content_hash
        joined = ARTICLES.outerjoin(
            VECTORS, sa.and_(vector == content, VECTORS.c.encoder == encoder)
        ).outerjoin(FEATURES, sa.and_(features == content, FEATURES.c.version == version))
        query = (
            sa.select(content, first, sa.func.count(vector), sa.func.count(features))
            .select_from(joined)
            .where(sa.or_(vector.is_(None), features.is_(None)))
            .group_by(content)
        )
        found = [
            PendingText(content_hash, article_id, not vectors, not counted)
            for content_hash, article_id, vectors, counted in self._connection.execute(query)
        ]
        return sorted(found, key=lambda text: text.article_id)  # databases order differently

    def prepared_texts(self, ids: Sequence[str]) -> Iterator[str]:
        """The prepared text of each article of `ids`, in their order."""
        for chunk in chunks(ids, CHUNK):
            c = ARTICLES.c
            query = sa.select(c.id, c.title, c.text, c.cuts).where(c.id.in_(chunk))
            found = {
                row.id: embedded_text(row.title, row.text, unpack_spans(row.cuts))
                for row in self._connection.execute(query)
            }
            yield from (found[article_id] for article_id in chunk)

    def add_vectors(
        self,
        encoder: str,
        hashes: Sequence[bytes],
        vectors: Array,
        words: Sequence[int],
        words_read: Sequence[int],
    ) -> None:
        """Keep the vectors of texts; see `Store.add_vectors`."""
        rows = zip(hashes, vectors.astype("<f4"), words, words_read, strict=True)
        self._connection.execute(
            sa.insert(VECTORS),
            [
                {
                    "content_hash": content,
                    "encoder": encoder,
                    "vector": vector.tobytes(),
                    "words": total,
                    "words_read": read,
                }
                for content, vector, total, read in rows
            ],
        )

    def add_features(
        self,
        version: str,
        hashes: Sequence[bytes],
        tokens: Sequence[Sequence[str]],
        signatures: Sequence[bytes],
    ) -> None:
        """Keep the features of texts; see `Store.add_features`."""
        number = self._number_tokens(token for text in tokens for token in text)
        for chunk in chunks(hashes, CHUNK):
            statement = sa.delete(FEATURES).where(FEATURES.c.content_hash.in_(chunk))
            self._connection.execute(statement)
        rows = zip(hashes, tokens, signatures, strict=True)
        self._connection.execute(
            sa.insert(FEATURES),
            [
                {
                    "content_hash": content,
                    "version": version,
                    "tokens": np.array([number[t] for t in text], dtype="<i4").tobytes(),
                    "signature": signature,
                }
                for content, text, signature in rows
            ],
        )

    def _number_tokens(self, tokens: Iterable[str]) -> dict[str, int]:
        """The vocabulary, with those of `tokens` added that are not in it yet."""
        number = self._vocabulary()
        new = list(dict.fromkeys(token for token in tokens if token not in number))
        if new:
            start = max(number.values(), default=-1) + 1
            added = {token: start + place for place, token in enumerate(new)}
            rows = [{"number": n, "token": token} for token, n in added.items()]
            self._connection.execute(sa.insert(VOCABULARY), rows)
            number.update(added)
        return number

    def vectors(self, encoder: str, hashes: Sequence[bytes]) -> Array:
        """The vectors of texts; see `Store.vectors`."""
        position = {content: place for place, content in enumerate(hashes)}
        matrix: Array | None = None
        query = sa.select(VECTORS.c.content_hash, VECTORS.c.vector).where(
            VECTORS.c.encoder == encoder
        )
        for content, vector in self._connection.execute(query):
            if matrix is None:
                matrix = np.empty((len(hashes), len(vector) // 4), dtype=np.float32)
            if content in position:
                matrix[position.pop(content)] = np.frombuffer(vector, dtype="<f4")
        if matrix is None or position:
            raise StorageError(f"{self._name}: {len(position)} texts have no vector; run again")
        return matrix

    def features(self, version: str, hashes: Sequence[bytes]) -> Features:
        """The features of texts; see `Store.features`."""
        position = {content: place for place, content in enumerate(hashes)}
        tokens, signatures = [b""] * len(hashes), [b""] * len(hashes)
        c = FEATURES.c
        query = sa.select(c.content_hash, c.tokens, c.signature).where(c.version == version)
        for content, text, signature in self._connection.execute(query):
            if content in position:
                place = position.pop(content)
                tokens[place], signatures[place] = text, signature
        if position:
            raise StorageError(f"{self._name}: {len(position)} texts have no tokens; run again")
        start = np.cumsum([0, *(len(text) // 4 for text in tokens)], dtype=np.int64)
        flat = np.frombuffer(b"".join(tokens), dtype="<i4")
        # Numbers have gaps where tokens were deleted; places in the vocabulary have none.
        numbers = self._vocabulary()
        places = np.zeros(max(numbers.values(), default=-1) + 1, dtype=np.int32)
        places[list(numbers.values())] = np.arange(len(numbers), dtype=np.int32)
        return Features(Tokens(list(numbers), places[flat], start), signatures)

    def _vocabulary(self) -> dict[str, int]:
        """The number of each token, ascending."""
        if self._numbers is None:
            query = sa.select(VOCABULARY.c.token, VOCABULARY.c.number).order_by(VOCABULARY.c.number)
            found = self._connection.execute(query)
            self._numbers = {str(row.token): int(row.number) for row in found}
        return self._numbers

    def coverage(self, encoder: str) -> EncoderCoverage:
        """How much of the stored articles the encoder has read."""
        words, read = VECTORS.c.words, VECTORS.c.words_read
        query = (
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(sa.case((read < words, 1), else_=0)), 0),
                sa.func.coalesce(sa.func.sum(words), 0),
                sa.func.coalesce(sa.func.sum(read), 0),
            )
            .select_from(ARTICLES.join(VECTORS, VECTORS.c.content_hash == ARTICLES.c.content_hash))
            .where(VECTORS.c.encoder == encoder)
        )
        return EncoderCoverage(*self._connection.execute(query).one())


def _card(row: Sequence[Any]) -> Card:
    published = None if row[7] is None else from_microseconds(row[7])
    return Card(
        row[0],
        shown_title(row[1], row[11] or ""),
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        published,
    )
