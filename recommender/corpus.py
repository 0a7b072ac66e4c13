"""The corpus of one night: all articles by row, their texts, and one vector per text."""

from typing import NamedTuple

import numpy as np

from recommender.arrays import Array
from recommender.cards import to_microseconds
from recommender.copies import Copies, group_copies
from recommender.snapshot import NO_DATE
from recommender.store import Store, Stored
from recommender.types import Card

__all__ = ["Corpus", "Facets", "load_corpus"]


class Facets(NamedTuple):
    """`labels` of each facet in alphabetical order; `codes` (articles,) int32, -1 for none."""

    labels: dict[str, list[str]]
    codes: dict[str, Array]


class Corpus(NamedTuple):
    """Articles by row, ordered by id; texts in the order of `copies`.

    `published` (articles,) int64 is in microseconds or `NO_DATE`; `vectors` (texts, dimension)
    float32 are of unit length.
    """

    articles: list[Stored]
    published: Array
    copies: Copies
    text_hashes: list[bytes]
    vectors: Array

    @property
    def cards(self) -> list[Card]:
        """Each article's card."""
        return [article.card for article in self.articles]

    @property
    def lead_ids(self) -> list[str]:
        """Each text's lead article."""
        return [self.articles[row].card.id for row in self.copies.leads.tolist()]

    @property
    def languages(self) -> set[str]:
        """The languages that articles name."""
        return {a.card.language for a in self.articles if a.card.language}

    def topic_sizes(self, topic_of: Array, topics: int) -> list[int]:
        """Articles of each topic, where `topic_of` (texts,) gives each text's, -1 for none."""
        placed = topic_of[self.copies.text_of]
        sizes: list[int] = np.bincount(placed[placed >= 0], minlength=topics).tolist()
        return sizes

    def facets(self) -> Facets:
        """Source, section and language as columns of codes."""
        labels, codes = {}, {}
        for facet in ("source", "section", "language"):
            values = [getattr(article.card, facet) for article in self.articles]
            labels[facet] = sorted({value for value in values if value is not None})
            code = {label: number for number, label in enumerate(labels[facet])}
            codes[facet] = np.array([code.get(value, -1) for value in values], dtype=np.int32)
        return Facets(labels, codes)

    def ids(self) -> tuple[Array, Array]:
        """All ids in UTF-8, (bytes,) uint8, and where each begins, (articles + 1,) int64."""
        encoded = [article.card.id.encode() for article in self.articles]
        blob = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        return blob, np.cumsum([0, *map(len, encoded)], dtype=np.int64)


def load_corpus(store: Store, fingerprint: str) -> Corpus:
    """Everything that `store` holds, with the vectors of the encoder of this fingerprint.

    Raises:
        StorageError: a text has no vector.
    """
    articles = store.articles()
    published = np.array(
        [NO_DATE if (p := a.card.published) is None else to_microseconds(p) for a in articles],
        dtype=np.int64,
    )
    hashes = [article.content_hash for article in articles]
    text_hashes = list(dict.fromkeys(hashes))
    vectors = store.vectors(fingerprint, text_hashes)
    return Corpus(articles, published, group_copies(hashes, published), text_hashes, vectors)
