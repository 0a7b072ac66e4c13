"""A store in one SQLite file."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from recommender.errors import StorageError
from recommender.store.sql import SqlStore

__all__ = ["open_sqlite"]


def open_sqlite(path: Path) -> SqlStore:
    """Open the store in a SQLite file, which is created if it is missing.

    Args:
        path: The file.

    Returns:
        The store, to be closed by the caller.

    Raises:
        NewerFormat: A newer version of this package wrote the file.
        StorageError: The file is damaged, no store, or cannot be written.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A takedown overwrites what it deletes, instead of only unlinking it.
            connection.execute("PRAGMA secure_delete = ON")
        except sqlite3.Error as error:
            raise _storage_error(path, error) from error

    @sa.event.listens_for(engine, "handle_error")
    def translate(context: sa.engine.ExceptionContext) -> None:
        if isinstance(context.original_exception, sqlite3.Error):
            raise _storage_error(path, context.original_exception) from context.original_exception

    return SqlStore(engine, str(path))


def _storage_error(path: Path, error: sqlite3.Error) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        cure = (
            "the file is damaged: put it back from a backup, or delete it and deliver all articles "
            "again in one run"
        )
    else:
        cure = "free space or correct the permissions, then run again"
    return StorageError(f"{path}: {error}. What was published before is untouched; {cure}")
