"""Reading made-up records from a file of any kind, for the tests of sources."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader, Record, Reject
from recommender.types.article import Article

MAX_CHARACTERS = 1000
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def read(path: Path, mapping: Mapping[str, str] | None = None) -> list[Article | Reject]:
    return list(ArticleReader(mapping or {}, MAX_CHARACTERS).read(open_source(path)))


def read_bytes(
    tmp_path: Path, name: str, content: bytes | str, mapping: Mapping[str, str] | None = None
) -> list[Article | Reject]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, mapping)


def read_rows(tmp_path: Path, *rows: object) -> list[Article | Reject]:
    return read_bytes(tmp_path, "in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def read_records(tmp_path: Path, *rows: object, **options: Any) -> list[Record | Reject]:
    """Read made-up records with what was noted about each; the options are the reader's."""
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    reader = ArticleReader({}, options.pop("max_characters", MAX_CHARACTERS), **options)
    return list(reader.records(open_source(path)))


def read_table(tmp_path: Path, **columns: object) -> list[Article | Reject]:
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    return read(tmp_path / "in.parquet")


def good(**fields: object) -> dict[str, object]:
    return {"id": "a", "title": "Tide", "text": "The tide is in.", **fields}


def places(items: list[Article | Reject]) -> list[str | tuple[int, str]]:
    """Ids of articles, (line, field) of rejects, in order."""
    return [item.id if isinstance(item, Article) else (item.line, item.field) for item in items]


def only_reject(items: list[Article | Reject]) -> Reject:
    (item,) = items
    assert isinstance(item, Reject)
    return item


def only_article(items: list[Article | Reject]) -> Article:
    (item,) = items
    assert isinstance(item, Article), item
    return item


def as_csv(*rows: Mapping[str, object]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
