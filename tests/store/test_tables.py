"""The tables of a store: older stores open, newer ones and other databases are refused."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from recommender.errors import NewerFormat, StorageError
from recommender.types.article import Article
from tests.store.backends import SqliteBackend, count, embed, put, spelled, uncounted

# The tables as they are; stores of today's readers must go on opening.
COLUMNS = {
    "meta": "key value",
    "articles": "id record_hash content_hash title text published url source section language "
    "author updated cuts cut_words whole_hash",
    "vectors": "content_hash encoder vector words words_read",
    "vocabulary": "number token",
    "features": "content_hash recipe tokens signature",
    "sentence_edges": "article_id version hashes",
    "boilerplate": "publisher words example articles learned kept",
}
# What may be NULL: what an article can lack, what schema 2 added, and a number that SQLite sets.
OPTIONAL = {
    "articles": "published url source section language author updated cuts cut_words whole_hash",
    "vocabulary": "number",
}
KEYS = [("meta", "key"), ("articles", "id"), ("vectors", "content_hash encoder"),
        ("vocabulary", "number"), ("vocabulary", "token"), ("features", "content_hash"),
        ("sentence_edges", "article_id"), ("boilerplate", "publisher words")]  # fmt: skip
# The statements by which version 0.1.0 made its tables, as a store of that version holds them.
SCHEMA_1 = """
CREATE TABLE meta ("key" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE articles (id TEXT NOT NULL, record_hash BLOB NOT NULL, content_hash BLOB NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, published BIGINT, url TEXT, source TEXT, section TEXT,
    language TEXT, author TEXT, PRIMARY KEY (id));
CREATE INDEX ix_articles_content_hash ON articles (content_hash);
CREATE TABLE vectors (content_hash BLOB NOT NULL, encoder TEXT NOT NULL, vector BLOB NOT NULL,
    words INTEGER NOT NULL, words_read INTEGER NOT NULL, PRIMARY KEY (content_hash, encoder));
CREATE TABLE vocabulary (number INTEGER NOT NULL, token TEXT NOT NULL, PRIMARY KEY (number),
    UNIQUE (token));
CREATE TABLE features (content_hash BLOB NOT NULL, recipe TEXT NOT NULL, tokens BLOB NOT NULL,
    signature BLOB NOT NULL, PRIMARY KEY (content_hash));
INSERT INTO meta VALUES ('schema', '1');
"""
TABLES_OF_SCHEMA_1 = ("articles", "vectors", "vocabulary", "features")


@pytest.fixture
def backend(tmp_path: Path) -> SqliteBackend:
    return SqliteBackend(tmp_path)


def columns_of(backend: SqliteBackend) -> dict[str, str]:
    return {
        str(table): " ".join(str(row[1]) for row in backend.rows(f"PRAGMA table_info({table})"))
        for (table,) in backend.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }


def test_tables_and_columns_have_the_names_of_stores_that_exist(backend: SqliteBackend) -> None:
    backend.open().__exit__(None, None, None)
    assert columns_of(backend) == COLUMNS


@pytest.mark.parametrize(("table", "columns"), COLUMNS.items())
def test_no_other_column_may_be_null(backend: SqliteBackend, table: str, columns: str) -> None:
    backend.open().__exit__(None, None, None)
    names = columns.split()
    may_lack = set()
    connection = sqlite3.connect(backend.path)
    for lacking in names:
        values = ", ".join("NULL" if name == lacking else "1" for name in names)
        with contextlib.suppress(sqlite3.IntegrityError):
            connection.execute(f"INSERT INTO {table} VALUES ({values})")  # noqa: S608 - names from above
            may_lack.add(lacking)
        connection.rollback()  # so that no row is refused for its key
    connection.close()
    assert may_lack == {*OPTIONAL.get(table, "").split()}


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_a_store_made_by_hand_cannot_hold_two_rows_of_one_key(
    backend: SqliteBackend, table: str, key: str
) -> None:
    backend.open().__exit__(None, None, None)
    names = COLUMNS[table].split()
    values = ", ".join("?" * len(names))
    insert = f"INSERT INTO {table} VALUES ({values})"  # noqa: S608 - names from above
    connection = sqlite3.connect(backend.path)
    connection.execute(insert, [1] * len(names))
    if table != "vocabulary":  # of which each column is a key
        for part in key.split():  # another value of any part is another key
            connection.execute(insert, [2 if name == part else 1 for name in names])
    twice = [1 if name in key.split() else 3 for name in names]
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed"):
        connection.execute(insert, twice)
    connection.close()


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


def test_a_store_of_schema_1_is_upgraded_with_all_it_holds(backend: SqliteBackend) -> None:
    tide = Article("a", "Tide", "quay", source="Quay Post")
    with backend.open() as store:
        put(store, tide, Article("b", "", "crane"))
        hashes = embed(store)
        count(store)
    old = sqlite3.connect(backend.path.with_name("old.sqlite"))
    old.executescript(SCHEMA_1)
    old.execute("ATTACH ? AS today", [str(backend.path)])
    for table in TABLES_OF_SCHEMA_1:
        columns = [row[1] for row in old.execute(f"PRAGMA main.table_info({table})")]
        names = ", ".join(columns)
        insert = f"INSERT INTO {table} ({names}) SELECT {names} FROM today.{table}"  # noqa: S608 - names from above
        old.execute(insert)
    old.commit()
    old.close()
    backend.path = backend.path.with_name("old.sqlite")
    for _ in range(2):  # the second time there is nothing to upgrade
        with backend.open() as store:
            assert [item.card.id for item in store.articles()] == ["a", "b"]
            assert store.vectors("e", hashes).shape == (2, 16)
            assert spelled(store, "Tide. quay", "crane") == [["Tide", ".", "quay"], ["crane"]]
            assert store.without_edges("1") == ["a", "b"]
            assert (store.passages(), store.edges()) == ([], {})
            assert put(store, tide).unchanged == 1
        assert columns_of(backend) == COLUMNS
        assert backend.rows("SELECT value FROM meta WHERE key = 'schema'") == [("2",)]


def test_a_newer_schema_is_refused_with_what_to_do(backend: SqliteBackend) -> None:
    backend.open().__exit__(None, None, None)
    connection = sqlite3.connect(backend.path)
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(NewerFormat, match=r"schema 99.*pip install --upgrade"):
        backend.open()


def test_a_database_that_is_no_store_is_refused(backend: SqliteBackend) -> None:
    backend.open().__exit__(None, None, None)
    connection = sqlite3.connect(backend.path)
    connection.execute("UPDATE meta SET value = 'one' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="is no store: its schema is 'one'"):
        backend.open()
