"""Every record of a source comes back once: a checked article, or a reject that says why not."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.sources.open import open_source
from recommender.sources.validate import MAX_ID_CHARACTERS, ArticleReader, Reject
from recommender.types.article import Article
from tests.sources.reading import (
    MAX_CHARACTERS,
    NOON,
    as_csv,
    good,
    only_article,
    only_reject,
    places,
    read_bytes,
    read_rows,
    read_table,
)

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


@pytest.mark.parametrize("name", ["in.jsonl", "in.ndjson", "in.JSONL", "in.jsonl.gz"])
def test_json_lines_give_every_field(tmp_path: Path, name: str) -> None:
    content = json.dumps(FULL).encode()
    if name.endswith(".gz"):
        content = gzip.compress(content)
    assert read_bytes(tmp_path, name, content) == [FULL_ARTICLE]


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz"])
def test_csv_gives_every_field(tmp_path: Path, name: str) -> None:
    content = as_csv(FULL).encode()
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
    taken = list(ArticleReader({}, 1000, headlines=True).read(open_source(path)))
    assert [(item.title, item.text) for item in taken if isinstance(item, Article)] == [
        ("Harbour opens", "")
    ]
    assert [type(item) for item in ArticleReader({}, 1000).read(open_source(path))] == [Reject]
    assert [
        type(item) for item in ArticleReader({}, 1000, headlines=True).read(open_source(neither))
    ] == [Reject]


@pytest.mark.parametrize("kind", ["csv", "parquet", "CSV.GZ"])
def test_a_feed_of_headlines_needs_no_column_of_texts(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"in.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"id": ["a"], "title": ["Harbour opens"]}), path)
    else:
        pack = gzip.compress if kind.endswith("GZ") else bytes
        path.write_bytes(pack(b"id,title\na,Harbour opens\n"))
    (taken,) = ArticleReader({}, 1000, headlines=True).read(open_source(path))
    assert isinstance(taken, Article)
    assert (taken.title, taken.text) == ("Harbour opens", "")
    with pytest.raises(InputError, match="no column 'text' for the field 'text'"):
        list(ArticleReader({}, 1000).read(open_source(path)))


def test_a_table_of_neither_titles_nor_texts_is_none_of_articles(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,headline\na,Harbour opens\n")
    with pytest.raises(InputError, match="no column 'text'"):
        list(ArticleReader({}, 1000, headlines=True).read(open_source(path)))


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
    reader = ArticleReader({}, MAX_CHARACTERS)
    assert places(list(reader.read(open_source(tmp_path / "one.jsonl")))) == ["a"]
    _, reject = reader.read(open_source(tmp_path / "two.csv"))
    assert isinstance(reject, Reject)
    assert (reject.line, reject.field) == (3, "id")
    assert reject.reason == f"repeats the id of {tmp_path / 'one.jsonl'}:1"


def test_a_rejected_record_does_not_take_the_id(tmp_path: Path) -> None:
    assert places(read_rows(tmp_path, good(text=""), good())) == [(1, "text"), "a"]


def test_ids_differ_by_case_and_by_space(tmp_path: Path) -> None:
    rows = [good(id=i) for i in ("a", "A", " a", "a ")]
    assert places(read_rows(tmp_path, *rows)) == ["a", "A", " a", "a "]


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
    reader = ArticleReader({}, MAX_CHARACTERS)
    for name in ("one.jsonl", "two.jsonl"):
        list(reader.read(open_source(tmp_path / name)))
    one, two = str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")
    assert reader.unknown_fields == {"tags": one, "rank": two, "new": two}


def test_a_mapped_fields_own_name_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "a", "body": "the text", "text": "a teaser"}')
    reader = ArticleReader({"text": "body"}, MAX_CHARACTERS)
    assert only_article(list(reader.read(open_source(tmp_path / "in.jsonl")))).text == "the text"
    assert list(reader.unknown_fields) == ["text"]
