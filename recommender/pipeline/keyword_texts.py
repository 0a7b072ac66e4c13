"""Which texts use each keyword of their group, so that serving can hide what no other text says."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from recommender._typing import Array
from recommender.keywords.terms import Terms
from recommender.pipeline.build_groups import Groups
from recommender.pipeline.describe_groups import GroupDescriptions
from recommender.types.groups import Keyword

__all__ = ["KeywordTexts", "find_keyword_texts"]


class KeywordTexts(NamedTuple):
    """The texts that use each keyword of a topic or story, those of topics first.

    Attributes:
        keyword_texts: (uses,) int32, the texts, grouped by keyword.
        keyword_start: (keywords + 1,) int64, the slice of each keyword.
        story_keywords_at: (stories,) int32, the number of each story's first keyword, -1 where it
            has none.
    """

    keyword_texts: Array
    keyword_start: Array
    story_keywords_at: Array


def find_keyword_texts(
    descriptions: GroupDescriptions, groups: Groups, terms: Terms
) -> KeywordTexts:
    """Find the texts of each topic and story that use each of its keywords.

    Args:
        descriptions: The keywords of all topics and stories.
        groups: The texts of all topics and stories.
        terms: The texts that hold each term. A keyword that is no term is used by no text.

    Returns:
        The texts, keyword by keyword.
    """
    found: list[Array] = []
    holders = _Holders(terms)
    for level in range(1, int(groups.topics.levels.max(initial=1)) + 1):
        of_level = [topic.keywords for topic in descriptions.topics if topic.level == level]
        found += holders.of_groups(enumerate(of_level), groups.topics.at_level(level))
    stories = [keywords for _, keywords in descriptions.stories]
    counts = np.array([len(keywords) for keywords in stories], dtype=np.int64)
    at = len(found) + np.cumsum(counts) - counts
    found += holders.of_groups(enumerate(stories), groups.stories.story_of)
    return KeywordTexts(
        np.concatenate([np.empty(0, dtype=np.int32), *found]).astype(np.int32),
        np.cumsum([0, *map(len, found)], dtype=np.int64),
        np.where(counts > 0, at, -1).astype(np.int32),
    )


class _Holders:
    """Finds the texts that hold a term."""

    def __init__(self, terms: Terms) -> None:
        self._columns = terms.holds.tocsc()
        self._place = {term: number for number, term in enumerate(terms.terms)}

    def of_groups(
        self, keywords_of: Iterable[tuple[int, Sequence[Keyword]]], group_of: Array
    ) -> Iterator[Array]:
        """The texts of each keyword's own group that hold it; `group_of` is (texts,)."""
        for group, keywords in keywords_of:
            for keyword in keywords:
                texts = self._of(keyword.term)
                yield texts[group_of[texts] == group]

    def _of(self, term: str) -> Array:
        place = self._place.get(term)
        if place is None:
            return np.empty(0, dtype=np.int32)
        columns = self._columns
        texts: Array = columns.indices[columns.indptr[place] : columns.indptr[place + 1]]
        return texts
