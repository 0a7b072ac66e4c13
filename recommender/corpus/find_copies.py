"""Find copies: which articles of a night have one text, and which of them leads it."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.corpus.canonical_urls import same_addresses
from recommender.corpus.copies import Copies, group_copies
from recommender.corpus.lead_order import lead_order, source_ranks
from recommender.corpus.near_duplicates import Contents, group_duplicates
from recommender.corpus.signatures import unpack_signatures
from recommender.corpus.versions import MIN_WHOLE, superseded_by
from recommender.store.base import Features
from recommender.types.article import Card

__all__ = ["CopiesFound", "Rows", "equal_copies", "find_copies"]


class CopiesFound(NamedTuple):
    """The copies of a night.

    Attributes:
        copies: Which articles share a text.
        superseded_by: (articles,) int32: of each article that a newer version replaces the row of
            that version, -1 for the others; see `versions.superseded_by`.
        same_address: How many articles can be read at the address of another one.
    """

    copies: Copies
    superseded_by: Array
    same_address: int


class Rows:
    """The articles of a night, and what decides which of them leads.

    Args:
        cards: What a page shows of each article.
        published: (articles,) int64, microseconds since 1970 or `NO_DATE`.
        content_of: (articles,) integers, the content of each article: articles with the same title
            and text have one content.
        source_order: Sources whose articles lead before those of others, the first before the next.
    """

    def __init__(
        self,
        cards: Sequence[Card],
        published: Array,
        content_of: Array,
        source_order: Sequence[str] = (),
    ) -> None:
        self.cards, self.published, self.content_of = cards, published, content_of
        self.source_ranks = source_ranks([card.source for card in cards], source_order)
        self.order = lead_order(published, self.source_ranks)

    @cached_property
    def rank(self) -> Array:
        """The place of each article in the order in which they lead: (articles,) int64."""
        rank = np.empty(len(self.order), dtype=np.int64)
        rank[self.order] = np.arange(len(self.order))
        return rank

    @cached_property
    def best(self) -> Array:
        """The article of each content that leads its other articles: (contents,) int64."""
        return self.order[np.unique(self.content_of[self.order], return_index=True)[1]]

    @cached_property
    def sources(self) -> Array:
        """The number of each article's source, -1 for none: (articles,) int64."""
        numbers: dict[str | None, int] = {None: -1}
        return np.array([numbers.setdefault(c.source, len(numbers)) for c in self.cards])

    @cached_property
    def addresses(self) -> Array:
        """The first article at each article's address: (articles,) int64; see `same_addresses`."""
        return same_addresses([c.url for c in self.cards], [c.title for c in self.cards])


def equal_copies(rows: Rows) -> CopiesFound:
    """The articles that have exactly the same title and text.

    Args:
        rows: The articles.

    Returns:
        Which of them share a text; none is superseded.
    """
    copies = group_copies(rows.content_of, rows.rank)
    return CopiesFound(copies, np.full(len(rows.cards), -1, dtype=np.int32), 0)


def find_copies(rows: Rows, features: Features) -> CopiesFound:
    """The articles that have nearly the same text, or can be read at one address.

    Args:
        rows: The articles.
        features: The tokens and signatures of the contents.

    Returns:
        Which of them share a text, and which are superseded.
    """
    best = rows.best
    signatures = unpack_signatures(features.signatures)
    contents = Contents(
        signatures,
        features.tokens,
        [rows.cards[row].title for row in best.tolist()],
        rows.sources[best],
        rows.published[best],
        rows.source_ranks[best],
    )
    whole = _at_one_address(rows, signatures[:, 0])
    chosen = whole == np.arange(len(whole))
    lead_of = group_duplicates(contents, chosen)[whole]
    # The best article of the content that leads is the lead, whatever its date.
    rank, leads = rows.rank.copy(), best[np.unique(lead_of)]
    rank[leads] -= len(rank)
    copies = group_copies(lead_of[rows.content_of], rank)
    superseded = superseded_by(
        copies, rows.sources, rows.addresses, rows.published, signatures, rows.content_of
    )
    # Older versions come last: they are shown where no other copy may be.
    rank[superseded >= 0] += len(rank)
    rank[leads] = rows.rank[leads] - len(rank)
    same_address = int((rows.addresses != np.arange(len(rank))).sum())
    return CopiesFound(group_copies(lead_of[rows.content_of], rank), superseded, same_address)


def _at_one_address(rows: Rows, words: Array) -> Array:
    """Of the contents at one address the one that stands for them: (contents,) int64.

    It is the newest one that is no extract. `words` (contents,) is how many words each has.
    """
    parts = _Parts(len(words))
    content_of = rows.content_of.tolist()
    for row in np.flatnonzero(rows.addresses != np.arange(len(content_of))).tolist():
        parts.join(content_of[row], content_of[rows.addresses[row]])
    newest = np.full(len(words), np.iinfo(np.int64).min)
    np.maximum.at(newest, rows.content_of, rows.published)
    whole = np.arange(len(words))
    for contents in parts.joined():
        fewest = MIN_WHOLE * words[contents].max()
        members = [c for c in contents if words[c] >= fewest]
        whole[contents] = max(
            members, key=lambda c: (newest[c], words[c], -rows.rank[rows.best[c]])
        )
    return whole


class _Parts:
    """Numbers that are joined into parts (union-find; R. Tarjan 1975)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def join(self, one: int, other: int) -> None:
        self._parent[self._root(one)] = self._root(other)

    def joined(self) -> list[list[int]]:
        """The members of each part of several numbers."""
        parts: dict[int, list[int]] = {}
        for number, parent in enumerate(self._parent):
            if parent != number:
                parts.setdefault(self._root(number), []).append(number)
        return [[root, *others] for root, others in parts.items()]

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = number = self._parent[self._parent[number]]
        return number
