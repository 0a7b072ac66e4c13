"""Boilerplate in a database: what `BoilerplateStore` declares, in SQLAlchemy Core."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import sqlalchemy as sa

from recommender.language.prepare import Span
from recommender.store.base import chunks
from recommender.store.boilerplate import Cut, Original
from recommender.store.tables import ARTICLES, EDGES, PASSAGES
from recommender.types.passage import Passage

__all__ = ["CHUNK", "SqlBoilerplate", "unpack_spans"]

CHUNK = 500  # rows in one statement; below SQLite's limit on parameters in every build


class SqlBoilerplate:
    """The part of `SqlStore` for boilerplate; see `BoilerplateStore` for what each method does."""

    _connection: sa.Connection

    def without_edges(self, version: str) -> list[str]:
        """The articles without edges of this version; see `BoilerplateStore.without_edges`."""
        joined = ARTICLES.outerjoin(
            EDGES, sa.and_(EDGES.c.article_id == ARTICLES.c.id, EDGES.c.version == version)
        )
        query = sa.select(ARTICLES.c.id).select_from(joined).where(EDGES.c.version.is_(None))
        return sorted(self._connection.scalars(query))

    def add_edges(self, version: str, edges: Iterable[tuple[str, bytes]]) -> None:
        """Keep the sentence edges of articles; see `BoilerplateStore.add_edges`."""
        for chunk in chunks(edges, CHUNK):
            self._delete_edges([article_id for article_id, _ in chunk])
            rows = [
                {"article_id": article_id, "version": version, "hashes": hashes}
                for article_id, hashes in chunk
            ]
            self._connection.execute(sa.insert(EDGES), rows)

    def _delete_edges(self, ids: Sequence[str]) -> None:
        self._connection.execute(sa.delete(EDGES).where(EDGES.c.article_id.in_(ids)))

    def edges(self) -> dict[str, bytes]:
        """The sentence edges of all articles."""
        query = sa.select(EDGES.c.article_id, EDGES.c.hashes)
        return {row.article_id: row.hashes for row in self._connection.execute(query)}

    def originals(self, ids: Sequence[str]) -> Iterator[Original]:
        """Titles and texts as delivered; see `BoilerplateStore.originals`."""
        for chunk in chunks(ids, CHUNK):
            query = sa.select(ARTICLES.c.id, ARTICLES.c.title, ARTICLES.c.text).where(
                ARTICLES.c.id.in_(chunk)
            )
            found = {r.id: Original(r.title, r.text) for r in self._connection.execute(query)}
            yield from (found[article_id] for article_id in chunk)

    def passages(self) -> list[Passage]:
        """What was learned to be boilerplate; see `BoilerplateStore.passages`."""
        columns = [PASSAGES.c[name] for name in Passage._fields]
        return sorted(Passage(*row) for row in self._connection.execute(sa.select(*columns)))

    def set_passages(self, publisher: str, passages: Iterable[Passage]) -> None:
        """Replace what was learned of a publisher; see `BoilerplateStore.set_passages`."""
        self._connection.execute(sa.delete(PASSAGES).where(PASSAGES.c.publisher == publisher))
        for chunk in chunks(passages, CHUNK):
            rows = [passage._asdict() for passage in chunk]
            self._connection.execute(sa.insert(PASSAGES), rows)

    def set_cuts(self, cuts: Iterable[Cut]) -> None:
        """Replace what is cut from articles; see `BoilerplateStore.set_cuts`."""
        statement = sa.update(ARTICLES).where(ARTICLES.c.id == sa.bindparam("_id"))
        for chunk in chunks(cuts, CHUNK):
            rows = [
                {
                    "_id": cut.article_id,
                    "cuts": _pack_spans(cut.spans),
                    "cut_words": cut.words,
                    "content_hash": cut.content_hash,
                    "whole_hash": cut.whole_hash if cut.spans else None,
                }
                for cut in chunk
            ]
            self._connection.execute(statement, rows)


def _pack_spans(spans: Sequence[Span]) -> bytes | None:
    return np.array(spans, dtype="<i4").tobytes() if spans else None


def unpack_spans(packed: bytes | None) -> list[Span]:
    """The spans of a text as they are stored.

    Args:
        packed: The column `cuts` of an article.

    Returns:
        The spans in reading order.
    """
    if not packed:
        return []
    return [(a, b) for a, b in np.frombuffer(packed, dtype="<i4").reshape(-1, 2).tolist()]
