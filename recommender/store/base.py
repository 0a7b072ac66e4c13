"""The protocol of all stores, the values that it takes and returns, and how records are hashed.

The store is the nightly job's memory: all articles, and the vector and the features of each text,
by the text's hash, so that only new or changed texts are embedded and cut into tokens.
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
from recommender.store.boilerplate import BoilerplateStore
from recommender.types.article import Article, Card

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
    """How many articles were new, changed (in any field) or unchanged, and what was replaced.

    Attributes:
        new: Articles that were not stored before.
        changed: Stored articles of which any field changed.
        unchanged: Stored articles that were the same in each field.
        replaced: Records in whose place a newer one of the same id was kept.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    replaced: int = 0


class StoredArticle(NamedTuple):
    """One article without its text.

    Attributes:
        card: What a page shows of it.
        record_hash: 16 bytes over all its fields; see `record_hash`.
        content_hash: 16 bytes over its prepared text; see `prepare.content_hash`.
        cut_words: How many words of its text are cut as boilerplate.
        whole_hash: The same hash of the text with nothing cut; None where nothing is.
    """

    card: Card
    record_hash: bytes
    content_hash: bytes
    cut_words: int = 0
    whole_hash: bytes | None = None


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
    """The tokens and signatures of texts.

    Attributes:
        tokens: The tokens of each text.
        signatures: The signature of each text, by which its near-duplicates are found.
    """

    tokens: Tokens
    signatures: list[bytes]


class EncoderCoverage(NamedTuple):
    """How much of the articles' texts an encoder has read.

    Attributes:
        articles: The number of articles whose text has a vector.
        truncated: How many of these have a text that is longer than the encoder reads.
        words: The number of words of all these articles.
        words_read: How many of these words the encoder has read.
    """

    articles: int
    truncated: int
    words: int
    words_read: int


class Store(BoilerplateStore, Protocol):
    """The nightly job's memory; a context manager that closes it.

    Every method may raise `StorageError` if the storage is damaged, full or not writable. Changes
    are made inside `transaction`.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all changes made inside the block, or none of them if it raises.

        Returns:
            A context manager for the block.
        """
        ...

    def ingest(self, articles: Iterable[Article]) -> IngestCounts:
        """Insert or update articles.

        Nothing is cut from the text of a new or changed article until `set_cuts`. A change that
        leaves title, text, source and URL alone leaves its cuts alone, too.

        Of several records of an id, and of the stored one, the last is kept, unless another one
        was updated later; see `tally.Tally`.

        Args:
            articles: Checked articles.

        Returns:
            How many articles were new, changed and unchanged, and how many records were replaced.
        """
        ...

    def delete(self, ids: Iterable[str]) -> int:
        """Delete articles, and the vectors and features of texts that no article has any more.

        Tokens that no text has any more are deleted as well, so a takedown leaves no word behind.

        Args:
            ids: Ids of articles; those that are not stored are ignored.

        Returns:
            How many articles were deleted.
        """
        ...

    def articles(self) -> list[StoredArticle]:
        """Read all articles without their texts.

        Returns:
            The articles, ordered by id (by code point).
        """
        ...

    def source_labels(self) -> dict[str, str | None]:
        """Read which articles are stored, and the label of the source of each.

        Returns:
            The label, or None, by the article's id.
        """
        ...

    def pending(self, encoder: str, version: str) -> list[PendingText]:
        """Find the distinct texts that must still be embedded or cut into tokens.

        Args:
            encoder: The fingerprint of the encoder.
            version: The version of the features.

        Returns:
            Each distinct text once, ordered by the smallest id of an article that has it.
        """
        ...

    def prepared_texts(self, ids: Sequence[str]) -> Iterator[str]:
        """Read the prepared texts of some articles, without what is cut from them.

        See `prepare.embedded_text`.

        Args:
            ids: The ids of stored articles.

        Returns:
            The prepared texts, in the order of the ids.
        """
        ...

    def add_vectors(
        self,
        encoder: str,
        hashes: Sequence[bytes],
        vectors: Array,
        words: Sequence[int],
        words_read: Sequence[int],
    ) -> None:
        """Store the vectors of texts that have none of this encoder yet.

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
        """Store the features of texts, in place of those of another version.

        Args:
            version: The version of the features.
            hashes: The content hash of each text.
            tokens: The tokens of each text.
            signatures: The signature of each text.
        """
        ...

    def vectors(self, encoder: str, hashes: Sequence[bytes]) -> Array:
        """Read the vectors of texts.

        Args:
            encoder: The fingerprint of the encoder.
            hashes: The content hash of each text.

        Returns:
            (texts, dimension) float32, in the order of the hashes.

        Raises:
            StorageError: A text has no vector of this encoder.
        """
        ...

    def features(self, version: str, hashes: Sequence[bytes]) -> Features:
        """Read the features of texts.

        Args:
            version: The version of the features.
            hashes: The content hash of each text.

        Returns:
            The features, in the order of the hashes.

        Raises:
            StorageError: A text has no features of this version.
        """
        ...

    def coverage(self, encoder: str) -> EncoderCoverage:
        """Measure how much of the stored articles an encoder has read.

        Args:
            encoder: The fingerprint of the encoder.

        Returns:
            The numbers of articles and words.
        """
        ...


def record_hash(article: Article) -> bytes:
    """The hash by which a changed article is recognised.

    Args:
        article: The article.

    Returns:
        The first 16 bytes of a SHA-256 over all its fields.
    """
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
    if article.updated is not None:  # without it the hash is that of stores from before
        fields.append(to_microseconds(article.updated))
    return hashlib.sha256(msgspec.json.encode(fields)).digest()[:16]


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut a sequence of items into lists.

    Args:
        items: The items, which are taken as needed.
        size: The length of each list; the last one may be shorter.

    Yields:
        Consecutive lists.
    """
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
