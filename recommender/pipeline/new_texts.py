"""Compute the vector, the tokens and the signature of each new text, once."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import compress, tee
from typing import NamedTuple

from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.signatures import signature
from recommender.embedding.base import Encoded, Encoder
from recommender.language.tokens import tokenise
from recommender.pipeline.engines.base import Engine
from recommender.progress import Advance, Timed
from recommender.store.base import PendingText, Store, chunks

__all__ = ["process_new_texts"]

SHARD_TEXTS = 1024  # stored in one transaction: what a killed run loses at most


class TextShard(NamedTuple):
    """Some of the texts that lack a vector or features.

    Attributes:
        pending: What each text lacks.
        texts: The prepared texts.
    """

    pending: Sequence[PendingText]
    texts: Sequence[str]

    @property
    def without_vector(self) -> list[bool]:
        """Whether each text lacks a vector."""
        return [text.needs_vector for text in self.pending]

    @property
    def without_features(self) -> list[bool]:
        """Whether each text lacks features."""
        return [text.needs_features for text in self.pending]


class TextFeatures(NamedTuple):
    """The tokens and the signature of each text."""

    tokens: list[list[str]]
    signatures: list[bytes]


def process_new_texts(store: Store, encoder: Encoder, engine: Engine, timed: Timed) -> int:
    """Embed each text without a vector, and cut each text without features into tokens.

    Every text is read once. The results of a shard of texts are stored in one transaction, so a run
    that is killed loses one shard at most.

    Args:
        store: Holds the texts, and takes the results.
        encoder: Computes the vectors.
        engine: Where vectors and features are computed.
        timed: Shows the stage "embed", and times the cutting into tokens separately as "count".

    Returns:
        How many texts were embedded.

    Raises:
        EncoderError: The model cannot be used.
        StorageError: The store cannot be read or written.
    """
    pending = store.pending(encoder.spec.fingerprint, FEATURES_VERSION)
    if not pending:
        return 0
    embedded = sum(text.needs_vector for text in pending)
    with timed.stage("embed" if embedded else "count", len(pending), "texts") as advance:
        shards, to_embed, to_count = tee(_read(store, pending), 3)
        vectors = engine.map(partial(_embed, encoder), to_embed, advance)
        features = engine.map(_count, to_count)
        for shard, encoded in zip(shards, vectors, strict=True):
            with timed.clock("count"):
                counted = next(features)
            _store(store, encoder.spec.fingerprint, shard, encoded, counted)
    return embedded


def _read(store: Store, pending: Sequence[PendingText]) -> Iterator[TextShard]:
    for chunk in chunks(pending, SHARD_TEXTS):
        yield TextShard(chunk, list(store.prepared_texts([text.article_id for text in chunk])))


def _embed(encoder: Encoder, shard: TextShard, advance: Advance) -> Encoded | None:
    texts = list(compress(shard.texts, shard.without_vector))
    advance(len(shard.texts) - len(texts))
    return encoder.encode(texts, advance) if texts else None


def _count(shard: TextShard, _: Advance) -> TextFeatures:
    texts = list(compress(shard.texts, shard.without_features))
    tokens = [tokenise(text) for text in texts]
    return TextFeatures(tokens, [signature(text) for text in tokens])


def _store(
    store: Store,
    encoder: str,
    shard: TextShard,
    encoded: Encoded | None,
    counted: TextFeatures,
) -> None:
    hashes = [text.content_hash for text in shard.pending]
    with store.transaction():
        if encoded:
            store.add_vectors(encoder, [*compress(hashes, shard.without_vector)], *encoded)
        if counted.tokens:
            new = [*compress(hashes, shard.without_features)]
            store.add_features(FEATURES_VERSION, new, counted.tokens, counted.signatures)
