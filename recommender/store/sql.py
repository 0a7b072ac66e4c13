"""The nightly job's memory: articles; and by content hash their texts' vectors and features.

One SQLite file behind SQLAlchemy Core. Every change is a transaction, so a killed run leaves the
state before it or after it; finished vectors are kept and never computed twice.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import sqlalchemy as sa

from recommender._typing import Array
from recommender.dates import from_microseconds, to_microseconds
from recommender.errors import NewerFormat, StorageError
from recommender.language.prepare import content_hash, embedded_text
from recommender.language.tokens import Tokens
from recommender.types import Article, Card

__all__ = ["EncoderCoverage", "Features", "IngestCounts", "Store", "Stored"]

SCHEMA = 1
CHUNK = 500  # below SQLite's limit on parameters of one statement in every build

_metadata = sa.MetaData()
_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_articles = sa.Table(
    "articles",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("record_hash", sa.LargeBinary, nullable=False),
    sa.Column("content_hash", sa.LargeBinary, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published", sa.BigInteger),
    sa.Column("url", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("author", sa.Text),
)
_vectors = sa.Table(
    "vectors",
    _metadata,
    sa.Column("content_hash", sa.LargeBinary, primary_key=True),
    sa.Column("encoder", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("words_read", sa.Integer, nullable=False),
)
_vocabulary = sa.Table(
    "vocabulary",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("token", sa.Text, nullable=False, unique=True),
)
_features = sa.Table(
    "features",
    _metadata,
    sa.Column("content_hash", sa.LargeBinary, primary_key=True),
    sa.Column("recipe", sa.Text, nullable=False),
    sa.Column("tokens", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)


class IngestCounts(NamedTuple):
    """How many articles were new, changed (any field) or unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class Stored(NamedTuple):
    """One article without its text: its card, and the hashes of its record and its text."""

    card: Card
    record_hash: bytes
    content_hash: bytes


class Features(NamedTuple):
    """What is counted of some texts: their tokens and the signatures that find near-duplicates."""

    tokens: Tokens
    signatures: list[bytes]


class EncoderCoverage(NamedTuple):
    """How much of the articles an encoder reads.

    `truncated` counts articles longer than it reads, `words_read` of all `words` were read.
    """

    articles: int
    truncated: int
    words: int
    words_read: int


class Store:
    """The store in one file; made where it is missing. Use as a context manager.

    Raises:
        NewerFormat: a newer version wrote the file.
        StorageError: the file is damaged, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers: dict[str, int] | None = None  # of the vocabulary; read when first needed
        self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
        sa.event.listen(self._engine, "handle_error", self._fail)
        self._connection = self._engine.connect()
        try:
            self._connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            # What a takedown deletes is overwritten, not only unlinked.
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON")
            _metadata.create_all(self._connection)
            self._check_schema()
            self._connection.commit()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside the block is kept, or nothing where it raises."""
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            # Where it was the commit that failed, SQLAlchemy holds the transaction for ended.
            if (raw := self._connection.connection.dbapi_connection) is not None:
                raw.rollback()
            self._numbers = None
            raise

    def ingest(self, articles: Sequence[Article]) -> IngestCounts:
        """Insert or update `articles`, whose ids differ from one another."""
        counts = IngestCounts()
        for chunk in chunks(articles, CHUNK):
            records = {article.id: _record(article) for article in chunk}
            known = self._record_hashes(list(records))
            new = [r for i, r in records.items() if i not in known]
            changed = [r for i, r in records.items() if i in known and known[i] != r["record_hash"]]
            if new:
                self._connection.execute(sa.insert(_articles), new)
            if changed:
                statement = sa.update(_articles).where(_articles.c.id == sa.bindparam("_id"))
                self._connection.execute(statement, [{"_id": r["id"], **r} for r in changed])
            same = len(records) - len(new) - len(changed)
            counts = IngestCounts(
                counts.new + len(new), counts.changed + len(changed), counts.unchanged + same
            )
        return counts

    def delete(self, ids: Iterable[str]) -> int:
        """Delete articles, and all that is kept of texts no article has any more; count them."""
        deleted = 0
        for chunk in chunks(list(ids), CHUNK):
            deleted += self._connection.execute(
                sa.delete(_articles).where(_articles.c.id.in_(chunk))
            ).rowcount
        used = sa.select(_articles.c.content_hash)
        for table in (_vectors, _features):
            gone = self._connection.execute(
                sa.delete(table).where(table.c.content_hash.not_in(used))
            ).rowcount
        if gone:  # features
            self._delete_unused_tokens()
        return deleted

    def _delete_unused_tokens(self) -> None:
        """Delete the tokens that stand in no text any more: a takedown leaves no word behind."""
        numbers = self._vocabulary()
        used = np.zeros(max(numbers.values(), default=-1) + 1, dtype=bool)
        for tokens in self._connection.scalars(sa.select(_features.c.tokens)):
            used[np.frombuffer(tokens, dtype="<i4")] = True
        unused = [{"_number": n} for n in numbers.values() if not used[n]]
        if unused:
            statement = sa.delete(_vocabulary).where(
                _vocabulary.c.number == sa.bindparam("_number")
            )
            self._connection.execute(statement, unused)
            self._numbers = None

    def unembedded(self, encoder: str) -> list[str]:
        """One article's id for each distinct text that has no vector of `encoder` yet."""
        return self._without(_vectors, _vectors.c.encoder == encoder)

    def uncounted(self, version: str) -> list[str]:
        """One article's id for each distinct text that has no features of `version` yet."""
        return self._without(_features, _features.c.recipe == version)

    def _without(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> list[str]:
        has = sa.and_(table.c.content_hash == _articles.c.content_hash, condition)
        query = (
            sa.select(sa.func.min(_articles.c.id))
            .select_from(_articles.outerjoin(table, has))
            .where(table.c.content_hash.is_(None))
            .group_by(_articles.c.content_hash)
            .order_by(sa.func.min(_articles.c.id))
        )
        return list(self._connection.scalars(query))

    def embedded_texts(self, ids: Sequence[str]) -> Iterator[str]:
        """The embedded text of each article of `ids`, in their order."""
        for chunk in chunks(ids, CHUNK):
            query = sa.select(_articles.c.id, _articles.c.title, _articles.c.text).where(
                _articles.c.id.in_(chunk)
            )
            found = {r.id: embedded_text(r.title, r.text) for r in self._connection.execute(query)}
            yield from (found[article_id] for article_id in chunk)

    def add_vectors(
        self,
        encoder: str,
        hashes: Sequence[bytes],
        vectors: Array,
        words: Sequence[int],
        words_read: Sequence[int],
    ) -> None:
        """Keep `vectors` (texts, dimension) float32 under their content hashes."""
        rows = zip(hashes, vectors.astype("<f4"), words, words_read, strict=True)
        self._connection.execute(
            sa.insert(_vectors),
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
        """Keep tokens and signatures under content hashes, in place of any there were."""
        number = self._vocabulary()
        new = list({token: None for text in tokens for token in text if token not in number})
        if new:
            first = max(number.values(), default=-1) + 1
            numbers = range(first, first + len(new))
            records = [{"number": n, "token": t} for n, t in zip(numbers, new, strict=True)]
            self._connection.execute(sa.insert(_vocabulary), records)
            number.update(zip(new, numbers, strict=True))
        for chunk in chunks(list(hashes), CHUNK):
            self._connection.execute(
                sa.delete(_features).where(_features.c.content_hash.in_(chunk))
            )
        rows = zip(hashes, tokens, signatures, strict=True)
        self._connection.execute(
            sa.insert(_features),
            [
                {
                    "content_hash": content,
                    "recipe": version,
                    "tokens": np.array([number[t] for t in text], dtype="<i4").tobytes(),
                    "signature": signature,
                }
                for content, text, signature in rows
            ],
        )

    def features(self, version: str, hashes: Sequence[bytes]) -> Features:
        """The features of the texts `hashes`, in their order.

        Raises:
            StorageError: a text has none of `version`.
        """
        position = {content: i for i, content in enumerate(hashes)}
        tokens, signatures = [b""] * len(hashes), [b""] * len(hashes)
        c = _features.c
        query = sa.select(c.content_hash, c.tokens, c.signature).where(c.recipe == version)
        for content, text, signature in self._connection.execute(query):
            if content in position:
                place = position.pop(content)
                tokens[place], signatures[place] = text, signature
        if position:
            raise StorageError(f"{self._path}: {len(position)} texts were not counted; run again")
        start = np.cumsum([0, *(len(text) // 4 for text in tokens)], dtype=np.int64)
        flat = np.frombuffer(b"".join(tokens), dtype="<i4")
        numbers = self._vocabulary()
        places = np.zeros(max(numbers.values(), default=-1) + 1, dtype=np.int32)
        places[list(numbers.values())] = np.arange(len(numbers), dtype=np.int32)
        return Features(Tokens(list(numbers), places[flat], start), signatures)

    def _vocabulary(self) -> dict[str, int]:
        """Token → number; numbers rise, with gaps where tokens were deleted."""
        if self._numbers is None:
            query = sa.select(_vocabulary.c.token, _vocabulary.c.number).order_by(
                _vocabulary.c.number
            )
            found = self._connection.execute(query)
            self._numbers = {str(row.token): int(row.number) for row in found}
        return self._numbers

    def articles(self) -> list[Stored]:
        """All articles without their texts, ordered by id."""
        c = _articles.c
        query = sa.select(
            c.id, c.title, c.url, c.source, c.section, c.language, c.author, c.published,
            c.record_hash, c.content_hash,
        ).order_by(c.id)  # fmt: skip
        return [
            Stored(
                Card(*row[:7], None if row[7] is None else from_microseconds(row[7])),
                row[8],
                row[9],
            )
            for row in self._connection.execute(query)
        ]

    def vectors(self, encoder: str, hashes: Sequence[bytes]) -> Array:
        """The vectors of the texts `hashes`, in their order: (texts, dimension) float32."""
        position = {content: i for i, content in enumerate(hashes)}
        matrix: Array | None = None
        query = sa.select(_vectors.c.content_hash, _vectors.c.vector).where(
            _vectors.c.encoder == encoder
        )
        for content, vector in self._connection.execute(query):
            if matrix is None:
                matrix = np.empty((len(hashes), len(vector) // 4), dtype=np.float32)
            if content in position:
                matrix[position.pop(content)] = np.frombuffer(vector, dtype="<f4")
        if matrix is None or position:
            raise StorageError(f"{self._path}: {len(position)} texts have no vector; run again")
        return matrix

    def reading(self, encoder: str) -> EncoderCoverage:
        """How much of all articles `encoder` reads."""
        words, read = _vectors.c.words, _vectors.c.words_read
        query = (
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(sa.case((read < words, 1), else_=0)), 0),
                sa.func.coalesce(sa.func.sum(words), 0),
                sa.func.coalesce(sa.func.sum(read), 0),
            )
            .select_from(
                _articles.join(_vectors, _vectors.c.content_hash == _articles.c.content_hash)
            )
            .where(_vectors.c.encoder == encoder)
        )
        return EncoderCoverage(*self._connection.execute(query).one())

    def _record_hashes(self, ids: Sequence[str]) -> dict[str, bytes]:
        query = sa.select(_articles.c.id, _articles.c.record_hash).where(_articles.c.id.in_(ids))
        return {row.id: row.record_hash for row in self._connection.execute(query)}

    def _check_schema(self) -> None:
        query = sa.select(_meta.c.value).where(_meta.c.key == "schema")
        found = self._connection.scalar(query)
        if found is None:
            self._connection.execute(sa.insert(_meta), {"key": "schema", "value": str(SCHEMA)})
        elif not found.isdecimal():
            raise StorageError(f"{self._path} is no store: its schema is {found!r}")
        elif int(found) > SCHEMA:
            raise NewerFormat(
                f"{self._path} has schema {found}, this version reads up to {SCHEMA}; "
                "upgrade with: pip install --upgrade recommender"
            )

    def _fail(self, context: sa.engine.ExceptionContext) -> None:
        """Turn every error of the database, wherever it is met, into a `StorageError`."""
        if isinstance(context.original_exception, sqlite3.Error):
            raise StorageError(
                f"{self._path}: {context.original_exception}. What was published before is "
                "untouched; free space, correct the permissions or put back the file from a "
                "backup, then run again"
            ) from context.original_exception


def chunks(items: Sequence[Any], size: int) -> Iterator[Any]:
    """Slices of `items`, `size` long, the last one shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _record(article: Article) -> dict[str, object]:
    published = None if article.published is None else to_microseconds(article.published)
    values = asdict(article) | {"published": published}
    return values | {
        "record_hash": hashlib.sha256(msgspec.json.encode(list(values.values()))).digest()[:16],
        "content_hash": content_hash(embedded_text(article.title, article.text)),
    }
