"""Stories and topics without what may not be shown: their sizes, keywords and labels.

A snapshot's topics were described when all their articles could be shown. Since then articles may
have been removed, and of those under embargo or of an excluded section nothing may be said either.
So a keyword is shown only while an article that uses it may be shown, and a size counts only what
may be shown. Where nothing of a group is hidden, it is as the snapshot says.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recommender._typing import Array
from recommender.serving.filters import RowFilter
from recommender.snapshot.reader import Snapshot
from recommender.snapshot.topic_tree import at_level, tree_of
from recommender.types.groups import Keyword, Topic

__all__ = ["LiveGroups", "live_groups"]

LABEL_SEPARATOR = ", "
LABEL_TERMS = 2  # of a label that is made anew; it is at most as long as one of the night


class LiveGroups:
    """What of a snapshot's groups may be shown, computed once for one row filter.

    Args:
        snapshot: The snapshot.
        visible: The rows that may be shown.

    Attributes:
        whole: Whether nothing is hidden.
    """

    def __init__(self, snapshot: Snapshot, visible: RowFilter) -> None:
        arrays, self._snapshot = snapshot.arrays, snapshot
        self._mask = visible.mask()
        self.whole = bool(self._mask.all())
        # The terms of a text were read in its lead article.
        self._says = self._mask[arrays.copies[arrays.copies_start[:-1]]]
        counts = [len(topic.keywords) for topic in snapshot.topics]
        self._first_keyword = np.cumsum([0, *counts])
        self._sizes = None if self.whole else self._count()

    def topic(self, topic: Topic) -> Topic:
        """A topic of the snapshot with only what may be shown of it.

        Args:
            topic: The topic.

        Returns:
            The topic; of size 0 where nothing of it may be shown.
        """
        if self._sizes is None:
            return topic
        place = self._snapshot.place_of_topic(topic.id)
        size = int(self._sizes[place])
        if size == topic.size:
            return topic
        keywords = self._keywords(topic.keywords, int(self._first_keyword[place]))
        shown = self._representatives(topic.representatives) if size else ()
        label = self._label(topic, keywords, shown) if size else ""
        keywords = keywords if size else ()
        return replace(topic, size=size, keywords=keywords, representatives=shown, label=label)

    def story_keywords(self, story: int, keywords: tuple[Keyword, ...]) -> tuple[Keyword, ...]:
        """The keywords of a story that an article uses which may be shown.

        Args:
            story: The number of the story.
            keywords: All its keywords.

        Returns:
            Those that may be shown.
        """
        if self.whole or not keywords:
            return keywords
        return self._keywords(keywords, int(self._snapshot.arrays.story_keywords_at[story]))

    def story_size(self, story: int) -> int:
        """How many articles of a story may be shown.

        Args:
            story: The number of the story.

        Returns:
            The number of articles.
        """
        arrays = self._snapshot.arrays
        texts = arrays.story_texts[arrays.story_start[story] : arrays.story_start[story + 1]]
        rows = [row for text in texts.tolist() for row in self._snapshot.copies_of(text)]
        return int(self._mask[rows].sum())

    def _count(self) -> Array:
        """How many articles of each topic may be shown, (topics,)."""
        arrays, topics = self._snapshot.arrays, self._snapshot.topics
        tree, sizes = tree_of(topics), [np.empty(0, dtype=np.int64)]
        texts = arrays.text_of[self._mask]
        for level in range(1, max((topic.level for topic in topics), default=0) + 1):
            groups = at_level(arrays.finest_of, *tree, level)[texts]
            count = sum(topic.level == level for topic in topics)
            sizes.append(np.bincount(groups[groups >= 0], minlength=count))
        return np.concatenate(sizes)

    def _keywords(self, keywords: Sequence[Keyword], first: int) -> tuple[Keyword, ...]:
        """Those of a group's keywords that a text uses which may be shown.

        `first` is the number of the first one among the keywords of all groups.
        """
        arrays = self._snapshot.arrays
        start = arrays.keyword_start[first : first + len(keywords) + 1].tolist()
        return tuple(
            keyword
            for keyword, low, high in zip(keywords, start, start[1:], strict=False)
            if self._says[arrays.keyword_texts[low:high]].any()
        )

    def _representatives(self, representatives: Sequence[str]) -> tuple[str, ...]:
        rows = [(i, self._snapshot.lookup.row_of(i)) for i in representatives]
        return tuple(i for i, row in rows if row is not None and self._mask[row])

    def _label(self, topic: Topic, keywords: Sequence[Keyword], shown: Sequence[str]) -> str:
        """The label without hidden keywords; from those that are left, or from a headline."""
        left = [keyword.term for keyword in keywords]
        hidden = {keyword.term for keyword in topic.keywords} - {*left}
        parts = topic.label.split(LABEL_SEPARATOR)
        kept = [part for part in parts if part not in hidden]
        if len(kept) == len(parts):
            return topic.label
        if kept or left:
            return LABEL_SEPARATOR.join(kept or left[:LABEL_TERMS])
        rows = [self._snapshot.lookup.row_of(article_id) for article_id in shown[:1]]
        return "".join(
            card.title for card in self._snapshot.cards.of([r for r in rows if r is not None])
        )


def live_groups(snapshot: Snapshot, visible: RowFilter) -> LiveGroups:
    """The groups of a snapshot for a row filter; computed at the filter's first question.

    Args:
        snapshot: The snapshot.
        visible: The rows that may be shown.

    Returns:
        The groups, which are kept with the filter.
    """
    return visible.remember(LiveGroups, lambda: LiveGroups(snapshot, visible))
