"""The store in a database: what the contract of all stores cannot see from outside."""

from pathlib import Path

import pytest

from recommender.errors import StorageError
from recommender.language.prepare import content_hash
from recommender.store.sql import SqlStore
from recommender.types.article import Article
from tests.store.backends import SqliteBackend, count, put, spelled


@pytest.fixture
def backend(tmp_path: Path) -> SqliteBackend:
    return SqliteBackend(tmp_path)


def test_a_transaction_whose_last_step_fails_leaves_no_trace_either(backend: SqliteBackend) -> None:
    with backend.open() as store:
        assert isinstance(store, SqlStore)
        put(store, Article("a", "", "tide"))
        count(store)
        # What SQLite checks no earlier than when it commits.
        connection = store._connection
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql(
            "CREATE TEMP TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )
        connection.exec_driver_sql("CREATE TEMP TABLE parent (id PRIMARY KEY)")
        connection.commit()

        def add_and_fail() -> None:
            with store.transaction():
                store.ingest([Article("b", "", "zeppelin quay")])
                store.add_features("r", [content_hash("b")], [["zeppelin", "quay"]], [b""])
                connection.exec_driver_sql("INSERT INTO child VALUES (1)")

        with pytest.raises(StorageError, match="FOREIGN KEY"):
            add_and_fail()
        assert [item.card.id for item in store.articles()] == ["a"]
        put(store, Article("c", "", "quay crane"))
        count(store)
        assert spelled(store, "tide", "quay crane") == [["tide"], ["quay", "crane"]]
    assert backend.vocabulary() == {"tide", "quay", "crane"}
