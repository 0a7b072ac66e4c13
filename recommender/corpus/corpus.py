"""The corpus of one night: all articles by row, and their texts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.copies import Copies, group_copies
from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.lead_order import lead_order, source_ranks
from recommender.corpus.near_duplicates import group_duplicates
from recommender.corpus.signatures import unpack_signatures
from recommender.dates import NO_DATE, to_microseconds
from recommender.language.tokens import Tokens
from recommender.store.base import Store, StoredArticle
from recommender.types import FACET_NAMES, Card

__all__ = ["Corpus", "Facets", "load_corpus"]


class Facets(NamedTuple):
    """`labels` of each facet in alphabetical order; `codes` (articles,) int32, -1 for none."""

    labels: dict[str, list[str]]
    codes: dict[str, Array]


class Corpus(NamedTuple):
    """Articles by row, ordered by id; texts in the order of `copies`.

    Articles of the same or nearly the same text share one text, which has the vector of its lead
    article. `published` (articles,) int64 is in microseconds or `NO_DATE`. `text_of_hash` gives the
    text of every content hash.
    `tokens` are those of all distinct contents, in the order of `text_of_hash`; `lead_contents`
    (texts,) int64 are the places of the leads' contents among them, and `text_of_content`
    (contents,) int32 the text of each.
    """

    articles: list[StoredArticle]
    published: Array
    copies: Copies
    text_of_hash: dict[bytes, int]
    tokens: Tokens
    lead_contents: Array
    text_of_content: Array

    @property
    def cards(self) -> list[Card]:
        """Each article's card."""
        return [article.card for article in self.articles]

    @property
    def lead_hashes(self) -> list[bytes]:
        """The content hash of each text's lead article."""
        return [self.articles[row].content_hash for row in self.copies.leads.tolist()]

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
        """Source, section, language and author as columns of codes."""
        labels, codes = {}, {}
        for facet in FACET_NAMES:
            values = [getattr(article.card, facet) for article in self.articles]
            labels[facet] = sorted({value for value in values if value is not None})
            code = {label: number for number, label in enumerate(labels[facet])}
            codes[facet] = np.array([code.get(value, -1) for value in values], dtype=np.int32)
        return Facets(labels, codes)


def load_corpus(store: Store, *, near: bool = True, source_order: Sequence[str] = ()) -> Corpus:
    """Everything that `store` holds, but vectors.

    `near` groups nearly equal texts too; of a group leads the article whose source stands first
    in `source_order`, then the earliest: see `lead_order`.

    Raises:
        StorageError: a text was not counted.
    """
    articles = store.articles()
    published = np.array(
        [NO_DATE if (p := a.card.published) is None else to_microseconds(p) for a in articles],
        dtype=np.int64,
    )
    order = lead_order(published, source_ranks([a.card.source for a in articles], source_order))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    content = {article.content_hash: 0 for article in articles}
    content = {content_hash: number for number, content_hash in enumerate(content)}
    content_of = np.array([content[article.content_hash] for article in articles], dtype=np.int64)
    features = store.features(FEATURES_VERSION, list(content))
    # Of each content the article that would lead it stands for it.
    best = order[np.unique(content_of[order], return_index=True)[1]]
    lead_of = np.arange(len(content), dtype=np.int32)
    if near:
        lead_of = group_duplicates(
            unpack_signatures(features.signatures),
            np.argsort(rank[best]),
            features.tokens,
        )
    copies = group_copies(lead_of[content_of].tolist(), rank)
    lead_contents = content_of[copies.leads]
    text_of_content = copies.text_of[best]
    return Corpus(
        articles,
        published,
        copies,
        dict(zip(content, text_of_content.tolist(), strict=True)),
        features.tokens,
        lead_contents,
        text_of_content,
    )
