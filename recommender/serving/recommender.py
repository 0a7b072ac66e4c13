"""The web layer's one object: answers from the current snapshot, and follows the pointer.

No question waits for a lock. Each one looks at two small files (the pointer and the list of
taken-down ids, one `stat` each); where one has changed, a new immutable `_State` replaces the old
one by a single assignment. A question works on the one state it took at its start.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, NamedTuple, Unpack

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_removed, remove, restore
from recommender.errors import RemovedArticle, SnapshotDamaged, SnapshotError, UnknownArticle
from recommender.language.prepare import content_hash, embedded_text
from recommender.scoring.word_overlap import Lexicon, weigh_query
from recommender.serving.filters import RowFilter
from recommender.serving.groups import (
    GroupKind,
    changes,
    find_story,
    find_topic,
    newsworthy,
    shown,
    stories_at,
    topic_at,
    trends,
)
from recommender.serving.hits import answer
from recommender.serving.query import Options, Query, aware, parse_query
from recommender.serving.ranking import QueryItem, RankedArticle, rank
from recommender.serving.rules import ArticleRules, HiddenRows, SnapshotRules, index_rules
from recommender.snapshot.reader import Snapshot
from recommender.types import Answer, Card, Change, Filters, Health, Story, Topic, Trend

if TYPE_CHECKING:
    from recommender._typing import Array
    from recommender.embedding.base import Encoder

__all__ = ["Recommender"]

MAX_CHARACTERS = 1_000_000  # of a text that is asked about: a page's reader can send anything
FILTERS_KEPT = 16  # with the texts that they admit, a byte a text
RETRY_SECONDS = 5.0  # how often a refused snapshot is tried again

_Signature = tuple[int, int, int] | None


class _Removed(NamedTuple):
    """What is taken down: the `ids` of the list, and the `rows` of them that the snapshot has."""

    ids: frozenset[str]
    rows: frozenset[int]


class _State(NamedTuple):
    """What questions are answered from."""

    snapshot: Snapshot
    rules: SnapshotRules
    pointer: _Signature
    removed: _Removed
    removed_list: _Signature
    hidden: HiddenRows
    row_filter: Callable[[Filters], RowFilter]
    refused: str | None = None  # why the snapshot that is pointed to is not served
    unsafe: str | None = None  # why nothing may be served
    retry_at: float | None = None


class Recommender:
    """Related articles and topics from one artifacts folder; make one per process.

    Safe in threads and across forks. A newly published snapshot is followed at the next question;
    one that cannot be opened is refused, `health()` says why, and the old one goes on serving.
    Every question may raise `SnapshotDamaged` where a file was altered under the running process.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        # As strings, ready to ask the kernel: building paths would cost more than asking.
        self._pointer, self._removed_list = str(artifacts.pointer), str(artifacts.removed)
        self._encoder: Encoder | None = None
        self._state = _open_current(artifacts)

    @classmethod
    def open(cls, artifacts: str | Path) -> "Recommender":
        """Open the published snapshot of an artifacts folder, in milliseconds.

        Raises:
            NoSnapshot: nothing is published there.
            SnapshotDamaged, NewerFormat: the published snapshot cannot be served; names the file.
        """
        return cls(Artifacts(Path(artifacts).absolute()))

    def related(self, article_id: str, k: int = 10, **options: Unpack[Options]) -> Answer:
        """The `k` articles most related to `article_id`, best first; see `Options` for the rest.

        Never the article itself, never a copy of its text, never two copies of one text, unless
        `duplicates="keep"`. Each hit says why it is there. Fewer than `k` come only where fewer
        articles are admitted and score high enough; the answer's `note` then says so.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
            ValueError: an option is out of range, or a moment has no time zone.
        """
        state = self._now()
        asked, wanted, row_filter, picked = _ranked(state, article_id, k, options)
        return answer(state.snapshot, asked, wanted, picked, row_filter)

    def related_ids(
        self, article_id: str, k: int = 10, **options: Unpack[Options]
    ) -> list[tuple[str, float]]:
        """(id, score) of what `related` answers, without reading the cards."""
        state = self._now()
        picked = _ranked(state, article_id, k, options)[-1]
        ids = state.snapshot.ids.take([hit.row for hit in picked])
        return [(hit_id, hit.score) for hit_id, hit in zip(ids, picked, strict=True)]

    def related_to_text(
        self, title: str, text: str, k: int = 10, **options: Unpack[Options]
    ) -> Answer:
        """The `k` articles most related to a text that is not in the snapshot.

        The only question that loads the encoder (once, seconds). A published copy of the very
        same text is not an answer. Options are those of `related`; mode "story" and fallbacks need
        a published article.

        Raises:
            ValueError: the text is empty, too long or no valid Unicode, or as `related`.
            MissingExtra: the packages that embed text are not installed.
            EncoderError: the encoder is not the one that embedded this snapshot.
        """
        prepared = embedded_text(title, text)
        if not prepared:
            raise ValueError("title and text are both empty: there is nothing to compare")
        if len(prepared) > MAX_CHARACTERS:
            raise ValueError(
                f"{len(prepared):,} characters; at most {MAX_CHARACTERS:,} are compared"
            )
        prepared.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
        if options.get("mode") in ("story", "background") or options.get("fallback") is not None:
            raise ValueError("mode and fallback need a published article; ask related() about one")
        state = self._now()
        snapshot = state.snapshot
        vector = self._encoder_for(snapshot).encode([prepared]).vectors[0]
        own = snapshot.lookup.text_of(content_hash(prepared))
        asked = (
            QueryItem(None, own) if own is not None else _unpublished(snapshot, vector, prepared)
        )
        wanted = _query_of(state, k, options)
        row_filter = state.row_filter(wanted.filters)
        picked = rank(snapshot, asked, wanted, row_filter, ArticleRules())
        return answer(snapshot, asked, wanted, picked, row_filter, prepared)

    def article(self, article_id: str) -> Card:
        """The card of one article.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
        """
        state = self._now()
        return state.snapshot.cards.of([_row_of(state, article_id)])[0]

    def topics(self, level: int | None = 1) -> tuple[Topic, ...]:
        """The topics of a level, largest first: 1 are the broad ones, greater levels finer.

        None gives those of all levels.
        """
        state = self._now()
        snapshot, admitted = state.snapshot, _admitted(state)
        topics = (t for t in snapshot.topics if level is None or t.level == level)
        return tuple(shown(snapshot, topic, admitted) for topic in topics)

    def topic(self, topic_id: str) -> Topic:
        """The topic of an id, tonight's or of a previous night.

        Where it is no more, the topic that took over most of its articles comes, and its `asked`
        says so.

        Raises:
            UnknownGroup: there was no such topic, or its articles scattered.
        """
        state = self._now()
        return shown(state.snapshot, find_topic(state.snapshot, topic_id), _admitted(state))

    def topic_of(self, article_id: str, level: int = 1) -> Topic | None:
        """The topic of an article at `level`, or the finest one above where it is cut no finer.

        None where the settings admit articles without a topic and it is one of them.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
        """
        state = self._now()
        text = int(state.snapshot.arrays.text_of[_row_of(state, article_id)])
        topic = topic_at(state.snapshot, text, level)
        return topic and shown(state.snapshot, topic, _admitted(state))

    def story(self, story_id: str) -> Story:
        """The story of an id, tonight's or of a previous night; see `topic`.

        Raises:
            UnknownGroup: there was no such story, its articles scattered, or none may be shown.
        """
        state = self._now()
        return find_story(state.snapshot, story_id, _admitted(state))

    def story_of(self, article_id: str) -> Story:
        """The story of an article: of one article where no other tells of the same event.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
        """
        state = self._now()
        snapshot = state.snapshot
        row = _row_of(state, article_id)
        story = int(snapshot.arrays.story_of[snapshot.arrays.text_of[row]])
        found = stories_at(snapshot, [story], _admitted(state))
        if not found:  # under embargo, or of an excluded section
            raise UnknownArticle(article_id, "is not to be shown now")
        return found[0]

    def stories(
        self, since: datetime | None = None, min_size: int = 2, count: int | None = None
    ) -> tuple[Story, ...]:
        """The `count` largest stories of `min_size` articles or more and one `since` then.

        Raises:
            ValueError: `since` has no time zone, or `count` is negative.
            TypeError: `since` is no datetime.
        """
        if since is not None:
            aware(since, "since")
        if count is not None and count < 0:
            raise ValueError(f"count={count}: the number of stories cannot be negative")
        state = self._now()
        admitted = _admitted(state)
        numbers = newsworthy(state.snapshot, admitted, since, min_size)[:count]
        return tuple(stories_at(state.snapshot, numbers, admitted))

    def changes(self, kind: GroupKind = "topics") -> tuple[Change, ...]:
        """What the last night did to "topics" or "stories", sorted by id; all else went on.

        Raises:
            ValueError: another `kind`.
        """
        state = self._now()
        return changes(state.snapshot, kind, _admitted(state))

    def trending(self, kind: GroupKind = "topics", level: int = 1) -> tuple[Trend, ...]:
        """The "topics" of a level, or "stories", with far more articles than usual, most first.

        Raises:
            ValueError: another `kind`.
        """
        state, now = self._now(), datetime.now(UTC)
        return tuple(trends(state.snapshot, kind, level, now, _admitted(state)))

    def nearest_ids(self, article_id: str, n: int = 3) -> list[str]:
        """The `n` served ids nearest to `article_id` by spelling: for messages, not for pages."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        served = self.ids()
        nearest = process.extract(
            article_id, served, scorer=OSA.normalized_similarity, limit=n, score_cutoff=0.5
        )
        return [match for match, _, _ in nearest]

    def ids(self) -> list[str]:
        """The ids of all articles that are served, in alphabetical order."""
        state = self._now()
        return [i for row, i in enumerate(state.snapshot.ids[:]) if row not in state.removed.rows]

    def labels(self, facet: str) -> list[str]:
        """The labels of `facet`: "section", "language", "source" or "author"."""
        return list(self._now().snapshot.facets[facet])

    def remove(self, article_id: str, *, missing_ok: bool = False) -> None:
        """Take an article down, at once and for every process that reads these artifacts.

        Keywords and topics forget it at the next nightly build, which also deletes its text.
        With `missing_ok` an id that is not published (yet) is barred too.

        Raises:
            UnknownArticle: no such article is served, and not `missing_ok`.
            StorageError: the list of removed articles cannot be written.
        """
        if not missing_ok:
            try:
                _row_of(self._now(), article_id)
            except RemovedArticle:
                return  # twice is the same as once
        remove(self._artifacts, article_id)

    def restore(self, article_id: str) -> None:
        """Undo `remove`. After a nightly build the article's source must deliver it again."""
        restore(self._artifacts, article_id)

    def health(self) -> Health:
        """What is being served, and why a newer snapshot is refused or nothing may be served."""
        state = self._latest()
        manifest = state.snapshot.manifest
        error = state.unsafe or state.refused
        return Health(
            ok=error is None,
            snapshot=manifest.name,
            created=manifest.created,
            articles=manifest.articles,
            removed=len(state.removed.ids),
            error=error,
        )

    def _now(self) -> _State:
        """The state to answer from.

        Raises:
            SnapshotDamaged: the list of takedowns is unreadable. No answer is safe then.
        """
        state = self._latest()
        if state.unsafe is not None:
            raise SnapshotDamaged(state.unsafe)
        return state

    def _latest(self) -> _State:
        """The state, replaced where the pointer or the takedowns have changed."""
        state = self._state
        pointer, removed_list = _signature(self._pointer), _signature(self._removed_list)
        if (
            pointer != state.pointer
            or removed_list != state.removed_list
            or (state.retry_at is not None and monotonic() >= state.retry_at)
            or (state.hidden.until is not None and time() >= state.hidden.until)
        ):
            # Threads that come here together do the same work to the same end: no one waits.
            state = self._state = self._follow(state, pointer, removed_list)
        return state

    def _follow(self, state: _State, pointer: _Signature, removed_list: _Signature) -> _State:
        artifacts, snapshot = self._artifacts, state.snapshot
        seen = state._replace(
            pointer=pointer, removed_list=removed_list, refused=None, unsafe=None, retry_at=None
        )
        retry_at = monotonic() + RETRY_SECONDS
        try:
            # A list that is gone because the whole folder is gone takes nothing back.
            removed = _removed(artifacts, snapshot) if removed_list or pointer else seen.removed
        except SnapshotError as error:
            return seen._replace(unsafe=str(error), retry_at=retry_at)
        hidden = state.rules.hidden(removed.rows, datetime.now(UTC))
        row_filter = _row_filters(snapshot, state.rules, hidden)
        seen = seen._replace(removed=removed, hidden=hidden, row_filter=row_filter)
        try:
            if artifacts.current() != snapshot.name:
                return _open_current(artifacts)
        except SnapshotError as error:
            return seen._replace(refused=str(error), retry_at=retry_at)
        return seen

    def _encoder_for(self, snapshot: Snapshot) -> "Encoder":
        wanted = snapshot.manifest.encoder
        if self._encoder is None or self._encoder.spec.fingerprint != wanted.fingerprint:
            from recommender.embedding.open import open_encoder

            self._encoder = open_encoder(
                wanted.model,
                revision=wanted.revision,
                max_tokens=wanted.max_tokens,
                fingerprint=wanted.fingerprint,
            )
        return self._encoder


def _signature(path: str) -> _Signature:
    # Replacing a file gives it a new inode, which tells two writes in one clock tick apart.
    try:
        status = os.stat(path)  # noqa: PTH116 - Path.stat costs twice as much on this hot path
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _open_current(artifacts: Artifacts) -> _State:
    while True:
        # Signatures are taken before what they sign is read: a change in between is seen next time.
        pointer, removed_list = (
            _signature(str(artifacts.pointer)),
            _signature(str(artifacts.removed)),
        )
        name = artifacts.current()
        try:
            snapshot = Snapshot(artifacts.snapshots / name)
        except SnapshotError:
            if artifacts.current() != name:
                continue  # pruned while it was being opened: a newer one is current by now
            raise
        removed, rules = _removed(artifacts, snapshot), index_rules(snapshot)
        hidden = rules.hidden(removed.rows, datetime.now(UTC))
        row_filter = _row_filters(snapshot, rules, hidden)
        return _State(snapshot, rules, pointer, removed, removed_list, hidden, row_filter)


def _row_filters(
    snapshot: Snapshot, rules: SnapshotRules, hidden: HiddenRows
) -> Callable[[Filters], RowFilter]:
    """The row filter of any filters; pages ask with the same ones again and again."""

    @lru_cache(FILTERS_KEPT)
    def row_filter(filters: Filters) -> RowFilter:
        return RowFilter(snapshot, filters, hidden.rows, rules.excluded)

    return row_filter


def _removed(artifacts: Artifacts, snapshot: Snapshot) -> _Removed:
    ids = frozenset(read_removed(artifacts))
    rows = (snapshot.lookup.row_of(article_id) for article_id in ids)
    return _Removed(ids, frozenset(row for row in rows if row is not None))


def _row_of(state: _State, article_id: str) -> int:
    row = state.snapshot.lookup.row_of(article_id)
    # The next night deletes what is taken down, and the list still names it.
    if row in state.removed.rows or (row is None and article_id in state.removed.ids):
        raise RemovedArticle(article_id)
    if row is None:
        raise UnknownArticle(article_id)
    return row


def _admitted(state: _State) -> RowFilter:
    """What may be shown whatever is asked."""
    return state.row_filter(Filters())


def _query_of(state: _State, k: int, options: Options) -> Query:
    return parse_query(k, options, state.snapshot.manifest.settings["related"])


def _ranked(
    state: _State, article_id: str, k: int, options: Options
) -> tuple[QueryItem, Query, RowFilter, list[RankedArticle]]:
    snapshot = state.snapshot
    row = _row_of(state, article_id)
    wanted = _query_of(state, k, options)
    row_filter = state.row_filter(wanted.filters)
    try:
        asked = QueryItem(row, int(snapshot.arrays.text_of[row]))
        of_article = state.rules.of_article(snapshot, article_id)
        return asked, wanted, row_filter, rank(snapshot, asked, wanted, row_filter, of_article)
    except IndexError as error:
        raise SnapshotDamaged(
            f"{snapshot.folder} points outside itself ({error}); run: recommender verify"
        ) from error


def _unpublished(snapshot: Snapshot, vector: "Array", prepared: str) -> QueryItem:
    from recommender.language.tokens import tokenise, word_of

    counts = Counter(word for token in tokenise(prepared) if (word := word_of(token)))
    lexicon = Lexicon(
        snapshot.lexicon, snapshot.arrays.idf, snapshot.scoring.mean_length, snapshot.manifest.texts
    )
    return QueryItem(None, None, vector, weigh_query(counts, lexicon))
