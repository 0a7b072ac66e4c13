"""The questions about stories and topics that `Recommender` answers."""

from datetime import UTC, datetime
from typing import Unpack

from recommender.errors import UnknownArticle
from recommender.serving.article_reader import ArticleReader
from recommender.serving.groups import (
    GroupKind,
    changes,
    find_story,
    find_topic,
    largest_stories,
    stories_at,
    topic_at,
    trends,
    visible_topic,
    visible_topics,
)
from recommender.serving.query import (
    FilterOptions,
    check_choice,
    check_count,
    check_moment,
    parse_filters,
)
from recommender.serving.topic_articles import ORDERS, Order, topic_rows
from recommender.types.article import Card
from recommender.types.groups import Change, Story, Topic, TopicPage, Trend

__all__ = ["GroupReader"]


class GroupReader(ArticleReader):
    """Stories and topics of the snapshot that is current.

    `Recommender` extends this class by related articles; make one of those.

    Args:
        artifacts: The artifacts folder.
        open_backend: Makes the backend of each snapshot; see `serving.backend`.

    Raises:
        NoSnapshot: Nothing is published there.
        SnapshotDamaged: The published snapshot cannot be served; the message names the file.
        NewerFormat: A newer version of this package wrote the snapshot.
    """

    def topics(self, level: int | None = 1) -> tuple[Topic, ...]:
        """The topics of a level, largest first.

        Args:
            level: 1 for the broad topics, 2 and 3 for finer ones within them, None for all.

        Returns:
            The topics; none where no topic is cut as fine as `level`.

        Example:
            >>> [topic.size for topic in rec.topics()]
            [21, 18]
        """
        state = self._current.get()
        snapshot, visible = state.snapshot, state.visible()
        topics = (t for t in snapshot.topics if level is None or t.level == level)
        return visible_topics(snapshot, topics, visible)

    def topic(self, topic_id: str) -> Topic:
        """The topic of an id, even one of a previous night.

        Args:
            topic_id: Id of a topic that there is now, or was on an earlier night.

        Returns:
            That topic. Where it no longer exists, the topic that took over most of its articles;
            that one's `asked` is `topic_id`.

        Raises:
            UnknownGroup: There never was such a topic, its articles went to many others, or none of
                them may be shown.
        """
        state = self._current.get()
        return visible_topic(state.snapshot, find_topic(state.snapshot, topic_id), state.visible())

    def topic_of(self, article_id: str, level: int = 1) -> Topic | None:
        """The topic of an article.

        Args:
            article_id: The article's id.
            level: How fine a topic: 1 is the broad one.

        Returns:
            The article's topic at `level`, or at the nearest broader level where its topic is not
            cut so fine. None where the article has no topic, which the settings may allow.

        Raises:
            UnknownArticle: There is no such article.
            RemovedArticle: It was removed.
        """
        state = self._current.get()
        text = int(state.snapshot.arrays.text_of[state.row_of(article_id)])
        topic = topic_at(state.snapshot, text, level)
        return topic and visible_topic(state.snapshot, topic, state.visible())

    def articles_of_topic(
        self,
        topic_id: str,
        k: int = 10,
        order: Order = "newest",
        **filters: Unpack[FilterOptions],
    ) -> tuple[Card, ...]:
        """The articles of a topic and of the finer topics within it.

        Args:
            topic_id: Id of a topic of any level, also one of a previous night; see `topic`.
            k: How many articles at most.
            order: "newest" by date; "central" begins with the articles that best show what the
                topic is about.
            **filters: Only some articles; see `FilterOptions`.

        Returns:
            The cards of the articles. Of articles with nearly the same text one comes. Removed
            articles, those under embargo and those of excluded sections never come.

        Raises:
            UnknownGroup: There never was such a topic, or its articles went to many others.
            ValueError: `k` is negative, `order` is unknown, or a moment has no time zone.
            TypeError: `k` is not a whole number, or there is no such filter.

        Example:
            >>> topic = rec.topics()[0]
            >>> [card.id for card in rec.articles_of_topic(topic.id, k=2, source="Herald")]
            ['dredging-4', 'dredging-1']
        """
        check_count(k, "k")
        check_choice(order, ORDERS, "order")
        chosen = parse_filters(filters)
        state = self._current.get()
        snapshot = state.snapshot
        topic = find_topic(snapshot, topic_id)
        visible_topic(snapshot, topic, state.visible())  # raises where nothing may be shown
        rows = topic_rows(snapshot, topic, k, order, state.row_filter(chosen))
        return tuple(snapshot.cards.of(rows))

    def topic_page(self, topic_id: str, k: int = 10) -> TopicPage:
        """What a page about one topic shows, from one snapshot.

        Args:
            topic_id: Id of a topic of any level, also one of a previous night; see `topic`.
            k: How many of its newest articles at most.

        Returns:
            The topic, those above and below it, and its articles.

        Raises:
            UnknownGroup: There never was such a topic, or its articles went to many others.
            ValueError: `k` is negative.
            TypeError: `k` is not a whole number.

        Example:
            >>> page = rec.topic_page(rec.topics()[0].id, k=2)
            >>> [card.title for card in page.newest]
            ['Dredging report 5', 'Dredging report 4']
        """
        check_count(k, "k")
        state = self._current.get()
        snapshot, visible = state.snapshot, state.visible()
        found = find_topic(snapshot, topic_id)
        topic = visible_topic(snapshot, found, visible)
        rows = map(snapshot.lookup.row_of, topic.representatives)
        central = snapshot.cards.of([row for row in rows if row is not None])
        newest = snapshot.cards.of(topic_rows(snapshot, found, k, "newest", visible))
        parent = None if topic.parent is None else snapshot.topic(topic.parent)
        children = (other for other in snapshot.topics if other.parent == topic.id)
        return TopicPage(
            topic,
            parent and visible_topic(snapshot, parent, visible),
            visible_topics(snapshot, children, visible),
            tuple(central),
            tuple(newest),
        )

    def story(self, story_id: str) -> Story:
        """The story of an id, even one of a previous night.

        Args:
            story_id: Id of a story that there is now, or was on an earlier night.

        Returns:
            That story. Where it no longer exists, the story that took over most of its articles;
            that one's `asked` is `story_id`.

        Raises:
            UnknownGroup: There never was such a story, its articles went to many others, or none
                of them may be shown.
        """
        state = self._current.get()
        return find_story(state.snapshot, story_id, state.visible())

    def story_of(self, article_id: str) -> Story:
        """The story of an article.

        Args:
            article_id: The article's id.

        Returns:
            Its story, which holds this one article where no other is about the same event.

        Raises:
            UnknownArticle: There is no such article, or it may not be shown now.
            RemovedArticle: It was removed.

        Example:
            >>> story = rec.story_of("frost-1")
            >>> story.headline, story.size
            ('Frost report 4', 6)
        """
        state = self._current.get()
        snapshot = state.snapshot
        row = state.row_of(article_id)
        story = int(snapshot.arrays.story_of[snapshot.arrays.text_of[row]])
        found = stories_at(snapshot, [story], state.visible())
        if not found:  # under embargo, or of an excluded section
            raise UnknownArticle(article_id, "is not to be shown now")
        return found[0]

    def stories(
        self, since: datetime | None = None, min_size: int = 2, count: int | None = None
    ) -> tuple[Story, ...]:
        """The largest stories, largest first.

        Args:
            since: Only stories with an article published then or later; with a time zone.
            min_size: Only stories of at least this many articles.
            count: How many at most; None for all.

        Returns:
            The stories.

        Raises:
            ValueError: `since` has no time zone, or `count` is negative.
            TypeError: `since` is not a datetime, or `count` is not a whole number.

        Example:
            >>> [story.size for story in rec.stories(count=3)]
            [8, 7, 6]
        """
        if since is not None:
            check_moment(since, "since")
        if count is not None:
            check_count(count, "count")
        state = self._current.get()
        visible = state.visible()
        numbers = largest_stories(state.snapshot, visible, since, min_size)[:count]
        return tuple(stories_at(state.snapshot, numbers, visible))

    def changes(self, kind: GroupKind = "topics") -> tuple[Change, ...]:
        """What the last night did to topics or stories.

        Args:
            kind: "topics" or "stories".

        Returns:
            One change for each topic or story that did not simply go on, sorted by id.

        Raises:
            ValueError: `kind` is neither.
        """
        state = self._current.get()
        return changes(state.snapshot, kind, state.visible())

    def trending(self, kind: GroupKind = "topics", level: int = 1) -> tuple[Trend, ...]:
        """The topics or stories with far more articles than is usual for them.

        Args:
            kind: "topics" or "stories".
            level: The level of the topics; it means nothing for stories.

        Returns:
            The trends, the greatest burst first.

        Raises:
            ValueError: `kind` is neither.
        """
        state, now = self._current.get(), datetime.now(UTC)
        return tuple(trends(state.snapshot, kind, level, now, state.visible()))
