"""What is looked up by name, in a read-only SQLite file.

Article id → row, content hash → text, story id ↔ story, and a dead id → its heir.
"""

import json
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from recommender.errors import SnapshotDamaged
from recommender.manifest import FORMAT, newer_format
from recommender.types import Keyword

__all__ = ["Lookup", "write_lookup"]

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE meta (build TEXT NOT NULL);
CREATE TABLE articles (id TEXT PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (hash BLOB PRIMARY KEY, text INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stories (story INTEGER PRIMARY KEY, id TEXT NOT NULL, keywords TEXT NOT NULL);
CREATE TABLE heirs (id TEXT PRIMARY KEY, heir TEXT) WITHOUT ROWID;
"""


def write_lookup(
    path: Path,
    build: str,
    ids: Iterable[str],
    text_of_hash: Mapping[bytes, int],
    stories: Iterable[tuple[str, Iterable[Keyword]]] = (),
    heirs: Mapping[str, str | None] = MappingProxyType({}),
) -> None:
    """Write a new file.

    It holds the articles' `ids` in row order, the text of every content hash, the id and keywords
    of every story, and the heirs of stories and topics that are no more.
    """
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = OFF")  # written aside: a failed file is thrown away
        database.execute("PRAGMA synchronous = OFF")  # the publisher syncs every file
        database.executescript(f"PRAGMA user_version = {FORMAT}; BEGIN; {_SCHEMA}")
        database.execute("INSERT INTO meta VALUES (?)", (build,))
        numbered = ((article_id, row) for row, article_id in enumerate(ids))
        database.executemany("INSERT INTO articles VALUES (?, ?)", numbered)
        database.executemany("INSERT INTO texts VALUES (?, ?)", text_of_hash.items())
        database.executemany(
            "INSERT INTO stories VALUES (?, ?, ?)",
            (
                (story, story_id, json.dumps([*keywords], ensure_ascii=False))
                for story, (story_id, keywords) in enumerate(stories)
            ),
        )
        database.executemany("INSERT INTO heirs VALUES (?, ?)", heirs.items())
        database.execute("CREATE UNIQUE INDEX stories_id ON stories (id)")
        database.execute("COMMIT")
    finally:
        database.close()


class Lookup:
    """Reader of one such file; safe in threads and after a fork, works on when it is deleted.

    Connections wait in a pool, one per thread that asks at the same moment: taking one is a
    `deque.pop`, no lock. Only where the file was deleted by a newer snapshot's publication and
    the pool is empty do threads share the first connection, which SQLite
    itself serialises.

    Raises:
        SnapshotDamaged: the file is no SQLite database, or another snapshot's.
        NewerFormat: a newer version wrote it.
    """

    def __init__(self, path: Path, build: str) -> None:
        self._opened: list[sqlite3.Connection] = []  # first of all, for __del__ to find it
        self.path = path
        self._size = path.stat().st_size
        self._last_resort = Lock()
        self._first = self._connect()
        self._pool: deque[sqlite3.Connection] = deque([self._first])
        self._pid = os.getpid()
        version, found = self._ask(_stamp)
        if version > FORMAT:
            raise newer_format(path, version)
        if found != build:
            raise SnapshotDamaged(f"{path} belongs to another snapshot (build {found})")

    def __del__(self) -> None:
        # A connection is part of a cycle that only the garbage collector breaks; until then a
        # pruned snapshot would keep its disk space. Nobody asks here any more.
        for connection in self._opened:
            connection.close()

    def row_of(self, article_id: str) -> int | None:
        """Row of an id, or None where there is no such article."""
        row: int | None = self._one("SELECT row FROM articles WHERE id = ?", article_id)
        return row

    def text_of(self, content_hash: bytes) -> int | None:
        """Number of the text with this content hash, or None."""
        text: int | None = self._one("SELECT text FROM texts WHERE hash = ?", content_hash)
        return text

    def story_of(self, story_id: str) -> int | None:
        """Number of the story of this id, or None."""
        story: int | None = self._one("SELECT story FROM stories WHERE id = ?", story_id)
        return story

    def story(self, story: int) -> tuple[str, tuple[Keyword, ...]]:
        """Id and keywords of the story of this number.

        Raises:
            SnapshotDamaged: the file holds no such story.
        """
        query = "SELECT id, keywords FROM stories WHERE story = ?"
        found = self._ask(lambda db: db.execute(query, (story,)).fetchone())
        if found is None:
            raise SnapshotDamaged(f"{self.path} has no story {story}")
        return found[0], tuple(Keyword(term, weight) for term, weight in json.loads(found[1]))

    def story_ids(self) -> list[str]:
        """The ids of all stories, by number."""
        query = "SELECT id FROM stories ORDER BY story"
        return [record[0] for record in self._ask(lambda db: db.execute(query).fetchall())]

    def heirs(self) -> dict[str, str | None]:
        """All ids of groups that are no more, each with its heir, or None."""
        return dict(self._ask(lambda db: db.execute("SELECT id, heir FROM heirs").fetchall()))

    def heir_of(self, group_id: str) -> str | None:
        """The story or topic that holds the articles of one that is no more, or None."""
        heir: str | None = self._one("SELECT heir FROM heirs WHERE id = ?", group_id)
        return heir

    def articles(self) -> int:
        """How many articles the file knows."""
        query = "SELECT count(*) FROM articles"
        count: int = self._ask(lambda db: db.execute(query).fetchone()[0])
        return count

    def check(self) -> None:
        """Run SQLite's own integrity check.

        Raises:
            SnapshotDamaged: it found damage.
        """
        verdict = self._ask(lambda db: db.execute("PRAGMA integrity_check").fetchone()[0])
        if verdict != "ok":
            raise SnapshotDamaged(f"{self.path} is damaged: {verdict}")

    def _one(self, query: str, key: str | bytes) -> Any:
        """The value that `query` finds for a `key`, or None."""
        try:
            found = self._ask(lambda db: db.execute(query, (key,)).fetchone())
        except UnicodeEncodeError:  # a lone surrogate: nothing published has one in its id
            return None
        return found[0] if found else None

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        if self._pid != os.getpid():  # SQLite connections must not be carried across a fork
            self._pool.clear()
            self._opened.clear()
            self._last_resort = Lock()
            self._pid = os.getpid()
        try:
            try:
                connection = self._pool.pop()
            except IndexError:
                try:
                    connection = self._connect()
                except SnapshotDamaged:
                    with self._last_resort:
                        return question(self._first)
            try:
                return question(connection)
            finally:
                self._pool.append(connection)
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError) as error:
            raise TypeError(f"an id is a string: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise SnapshotDamaged(f"{self.path} is damaged: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        # `immutable` promises SQLite what the snapshot promises us: no locks, no change checks.
        uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(
                uri, uri=True, check_same_thread=False, isolation_level=None
            )
            connection.execute(f"PRAGMA mmap_size = {self._size}")
        except sqlite3.Error as error:
            raise SnapshotDamaged(f"{self.path} cannot be opened: {error}") from error
        self._opened.append(connection)
        return connection


def _stamp(database: sqlite3.Connection) -> tuple[int, str | None]:
    """The version and the build that a file says it is of."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    tables = database.execute("SELECT name FROM sqlite_schema").fetchall()
    if ("meta",) not in tables:
        return version, None
    return version, database.execute("SELECT max(build) FROM meta").fetchone()[0]
