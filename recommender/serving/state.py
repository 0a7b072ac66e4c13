"""What questions are answered from, and how it follows the published snapshot.

No question waits for a lock. Each one looks at two small files, the pointer and the list of
removed articles, with one `stat` each. Where one of them has changed, a new immutable `State`
replaces the old one by a single assignment. A question works on the state that it took at its
start.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic, time
from typing import NamedTuple

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import read_takedowns
from recommender.errors import RemovedArticle, SnapshotDamaged, SnapshotError, UnknownArticle
from recommender.serving.backend import Backend, SnapshotBackend
from recommender.serving.filters import RowFilter
from recommender.serving.query import ANYTHING
from recommender.serving.rules import HiddenRows, SnapshotRules, index_rules
from recommender.snapshot.reader import Snapshot
from recommender.types.rules import Filters

__all__ = ["CurrentState", "OpenBackend", "Removed", "State"]

CACHED_FILTERS = 16  # each holds a byte for every text of the snapshot
RETRY_SECONDS = 5.0  # how often a snapshot that could not be opened is tried again

# A file's inode, modification time in nanoseconds and size; None where there is no file.
FileSignature = tuple[int, int, int] | None
OpenBackend = Callable[[Snapshot], Backend]


class Removed(NamedTuple):
    """The removed articles.

    Attributes:
        ids: All ids on the list of removed articles.
        rows: The rows of those that the snapshot holds.
    """

    ids: frozenset[str]
    rows: frozenset[int]


class State(NamedTuple):
    """One snapshot with everything that decides what of it may be shown.

    Attributes:
        snapshot: The open snapshot.
        backend: Its neighbour graph and its vectors.
        rules: The publisher's rules, indexed by article.
        pointer: Signature of the pointer file when this state was made.
        removed: The removed articles.
        removed_list: Signature of the list of removed articles when this state was made.
        hidden: Rows that may not be shown now: removed, or under embargo.
        row_filter: Makes the row filter of any `Filters`; the latest ones are cached, because
            pages ask with the same filters again and again.
        refused: Why the snapshot that the pointer names is not served, or None.
        unsafe: Why nothing may be served, or None.
        retry_at: When to try again what failed, on the monotonic clock, or None.
    """

    snapshot: Snapshot
    backend: Backend
    rules: SnapshotRules
    pointer: FileSignature
    removed: Removed
    removed_list: FileSignature
    hidden: HiddenRows
    row_filter: Callable[[Filters], RowFilter]
    refused: str | None = None
    unsafe: str | None = None
    retry_at: float | None = None

    def visible(self) -> RowFilter:
        """The row filter without any filter of a query.

        Returns:
            A filter that admits every row that may be shown at all.
        """
        return self.row_filter(ANYTHING)

    def row_of(self, article_id: str) -> int:
        """Find an article that is served.

        Args:
            article_id: The article's id.

        Returns:
            Its row.

        Raises:
            UnknownArticle: The snapshot has no such article.
            RemovedArticle: It was removed.
        """
        row = self.snapshot.lookup.row_of(article_id)
        # The nightly build deletes a removed article, and the list still names it.
        if row in self.removed.rows or (row is None and article_id in self.removed.ids):
            raise RemovedArticle(article_id)
        if row is None:
            raise UnknownArticle(article_id)
        return row


class CurrentState:
    """The state that follows the pointer of one artifacts folder.

    Args:
        artifacts: The artifacts folder.
        open_backend: Makes the backend of each snapshot that is opened.

    Raises:
        NoSnapshot: Nothing is published there.
        SnapshotDamaged: The published snapshot, or the list of removed articles, is unreadable.
        NewerFormat: A newer version of this package wrote one of them.
    """

    def __init__(self, artifacts: Artifacts, open_backend: OpenBackend = SnapshotBackend) -> None:
        self._artifacts, self._open_backend = artifacts, open_backend
        # Strings, because building a path takes longer than the `stat` of each question.
        self._pointer, self._removed_list = str(artifacts.pointer), str(artifacts.removed)
        self._state = _open_published(artifacts, open_backend)

    def get(self) -> State:
        """The state to answer a query from; it follows the pointer.

        Returns:
            The state, which never changes.

        Raises:
            SnapshotDamaged: The list of removed articles is unreadable, so that no answer is safe.
        """
        state = self.get_unchecked()
        if state.unsafe is not None:
            raise SnapshotDamaged(state.unsafe)
        return state

    def get_unchecked(self) -> State:
        """The state, even if nothing may be served from it; for health checks.

        Returns:
            The state, whose `unsafe` says why nothing may be served.
        """
        state = self._state
        pointer, removed_list = _signature(self._pointer), _signature(self._removed_list)
        if (
            pointer != state.pointer
            or removed_list != state.removed_list
            or (state.retry_at is not None and monotonic() >= state.retry_at)
            or (state.hidden.until is not None and time() >= state.hidden.until)
        ):
            # Threads that come here at the same time all do the same work, and none waits.
            state = self._state = self._refreshed(state, pointer, removed_list)
        return state

    def _refreshed(
        self, state: State, pointer: FileSignature, removed_list: FileSignature
    ) -> State:
        """The state that takes the place of `state` now that one of the files has changed."""
        artifacts, snapshot = self._artifacts, state.snapshot
        state = state._replace(
            pointer=pointer, removed_list=removed_list, refused=None, unsafe=None, retry_at=None
        )
        retry_at = monotonic() + RETRY_SECONDS
        try:
            # Where the whole folder is gone, the missing list does not mean that nothing is
            # removed: the articles that were removed stay so.
            removed = _read_removed(artifacts, snapshot) if removed_list or pointer else None
        except SnapshotError as error:
            return state._replace(unsafe=str(error), retry_at=retry_at)
        removed = state.removed if removed is None else removed
        hidden = state.rules.hidden(removed.rows, datetime.now(UTC))
        row_filter = _row_filters(snapshot, state.rules, hidden)
        state = state._replace(removed=removed, hidden=hidden, row_filter=row_filter)
        try:
            if artifacts.current() != snapshot.name:
                return _open_published(artifacts, self._open_backend)
        except SnapshotError as error:
            return state._replace(refused=str(error), retry_at=retry_at)
        return state


def _open_published(artifacts: Artifacts, open_backend: OpenBackend) -> State:
    while True:
        # Signatures are taken before the files are read: a change in between is seen next time.
        pointer = _signature(str(artifacts.pointer))
        removed_list = _signature(str(artifacts.removed))
        name = artifacts.current()
        try:
            snapshot = Snapshot(artifacts.snapshots / name)
        except SnapshotError:
            if artifacts.current() != name:
                continue  # it was pruned while it was being opened: a newer one is current now
            raise
        removed, rules = _read_removed(artifacts, snapshot), index_rules(snapshot)
        hidden = rules.hidden(removed.rows, datetime.now(UTC))
        row_filter = _row_filters(snapshot, rules, hidden)
        backend = open_backend(snapshot)
        return State(snapshot, backend, rules, pointer, removed, removed_list, hidden, row_filter)


def _row_filters(
    snapshot: Snapshot, rules: SnapshotRules, hidden: HiddenRows
) -> Callable[[Filters], RowFilter]:
    @lru_cache(CACHED_FILTERS)
    def row_filter(filters: Filters) -> RowFilter:
        return RowFilter(snapshot, filters, hidden.rows, rules.excluded)

    return row_filter


def _read_removed(artifacts: Artifacts, snapshot: Snapshot) -> Removed:
    ids = frozenset(read_takedowns(artifacts))
    rows = (snapshot.lookup.row_of(article_id) for article_id in ids)
    return Removed(ids, frozenset(row for row in rows if row is not None))


def _signature(path: str) -> FileSignature:
    # Replacing a file gives it a new inode, which tells two writes in one clock tick apart.
    try:
        status = os.stat(path)  # noqa: PTH116 - Path.stat takes twice as long, and all ask this
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
