"""The questions about stories and topics that `Recommender` answers."""

from datetime import UTC, datetime

from recommender.artifacts.folder import Artifacts
from recommender.errors import UnknownArticle
from recommender.serving.backend import SnapshotBackend
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
)
from recommender.serving.query import check_moment
from recommender.serving.state import CurrentState, OpenBackend
from recommender.types.groups import Change, Story, Topic, Trend

__all__ = ["GroupReader"]


class GroupReader:
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

    def __init__(self, artifacts: Artifacts, open_backend: OpenBackend = SnapshotBackend) -> None:
        self._current = CurrentState(artifacts, open_backend)

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
        return tuple(visible_topic(snapshot, topic, visible) for topic in topics)

    def topic(self, topic_id: str) -> Topic:
        """The topic of an id, even one of a previous night.

        Args:
            topic_id: Id of a topic that there is now, or was on an earlier night.

        Returns:
            That topic. Where it no longer exists, the topic that took over most of its articles;
            that one's `asked` is `topic_id`.

        Raises:
            UnknownGroup: There never was such a topic, or its articles went to many others.
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
            TypeError: `since` is not a datetime.

        Example:
            >>> [story.size for story in rec.stories(count=3)]
            [8, 7, 6]
        """
        if since is not None:
            check_moment(since, "since")
        if count is not None and count < 0:
            raise ValueError(f"count={count}: the number of stories cannot be negative")
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
