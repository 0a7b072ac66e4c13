"""`Recommender`: the one object that a web application or a command needs."""

from pathlib import Path
from typing import Unpack

from recommender.artifacts.folder import Artifacts
from recommender.artifacts.takedowns import restore, take_down
from recommender.errors import RemovedArticle, SnapshotDamaged
from recommender.serving.backend import SnapshotBackend
from recommender.serving.group_reader import GroupReader
from recommender.serving.hits import answer
from recommender.serving.new_text import TextEncoder, prepare_text
from recommender.serving.query import Options, Query, parse_query
from recommender.serving.ranking import rank
from recommender.serving.request import QueryItem, RankedArticle, Request
from recommender.serving.state import OpenBackend, State
from recommender.types.health import Health
from recommender.types.related import Answer

__all__ = ["Recommender"]


class Recommender(GroupReader):
    """Related articles, stories and topics from one artifacts folder. Make one per process.

    It is safe in threads and across forks. A newly published snapshot is followed at the next
    question. One that cannot be opened is refused: `health()` says why, and the old snapshot goes
    on serving. Every question may raise `SnapshotDamaged` where a file was altered under the
    running process.

    Args:
        artifacts: The artifacts folder; `Recommender.open` takes its path.
        open_backend: Makes the backend of each snapshot that is opened: where the neighbour graph
            and the vectors are read from. The default reads the snapshot's own files.

    Raises:
        NoSnapshot: Nothing is published there.
        SnapshotDamaged: The published snapshot cannot be served; the message names the file.
        NewerFormat: A newer version of this package wrote the snapshot.

    Example:
        >>> from recommender import Recommender
        >>> rec = Recommender.open("artifacts")
        >>> [hit.title for hit in rec.related("frost-1", k=2)]
        ['Frost report 4', 'Frost report 5']
    """

    def __init__(self, artifacts: Artifacts, open_backend: OpenBackend = SnapshotBackend) -> None:
        super().__init__(artifacts, open_backend)
        self._artifacts = artifacts
        self._encoder = TextEncoder()

    @classmethod
    def open(
        cls, artifacts: str | Path, open_backend: OpenBackend = SnapshotBackend
    ) -> "Recommender":
        """Open the published snapshot of an artifacts folder, in milliseconds.

        Args:
            artifacts: Path of the folder that `recommender nightly` publishes to.
            open_backend: As of the class; the default reads the snapshot's own files.

        Returns:
            A recommender that answers from the published snapshot and follows the next ones.

        Raises:
            NoSnapshot: Nothing is published there.
            SnapshotDamaged: The published snapshot cannot be served; the message names the file.
            NewerFormat: A newer version of this package wrote the snapshot.
        """
        return cls(Artifacts(Path(artifacts).absolute()), open_backend)

    def related(self, article_id: str, k: int = 10, **options: Unpack[Options]) -> Answer:
        """The articles most related to an article, best first.

        The article itself never comes, and of articles with nearly the same text one comes, unless
        `duplicates="keep"`. Every hit says why it is there.

        Args:
            article_id: The article that the answers are related to.
            k: How many articles at most.
            **options: Filters, mode, diversity, caps and fallback; see `Options`.

        Returns:
            At most `k` hits. Fewer come only where fewer articles pass the filters and score high
            enough; then the answer's `note` says so.

        Raises:
            UnknownArticle: There is no such article.
            RemovedArticle: It was removed.
            ValueError: An option is out of range, or a moment has no time zone.
            TypeError: There is no such option, or a value is of the wrong type.

        Example:
            >>> from recommender import explain
            >>> hits = rec.related("frost-1", k=2, source="Herald")
            >>> [(hit.id, hit.source) for hit in hits]
            [('frost-4', 'Herald'), ('prize-1', 'Herald')]
            >>> explain(hits[0].reasons)
            'same story · also about: Olga Marek, dawn, frost · 21 hours later'
        """
        request, ranked = self._rank(article_id, k, options)
        return answer(request, ranked)

    def related_ids(
        self, article_id: str, k: int = 10, **options: Unpack[Options]
    ) -> list[tuple[str, float]]:
        """The ids and scores of what `related` answers, in half the time.

        Args:
            article_id: The article that the answers are related to.
            k: How many articles at most.
            **options: As of `related`.

        Returns:
            At most `k` pairs of an id and a score in [0, 1], best first.

        Raises:
            UnknownArticle: There is no such article.
            RemovedArticle: It was removed.
            ValueError: An option is out of range, or a moment has no time zone.
            TypeError: There is no such option, or a value is of the wrong type.

        Example:
            >>> [article_id for article_id, score in rec.related_ids("frost-1", k=3)]
            ['frost-4', 'frost-5', 'frost-2']
        """
        request, ranked = self._rank(article_id, k, options)
        ids = request.snapshot.ids.take([hit.row for hit in ranked])
        return [(hit_id, hit.score) for hit_id, hit in zip(ids, ranked, strict=True)]

    def related_to_text(
        self, title: str, text: str, k: int = 10, **options: Unpack[Options]
    ) -> Answer:
        """The articles most related to a text that is not published, best first.

        This is the only question that loads the encoder: once, in some seconds. A published article
        with the very same text is not an answer.

        Args:
            title: Title of the text, or "".
            text: The text, or "" where the title is all there is.
            k: How many articles at most.
            **options: As of `related`, but for the mode "story" or "background" and `fallback`,
                which need a published article.

        Returns:
            At most `k` hits; see `related`.

        Raises:
            ValueError: The text is empty, too long or no valid Unicode, or an option is refused.
            TypeError: There is no such option, or a value is of the wrong type.
            MissingExtra: The packages that embed text are not installed.
            EncoderError: The encoder is not the one that embedded this snapshot.
        """
        prepared = prepare_text(title, text)
        if options.get("mode") in ("story", "background") or options.get("fallback") is not None:
            raise ValueError("mode and fallback need a published article; ask related() about one")
        state = self._current.get()
        query = _query(state, k, options)
        item = self._encoder.item(state.snapshot, prepared)
        row_filter = state.row_filter(query.filters)
        request = Request(state.snapshot, state.backend, item, query, row_filter)
        return answer(request, rank(request), prepared)

    def remove(self, article_id: str, *, missing_ok: bool = False) -> None:
        """Remove an article, at once and for every process that reads these artifacts.

        The next nightly build deletes its text and leaves it out of keywords and topics.

        Args:
            article_id: The article's id.
            missing_ok: Also accept an id that is not published, and bar it.

        Raises:
            UnknownArticle: No such article is served, and `missing_ok` is False.
            StorageError: The list of removed articles cannot be written.
        """
        if not missing_ok:
            try:
                self._current.get().row_of(article_id)
            except RemovedArticle:
                return  # removing twice is the same as once
        take_down(self._artifacts, article_id)

    def restore(self, article_id: str) -> None:
        """Undo `remove`. After a nightly build the article's source must deliver it again.

        Args:
            article_id: The article's id.

        Raises:
            StorageError: The list of removed articles cannot be written.
        """
        restore(self._artifacts, article_id)

    def health(self) -> Health:
        """What is being served, for a health check.

        Returns:
            The snapshot that is served, and why a newer one is refused or nothing may be served.

        Example:
            >>> health = rec.health()
            >>> health.ok, health.articles
            (True, 39)
        """
        state = self._current.get_unchecked()
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

    def _rank(
        self, article_id: str, k: int, options: Options
    ) -> tuple[Request, list[RankedArticle]]:
        state = self._current.get()
        snapshot = state.snapshot
        row = state.row_of(article_id)
        query = _query(state, k, options)
        row_filter = state.row_filter(query.filters)
        try:
            item = QueryItem(row, int(snapshot.arrays.text_of[row]))
            rules = state.rules.of_article(snapshot, article_id)
            request = Request(snapshot, state.backend, item, query, row_filter, rules)
            return request, rank(request)
        except IndexError as error:
            raise SnapshotDamaged(
                f"{snapshot.folder} points outside itself ({error}); run: recommender verify"
            ) from error


def _query(state: State, k: int, options: Options) -> Query:
    return parse_query(k, options, state.snapshot.manifest.settings["related"])
