"""The separator and the columns of a CSV file are found by its first lines."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.sources.base import FieldNames
from recommender.sources.csv_dialect import SEPARATORS, CsvDialect, find_dialect

FIELDS = FieldNames({"id": "id", "title": "title", "text": "text"})


@pytest.mark.parametrize(
    ("header", "dialect"),
    [
        ("id,title,text", CsvDialect(",", False, ["id", "title", "text"])),
        ("id;title;text", CsvDialect(";", False, ["id", "title", "text"])),
        ("id\ttext", CsvDialect("\t", False, ["id", "text"])),
        ("id|text", CsvDialect("|", False, ["id", "text"])),
        ("id, title, text ", CsvDialect(",", True, ["id", "title", "text"])),
        ("ID,Title,Text", CsvDialect(",", False, ["ID", "Title", "Text"])),
        ('"id";"a,b,c,d";"text"', CsvDialect(";", False, ["id", "a,b,c,d", "text"])),
        ("id;text;;", CsvDialect(";", False, ["id", "text", "", ""])),
        ("\ufeffid,text", CsvDialect(",", False, ["id", "text"])),
        ("guid;body;a,b", CsvDialect(";", False, ["guid", "body", "a,b"])),
        ("id", CsvDialect(",", False, ["id"])),
    ],
)
def test_the_separator_is_the_one_that_gives_our_fields(header: str, dialect: CsvDialect) -> None:
    assert find_dialect([header], FIELDS, "in.csv") == dialect


@pytest.mark.parametrize(
    "line", ["1,a,hello world", "x;2026-03-01;words", "https://x.example/1,words", f"a,{'x' * 61}"]
)
def test_a_first_line_of_values_is_no_header(line: str) -> None:
    with pytest.raises(InputError, match=r"in\.csv: has no header: its first line is") as refused:
        find_dialect([line], FIELDS, "in.csv")
    assert "title" in str(refused.value)


def test_what_cannot_be_printed_is_escaped() -> None:
    with pytest.raises(InputError) as refused:
        find_dialect(["1,\x1b[2J\udcff"], FIELDS, "in.csv")
    assert str(refused.value).isprintable()


def test_a_separator_that_the_file_names_is_taken() -> None:
    assert find_dialect(["id;a,text"], FIELDS, "in.csv", ";").columns == ["id", "a,text"]


@given(st.sampled_from(SEPARATORS), st.lists(st.text('ab ,;|\t"\n', max_size=6), max_size=4))
def test_any_further_columns_leave_the_separator_found(separator: str, names: list[str]) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerow(["id", "text", *names])
    dialect = find_dialect(file.getvalue().splitlines(keepends=True), FIELDS, "in.csv")
    assert dialect.separator == separator
