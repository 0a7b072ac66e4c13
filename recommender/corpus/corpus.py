"""The corpus of one night: all articles by row, and the texts that they share."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.copies import Copies
from recommender.corpus.features import FEATURES_VERSION
from recommender.corpus.find_copies import Rows, equal_copies, find_copies
from recommender.corpus.languages import LanguageCounts, find_languages
from recommender.dates import NO_DATE, to_microseconds
from recommender.language.tokens import Tokens
from recommender.store.base import Store, StoredArticle
from recommender.types.article import FACET_NAMES, Card

__all__ = ["Corpus", "Facets", "load_corpus"]


class Facets(NamedTuple):
    """Source, section, language and author of all articles, as columns of codes.

    Attributes:
        labels: The labels of each facet in alphabetical order.
        codes: The codes of each facet, (articles,) int32: the place of an article's label in
            `labels`, -1 for none.
    """

    labels: dict[str, list[str]]
    codes: dict[str, Array]


class Corpus(NamedTuple):
    """All articles of one night and their texts.

    An article is a row. Articles with exactly the same title and text have one content, which is
    identified by its hash. Contents that are near-duplicates share one text, which has the vector
    of its lead article.

    Attributes:
        articles: All articles, ordered by id.
        published: (articles,) int64, microseconds since 1970 or `NO_DATE`.
        copies: Which articles share which text.
        text_of_hash: The text of each content hash.
        tokens: The tokens of all contents, in the order of `text_of_hash`.
        lead_contents: (texts,) int64, the content of each text's lead article, as its place in
            `text_of_hash`.
        text_of_content: (contents,) int32, the text of each content, in the same order.
        languages: The code of the language whose words each content has, in the same order; ""
            where nothing tells it.
        language_counts: How the languages were found.
        superseded_by: (articles,) int32: of each article that a newer version of its source or at
            its address replaces the row of that version, -1 for the others.
        same_address: How many articles can be read at the address of another one.
    """

    articles: list[StoredArticle]
    published: Array
    copies: Copies
    text_of_hash: dict[bytes, int]
    tokens: Tokens
    lead_contents: Array
    text_of_content: Array
    languages: list[str]
    language_counts: LanguageCounts
    superseded_by: Array
    same_address: int

    @property
    def cards(self) -> list[Card]:
        """The card of each article."""
        return [article.card for article in self.articles]

    @property
    def lead_hashes(self) -> list[bytes]:
        """The content hash of each text's lead article."""
        return [self.articles[row].content_hash for row in self.copies.leads.tolist()]

    @property
    def text_of_any_hash(self) -> dict[bytes, int]:
        """The text of each content hash, and of the hash that a text had before it was cut.

        By these a published text that is asked for is recognised as it was delivered.
        """
        whole = {
            article.whole_hash: text
            for article, text in zip(self.articles, self.copies.text_of.tolist(), strict=True)
            if article.whole_hash is not None
        }
        return whole | self.text_of_hash

    @property
    def lead_ids(self) -> list[str]:
        """The id of each text's lead article."""
        return [self.articles[row].card.id for row in self.copies.leads.tolist()]

    def topic_sizes(self, topic_of: Array, topics: int) -> list[int]:
        """How many articles each topic has, copies included.

        Args:
            topic_of: (texts,) integers, the topic of each text, -1 for none.
            topics: How many topics there are.

        Returns:
            The number of articles of each topic.
        """
        placed = topic_of[self.copies.text_of]
        sizes: list[int] = np.bincount(placed[placed >= 0], minlength=topics).tolist()
        return sizes

    def facets(self) -> Facets:
        """The facets of all articles.

        Returns:
            One column for each of `FACET_NAMES`.
        """
        labels, codes = {}, {}
        for facet in FACET_NAMES:
            values = [getattr(article.card, facet) for article in self.articles]
            labels[facet] = sorted({value for value in values if value is not None})
            code = {label: number for number, label in enumerate(labels[facet])}
            codes[facet] = np.array([code.get(value, -1) for value in values], dtype=np.int32)
        return Facets(labels, codes)


def load_corpus(store: Store, *, near: bool = True, source_order: Sequence[str] = ()) -> Corpus:
    """Load everything that the store holds except vectors.

    Args:
        store: The store, in which each text has its features.
        near: Whether near-duplicates share a text; if not, only equal contents do.
        source_order: Sources whose articles lead before those of others, the first before the
            next. Among equals the earliest article leads; see `lead_order`.

    Returns:
        The corpus.

    Raises:
        StorageError: A text has no features.
    """
    articles = store.articles()
    published = np.array(
        [NO_DATE if (p := a.card.published) is None else to_microseconds(p) for a in articles],
        dtype=np.int64,
    )
    hashes = list(dict.fromkeys(article.content_hash for article in articles))
    place = {content_hash: number for number, content_hash in enumerate(hashes)}
    content_of = np.array([place[article.content_hash] for article in articles], dtype=np.int64)
    features = store.features(FEATURES_VERSION, hashes)
    rows = Rows([a.card for a in articles], published, content_of, source_order)
    found = find_copies(rows, features) if near else equal_copies(rows)
    copies = found.copies
    text_of_content = np.empty(len(hashes), dtype=np.int32)
    text_of_content[content_of] = copies.text_of
    languages = find_languages(articles, content_of, features.tokens)
    return Corpus(
        [_with_language(a, c) for a, c in zip(articles, languages.of_articles, strict=True)],
        published,
        copies,
        dict(zip(hashes, text_of_content.tolist(), strict=True)),
        features.tokens,
        content_of[copies.leads],
        text_of_content,
        languages.of_contents,
        languages.counts,
        found.superseded_by,
        found.same_address,
    )


def _with_language(article: StoredArticle, code: str | None) -> StoredArticle:
    """The article with the code of its language in place of its label."""
    if article.card.language == code:
        return article
    return article._replace(card=replace(article.card, language=code))
