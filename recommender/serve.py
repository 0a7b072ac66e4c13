"""The web layer's one object: answers from the current snapshot, and follows the pointer.

No question waits for a lock. Each one looks at two small files (the pointer and the list of
taken-down ids, one `stat` each); where one has changed, a new immutable `_State` replaces the old
one by a single assignment. A question works on the one state it took at its start.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recommender.artifacts import Artifacts
from recommender.errors import RemovedArticle, SnapshotDamaged, SnapshotError, UnknownArticle
from recommender.filters import RowFilter
from recommender.related import Ranked, choose, leading
from recommender.removals import read_removed, remove, restore
from recommender.snapshot import Snapshot
from recommender.text import content_hash, embedded_text
from recommender.types import Card, Filters, Health, Related, Topic, labels_of

if TYPE_CHECKING:
    from recommender.arrays import Array
    from recommender.embedding import Encoder

__all__ = ["Recommender"]

MAX_CHARACTERS = 1_000_000  # of a text that is asked about: a page's reader can send anything
RETRY_SECONDS = 5.0  # how often a refused snapshot is tried again
_ANYTHING = Filters()

_Signature = tuple[int, int, int] | None


class _State(NamedTuple):
    """What questions are answered from; `removed` are the taken-down rows of `snapshot`."""

    snapshot: Snapshot
    pointer: _Signature
    removed: frozenset[int]
    removed_list: _Signature
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

    def related(
        self,
        article_id: str,
        k: int = 10,
        *,
        section: str | Iterable[str] | None = None,
        language: str | Iterable[str] | None = None,
        source: str | Iterable[str] | None = None,
        since: datetime | None = None,
        exclude: Iterable[str] = (),
    ) -> list[Related]:
        """The `k` articles most related to `article_id`, best first.

        Never the article itself, never a copy of its text, never two copies of one text. Fewer
        than `k` come only where fewer articles pass the filters. `section`, `language` and
        `source` take one label or several; `since` must know its time zone.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
            ValueError: `k` is negative, or `since` has no time zone.
        """
        state = self._now()
        filters = _filters(section, language, source, since, exclude)
        return _with_cards(state, _related_rows(state, article_id, k, filters))

    def related_ids(self, article_id: str, k: int = 10) -> list[tuple[str, float]]:
        """(id, score) of what `related(article_id, k)` answers, without reading the cards."""
        state = self._now()
        hits = _related_rows(state, article_id, k, _ANYTHING)
        ids = state.snapshot.ids_of([row for row, _ in hits])
        return [(article_id, score) for article_id, (_, score) in zip(ids, hits, strict=True)]

    def related_to_text(
        self,
        title: str,
        text: str,
        k: int = 10,
        *,
        section: str | Iterable[str] | None = None,
        language: str | Iterable[str] | None = None,
        source: str | Iterable[str] | None = None,
        since: datetime | None = None,
        exclude: Iterable[str] = (),
    ) -> list[Related]:
        """The `k` articles most related to a text that is not in the snapshot.

        The only question that loads the encoder (once, seconds). A published copy of the very
        same text is not an answer. Filters are those of `related`.

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
        state = self._now()
        vector = self._encoder_for(state.snapshot).encode([prepared]).vectors[0]
        row_filter = RowFilter(
            state.snapshot, _filters(section, language, source, since, exclude), state.removed
        )
        own = state.snapshot.cards.text_of(content_hash(prepared))
        return _with_cards(state, _search(state.snapshot, vector, own, row_filter, _count(k)))

    def article(self, article_id: str) -> Card:
        """The card of one article.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
        """
        state = self._now()
        return state.snapshot.cards.of([_row_of(state, article_id)])[0]

    def topics(self) -> tuple[Topic, ...]:
        """All topics, largest first."""
        return self._now().snapshot.topics

    def topic_of(self, article_id: str) -> Topic | None:
        """The topic of an article; None where it belongs to none.

        Raises:
            UnknownArticle: no such article; `RemovedArticle` where it was taken down.
        """
        state = self._now()
        snapshot = state.snapshot
        text = snapshot.arrays.text_of[_row_of(state, article_id)]
        position = int(snapshot.arrays.topic_of[text])
        return snapshot.topics[position] if position >= 0 else None

    def nearest_ids(self, article_id: str, n: int = 3) -> list[str]:
        """The `n` served ids nearest to `article_id` by spelling: for messages, not for pages."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        state = self._now()
        served = [i for row, i in enumerate(state.snapshot.cards.ids()) if row not in state.removed]
        nearest = process.extract(
            article_id, served, scorer=OSA.normalized_similarity, limit=n, score_cutoff=0.5
        )
        return [match for match, _, _ in nearest]

    def labels(self, facet: str) -> list[str]:
        """The labels that `facet` ("section", "language" or "source") has in the snapshot."""
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
            removed=len(state.removed),
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
        ):
            # Threads that come here together do the same work to the same end: no one waits.
            state = self._state = self._follow(state, pointer, removed_list)
        return state

    def _follow(self, state: _State, pointer: _Signature, removed_list: _Signature) -> _State:
        artifacts, snapshot = self._artifacts, state.snapshot
        seen = _State(snapshot, pointer, state.removed, removed_list)
        retry_at = monotonic() + RETRY_SECONDS
        try:
            # A list that is gone because the whole folder is gone takes nothing back.
            removed = (
                _removed_rows(artifacts, snapshot) if removed_list or pointer else seen.removed
            )
        except SnapshotError as error:
            return seen._replace(unsafe=str(error), retry_at=retry_at)
        try:
            if artifacts.current() != snapshot.name:
                return _open_current(artifacts)
        except SnapshotError as error:
            return seen._replace(removed=removed, refused=str(error), retry_at=retry_at)
        return seen._replace(removed=removed)

    def _encoder_for(self, snapshot: Snapshot) -> "Encoder":
        wanted = snapshot.manifest.encoder
        if self._encoder is None or self._encoder.spec.fingerprint != wanted.fingerprint:
            from recommender.embedding import open_like

            self._encoder = open_like(wanted)
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
        removed = _removed_rows(artifacts, snapshot)
        return _State(snapshot, pointer, removed, removed_list)


def _removed_rows(artifacts: Artifacts, snapshot: Snapshot) -> frozenset[int]:
    rows = (snapshot.cards.row_of(article_id) for article_id in read_removed(artifacts))
    return frozenset(row for row in rows if row is not None)


def _row_of(state: _State, article_id: str) -> int:
    row = state.snapshot.cards.row_of(article_id)
    if row is None:
        raise UnknownArticle(article_id)
    if row in state.removed:
        raise RemovedArticle(article_id)
    return row


def _filters(
    section: str | Iterable[str] | None,
    language: str | Iterable[str] | None,
    source: str | Iterable[str] | None,
    since: datetime | None,
    exclude: Iterable[str],
) -> Filters:
    if section is None and language is None and source is None and since is None and not exclude:
        return _ANYTHING
    if since is not None and since.tzinfo is None:
        raise ValueError(f"since={since.isoformat()} has no time zone; add one, for example UTC")
    if isinstance(exclude, str):
        raise TypeError("exclude takes several ids, not one string; write exclude=[...]")
    return Filters(
        labels_of(section), labels_of(language), labels_of(source), since, frozenset(exclude)
    )


def _count(k: int) -> int:
    if k < 0:
        raise ValueError(f"k={k}: the number of articles cannot be negative")
    return k


def _related_rows(state: _State, article_id: str, k: int, filters: Filters) -> Sequence[Ranked]:
    try:
        return _rank(state, article_id, k, filters)
    except IndexError as error:
        folder = state.snapshot.folder
        raise SnapshotDamaged(
            f"{folder} points outside itself ({error}); run: recommender verify"
        ) from error


def _rank(state: _State, article_id: str, k: int, filters: Filters) -> Sequence[Ranked]:
    snapshot = state.snapshot
    arrays = snapshot.arrays
    text = int(arrays.text_of[_row_of(state, article_id)])
    k = _count(k)
    if filters is _ANYTHING:
        # The question nearly all pages ask: one look-up, a few microseconds.
        hits = leading(arrays, arrays.related[text, :k], arrays.scores[text, :k])
        removed = state.removed
        if len(hits) == k and (not removed or removed.isdisjoint([row for row, _ in hits])):
            return hits
    row_filter = RowFilter(snapshot, filters, state.removed)
    chosen = choose(
        arrays.related[text].tolist(),
        arrays.scores[text].tolist(),
        snapshot.copies_of,
        row_filter.admits,
        k,
    )
    # The precomputed list answers nearly everything. Where filters, takedowns or a large `k` leave
    # it short although there are more texts than it lists, FAISS searches what is admitted.
    if len(chosen) < k and arrays.related.shape[1] < snapshot.manifest.texts - 1:
        return _search(snapshot, snapshot.index().vector(text), text, row_filter, k)
    return chosen


def _search(
    snapshot: Snapshot, vector: "Array", own: int | None, row_filter: RowFilter, k: int
) -> Sequence[Ranked]:
    arrays = snapshot.arrays
    admitted = np.zeros(snapshot.manifest.texts, dtype=bool)
    admitted[arrays.text_of[row_filter.mask()]] = True
    if own is not None:
        admitted[own] = False
    found = snapshot.index().search(vector, k, admitted)
    scores = np.clip(found.similarities, 0.0, 1.0).tolist()
    return choose(found.texts.tolist(), scores, snapshot.copies_of, row_filter.admits, k)


def _with_cards(state: _State, hits: Sequence[Ranked]) -> list[Related]:
    cards = state.snapshot.cards.of([row for row, _ in hits]) if hits else []
    return [
        Related(card[0], score, *card[1:]) for card, (_, score) in zip(cards, hits, strict=True)
    ]
