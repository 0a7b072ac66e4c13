"""The questions about single articles that `Recommender` answers: cards, ids, titles, labels."""

from typing import TYPE_CHECKING, Unpack

import numpy as np

from recommender.artifacts.folder import Artifacts
from recommender.serving.backend import SnapshotBackend
from recommender.serving.query import FilterOptions, check_count, parse_filters
from recommender.serving.state import CurrentState, OpenBackend
from recommender.serving.titles import Titles
from recommender.types.article import Card

if TYPE_CHECKING:
    from recommender.snapshot.reader import Snapshot

__all__ = ["ArticleReader"]


class ArticleReader:
    """Articles of the snapshot that is current.

    `Recommender` extends this class; make one of those.

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
        self._titles: tuple[Snapshot, Titles] | None = None

    def article(self, article_id: str) -> Card:
        """What a page shows of one article.

        Args:
            article_id: The article's id.

        Returns:
            Its card.

        Raises:
            UnknownArticle: There is no such article.
            RemovedArticle: It was removed.

        Example:
            >>> rec.article("frost-1").title
            'Frost report 1'
        """
        state = self._current.get()
        return state.snapshot.cards.of([state.row_of(article_id)])[0]

    def search_titles(
        self, query: str, k: int = 10, **filters: Unpack[FilterOptions]
    ) -> tuple[Card, ...]:
        """The articles whose titles have all words of a query, in any order.

        Case and accents do not count. The last word may be the beginning of one, and a word that no
        title has is taken for the most similar one that there is. The first search in a snapshot
        reads all titles; later ones take milliseconds.

        Args:
            query: Words of a title.
            k: How many articles at most.
            **filters: Only some articles; see `FilterOptions`.

        Returns:
            Their cards: first those that have the words beside one another in the order of the
            query, then the others; the newest of each first.

        Raises:
            ValueError: `k` is negative, or a moment has no time zone.
            TypeError: `query` is no string, `k` is not a whole number, or there is no such filter.

        Example:
            >>> [card.title for card in rec.search_titles("report frost 4")]
            ['Frost report 4']
        """
        if not isinstance(query, str):
            raise TypeError(f"query={query!r}: expected a string")
        check_count(k, "k")
        chosen = parse_filters(filters)
        state = self._current.get()
        snapshot = state.snapshot
        if self._titles is None or self._titles[0] is not snapshot:
            self._titles = snapshot, Titles(snapshot)
        rows, in_order = self._titles[1].rows(query)
        admitted = state.row_filter(chosen).admits(rows)
        rows, in_order = rows[admitted], in_order[admitted]
        ranking = np.lexsort((rows, ~snapshot.arrays.published.take(rows), ~in_order))
        return tuple(snapshot.cards.of(rows.take(ranking[:k]).tolist()))

    def nearest_ids(self, article_id: str, n: int = 3) -> list[str]:
        """The ids that are spelled most like a given one, for messages about unknown ids.

        Args:
            article_id: Any string.
            n: How many ids at most.

        Returns:
            Ids of served articles, the most similar first; none where none is similar.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        nearest = process.extract(
            article_id, self.ids(), scorer=OSA.normalized_similarity, limit=n, score_cutoff=0.5
        )
        return [match for match, _, _ in nearest]

    def ids(self) -> list[str]:
        """List the ids of all articles that are not removed.

        Returns:
            The ids, in alphabetical order.
        """
        state = self._current.get()
        return [i for row, i in enumerate(state.snapshot.ids[:]) if row not in state.removed.rows]

    def labels(self, facet: str) -> list[str]:
        """The labels of a facet, in alphabetical order.

        Args:
            facet: "section", "language", "source" or "author".

        Returns:
            All labels that an article has which may be shown.

        Raises:
            KeyError: There is no such facet.

        Example:
            >>> rec.labels("source")
            ['Agency', 'Courier', 'Gazette', 'Herald']
        """
        state = self._current.get()
        facets = state.snapshot.facets
        if facet not in facets:
            raise KeyError(f"there is no facet {facet!r}; there are {', '.join(facets)}")
        labels = facets[facet]
        codes = getattr(state.snapshot.arrays, facet)[state.visible().mask()]
        shown = np.bincount(codes[codes >= 0], minlength=len(labels)) > 0
        return [label for label, code in labels.items() if shown[code]]
