"""Every record of a source comes back once: a checked article, or a reject that says why not."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.sources.identifiers import MAX_ID_CHARACTERS
from recommender.sources.markup import strip_markup
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader, Note, Record, Reject
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
    read_records,
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
            "text": st.one_of(st.text(max_size=5), st.booleans(), st.none(), st.just("a word")),
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
    for line, (item, row) in enumerate(zip(items, rows, strict=True), start=1):
        if isinstance(item, Reject):
            assert item.line == line
            assert item.reason
        else:
            assert item.id == str(row["id"]).strip()
            assert item.text == strip_markup(str(row["text"]))


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
        (good(id=1.5), "id", "1.5 is no integer that is certain to be whole; quote ids"),
        (good(id=1e300), "id", "1e+300 is no integer that is certain to be whole; quote ids"),
        (good(id=True), "id", "expected a string or an integer, got a boolean"),
        (good(id=["a"]), "id", "expected a string or an integer, got a list"),
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
        (good(title="x" * 1001), "title", "1,001 characters; input.max_characters admits 1,000"),
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


OPTIONAL = [
    ("title", ["x", "y"], "expected a string, got a list"),
    ("url", False, "expected a string, got a boolean"),
    ("source", {"town": 1}, "expected a string, got an object"),
    ("section", True, "expected a string, got a boolean"),
    ("language", {}, "expected a string, got an object"),
    ("author", 2.0, "expected a string, got a number"),
    ("published", True, "expected a date, got a boolean"),
    ("updated", [], "expected a date, got a list"),
    ("published", "2062-03-01", "2062-03-01 lies later than tomorrow"),
    ("published", "1599-12-31", "1599-12-31 lies before newspapers"),
    ("published", "0001-01-02", "0001-01-02 lies before newspapers"),
]


@pytest.mark.parametrize(("field", "value", "reason"), OPTIONAL)
def test_a_bad_optional_field_is_left_out_and_noted(
    tmp_path: Path, field: str, value: object, reason: str
) -> None:
    (record,) = read_records(tmp_path, good(**{field: value}))
    assert isinstance(record, Record)
    assert record.article == Article(**good() | {field: "" if field == "title" else None})
    assert record.notes == [Note(str(tmp_path / "in.jsonl"), 1, field, reason, "a")]
    assert not record.cleaned


@pytest.mark.parametrize(("field", "value", "reason"), OPTIONAL)
def test_where_reading_is_strict_a_bad_optional_field_is_a_reject(
    tmp_path: Path, field: str, value: object, reason: str
) -> None:
    rejects = read_records(tmp_path, good(**{field: value}), strict=True)
    assert rejects == [Reject(str(tmp_path / "in.jsonl"), 1, field, reason, "a")]


def test_tomorrow_is_counted_from_the_moment_of_the_run(tmp_path: Path) -> None:
    rows = [good(id=i, published=d) for i, d in (("a", "2026-03-02T12:00:00Z"),
                                                 ("b", "2026-03-02T12:00:01Z"))]  # fmt: skip
    found = read_records(tmp_path, *rows, now=NOON)
    assert [record.article.published for record in found if isinstance(record, Record)] == [
        NOON + timedelta(days=1), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-02-30", "2026-13-01", "1/3/2026", "2026", "١", "9" * 900]
)
def test_a_bad_date_is_quoted_in_its_note_but_not_whole(tmp_path: Path, value: str) -> None:
    (record,) = read_records(tmp_path, good(published=value))
    assert isinstance(record, Record)
    (note,) = record.notes
    assert (note.field, note.id, record.article.published) == ("published", "a", None)
    assert value[:60] in note.reason
    assert len(note.reason) < 200


def test_the_largest_admitted_sizes_are_admitted(tmp_path: Path) -> None:
    row = good(id="x" * MAX_ID_CHARACTERS, title="t" * MAX_CHARACTERS, text="y" * MAX_CHARACTERS)
    assert only_article(read_rows(tmp_path, row)).id == "x" * MAX_ID_CHARACTERS


@pytest.mark.parametrize("name", ["title", "text", "url", "section"])
def test_half_a_character_is_taken_out_and_noted(tmp_path: Path, name: str) -> None:
    (record,) = read_records(tmp_path, good(**{name: "ab\ud83d"}))
    assert isinstance(record, Record)
    assert getattr(record.article, name) == "ab"
    assert [note.reason for note in record.notes] == [
        r"half a character, \ud83d at 2, is taken out"
    ]


def test_an_id_with_half_a_character_is_none(tmp_path: Path) -> None:
    reject = only_reject(read_rows(tmp_path, good(id="ab\ud83d")))
    assert (reject.field, reject.reason) == ("id", r"invalid UTF-8: '\ud83d' at character 2")


def test_an_escaped_surrogate_pair_is_one_character(tmp_path: Path) -> None:
    assert only_article(read_rows(tmp_path, good(text="x \U0001f600"))).text == "x \U0001f600"


def test_every_record_of_an_id_is_read(tmp_path: Path) -> None:
    items = read_rows(tmp_path, good(), good(text=""), good(text="Other words."))
    assert places(items) == ["a", (2, "text"), "a"]


def test_twins_are_found_in_another_file_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps(good()) + "\n")
    (tmp_path / "two.csv").write_text("id,text\nb,x\nA,x\n")
    reader = ArticleReader({}, MAX_CHARACTERS)
    assert places(list(reader.read(open_source(tmp_path / "one.jsonl")))) == ["a"]
    _, record = reader.records(open_source(tmp_path / "two.csv"))
    assert isinstance(record, Record)
    (note,) = record.notes
    assert (note.line, note.field) == (3, "id")
    assert f"looks like the id 'a' of {tmp_path / 'one.jsonl'}:1" in note.reason


def test_ids_that_look_alike_are_named(tmp_path: Path) -> None:
    found = read_records(tmp_path, *(good(id=i) for i in ("a", "A", "ca\u0301", "c\u00e1")))
    file = tmp_path / "in.jsonl"
    assert [r.article.id for r in found if isinstance(r, Record)] == ["a", "A", "ca\u0301"]
    assert [n.reason for r in found[:3] if isinstance(r, Record) for n in r.notes] == [
        f"'A' looks like the id 'a' of {file}:1; both are kept"
    ]
    assert found[3] == Reject(
        str(file), 4, "id",
        rf"'c\xe1' looks like the id 'ca\u0301' of {file}:3, which has the same characters in "
        "another encoding",
        "c\u00e1",
    )  # fmt: skip


def test_blanks_around_an_id_are_cut_off_and_noted(tmp_path: Path) -> None:
    (record,) = read_records(tmp_path, good(id=" a\u00a0"))
    assert isinstance(record, Record)
    assert (record.article.id, [note.field for note in record.notes]) == ("a", ["id"])


def test_the_values_of_a_record_are_found_by_other_capitals_and_blanks(tmp_path: Path) -> None:
    row = {"Id": "a", "Title ": "Tide", "TEXT": "The tide is in.", "\ufeffurl": "u"}
    assert read_rows(tmp_path, row) == [Article("a", "Tide", "The tide is in.", url="u")]


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
    ],
)
def test_dates_are_kept_in_utc(tmp_path: Path, written: str, meant: datetime) -> None:
    published = only_article(read_rows(tmp_path, good(published=written))).published
    assert published == meant
    assert published is not None
    assert published.tzinfo is UTC


@settings(deadline=None, max_examples=50)
@given(moment=st.datetimes(min_value=datetime(1601, 1, 1), max_value=datetime(2026, 1, 1),
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
