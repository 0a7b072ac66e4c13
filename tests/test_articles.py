"""Every record of a source comes back once: a checked article, or a reject that says why not."""

import csv
import gzip
import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recommender.sources
from recommender.articles import MAX_ID_CHARACTERS, Reader, Reject
from recommender.errors import InputError
from recommender.types import Article

MAX_CHARACTERS = 1000
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def read(path: Path, mapping: Mapping[str, str] | None = None) -> list[Article | Reject]:
    return list(Reader(mapping or {}, MAX_CHARACTERS).read(path))


def read_bytes(
    tmp_path: Path, name: str, content: bytes | str, mapping: Mapping[str, str] | None = None
) -> list[Article | Reject]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, mapping)


def read_rows(tmp_path: Path, *rows: object) -> list[Article | Reject]:
    return read_bytes(tmp_path, "in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


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


# What is read, whatever the format


FULL = {
    "id": "a/1?é",
    "title": "Tide tables",
    "text": "The tide is in.\nThe crane is up.",
    "published": "2026-03-01T13:00:00+01:00",
    "url": "https://news.example/1",
    "source": "Gazette",
    "section": "harbour",
    "language": "en",
    "author": "M. Quay",
}
FULL_ARTICLE = Article(**{**FULL, "published": NOON})


def _csv(*rows: Mapping[str, object]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("name", ["in.jsonl", "in.ndjson", "in.JSONL", "in.jsonl.gz"])
def test_json_lines_give_every_field(tmp_path: Path, name: str) -> None:
    content = json.dumps(FULL).encode()
    if name.endswith(".gz"):
        content = gzip.compress(content)
    assert read_bytes(tmp_path, name, content) == [FULL_ARTICLE]


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz"])
def test_csv_gives_every_field(tmp_path: Path, name: str) -> None:
    content = _csv(FULL).encode()
    if name.endswith(".gz"):
        content = gzip.compress(content)
    assert read_bytes(tmp_path, name, content) == [FULL_ARTICLE]


def test_parquet_gives_every_field(tmp_path: Path) -> None:
    columns = {name: [value] for name, value in FULL.items()}
    assert read_table(tmp_path, **columns) == [FULL_ARTICLE]


def test_optional_fields_are_none_where_absent_null_or_blank(tmp_path: Path) -> None:
    expected = Article("a", "", "x")
    rows = (
        {"id": "a", "text": "x"},
        {"id": "a", "text": "x", "title": None, "published": None, "url": None, "author": None},
        {"id": "a", "text": "x", "title": " \n", "published": " ", "url": "", "source": "\t"},
    )
    for row in rows:
        assert read_rows(tmp_path, row) == [expected]


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "  leading, \t tabs\r\n\r\nand\u2028every kind of line end\x00 "
    assert only_article(read_rows(tmp_path, good(text=text))).text == text


def test_blank_lines_of_json_are_no_records_but_count_as_lines(tmp_path: Path) -> None:
    content = '\n{"id": "a", "text": "x"}\n \n\n{"id": "b"}\n'
    assert places(read_bytes(tmp_path, "in.jsonl", content)) == ["a", (5, "text")]


def test_a_last_line_without_a_line_end_is_read(tmp_path: Path) -> None:
    content = b'{"id": "a", "text": "x"}\r\n{"id": "b", "text": "x"}'
    assert places(read_bytes(tmp_path, "in.jsonl", content)) == ["a", "b"]


@pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz"])
def test_an_empty_json_file_holds_no_records(tmp_path: Path, name: str) -> None:
    content = gzip.compress(b"") if name.endswith(".gz") else b""
    assert read_bytes(tmp_path, name, content) == []


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(
        st.fixed_dictionaries({}, optional={
            "id": st.one_of(st.text(max_size=5), st.integers(0, 3), st.none()),
            "text": st.one_of(st.text(max_size=5), st.booleans(), st.none()),
            "published": st.one_of(st.text(max_size=5), st.just("2026-03-01")),
            "extra": st.integers(),
        }),
        max_size=12,
    )
)  # fmt: skip
def test_every_record_comes_back_once_in_order(
    rows: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    items = read_rows(tmp_path_factory.mktemp("any"), *rows)
    assert len(items) == len(rows)
    ids = [item.id for item in items if isinstance(item, Article)]
    assert len(ids) == len(set(ids))
    for line, (item, row) in enumerate(zip(items, rows, strict=True), start=1):
        if isinstance(item, Reject):
            assert item.line == line
            assert item.reason
        else:
            assert (item.id, item.text) == (row["id"], row["text"])


# Records that are left out


@pytest.mark.parametrize("text", [None, "", " \t"])
def test_a_headline_alone_is_an_article_where_that_is_asked_for(
    tmp_path: Path, text: str | None
) -> None:
    path, neither = tmp_path / "in.jsonl", tmp_path / "neither.jsonl"
    path.write_text(json.dumps(good(title="Harbour opens", text=text)))
    neither.write_text(json.dumps(good(title="", text=text)))
    taken = list(Reader({}, 1000, headlines=True).read(path))
    assert [(item.title, item.text) for item in taken if isinstance(item, Article)] == [
        ("Harbour opens", "")
    ]
    assert [type(item) for item in Reader({}, 1000).read(path)] == [Reject]
    assert [type(item) for item in Reader({}, 1000, headlines=True).read(neither)] == [Reject]


@pytest.mark.parametrize("kind", ["csv", "parquet", "CSV.GZ"])
def test_a_feed_of_headlines_needs_no_column_of_texts(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"in.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"id": ["a"], "title": ["Harbour opens"]}), path)
    else:
        pack = gzip.compress if kind.endswith("GZ") else bytes
        path.write_bytes(pack(b"id,title\na,Harbour opens\n"))
    (taken,) = Reader({}, 1000, headlines=True).read(path)
    assert isinstance(taken, Article)
    assert (taken.title, taken.text) == ("Harbour opens", "")
    with pytest.raises(InputError, match="no column 'text' for the field 'text'"):
        list(Reader({}, 1000).read(path))


def test_a_table_of_neither_titles_nor_texts_is_none_of_articles(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,headline\na,Harbour opens\n")
    with pytest.raises(InputError, match="no column 'text'"):
        list(Reader({}, 1000, headlines=True).read(path))


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"text": "x"}, "id", "no id"),
        (good(id=None), "id", "no id"),
        (good(id=""), "id", "no id"),
        (good(id=" \t"), "id", "no id"),
        (good(id=17), "id", "expected a string, got a number; ids are strings: write it quoted"),
        (good(id=1.5), "id", "expected a string, got a number; ids are strings: write it quoted"),
        (good(id=True), "id", "expected a string, got a boolean; ids are strings: write it quoted"),
        (good(id=["a"]), "id", "expected a string, got a list; ids are strings: write it quoted"),
        (good(id="a\nb"), "id", "an id holds no line breaks or control characters"),
        (good(id="a\x1b[31m"), "id", "an id holds no line breaks or control characters"),
        (good(id="a\x00"), "id", "an id holds no line breaks or control characters"),
        (good(id="x" * 513), "id", "513 characters; an id has at most 512"),
        ({"id": "a"}, "text", "no text"),
        (good(text=None), "text", "no text"),
        (good(text=" \n\t "), "text", "no text"),
        (good(text=5), "text", "expected a string, got a number"),
        (good(text={"body": "x"}), "text", "expected a string, got an object"),
        (good(text="x" * 1001), "text", "1,001 characters; input.max_characters admits 1,000"),
        (good(title=["x"]), "title", "expected a string, got a list"),
        (good(title="x" * 1001), "title", "1,001 characters; input.max_characters admits 1,000"),
        (good(url=False), "url", "expected a string, got a boolean"),
        (good(source=1), "source", "expected a string, got a number"),
        (good(section=[]), "section", "expected a string, got a list"),
        (good(language={}), "language", "expected a string, got an object"),
        (good(author=2.0), "author", "expected a string, got a number"),
        (good(published=1772366400), "published", "expected an ISO 8601 string, got a number"),
        (good(published=True), "published", "expected an ISO 8601 string, got a boolean"),
    ],
)
def test_a_bad_field_is_rejected_with_its_reason(
    tmp_path: Path, row: dict[str, object], field: str, reason: str
) -> None:
    file = str(tmp_path / "in.jsonl")
    identified = row.get("id") == "a"
    expected = Reject(file, 1, field, reason, "a" if identified else None)
    assert read_rows(tmp_path, row) == [expected]
    assert str(expected) == f"{file}:1: {field}: {reason}"


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-02-30", "2026-13-01", "1/3/2026", "2026", "١"]
)
def test_a_bad_date_is_quoted_in_the_reason(tmp_path: Path, value: str) -> None:
    reject = only_reject(read_rows(tmp_path, good(published=value)))
    assert (reject.field, reject.id) == ("published", "a")
    assert reject.reason.startswith(f"{value!r} is no ISO 8601 date; expected e.g. ")


def test_a_long_bad_date_is_not_quoted_whole(tmp_path: Path) -> None:
    assert len(only_reject(read_rows(tmp_path, good(published="9" * 900))).reason) < 200


def test_the_largest_admitted_sizes_are_admitted(tmp_path: Path) -> None:
    row = good(id="x" * MAX_ID_CHARACTERS, title="t" * MAX_CHARACTERS, text="y" * MAX_CHARACTERS)
    assert only_article(read_rows(tmp_path, row)).id == "x" * MAX_ID_CHARACTERS


@pytest.mark.parametrize("name", ["id", "text", "title", "url", "section"])
def test_a_lone_surrogate_is_no_text(tmp_path: Path, name: str) -> None:
    reject = only_reject(read_rows(tmp_path, good(**{name: "ab\ud83d"})))
    assert (reject.field, reject.reason) == (name, r"invalid UTF-8: \ud83d at character 2")
    json.dumps(reject.reason, ensure_ascii=False).encode()


def test_an_escaped_surrogate_pair_is_one_character(tmp_path: Path) -> None:
    assert only_article(read_rows(tmp_path, good(text="\U0001f600"))).text == "\U0001f600"


def test_a_repeated_id_names_where_it_was_first(tmp_path: Path) -> None:
    items = read_rows(tmp_path, good(), good(id="b"), good(text="other"))
    first = f"{tmp_path / 'in.jsonl'}:1"
    assert items[2] == Reject(
        str(tmp_path / "in.jsonl"), 3, "id", f"repeats the id of {first}", "a"
    )


def test_an_id_may_repeat_in_no_other_file_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps(good()) + "\n")
    (tmp_path / "two.csv").write_text("id,text\nb,x\na,x\n")
    reader = Reader({}, MAX_CHARACTERS)
    assert places(list(reader.read(tmp_path / "one.jsonl"))) == ["a"]
    _, reject = reader.read(tmp_path / "two.csv")
    assert isinstance(reject, Reject)
    assert (reject.line, reject.field) == (3, "id")
    assert reject.reason == f"repeats the id of {tmp_path / 'one.jsonl'}:1"


def test_a_rejected_record_does_not_take_the_id(tmp_path: Path) -> None:
    assert places(read_rows(tmp_path, good(text=""), good())) == [(1, "text"), "a"]


def test_ids_differ_by_case_and_by_space(tmp_path: Path) -> None:
    rows = [good(id=i) for i in ("a", "A", " a", "a ")]
    assert places(read_rows(tmp_path, *rows)) == ["a", "A", " a", "a "]


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
    monkeypatch.setattr(recommender.sources, "MAX_LINE_BYTES", 100)
    rows = "".join(json.dumps(good(id=i, text=t)) + "\n" for i, t in (("a", "x" * 990), ("b", "y")))
    reject, article = read_bytes(tmp_path, "in.jsonl", rows)
    assert reject == Reject(str(tmp_path / "in.jsonl"), 1, "", "a line of more than 100 bytes")
    assert isinstance(article, Article)
    assert article.id == "b"


# Dates


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T13:00:00+01:00", NOON),
        ("2026-03-01T06:30:00-05:30", NOON),
        ("20260301T120000Z", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("  2026-03-01T12:00\n", NOON),
        ("2026-03-01T12:00:00.25Z", NOON.replace(microsecond=250_000)),
        ("2026-03-01T12:00:00.123456789Z", NOON.replace(microsecond=123_456)),
        ("2026-03-01", NOON.replace(hour=0)),
        ("2026-03-01T00:30:00+02:00", datetime(2026, 2, 28, 22, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_are_kept_in_utc(tmp_path: Path, written: str, meant: datetime) -> None:
    published = only_article(read_rows(tmp_path, good(published=written))).published
    assert published == meant
    assert published is not None
    assert published.tzinfo is UTC


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01"])
def test_a_date_that_leaves_the_calendar_in_utc_is_rejected(tmp_path: Path, written: str) -> None:
    reject = only_reject(read_rows(tmp_path, good(published=written)))
    assert reject.field == "published"
    assert reject.reason.endswith("lies outside the years 1 to 9999")


@settings(deadline=None, max_examples=50)
@given(moment=st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1),
                           timezones=st.timezones()))  # fmt: skip
def test_any_offset_means_the_same_moment(
    moment: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    items = read_rows(tmp_path_factory.mktemp("dates"), good(published=moment.isoformat()))
    # In UTC, for a time that the clocks show twice equals no time of another zone.
    assert only_article(items).published == moment.astimezone(UTC)


# Field names


def test_mapped_names_are_read_and_named_in_rejects(tmp_path: Path) -> None:
    mapping = {"id": "guid", "text": "body", "title": "headline"}
    content = '{"guid": "a", "body": "x", "headline": "T"}\n{"guid": "b", "body": 3}\n{"body": ""}'
    items = read_bytes(tmp_path, "in.jsonl", content, mapping)
    assert items[0] == Article("a", "T", "x")
    assert places(items) == ["a", (2, "body"), (3, "guid")]


def test_a_repeated_id_is_named_by_the_publishers_name(tmp_path: Path) -> None:
    content = '{"guid": "a", "text": "x"}\n{"guid": "a", "text": "y"}'
    items = read_bytes(tmp_path, "in.jsonl", content, {"id": "guid"})
    assert places(items) == ["a", (2, "guid")]


def test_unknown_fields_are_kept_out_and_remembered_with_their_first_file(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps(good(tags=["x"])) + "\n")
    (tmp_path / "two.jsonl").write_text(
        json.dumps(good(id="b", tags=[], rank=1)) + "\n" + json.dumps(good(id="", rank=2, new=1))
    )
    reader = Reader({}, MAX_CHARACTERS)
    for name in ("one.jsonl", "two.jsonl"):
        list(reader.read(tmp_path / name))
    one, two = str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")
    assert reader.unknown_fields == {"tags": one, "rank": two, "new": two}


def test_a_mapped_fields_own_name_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "a", "body": "the text", "text": "a teaser"}')
    reader = Reader({"text": "body"}, MAX_CHARACTERS)
    assert only_article(list(reader.read(tmp_path / "in.jsonl"))).text == "the text"
    assert list(reader.unknown_fields) == ["text"]


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
    monkeypatch.setattr(recommender.sources, "MAX_LINE_BYTES", 100)
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
        tmp_path_factory.mktemp("csv"), "in.csv", _csv(*rows) if rows else "id,text\n"
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
        content = {"csv": _csv(*rows).encode(), "jsonl.gz": gzip.compress(lines)}
        path.write_bytes(content.get(kind, lines))
    reader = Reader({}, MAX_CHARACTERS)
    seen = [reader.bytes_read for _ in reader.read(path)]
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size
