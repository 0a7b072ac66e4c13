"""Parquet: values of any type are read or rejected one by one, and unknown columns left out."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.errors import InputError
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader, Record
from recommender.types.article import Article
from tests.sources.reading import MAX_CHARACTERS, NOON, only_article, places, read_table


def test_the_line_of_a_parquet_reject_is_its_row(tmp_path: Path) -> None:
    # Two batches, so that rows go on being counted across them.
    count = 1500
    ids = [f"a-{n}" for n in range(count)]
    texts: list[str | None] = ["x"] * count
    texts[3] = texts[1400] = None
    items = read_table(tmp_path, id=ids, text=texts)
    assert len(items) == count
    assert [place for place in places(items) if isinstance(place, tuple)] == [
        (4, "text"),
        (1401, "text"),
    ]


def test_bytes_and_integers_of_parquet_are_strings(tmp_path: Path) -> None:
    items = read_table(tmp_path, id=[1, 2], text=[b"x", b"y"])
    assert items == [Article("1", "", "x"), Article("2", "", "y")]
    items = read_table(tmp_path, id=[1.0, None], text=["x", "y"])
    assert places(items) == ["1", (2, "id")]


def test_parquet_categories_are_strings(tmp_path: Path) -> None:
    sources = pa.array(["Gazette", "Gazette"]).dictionary_encode()
    items = read_table(tmp_path, id=["a", "b"], text=["x", "y"], source=sources)
    assert [getattr(item, "source", None) for item in items] == ["Gazette", "Gazette"]


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        (pa.array([NOON], pa.timestamp("us", "UTC")), NOON),
        (pa.array([NOON], pa.timestamp("ms", "Europe/Paris")), NOON),
        (pa.array([NOON.replace(tzinfo=None)], pa.timestamp("s")), NOON),
        (pa.array([date(2026, 3, 1)]), NOON.replace(hour=0)),
        (pa.array(["2026-03-01T13:00:00+01:00"]), NOON),
        (pa.array([None], pa.timestamp("us")), None),
        # What pandas writes: nanoseconds, which a datetime cannot hold.
        (pa.array([int(NOON.timestamp()) * 10**9 + 250_000_001], pa.timestamp("ns")),
         NOON.replace(microsecond=250_000)),
    ],
)  # fmt: skip
def test_parquet_dates_of_any_kind_are_kept_in_utc(
    tmp_path: Path, column: pa.Array, meant: datetime | None
) -> None:
    items = read_table(tmp_path, id=["a"], text=["x"], published=column)
    assert only_article(items).published == meant


@pytest.mark.parametrize(
    "column",
    [pa.array([0, 2**60], pa.timestamp("us")), pa.array([0, 2**30], pa.date32())],
    ids=["timestamp", "date"],
)
def test_a_parquet_date_outside_the_calendar_is_left_out(tmp_path: Path, column: pa.Array) -> None:
    table = pa.table({"id": ["a", "b"], "text": ["x", "y"], "published": column})
    pq.write_table(table, tmp_path / "in.parquet")
    found = ArticleReader({}, MAX_CHARACTERS).records(open_source(tmp_path / "in.parquet"))
    first, second = (record for record in found if isinstance(record, Record))
    assert first.article.published == datetime(1970, 1, 1, tzinfo=UTC)
    assert second.article == Article("b", "", "y")
    assert [note.field for note in second.notes] == ["published"]


def _with_a_bad_byte() -> pa.Array:
    offsets = pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0")
    return pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"ab\xff")])


def test_invalid_utf_8_in_parquet_is_one_reject(tmp_path: Path) -> None:
    items = read_table(tmp_path, id=["a", "b"], text=_with_a_bad_byte())
    assert places(items) == ["a", (2, "text")]
    assert items[1].reason.startswith("invalid UTF-8")  # type: ignore[union-attr]


def test_an_unknown_parquet_column_cannot_break_a_record(tmp_path: Path) -> None:
    items = read_table(tmp_path, id=["a", "b"], text=["x", "y"], blob=_with_a_bad_byte())
    assert places(items) == ["a", "b"]


def test_parquet_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'text' for the field 'text'; it has id, body"):
        read_table(tmp_path, id=["a"], body=["x"])


def test_unknown_parquet_columns_are_remembered(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"], "text": ["x"], "rank": [1]}), tmp_path / "in.parquet")
    reader = ArticleReader({}, MAX_CHARACTERS)
    assert places(list(reader.read(open_source(tmp_path / "in.parquet")))) == ["a"]
    assert list(reader.unknown_fields) == ["rank"]
