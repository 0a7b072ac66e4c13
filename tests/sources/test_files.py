"""Files as rows: what is wrong with one record is told in its place, a broken file as a whole."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recommender.sources.files
from recommender.errors import InputError
from recommender.sources.validate import Reader, Reject
from recommender.types import Article
from tests.sources.test_validate import (
    MAX_CHARACTERS,
    NOON,
    as_csv,
    good,
    only_article,
    only_reject,
    places,
    read,
    read_bytes,
    read_table,
)

# JSON


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "a", "text": "x"', "invalid JSON: Expecting ',' delimiter at column 24"),
        (b"nonsense", "invalid JSON: Expecting value at column 1"),
        (b'{"id": "a"} {"id": "b"}', "invalid JSON: Extra data at column 13"),
        (b'["a", "x"]', "expected an object, got a list"),
        (b'"a"', "expected an object, got a str"),
        (b"null", "expected an object, got null"),
        (b"3", "expected an object, got a number"),
        (b'{"id": "a", "text": "\xff"}', "invalid UTF-8: byte 0xff at 21"),
        (b'{"id": "caf\xe9", "text": "x"}', "invalid UTF-8: byte 0xe9 at 11"),
        pytest.param(b"[" * 200_000, "invalid JSON: nested too deeply", id="deep"),
    ],
)
def test_a_line_that_is_no_object_is_rejected_whole(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    content = json.dumps(good()).encode() + b"\n" + line + b"\n" + b'{"id": "z", "text": "x"}'
    first, reject, last = read_bytes(tmp_path, "in.jsonl", content)
    file = str(tmp_path / "in.jsonl")
    assert (reject, str(reject)) == (Reject(file, 2, "", reason), f"{file}:2: {reason}")
    assert [getattr(first, "id", None), getattr(last, "id", None)] == ["a", "z"]


def test_a_number_of_thousands_of_digits_is_a_bad_line(tmp_path: Path) -> None:
    content = b'{"id": ' + b"9" * 5000 + b', "text": "x"}'
    assert only_reject(read_bytes(tmp_path, "in.jsonl", content)).reason.startswith("invalid JSON")


def test_utf_16_is_rejected_line_by_line(tmp_path: Path) -> None:
    content = (json.dumps(good()) + "\n").encode("utf-16")
    items = read_bytes(tmp_path, "in.jsonl", content)
    assert items
    assert all(isinstance(item, Reject) for item in items)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(good()).encode()
    assert places(read_bytes(tmp_path, "in.jsonl", content)) == ["a"]


def test_an_absurdly_long_line_is_rejected_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommender.sources.files, "MAX_LINE_BYTES", 100)
    rows = "".join(json.dumps(good(id=i, text=t)) + "\n" for i, t in (("a", "x" * 990), ("b", "y")))
    reject, article = read_bytes(tmp_path, "in.jsonl", rows)
    assert reject == Reject(str(tmp_path / "in.jsonl"), 1, "", "a line of more than 100 bytes")
    assert isinstance(article, Article)
    assert article.id == "b"


# CSV


def test_the_line_of_a_csv_reject_is_where_its_record_ends(tmp_path: Path) -> None:
    content = 'id,text\na,"one\n\ntwo"\nb,\nc,"x\ny",more\nd,x\n,"p\nq"\n'
    items = read_bytes(tmp_path, "in.csv", content)
    assert places(items) == ["a", (5, "text"), (7, ""), "d", (10, "id")]
    assert items[0] == Article("a", "", "one\n\ntwo")


def test_empty_lines_of_csv_are_no_records(tmp_path: Path) -> None:
    assert places(read_bytes(tmp_path, "in.csv", "id,text\n\na,x\n\n\nb,\n")) == ["a", (6, "text")]


@pytest.mark.parametrize(("line", "columns"), [("b", 1), ("b,x,y", 3), ("b,x,", 3)])
def test_a_csv_record_of_the_wrong_width_is_rejected(
    tmp_path: Path, line: str, columns: int
) -> None:
    items = read_bytes(tmp_path, "in.csv", f"id,text\na,x\n{line}\nc,x\n")
    assert places(items) == ["a", (3, ""), "c"]
    assert items[1].reason == f"{columns} columns where the header has 2"  # type: ignore[union-attr]


def test_text_behind_a_closing_quote_breaks_one_csv_record_only(tmp_path: Path) -> None:
    items = read_bytes(tmp_path, "in.csv", 'id,text\na,x\nb,"said "no" and left"\nc,x\n')
    assert places(items) == ["a", (3, ""), "c"]
    assert items[1].reason.startswith("broken CSV in lines 3 to 3: ")  # type: ignore[union-attr]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file_as_one_record(
    tmp_path: Path,
) -> None:
    """One reject for all that follows would pass any limit on rejects: articles lost in silence."""
    rows = "".join(f"{n},plain text\n" for n in range(50))
    try:
        items = read_bytes(tmp_path, "in.csv", f'id,text\na,"never closed\n{rows}')
    except InputError as error:
        assert "in.csv:2" in str(error)  # noqa: PT017 - refusing the file is as good an answer
    else:
        assert len(items) == 51


def test_an_absurdly_long_csv_line_is_never_cut_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommender.sources.files, "MAX_LINE_BYTES", 100)
    for text in ("x" * 200, f'"{"x" * 200}"'):
        try:
            items = read_bytes(tmp_path, "in.csv", f'id,text\na,{text}\nb,"fine"\nc,fine\n')
        except InputError as error:
            assert "in.csv:2" in str(error)  # noqa: PT017 - refusing the file is as good an answer
        else:
            assert places(items) == [(2, ""), "b", "c"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_byte_order_mark_before_a_csv_header_is_passed_over(tmp_path: Path, quote: str) -> None:
    header = ",".join(f"{quote}{name}{quote}" for name in ("id", "text"))
    content = f"{header}\na,x\n".encode("utf-8-sig")
    assert places(read_bytes(tmp_path, "in.csv", content)) == ["a"]


def test_bad_bytes_in_csv_name_their_field(tmp_path: Path) -> None:
    content = b"id,text,source\na,ab\xffc,\nb,x,\xe9\nc\x80,x,\nd,caf\xc3\xa9,\n"
    items = read_bytes(tmp_path, "in.csv", content)
    assert places(items) == [(2, "text"), (3, "source"), (4, "id"), "d"]
    reasons = [item.reason for item in items if isinstance(item, Reject)]
    assert reasons[0] == "invalid UTF-8: byte 0xff at character 2"


def test_a_bad_byte_in_a_csv_date_gives_a_printable_reason(tmp_path: Path) -> None:
    reject = only_reject(read_bytes(tmp_path, "in.csv", b"id,text,published\na,x,2026\xff\n"))
    assert reject.field == "published"
    reject.reason.encode()


def test_csv_fields_may_be_longer_than_the_modules_own_limit(tmp_path: Path) -> None:
    text = "word " * 40_000
    (tmp_path / "in.csv").write_text(f"id,text\na,{text}\n")
    (article,) = Reader({}, 1_000_000).read(tmp_path / "in.csv")
    assert isinstance(article, Article)
    assert article.text == text


@pytest.mark.parametrize(
    ("header", "missing"), [("id,body", "text"), ("guid,text", "id"), ("", "id"), ("ID,text", "id")]
)
def test_csv_without_a_needed_column_is_refused_with_the_way_out(
    tmp_path: Path, header: str, missing: str
) -> None:
    with pytest.raises(InputError, match=rf"\[input\.fields\] {missing} = ") as caught:
        read_bytes(tmp_path, "in.csv", f"{header}\na,x\n")
    assert str(tmp_path / "in.csv") in str(caught.value)


def test_a_broken_csv_header_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"in\.csv"):
        read_bytes(tmp_path, "in.csv", '"id"x,text\na,x\n')


def test_csv_with_a_column_twice_is_refused(tmp_path: Path) -> None:
    """Which of the two was meant cannot be known, and one would be dropped in silence."""
    with pytest.raises(InputError, match="text"):
        read_bytes(tmp_path, "in.csv", "id,text,text\na,x,y\n")


def test_csv_without_records_is_empty(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "in.csv", "id,text\n") == []


@settings(deadline=None, max_examples=40)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20).filter(
            lambda text: bool(text.strip())
        ),
        max_size=8,
    )
)
def test_csv_gives_back_any_text(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
    items = read_bytes(
        tmp_path_factory.mktemp("csv"), "in.csv", as_csv(*rows) if rows else "id,text\n"
    )
    assert [getattr(item, "text", item) for item in items] == texts


# Parquet


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


def test_parquet_types_that_are_no_strings_are_rejected(tmp_path: Path) -> None:
    items = read_table(tmp_path, id=["a", "b"], text=[b"x", b"y"])
    assert places(items) == [(1, "text"), (2, "text")]
    items = read_table(tmp_path, id=[1, 2], text=["x", "y"])
    assert places(items) == [(1, "id"), (2, "id")]


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
def test_a_parquet_date_outside_the_calendar_is_one_reject(
    tmp_path: Path, column: pa.Array
) -> None:
    items = read_table(tmp_path, id=["a", "b"], text=["x", "y"], published=column)
    assert places(items) == ["a", (2, "published")]


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
    reader = Reader({}, MAX_CHARACTERS)
    assert places(list(reader.read(tmp_path / "in.parquet"))) == ["a"]
    assert list(reader.unknown_fields) == ["rank"]


# Files that are broken as a whole


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.jsonl: cannot be read: No such file"):
        read(tmp_path / "no.jsonl")


def test_a_folder_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").mkdir()
    with pytest.raises(InputError, match=r"in\.jsonl: cannot be read: Is a directory"):
        read(tmp_path / "in.jsonl")


@pytest.mark.parametrize("name", ["news.txt", "news", "news.json", "news.parquet.zip"])
def test_an_unknown_kind_says_which_are_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"unknown kind of source; expected \.jsonl"):
        read_bytes(tmp_path, name, "")


@pytest.mark.parametrize("name", ["in.jsonl.gz", "in.csv.gz"])
def test_a_truncated_gzip_is_refused(tmp_path: Path, name: str) -> None:
    rows = "id,text\na,x\n" if "csv" in name else json.dumps(good())
    with pytest.raises(InputError, match=rf"{name}: cannot be read: "):
        read_bytes(tmp_path, name, gzip.compress(rows.encode())[:-4])


def test_an_altered_gzip_is_refused(tmp_path: Path) -> None:
    rows = "".join(json.dumps(good(id=f"a-{n}")) + "\n" for n in range(200))
    packed = bytearray(gzip.compress(rows.encode()))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(InputError, match=r"in\.jsonl\.gz: cannot be read: "):
        read_bytes(tmp_path, "in.jsonl.gz", bytes(packed))


def test_a_gz_that_is_no_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Not a gzipped file"):
        read_bytes(tmp_path, "in.jsonl.gz", json.dumps(good()))


@pytest.mark.parametrize("cut", [3, 60])
def test_a_truncated_parquet_file_is_refused(tmp_path: Path, cut: int) -> None:
    pq.write_table(pa.table({"id": ["a"], "text": ["x"]}), tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()[:-cut]
    with pytest.raises(InputError, match="is not a readable Parquet file"):
        read_bytes(tmp_path, "in.parquet", content)


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "csv", "parquet"])
def test_bytes_read_grow_to_the_files_size(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"in.{kind}"
    rows = [good(id=f"a-{n}") for n in range(3000)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        content = {"csv": as_csv(*rows).encode(), "jsonl.gz": gzip.compress(lines)}
        path.write_bytes(content.get(kind, lines))
    reader = Reader({}, MAX_CHARACTERS)
    seen = [reader.bytes_read for _ in reader.read(path)]
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size
