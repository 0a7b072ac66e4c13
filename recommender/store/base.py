"""What every store is: a protocol, the values that it takes and gives, and how records are hashed.

The store is the nightly job's memory: all articles, and by the hash of each text its vector and
its features, so that only new or changed text is embedded and cut into tokens.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeVar

import msgspec

from recommender._typing import Array
from recommender.dates import to_microseconds
from recommender.language.tokens import Tokens
from recommender.types import Article, Card

__all__ = [
    "EncoderCoverage",
    "Features",
    "IngestCounts",
    "PendingText",
    "Store",
    "StoredArticle",
    "chunks",
    "record_hash",
]

Item = TypeVar("Item")


class IngestCounts(NamedTuple):
    """How many articles were new, changed (in any field) or unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class StoredArticle(NamedTuple):
    """One article without its text.

    Attributes:
        card: What a page shows of it.
        record_hash: 16 bytes over all its fields; see `record_hash`.
        content_hash: 16 bytes over its prepared text; see `prepare.content_hash`.
    """

    card: Card
    record_hash: bytes
    content_hash: bytes


class PendingText(NamedTuple):
    """A text that has no vector of an encoder, or no features of a version, or neither.

    Attributes:
        content_hash: The hash of the prepared text.
        article_id: An article that has this text.
        needs_vector: Whether the vector is missing.
        needs_features: Whether the features are missing.
    """

    content_hash: bytes
    article_id: str
    needs_vector: bool
    needs_features: bool


class Features(NamedTuple):
    """What is kept of texts besides their vectors.

    Attributes:
        tokens: The tokens of each text.
        signatures: For each text, the bytes by which near-duplicates of it are found.
    """

    tokens: Tokens
    signatures: list[bytes]


class EncoderCoverage(NamedTuple):
    """How much of the articles' texts an encoder has read.

    Attributes:
        articles: Articles whose text has a vector.
        truncated: Those of them whose text is longer than the encoder reads.
        words: Words of all these articles.
        words_read: How many of the words the encoder has read.
    """

    articles: int
    truncated: int
    words: int
    words_read: int


class Store(Protocol):
    """The nightly job's memory; a context manager that closes it.

    Every method may raise `StorageError` where the storage is damaged, full or not writable.
    Changes are made inside of `transaction`.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all changes made inside of the block, or none of them where it raises."""
        ...

    def ingest(self, articles: Iterable[Article]) -> IngestCounts:
        """Insert or update articles.

        Args:
            articles: Checked articles; no two of them have the same id.
        """
        ...

    def delete(self, ids: Iterable[str]) -> int:
        """Delete articles, and the vectors and features of all texts that no article has any more.

        A token that stands in no text any more is deleted, too: a takedown leaves no word behind.

        Args:
            ids: Ids of articles; those that are not stored are passed over.

        Returns:
            How many articles were deleted.
        """
        ...

    def articles(self) -> list[StoredArticle]:
        """All articles, ordered by id (by code point)."""
        ...

    def pending(self, encoder: str, version: str) -> list[PendingText]:
        """The distinct texts that have yet to be embedded or cut into tokens.

        Args:
            encoder: The fingerprint of the encoder.
            version: The version of the features.

        Returns:
            Each distinct text once, ordered by the smallest id of an article that has it.
        """
        ...

    def prepared_texts(self, ids: Sequence[str]) -> Iterator[str]:
        """What `prepare.embedded_text` made of each article of `ids`, in their order."""
        ...

    def add_vectors(
        self,
        encoder: str,
        hashes: Sequence[bytes],
        vectors: Array,
        words: Sequence[int],
        words_read: Sequence[int],
    ) -> None:
        """Keep the vectors of texts that have none of this encoder yet.

        Args:
            encoder: The fingerprint of the encoder.
            hashes: The content hash of each text.
            vectors: (texts, dimension) float32.
            words: How many words each text has.
            words_read: How many of them the encoder has read.
        """
        ...

    def add_features(
        self,
        version: str,
        hashes: Sequence[bytes],
        tokens: Sequence[Sequence[str]],
        signatures: Sequence[bytes],
    ) -> None:
        """Keep the features of texts, in place of those of another version.

        Args:
            version: How the features were made.
            hashes: The content hash of each text.
            tokens: The tokens of each text.
            signatures: The signature of each text.
        """
        ...

    def vectors(self, encoder: str, hashes: Sequence[bytes]) -> Array:
        """The vectors of the texts `hashes`, in their order: (texts, dimension) float32.

        Raises:
            StorageError: A text has no vector of this encoder.
        """
        ...

    def features(self, version: str, hashes: Sequence[bytes]) -> Features:
        """The features of the texts `hashes`, in their order.

        Raises:
            StorageError: A text has no features of this version.
        """
        ...

    def coverage(self, encoder: str) -> EncoderCoverage:
        """How much of the stored articles the encoder has read."""
        ...


def record_hash(article: Article) -> bytes:
    """16 bytes of SHA-256 over all fields of an article: equal exactly where all fields are."""
    fields = [
        article.id,
        article.title,
        article.text,
        None if article.published is None else to_microseconds(article.published),
        article.url,
        article.source,
        article.section,
        article.language,
        article.author,
    ]
    return hashlib.sha256(msgspec.json.encode(fields)).digest()[:16]


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Consecutive lists of `size` items, the last one shorter; `items` are taken as needed."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
