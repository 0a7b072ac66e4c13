"""The store in a SQLite file: kills, damage, and what a takedown leaves on the disk."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.errors import StorageError
from recommender.language.prepare import content_hash
from recommender.store.sqlite import open_sqlite
from recommender.types.article import Article
from tests.store.backends import SqliteBackend, count, embed, put, spelled


@pytest.fixture
def backend(tmp_path: Path) -> SqliteBackend:
    return SqliteBackend(tmp_path)


def test_the_words_of_a_deleted_text_are_overwritten_on_the_disk(backend: SqliteBackend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "zeppelin over the quay"), Article("b", "", "quay and tide"))
        count(store)
        with store.transaction():
            store.delete(["a"])
    assert b"zeppelin" not in backend.path.read_bytes()


KILLED = """
import os, signal, sys
from pathlib import Path
from recommender.store.sqlite import open_sqlite
from recommender.language.prepare import content_hash
store = open_sqlite(Path(sys.argv[1]))
store._connection.exec_driver_sql("PRAGMA cache_size = 5")  # the rest goes to the disk at once
with store.transaction():
    texts = [f"crane number {n}" for n in range(3000)]
    store.add_features(
        "r", [*map(content_hash, texts)], [text.split() for text in texts], [b"s"] * len(texts)
    )
    store.delete(["a"])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_while_it_counts_leaves_what_was_there(backend: SqliteBackend) -> None:
    with backend.open() as store:
        put(store, Article("a", "", "tide quay"), Article("b", "", "crane number 7"))
        (content,) = [h for h in count(store) if h == content_hash("tide quay")]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(backend.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert os.path.getsize(f"{backend.path}-wal") > 0  # noqa: PTH202 - it did write
    with backend.open() as store:
        assert spelled(store, "tide quay", "crane number 7") == [
            ["tide", "quay"], ["crane", "number", "7"]
        ]  # fmt: skip
        assert store.features("r", [content]).signatures == [content[::-1]]
    assert backend.vocabulary() == {"tide", "quay", "crane", "number", "7"}


def test_a_file_that_is_no_database_is_a_storage_error(backend: SqliteBackend) -> None:
    backend.path.write_bytes(b"this is not a database, however long it may be" * 100)
    with pytest.raises(StorageError, match=r"store\.sqlite.*not a database") as refused:
        backend.open()
    assert "put it back from a backup, or delete it and deliver all" in str(refused.value)


def test_a_missing_folder_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"unable to open.*; free space or correct the perm"):
        open_sqlite(tmp_path / "none" / "store.sqlite")


def test_damage_inside_the_file_is_a_storage_error_wherever_it_is_met(
    backend: SqliteBackend,
) -> None:
    """Its schema is whole, so the file opens; its pages of articles and vectors are rubbish."""
    with backend.open() as store:
        put(store, *(Article(f"a-{n}", "", f"text {n} " * 50) for n in range(300)))
        hashes = embed(store)
        count(store)
    (page,) = backend.rows("PRAGMA page_size")[0]
    schema_pages = 1
    assert isinstance(page, int)
    found = backend.rows("SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'meta'")
    keep = {int(str(root)) for (root,) in found}
    content = bytearray(backend.path.read_bytes())
    for number in range(schema_pages + 1, len(content) // page + 1):
        if number not in keep:
            content[(number - 1) * page : number * page] = b"\xa5" * page
    backend.path.write_bytes(bytes(content))
    with backend.open() as store:
        for read in (
            store.articles,
            lambda: store.vectors("e", hashes),
            lambda: store.pending("e", "r"),
            lambda: store.features("r", hashes),
            lambda: count(store, "other"),
            lambda: store.coverage("e"),
            lambda: list(store.prepared_texts(["a-1"])),
            lambda: put(store, Article("new", "", "x")),
        ):
            with pytest.raises(StorageError, match=r"store\.sqlite"):
                read()
