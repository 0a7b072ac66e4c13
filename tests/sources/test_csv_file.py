"""CSV: what is wrong with one record is rejected in its place, and no record is lost in silence."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.sources import files
from recommender.sources.markup import strip_markup
from recommender.sources.open import open_source
from recommender.sources.validate import ArticleReader, Reject
from recommender.sources.words import has_word
from recommender.types.article import Article
from tests.sources.reading import as_csv, places, read_bytes


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
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 100)
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
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    items = list(ArticleReader({}, 1000, strict=True).read(open_source(path)))
    assert places(items) == [(2, "text"), (3, "source"), (4, "id"), "d"]
    reasons = [item.reason for item in items if isinstance(item, Reject)]
    assert reasons[0].startswith("invalid UTF-8: byte 0xff at character 2; see ")


def test_csv_fields_may_be_longer_than_the_modules_own_limit(tmp_path: Path) -> None:
    text = "word " * 40_000
    (tmp_path / "in.csv").write_text(f"id,text\na,{text}\n")
    (article,) = ArticleReader({}, 1_000_000).read(open_source(tmp_path / "in.csv"))
    assert isinstance(article, Article)
    assert article.text == text


@pytest.mark.parametrize(
    ("header", "missing"),
    [("id,body", "text"), ("guid,text", "id"), ("", "id"), ("IDs,text", "id")],
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


@pytest.mark.parametrize("content", ["", "\n\n", "sep=;\n"])
def test_csv_without_a_header_is_named(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="is empty; CSV begins with the names of its columns"):
        read_bytes(tmp_path, "in.csv", content)


def test_a_stray_nul_is_part_of_a_text(tmp_path: Path) -> None:
    items = read_bytes(tmp_path, "in.csv", f"id,text\na,one\0word{' and more' * 9}\n")
    assert places(items) == ["a"]


def test_csv_without_records_is_empty(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "in.csv", "id,text\n") == []


@settings(deadline=None, max_examples=40)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20).filter(
            lambda text: has_word(text) and strip_markup(text) == text
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


@pytest.mark.parametrize(
    "content",
    [
        b"id;title;text\n1;T;hello world\n",
        b"id\ttitle\ttext\n1\tT\thello world\n",
        b"id|title|text\n1|T|hello world\n",
        b"ID,Title,Text\n1,T,hello world\n",
        b"id, title, text \n1, T, hello world\n",
        b'id, title, text\n1, "T", "hello world"\n',
        b"sep=;\r\nid;title;text\r\n1;T;hello world\r\n",
        b"\n\nid,title,text\n1,T,hello world\n",
        b"id,title,text,,\n1,T,hello world,,\n",
        b"id,title,text\r1,T,hello world\r",
        "id,title,text\n1,T,hello world\n".encode("utf-16"),
        "id;title;text\n1;T;hello world\n".encode("utf-16-le"),
        b"\xef\xbb\xbfid;title;text\n1;T;hello world\n",
    ],
)
def test_csv_is_read_as_spreadsheets_write_it(tmp_path: Path, content: bytes) -> None:
    assert read_bytes(tmp_path, "in.csv", content) == [Article("1", "T", "hello world")]


def test_csv_in_windows_1252_is_read_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = "id;title;text\n1;Müller;größer – „ja“\n2;Ünü;ÄÖÜ\n".encode("cp1252")
    assert read_bytes(tmp_path, "in.csv", content) == [
        Article("1", "Müller", "größer – „ja“"),
        Article("2", "Ünü", "ÄÖÜ"),
    ]
    assert [vars(record)["lines"] for record in caplog.records] == [2]


def test_the_encoding_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes("id,text\n1,Привет\n".encode("cp1251"))
    assert list(ArticleReader({}, 1000).read(open_source(path, "cp1251"))) == [
        Article("1", "", "Привет")
    ]
    with pytest.raises(InputError, match=r"is not the text in utf-8.*input\.encoding"):
        list(ArticleReader({}, 1000).read(open_source(path, "utf-8")))


def test_lines_above_the_header_count(tmp_path: Path) -> None:
    assert places(read_bytes(tmp_path, "in.csv", "sep=;\n\nid;text\na;x\nb;\n")) == [
        "a",
        (5, "text"),
    ]
