"""Spans as they are packed in a column."""

from pathlib import Path

from recommender.store.sql_boilerplate import unpack_spans
from tests.store.backends import SqliteBackend, put
from tests.store.test_boilerplate import NEWS, SHARE, cut


def test_spans_are_packed_as_pairs_and_nothing_as_null(tmp_path: Path) -> None:
    sqlite = SqliteBackend(tmp_path)
    with sqlite.open() as store:
        put(store, NEWS)
        assert sqlite.rows("SELECT cuts, cut_words FROM articles") == [(None, None)]
        cut(store)
    ((packed, words),) = sqlite.rows("SELECT cuts, cut_words FROM articles")
    assert isinstance(packed, bytes)
    assert (unpack_spans(packed), words) == ([SHARE], 2)
    assert unpack_spans(None) == []
