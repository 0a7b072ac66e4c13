"""The tables of a store: older stores open, newer ones and other databases are refused."""

import sqlite3
from pathlib import Path

import pytest

from recommender.errors import NewerFormat, StorageError
from recommender.types.article import Article
from tests.store.backends import SqliteBackend, count, embed, put, spelled, uncounted

# The tables as version 0.1.0 made them; stores of today's readers must go on opening.
COLUMNS = {
    "meta": "key value",
    "articles": "id record_hash content_hash title text published url source section language "
    "author",
    "vectors": "content_hash encoder vector words words_read",
    "vocabulary": "number token",
    "features": "content_hash recipe tokens signature",
}


@pytest.fixture
def backend(tmp_path: Path) -> SqliteBackend:
    return SqliteBackend(tmp_path)


def test_tables_and_columns_have_the_names_of_stores_that_exist(backend: SqliteBackend) -> None:
    backend.open().__exit__(None, None, None)
    found = {
        str(table): " ".join(str(row[1]) for row in backend.rows(f"PRAGMA table_info({table})"))
        for (table,) in backend.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    assert found == COLUMNS


def test_a_store_from_before_texts_were_counted_opens_and_is_counted(
    backend: SqliteBackend,
) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "tide quay"), Article("b", "", "crane"))
        hashes = embed(store)
    connection = sqlite3.connect(backend.path)
    for table in ("features", "vocabulary"):
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()
    with backend.open() as store:
        assert len(store.articles()) == 2
        assert store.vectors("e", hashes).shape == (2, 16)
        assert uncounted(store, "r") == ["a", "b"]
        count(store)
        assert spelled(store, "tide quay", "crane") == [["tide", "quay"], ["crane"]]


def test_a_newer_schema_is_refused_with_what_to_do(backend: SqliteBackend) -> None:
    backend.open().__exit__(None, None, None)
    connection = sqlite3.connect(backend.path)
    connection.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(NewerFormat, match=r"schema 2.*pip install --upgrade"):
        backend.open()


def test_a_database_that_is_no_store_is_refused(backend: SqliteBackend) -> None:
    backend.open().__exit__(None, None, None)
    connection = sqlite3.connect(backend.path)
    connection.execute("UPDATE meta SET value = 'one' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="is no store: its schema is 'one'"):
        backend.open()
